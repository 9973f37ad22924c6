"""The tasks of a document: a small TOML file, refused by line when it is malformed."""

from __future__ import annotations

import math
import re
import shlex
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from fullcourt.pipeline.graph import BY_NAME
from fullcourt.toml_lines import Table, TomlRefused, TomlText

DEADLINE_S = 60.0
"""How long a command may take, where its task does not say."""
CHECKS = ("command", "query", "complete")
_COMPLETE = re.compile(
    r"^\s*(?P<dataset>\w+)\s+(?P<first>\d{4}-\d\d-\d\d)(\s*\.\.\s*(?P<last>\d{4}-\d\d-\d\d))?\s*$"
)


class TasksRefused(TomlRefused):
    """A file of tasks that cannot be read, or says what cannot be checked."""


@dataclass(frozen=True, slots=True)
class Command:
    """Done when this program ends with exit code 0 within its deadline (seconds)."""

    words: tuple[str, ...]
    deadline_s: float


@dataclass(frozen=True, slots=True)
class Query:
    """Done when this SELECT gives no rows, or a single `true`."""

    sql: str


@dataclass(frozen=True, slots=True)
class Complete:
    """Done when the judge calls every cell of the dataset on these dates complete."""

    dataset: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Task:
    """One task. Hours are null where the file does not say; `line` is where its check stands."""

    id: str
    title: str
    owner: str | None
    estimated_hours: float | None
    spent_hours: float | None
    check: Command | Query | Complete
    line: int


@dataclass(frozen=True, slots=True)
class Tasks:
    """A file of tasks: where it lies, what it is about (null: not said), its tasks in order."""

    path: Path
    title: str | None
    tasks: tuple[Task, ...]


def read_tasks(path: Path) -> Tasks:
    """The tasks of a file. Nothing is executed.

    Raises:
        TasksRefused: it cannot be read, is no TOML, or a task is malformed; with file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise TasksRefused(
            f"{path}: the tasks cannot be read: {error.strerror}.", next_step="name a TOML file"
        ) from error
    except UnicodeDecodeError as error:
        raise TasksRefused(f"{path}: it is no text: {error}.", next_step="save it as UTF-8") from (
            error
        )
    top = TomlText.read(text, str(path), TasksRefused).top()
    title = _text(top, "title") if top.has("title") else None
    tables = top.tables("task")
    top.allow("title")
    top.nothing_else()
    tasks = tuple(map(_task, tables))
    seen: set[str] = set()
    for table, task in zip(tables, tasks, strict=True):
        if task.id in seen:
            raise table.refused("id", f"{task.id!r} comes twice", "give each task its own id")
        seen.add(task.id)
    return Tasks(path, title, tasks)


def _task(table: Table) -> Task:
    if table.has("done"):
        raise table.refused(
            "done", "a task is done when its check holds, never by hand", "take the line out"
        )
    table.require("id", "title")
    checks = [name for name in CHECKS if table.has(name)]
    if len(checks) != 1:
        told = " and ".join(checks) or "none"
        raise table.refused(
            checks[-1] if checks else "check",
            f"a task has exactly one check, here is {told}",
            f"give one of {', '.join(CHECKS)}",
        )
    if table.has("deadline_s") and checks[0] != "command":
        raise table.refused("deadline_s", "only a command has a deadline", "take the line out")
    task = Task(
        id=_text(table, "id"),
        title=_text(table, "title"),
        owner=_text(table, "owner") if table.has("owner") else None,
        estimated_hours=_number(table, "estimated_hours"),
        spent_hours=_number(table, "spent_hours"),
        check=_check(table, checks[0]),
        line=table.source.line((*table.place, checks[0])),
    )
    table.allow("owner", "deadline_s", *CHECKS)
    table.nothing_else()
    return task


def _check(table: Table, name: str) -> Command | Query | Complete:
    match name:
        case "command":
            deadline = _number(table, "deadline_s")
            if deadline == 0:
                raise table.refused("deadline_s", "0 s is no time", "give seconds above 0")
            return Command(_words(table, name), DEADLINE_S if deadline is None else deadline)
        case "query":
            return Query(_text(table, name))
        case _:
            return _complete(table, name)


def _words(table: Table, name: str) -> tuple[str, ...]:
    """A command as words: a list of them, or a line split as a shell would (no shell runs it)."""
    value = table.tree[name]
    words: list[Any] = value if isinstance(value, list) else []
    if isinstance(value, str):
        try:
            words = shlex.split(value)
        except ValueError as error:
            raise table.refused(name, f"{error}", "close the quotation") from error
    good = [word for word in words if isinstance(word, str) and "\0" not in word]
    if not words or len(good) != len(words) or not good[0]:
        raise table.refused(name, f"{value!r} names no program", "write a line or a list")
    return tuple(good)


def _complete(table: Table, name: str) -> Complete:
    text = _text(table, name)
    form = "write `DATASET YYYY-MM-DD` or `DATASET YYYY-MM-DD..YYYY-MM-DD`"
    match = _COMPLETE.match(text)
    if match is None:
        raise table.refused(name, f"{text!r} is no dataset with its dates", form)
    if match["dataset"] not in BY_NAME:
        raise table.unknown(name, list(BY_NAME), "feed or dataset", value=match["dataset"])
    try:
        first = date.fromisoformat(match["first"])
        last = date.fromisoformat(match["last"] or match["first"])
    except ValueError as error:
        raise table.refused(name, f"{text!r}: {error}", form) from error
    if last < first:
        raise table.refused(name, f"{last} is before {first}", "give the earlier date first")
    return Complete(match["dataset"], first, last)


def _text(table: Table, name: str) -> str:
    text = table.take(name, str, "").strip()
    if not text:
        raise table.refused(name, "it is empty", f'write {name} = "..."')
    return text


def _number(table: Table, name: str) -> float | None:
    value = table.take(name, float, -1.0)
    if not table.has(name):
        return None
    if not math.isfinite(value) or value < 0:
        raise table.refused(name, f"{value:g} is no number from 0 on", f"write {name} = 1.5")
    return value
