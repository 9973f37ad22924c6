"""Progress of long walks: a bar on a terminal, a line a night anywhere else. Goes to stderr."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import TracebackType

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.text import Text

from fullcourt.cli.printing import VERDICT_STYLES, err
from fullcourt.clock import elapsed_timer


class Progress:
    """How far a walk over `nights` dates is. Use it as a context."""

    def __init__(self, title: str, nights: int) -> None:
        self._console = err()
        self._started = elapsed_timer()
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("nights"),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[doing]}", justify="left"),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task(escape(title), total=nights, doing="")

    def __enter__(self) -> Progress:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def say(self, text: str) -> None:
        """What is being done; shown only while it lasts, and only on a terminal."""
        self._bar.update(self._task, doing=escape(text[:60]))

    def step(self, text: str) -> None:
        """Something worth a line of its own."""
        self.say(text)
        self._console.print(Text(f"{self._elapsed()}  {text}", style="dim"))

    def night(self, night: date, totals: Mapping[str, int]) -> None:
        """A night is over: its cells by verdict so far."""
        line = Text(f"{self._elapsed()}  {night}  ", style="dim")
        for place, verdict in enumerate(v for v in VERDICT_STYLES if totals.get(v)):
            line.append(", " if place else "")
            line.append(f"{totals[verdict]} {verdict}", style=f"not dim {VERDICT_STYLES[verdict]}")
        self._console.print(line)
        self._bar.advance(self._task)

    def finish(self) -> None:
        """The walk is at its end."""
        self._bar.update(self._task, completed=self._bar.tasks[0].total, doing="")

    def _elapsed(self) -> str:
        seconds = int(elapsed_timer() - self._started)
        return f"{seconds // 60}:{seconds % 60:02d}"
