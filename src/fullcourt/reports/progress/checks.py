"""Whether a task's check holds: its command, its query, or the judge's word on its cells."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from fullcourt.nba.calendar import dates
from fullcourt.reports.progress.document import counted, listed
from fullcourt.reports.progress.tasks import Command, Complete, Query, Task, TasksRefused
from fullcourt.reports.query import QueryRefused, query
from fullcourt.reports.wording import count_text, plain_text
from fullcourt.stores.ledger.verdicts import get_verdicts
from fullcourt.stores.redaction import redacted
from fullcourt.trust.words import CellVerdict

if TYPE_CHECKING:
    from fullcourt.settings import Home
    from fullcourt.stores.ledger import Ledger

DONE, NOT_DONE, UNKNOWN = "done", "not done", "unknown"
_RIGHT = frozenset({CellVerdict.COMPLETE.value, CellVerdict.LEGITIMATE_ZERO.value})
_OPEN_QUESTION = CellVerdict.UNVERIFIABLE.value
_MOST_ROWS = 20
_TAIL_BYTES, _LONGEST = 2_000, 200


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check came to: done, not done or unknown, and what was seen."""

    state: str
    evidence: str


def check_task(
    task: Task,
    path: Path,
    home: Home,
    ledger: Ledger,
    *,
    run_commands: bool,
    secrets: Iterable[str | None] = (),
) -> Finding:
    """Whether the task of the file at `path` is done. A command runs in the file's folder, and
    only where commands may run.

    Raises:
        TasksRefused: its query is no single SELECT over the lake that runs; with file and line.
        StoreUnreadable: there is no lake to ask.
    """
    match task.check:
        case Command() as command:
            if not run_commands:
                return Finding(UNKNOWN, "commands were not run (--run-commands runs them)")
            return run_command(command, path.resolve().parent, secrets)
        case Query(sql):
            try:
                return ask(home, sql)
            except QueryRefused as error:
                told = str(error).removesuffix(f" Next: {error.next_step}")
                raise TasksRefused(
                    f"{path}:{task.line}: query: {told}", next_step="mend the statement"
                ) from error
        case Complete() as cells:
            return judged(ledger, cells)


def run_command(command: Command, folder: Path, secrets: Iterable[str | None] = ()) -> Finding:
    """The program's exit code; at its deadline it is killed with all it started. What it said last
    is shown without `secrets` (see `redacted`)."""
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(  # noqa: S603 - the user's own file, and only with a flag
                command.words,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            name = plain_text(command.words[0])
            return Finding(UNKNOWN, f"{name} could not be started: {error.strerror}")
        try:
            code = process.wait(timeout=command.deadline_s)
        except subprocess.TimeoutExpired:
            _end(process)
            return Finding(
                UNKNOWN, f"the command was ended at its deadline of {command.deadline_s:g} s"
            )
        except BaseException:
            _end(process)
            raise
        last = redacted(_last_line(output), secrets)[:_LONGEST]
    told = f"exit code {code}" + (f": {last}" if last else "")
    return Finding(DONE if code == 0 else NOT_DONE, told)


def _end(process: subprocess.Popen[bytes]) -> None:
    """The whole group: what the program started ends with it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _last_line(output: IO[bytes]) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - _TAIL_BYTES))
    lines = output.read().decode(errors="replace").split("\n")
    shown = [line for line in map(plain_text, lines) if line]
    return shown[-1] if shown else ""


def ask(home: Home, sql: str) -> Finding:
    """No rows, or a single `true`: done. A single NULL: unknown. Anything else: not done.

    Raises:
        QueryRefused, StoreUnreadable: see `query`.
    """
    answer = query(home, sql, most_rows=_MOST_ROWS)
    if not answer.rows:
        return Finding(DONE, "no rows")
    first = answer.rows[0]
    if len(answer.rows) == 1 and len(first) == 1:
        if first[0] is True:
            return Finding(DONE, "true")
        if first[0] is None:
            return Finding(UNKNOWN, "the query gave NULL")
        if first[0] is False:
            return Finding(NOT_DONE, "false")
    many = f"more than {_MOST_ROWS} rows" if answer.is_cut else count_text(len(answer.rows), "row")
    shown = ", ".join(
        f"{name} {plain_text(str(value))}"
        for name, value in zip(answer.columns, first, strict=True)
    )
    return Finding(NOT_DONE, f"{many}, the first: {shown}"[:300])


def judged(ledger: Ledger, cells: Complete) -> Finding:
    """What the judge says of the dataset on these dates, as stored."""
    found = {
        cell.game_date: cell.verdict
        for cell in get_verdicts(ledger, first=cells.first, last=cells.last, dataset=cells.dataset)
    }
    days = list(dates(cells.first, cells.last))
    wrong = [
        f"{day} {verdict}"
        for day, verdict in sorted(found.items())
        if verdict not in _RIGHT and verdict != _OPEN_QUESTION
    ]
    if wrong:
        return Finding(NOT_DONE, f"{count_text(len(wrong), 'date')} not: {listed(wrong)}")
    not_known = [
        f"{day} {found.get(day, 'not judged')}" for day in days if found.get(day) not in _RIGHT
    ]
    if not_known:
        return Finding(UNKNOWN, f"{count_text(len(not_known), 'date')}: {listed(not_known)}")
    verdicts = counted(sorted(Counter(found.values()).items()))
    return Finding(DONE, f"{count_text(len(days), 'date')}: {verdicts}")
