"""TOML with line numbers: tables that know where their keys stand, and refuse what they must."""

from __future__ import annotations

import difflib
import tomllib
import types
import typing
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar

from fullcourt.clock import require_utc
from fullcourt.errors import FullcourtError, Terminal
from fullcourt.nba.calendar import EASTERN

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
Place = tuple[str | int, ...]
_WORDS = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "a table",
    list: "a list",
    date: "a date, YYYY-MM-DD",
    datetime: "an instant, YYYY-MM-DDTHH:MM:SS",
}


class TomlRefused(Terminal, FullcourtError):
    """A TOML file is refused; each kind of file has a subclass of its own."""


@dataclass(frozen=True, slots=True)
class TomlText:
    """A TOML document and the line (from 1) of each of its keys and tables.

    `refusal` is the error that is raised for whatever is wrong with it.
    """

    file: str
    tree: Mapping[str, Any]
    lines: Mapping[Place, int]
    refusal: type[TomlRefused]

    @classmethod
    def read(cls, text: str, file: str, refusal: type[TomlRefused]) -> TomlText:
        """Parse a text.

        Raises:
            TomlRefused: it is no TOML; the line is named.
        """
        try:
            tree = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            said, _, place = str(error).partition(" (at ")
            line = place.partition(",")[0].removeprefix("line ")
            number = line if line.isdigit() else str(text.count("\n") + 1)
            raise refusal(
                f"{file}:{number}: not valid TOML: {said}.", next_step="mend this line"
            ) from error
        return cls(file, tree, dict(_places(text)), refusal)

    def line(self, place: Place) -> int:
        """The line of a key, or of the nearest table around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def top(self) -> Table:
        """The whole document as a table."""
        return Table(self, (), self.tree)


def _places(text: str) -> Iterator[tuple[Place, int]]:
    """Every key and table header with its line; the text is known to be valid TOML."""
    here: Place = ()
    counted: dict[Place, int] = {}
    lines = text.splitlines()
    index = 0
    while index < len(lines):
        start = index
        chunk = lines[index]
        # A statement ends with the first line at which it is one: strings and lists may span many.
        while (parsed := _parsed(chunk)) is None:
            index += 1
            chunk += "\n" + lines[index]
        index += 1
        head = lines[start].strip()
        if head.startswith("["):
            here = _entered(parsed, counted)
            yield here, start + 1
        else:
            for place in _leaves(parsed):
                yield (*here, *place), start + 1


def _parsed(chunk: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(chunk)
    except tomllib.TOMLDecodeError:
        return None


def _entered(parsed: dict[str, Any], counted: dict[Place, int]) -> Place:
    """The place a header opens: of lists of tables the newest entry."""
    place: Place = ()
    node: Any = parsed
    while node:
        name, node = next(iter(node.items()))
        place = (*place, name)
        if isinstance(node, list):
            counted[place] = counted.get(place, -1) + 1
            node = node[0]
        if place in counted:
            place = (*place, counted[place])
    return place


def _leaves(node: Any, place: Place = ()) -> Iterator[Place]:
    items: Any = ()
    if isinstance(node, dict):
        items = node.items()
    elif isinstance(node, list):
        items = enumerate(node)
    for name, value in items:
        yield (*place, name)
        yield from _leaves(value, (*place, name))


@dataclass(slots=True)
class Table:
    """One table of a document. What is taken is checked; what nobody takes is refused."""

    source: TomlText
    place: Place
    tree: Mapping[str, Any]
    _taken: set[str] = field(default_factory=set)

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self.tree

    def allow(self, *keys: str) -> None:
        """These keys may be there, too."""
        self._taken.update(keys)

    def names(self) -> tuple[str, ...]:
        """Its keys in the order of the file."""
        return tuple(self.tree)

    def require(self, *keys: str) -> None:
        """Refuse the table when one of `keys` is absent."""
        for key in keys:
            if key not in self.tree:
                raise self.refused(key, "it is missing", f"add a line `{key} = ...` to this table")

    def take(self, key: str, kind: type[T], default: T) -> T:
        """A value of one plain type; whole numbers pass for numbers."""
        self._taken.add(key)
        if key not in self.tree:
            return default
        value = self.tree[key]
        if kind is float and type(value) is int:
            value = float(value)
        # Exactly this type: true is no number, an instant is no date.
        if type(value) is not kind:
            raise self.refused(
                key, f"{_shown(value)} is not {_WORDS.get(kind, kind.__name__)}", "write one"
            )
        return value

    def take_word(self, key: str, words: Collection[str], default: str) -> str:
        """One of a few words."""
        word = self.take(key, str, default)
        if word not in words:
            raise self.unknown(key, words, key, value=word)
        return word

    def take_enum(self, key: str, kind: type[E]) -> E:
        """A member of an enumeration by its value."""
        self.require(key)
        return kind(self.take_word(key, [str(member.value) for member in kind], ""))

    def take_date(self, key: str, default: date) -> date:
        """A calendar date."""
        return self.take(key, date, default)

    def take_instant(self, key: str) -> datetime:
        """An instant as UTC; one without an offset is New York's wall clock, a date midnight."""
        self.require(key)
        self._taken.add(key)
        value = self.tree[key]
        if type(value) is date:
            value = datetime(value.year, value.month, value.day, tzinfo=EASTERN)
        if not isinstance(value, datetime):
            raise self.refused(key, f"{_shown(value)} is not {_WORDS[datetime]}", "write one")
        return require_utc(value if value.tzinfo is not None else value.replace(tzinfo=EASTERN))

    def table(self, key: str) -> Table | None:
        """A table within, or None."""
        self._taken.add(key)
        if key not in self.tree:
            return None
        return Table(self.source, (*self.place, key), self.take(key, dict, {}))

    def tables(self, key: str) -> list[Table]:
        """A list of tables (`[[key]]`)."""
        found = self.take(key, list, [])
        if not all(isinstance(each, dict) for each in found):
            raise self.refused(key, "it is no list of tables", f"write [[{key}]]")
        return [Table(self.source, (*self.place, key, n), each) for n, each in enumerate(found)]

    def line_of(self, key: str) -> int:
        """The line a key stands on, or that of the nearest table around it."""
        return self.source.line((*self.place, key))

    def nothing_else(self) -> None:
        """Refuse the first key that nobody took."""
        for key in self.tree:
            if key not in self._taken:
                raise self.unknown(key, sorted(self._taken), "key")

    def refused(self, key: str, reason: str, next_step: str) -> TomlRefused:
        """The error for one key: file, line, key, reason."""
        line = self.line_of(key)
        name = ".".join(str(part) for part in (*self.place, key) if isinstance(part, str))
        text = f"{self.source.file}:{line}: {name}: {reason}."
        return self.source.refusal(text, next_step=next_step)

    def unknown(
        self, key: str, known: Collection[str], what: str, value: str | None = None
    ) -> TomlRefused:
        """The error for a word that means nothing; the nearest one is proposed."""
        word = key if value is None else value
        near = difflib.get_close_matches(word, known, n=1)
        step = f"did you mean {near[0]!r}? " if near else ""
        return self.refused(key, f"no such {what}: {word!r}", f"{step}known are {', '.join(known)}")


def value_of(table: Table, key: str, hint: Any) -> Any:
    """A field of a dataclass from its TOML value, by the field's type.

    Raises:
        TomlRefused: the value is of another type.
    """
    kinds = [hint]
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        kinds = [kind for kind in typing.get_args(hint) if kind is not type(None)]
    kind = kinds[0]
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (frozenset, set, tuple, list):
        found = table.take(key, list, [])
        wrong = [each for each in found if type(each) is not inner[0]]
        if wrong:
            of = _WORDS.get(inner[0], inner[0].__name__)
            raise table.refused(key, f"{_shown(wrong[0])} is not {of}", "mend the list")
        return origin(found)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return table.take_enum(key, kind)
    if kind is datetime:
        return table.take_instant(key)
    return table.take(key, kind, None)


def _shown(value: object) -> str:
    text = repr(value) if not isinstance(value, (date, datetime)) else value.isoformat()
    return text if len(text) <= 40 else text[:39] + "…"
