"""From bytes to typed wire structs, with errors that name the field and its value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import msgspec

from fullcourt.clock import parse_instant, require_utc
from fullcourt.nba.calendar import EASTERN
from fullcourt.vendors.transport import ContractBroken, NotThere

T = TypeVar("T")

_AT_PATH = re.compile(r" - at `(?:key in )?\$(?P<path>[^`]*)`$")
_MISSING = re.compile(r"missing required field `(?P<field>[^`]+)`")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Source:
    """Which vendor and endpoint a body came from; every error of its parser names both."""

    vendor: str
    endpoint: str

    def broken(self, message: str, body: bytes) -> ContractBroken:
        """The error of a body that is not what the contract says."""
        return ContractBroken(
            message,
            vendor=self.vendor,
            endpoint=self.endpoint,
            body=body,
            next_step="look at the archived body; if the vendor changed its form, adapt "
            f"the wire structs of {self.vendor} {self.endpoint}",
        )

    def nothing(self, message: str, body: bytes) -> NotThere:
        """The error of a well-formed body that says nothing exists (yet)."""
        return NotThere(
            message,
            vendor=self.vendor,
            endpoint=self.endpoint,
            body=body,
            next_step="nothing by hand: it is asked again while the dataset's retries last",
        )


def decode(body: bytes, form: type[T], source: Source) -> T:
    """`body` as `form`, strictly typed (text is never taken for a number).

    Raises:
        NotThere: the body is empty.
        ContractBroken: HTML, truncated or invalid JSON, a missing or retyped field; the message has
            the field's path and the value found there.
    """
    if not body.strip():
        raise source.nothing("empty body", body)
    try:
        return msgspec.json.decode(body, type=form)
    except msgspec.ValidationError as error:
        raise source.broken(_explained(str(error), body), body) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        kind = "HTML or XML" if looks_like_markup(body) else "no valid JSON"
        start = _shown(body[:_SHOWN].decode("utf-8", "replace"))
        raise source.broken(f"{kind} ({error}); the body starts {start}", body) from error


def looks_like_markup(body: bytes) -> bool:
    """Whether a body is HTML or XML (an error page where JSON was asked for)."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def utc_instant(text: str, path: str, source: Source, body: bytes) -> datetime:
    """A `*UTC` field as an instant.

    Raises:
        ContractBroken: the text is no instant with a zone.
    """
    try:
        return parse_instant(text)
    except ValueError as error:
        raise source.broken(f"{path} = {text!r} is no UTC instant ({error})", body) from error


def iso_date(text: str, path: str, source: Source, body: bytes) -> date:
    """A `2025-11-05` field as a date.

    Raises:
        ContractBroken: the text is no such date.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise source.broken(f"{path} = {text!r} is no date ({error})", body) from error


def nba_served_at(text: str, source: Source, body: bytes) -> datetime:
    """`meta.time` of the NBA's feeds as an instant (UTC).

    It is Eastern wall-clock time, bare (`2021-01-15 23:51:25.282704`) or with a false `Z`: recorded
    finals carry a time that, read as UTC, lies before their own tip. Only a numeric offset is
    believed. In the repeated hour of autumn the later instant is meant: never known too early.

    Raises:
        ContractBroken: the text is no time.
    """
    try:
        written = datetime.fromisoformat(text)
    except ValueError as error:
        raise source.broken(f"meta.time = {text!r} is no time ({error})", body) from error
    if written.tzinfo is None or text.rstrip().upper().endswith("Z"):
        written = written.replace(tzinfo=EASTERN, fold=1)
    return require_utc(written)


def _explained(message: str, body: bytes) -> str:
    """A validation message with the offending value, or the keys found where one is missing."""
    place = _AT_PATH.search(message)
    what = message[: place.start()] if place else message
    path = place["path"] if place else ""
    missing = _MISSING.search(what)
    try:
        found = _value_at(msgspec.json.decode(body), path)
    except msgspec.DecodeError as error:
        # The type was wrong before the broken place in the text was reached.
        return f"field ${path}: {what[0].lower()}{what[1:]}; further on: {error}"
    if missing:
        keys = ", ".join(sorted(found)) if isinstance(found, Mapping) else _shown(found)
        return f"field ${path}.{missing['field']} is missing; found there: {keys}"
    return f"field ${path} = {_shown(found)}: {what[0].lower()}{what[1:]}"


def _value_at(tree: Any, path: str) -> Any:
    """The value a `.game.players[3].points` path leads to (the nearest one that exists)."""
    for name, index in _STEP.findall(path):
        if isinstance(tree, Mapping) and name in tree:
            tree = tree[name]
        elif isinstance(tree, list) and index and int(index) < len(tree):
            tree = tree[int(index)]
        else:
            return tree
    return tree


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
