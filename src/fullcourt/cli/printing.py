"""How the terminal speaks: consoles, colours of verdicts, JSON documents, errors."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from fullcourt.errors import FullcourtError
from fullcourt.reports import wording

instant_text, count_text = wording.instant_text, wording.count_text

PLAIN_WIDTH = 100
"""Columns of output that goes to no terminal (a file, a pipe)."""

VERDICT_STYLES = {
    "complete": "green",
    "legitimate_zero": "dim green",
    "running": "cyan",
    "waiting": "blue",
    "not_due": "dim",
    "unrecoverable": "dim red",
    "unverifiable": "magenta",
    "stale": "yellow",
    "suspect": "bold yellow",
    "partial": "bold red",
    "missing": "bold red",
    "retired": "dim",
}


def out() -> Console:
    """The console of results (stdout)."""
    return _sized(Console(highlight=False))


def err() -> Console:
    """The console of progress and errors (stderr)."""
    return _sized(Console(stderr=True, highlight=False))


def _sized(console: Console) -> Console:
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    return console


def new_table(title: str = "", **options: Any) -> Table:
    """A table in the house's look: a rule under the head and no other lines."""
    return Table(
        title=escape(title) or None,
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1),
        show_edge=False,
        **options,
    )


def print_json(document: object) -> None:
    """One JSON document on stdout: dates ISO, instants ISO with `Z`, no number that is not JSON."""
    encoded = msgspec.json.format(msgspec.json.encode(document), indent=2)
    typer.echo(encoded.decode())


def say_error(error: FullcourtError, *, as_json: bool) -> None:
    """Print an error: red on stderr, or as `{"error": ...}` on stdout."""
    if as_json:
        print_json(
            {
                "error": {
                    "type": type(error).__name__,
                    "message": _message(error),
                    "next_step": error.next_step,
                }
            }
        )
        return
    console = err()
    console.print(f"[bold red]error:[/] {escape(_message(error))}", soft_wrap=True)
    if error.next_step:
        console.print(f"[dim]next:[/] {escape(error.next_step)}", soft_wrap=True)


def _message(error: FullcourtError) -> str:
    return str(error).removesuffix(f" Next: {error.next_step}") if error.next_step else str(error)


def verdict_text(verdict: str) -> Text:
    """A verdict in its colour."""
    return Text(verdict, style=VERDICT_STYLES.get(verdict, ""))


def shortened(text: str, most: int) -> str:
    """The text, cut at `most` characters with an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def size_text(count: int) -> str:
    """`1.4 MB`, `312 kB`, `18 B` (powers of ten)."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError("unreachable")


def span_text(span: timedelta) -> str:
    """`3 h 20 min`, `45 s`."""
    seconds = int(span.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def days_text(first: date, last: date) -> str:
    """One date, or `first to last`."""
    return first.isoformat() if first == last else f"{first} to {last}"
