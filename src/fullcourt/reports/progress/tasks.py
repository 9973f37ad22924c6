"""The tasks of a document: a small TOML file, refused by line when it is malformed."""

from __future__ import annotations

import math
import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from fullcourt.errors import FullcourtError, Terminal
from fullcourt.pipeline.graph import BY_NAME

DEADLINE_S = 60.0
"""How long a command may take, where its task does not say."""
CHECKS = ("command", "query", "complete")
_FIELDS = frozenset({"id", "title", "owner", "estimated_hours", "spent_hours", "deadline_s"})
_TOP = frozenset({"title", "task"})
_HEADER = re.compile(r"^\s*\[\[\s*[\"']?task[\"']?\s*\]\]")
_COMPLETE = re.compile(
    r"^\s*(?P<dataset>\w+)\s+(?P<first>\d{4}-\d\d-\d\d)(\s*\.\.\s*(?P<last>\d{4}-\d\d-\d\d))?\s*$"
)


class TasksRefused(Terminal, FullcourtError):
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


@dataclass(frozen=True, slots=True)
class _Place:
    """One `[[task]]` in its file: the lines it stands on, for messages."""

    path: Path
    lines: tuple[str, ...]
    first: int
    end: int

    def line_of(self, name: str) -> int:
        """The line that sets `name`, else the one the task begins on (counted from 1)."""
        sets = re.compile(rf"^\s*[\"']?{re.escape(name)}[\"']?\s*[.=]")
        for number in range(self.first, self.end):
            if sets.match(self.lines[number]) and _stands_alone(self.lines[self.first : number]):
                return number + 1
        return self.first + 1

    def refused(self, name: str, why: str, next_step: str) -> TasksRefused:
        return TasksRefused(
            f"{self.path}:{self.line_of(name)}: {name}: {why}.", next_step=next_step
        )


def read_tasks(path: Path) -> Tasks:
    """The tasks of a file. Nothing is executed.

    Raises:
        TasksRefused: it cannot be read, is no TOML, or a task is malformed; with file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except OSError as error:
        raise TasksRefused(
            f"{path}: the tasks cannot be read: {error.strerror}.", next_step="name a TOML file"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TasksRefused(
            f"{path}: not valid TOML: {error}.", next_step="mend the line named above"
        ) from error
    lines = tuple(text.splitlines())
    whole = _Place(path, lines, 0, len(lines))
    for name in sorted(raw.keys() - _TOP):
        raise whole.refused(name, "no such field", "there are title and [[task]]")
    items = raw.get("task", [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise whole.refused("task", "is no list of tables", "write each task under [[task]]")
    title = raw.get("title")
    if title is not None:
        title = _text(whole, raw, "title")
    places = _places(path, lines, len(items))
    tasks = tuple(_task(place, item) for place, item in zip(places, items, strict=True))
    seen: set[str] = set()
    for place, task in zip(places, tasks, strict=True):
        if task.id in seen:
            raise place.refused("id", f"{task.id!r} comes twice", "give each task its own id")
        seen.add(task.id)
    return Tasks(path, title, tasks)


def _places(path: Path, lines: tuple[str, ...], count: int) -> list[_Place]:
    starts = [
        number
        for number, line in enumerate(lines)
        if _HEADER.match(line) and _stands_alone(lines[:number])
    ]
    if len(starts) != count:
        # Tasks written as one inline array: the file's own beginning stands for each.
        return [_Place(path, lines, 0, len(lines))] * count
    return [
        _Place(path, lines, start, end)
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=False)
    ]


def _stands_alone(lines: tuple[str, ...]) -> bool:
    """Whether what comes before ends here: the next line is not inside a string or an array."""
    try:
        tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError:
        return False
    return True


def _task(place: _Place, raw: Mapping[str, Any]) -> Task:
    for name in raw:
        if name == "done":
            raise place.refused(
                name, "a task is done when its check holds, never by hand", "take the line out"
            )
        if name not in _FIELDS and name not in CHECKS:
            raise place.refused(
                name, "no such field", f"there are {', '.join(sorted(_FIELDS))} and a check"
            )
    checks = [name for name in CHECKS if name in raw]
    if len(checks) != 1:
        told = " and ".join(checks) or "none"
        raise place.refused(
            checks[-1] if checks else "task",
            f"a task has exactly one check, here is {told}",
            f"give one of {', '.join(CHECKS)}",
        )
    if "deadline_s" in raw and checks[0] != "command":
        raise place.refused("deadline_s", "only a command has a deadline", "take the line out")
    return Task(
        id=_text(place, raw, "id"),
        title=_text(place, raw, "title"),
        owner=_text(place, raw, "owner") if "owner" in raw else None,
        estimated_hours=_number(place, raw, "estimated_hours"),
        spent_hours=_number(place, raw, "spent_hours"),
        check=_check(place, raw, checks[0]),
        line=place.line_of(checks[0]),
    )


def _check(place: _Place, raw: Mapping[str, Any], name: str) -> Command | Query | Complete:
    match name:
        case "command":
            deadline = _number(place, raw, "deadline_s")
            if deadline == 0:
                raise place.refused("deadline_s", "0 s is no time", "give seconds above 0")
            return Command(_words(place, raw[name]), DEADLINE_S if deadline is None else deadline)
        case "query":
            return Query(_text(place, raw, name))
        case _:
            return _complete(place, _text(place, raw, name))


def _words(place: _Place, value: object) -> tuple[str, ...]:
    """A command as words: a list of them, or a line split as a shell would (no shell runs it)."""
    words: list[Any]
    if isinstance(value, str):
        try:
            words = shlex.split(value)
        except ValueError as error:
            raise place.refused("command", f"{error}", "close the quotation") from error
    else:
        words = list(value) if isinstance(value, list) else []
    good = [word for word in words if isinstance(word, str) and "\0" not in word]
    if not words or len(good) != len(words) or not good[0]:
        raise place.refused("command", f"{value!r} names no program", "write a line or a list")
    return tuple(good)


def _complete(place: _Place, text: str) -> Complete:
    form = "write `DATASET YYYY-MM-DD` or `DATASET YYYY-MM-DD..YYYY-MM-DD`"
    match = _COMPLETE.match(text)
    if match is None:
        raise place.refused("complete", f"{text!r} is no dataset with its dates", form)
    if match["dataset"] not in BY_NAME:
        raise place.refused(
            "complete",
            f"no feed or dataset is called {match['dataset']!r}",
            "`fullcourt datasets` lists them",
        )
    try:
        first = date.fromisoformat(match["first"])
        last = date.fromisoformat(match["last"] or match["first"])
    except ValueError as error:
        raise place.refused("complete", f"{text!r}: {error}", form) from error
    if last < first:
        raise place.refused("complete", f"{last} is before {first}", "give the earlier date first")
    return Complete(match["dataset"], first, last)


def _text(place: _Place, raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value.strip():
        told = "is missing" if name not in raw else f"{value!r} is no text"
        raise place.refused(name, told, f'write {name} = "..."')
    return value.strip()


def _number(place: _Place, raw: Mapping[str, Any], name: str) -> float | None:
    if name not in raw:
        return None
    value = raw[name]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or value < 0:
        raise place.refused(name, f"{value!r} is no number from 0 on", f"write {name} = 1.5")
    return float(value)
