"""What a vendor has been seen to send, and where a body differs from it.

A parser asks for the few fields it needs and refuses a body without them. A contract declares every
field of an endpoint, so that a change is named while the parser still copes.

A shape is written in JSON's own nesting: an object as a dict (a name that ends in `?` may be
absent; a `*` says that further fields are no news), a list as a list of one, a value by the words
`int`, `number`, `text`, `bool`, `null`, `any`, joined by `|`; a tuple is one of several shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import msgspec

from fullcourt.vendors.wire import Source, decode

Shape: TypeAlias = "str | Fields | list[Shape] | tuple[Shape, ...]"
Fields: TypeAlias = "dict[str, Shape]"
Kind: TypeAlias = Literal["added", "missing", "retyped"]

OPEN = "*"
_OPTIONAL = "?"
_WORDS = frozenset({"int", "number", "text", "bool", "null", "any"})
_SHOWN = 80


def unchanged(tree: Any) -> Any:
    """The body as it is."""
    return tree


@dataclass(frozen=True, slots=True)
class Contract:
    """Every field of one endpoint. `view` turns a body into the form `shape` describes.

    Raises:
        ValueError: `shape` holds a word that is no type, or an unreadable nesting.
    """

    vendor: str
    endpoint: str
    shape: Shape
    view: Callable[[Any], Any] = unchanged

    def __post_init__(self) -> None:
        for path, problem in _misspelt(self.shape, "$"):
            raise ValueError(f"contract of {self.vendor} {self.endpoint}: {path}: {problem}")


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference between a body and its contract, whatever the number of its places.

    `path` has `[]` for any index, `place` is the first one; `expected` and `found` are types in the
    contract's words. `example` is the value found as JSON (cut), `""` where a field is missing.
    """

    path: str
    kind: Kind
    expected: str
    found: str
    example: str
    place: str
    places: int

    @property
    def sentence(self) -> str:
        """The difference in one line."""
        where = f"{self.places} places, first {self.place}" if self.places > 1 else self.place
        match self.kind:
            case "added":
                return f"{self.path}: added, {self.found} such as {self.example} ({where})"
            case "missing":
                return f"{self.path}: missing, {self.expected} expected ({where})"
            case "retyped":
                return (
                    f"{self.path}: retyped, {self.found} such as {self.example} where "
                    f"{self.expected} is expected ({where})"
                )


def drift(body: bytes, contract: Contract) -> tuple[Drift, ...]:
    """Where `body` differs from `contract`, by path; empty where it does not.

    Raises:
        NotThere: empty body.
        ContractBroken: the body is no JSON.
    """
    tree = decode(body, object, Source(contract.vendor, contract.endpoint))
    return compared(contract.view(tree), contract.shape)


def compared(tree: Any, shape: Shape) -> tuple[Drift, ...]:
    """Where a decoded body differs from a shape, by path."""
    found: dict[tuple[str, Kind, str], _Seen] = {}
    for difference in _differences(tree, shape, "$", "$"):
        key = (difference.path, difference.kind, difference.found)
        found.setdefault(key, _Seen(difference)).places += 1
    return tuple(
        Drift(
            path=seen.first.path,
            kind=seen.first.kind,
            expected=seen.first.expected,
            found=seen.first.found,
            example=seen.first.example,
            place=seen.first.place,
            places=seen.places,
        )
        for _, seen in sorted(found.items(), key=lambda item: item[0])
    )


def type_of(value: Any) -> str:
    """The word for a JSON value: int, number, text, bool, null, object or list."""
    match value:
        case None:
            return "null"
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "number"
        case str():
            return "text"
        case Mapping():
            return "object"
        case _:
            return "list"


def types_of(shape: Shape) -> str:
    """A shape's own type, without what is below it: `int|null`, `object`."""
    match shape:
        case str():
            return shape
        case dict():
            return "object"
        case list():
            return "list"
        case tuple():
            return "|".join(types_of(one) for one in shape)


@dataclass(slots=True)
class _Seen:
    first: Drift
    places: int = field(default=0)


def _differences(value: Any, shape: Shape, path: str, place: str) -> Iterator[Drift]:
    fitting = _fitting(value, shape)
    if fitting is None:
        yield _drift(path, "retyped", types_of(shape), value, place)
    elif isinstance(fitting, dict):
        yield from _object_differences(value, fitting, path, place)
    elif isinstance(fitting, list):
        for index, item in enumerate(value):
            yield from _differences(item, fitting[0], f"{path}[]", f"{place}[{index}]")


def _object_differences(
    value: Mapping[str, Any], fields: Fields, path: str, place: str
) -> Iterator[Drift]:
    declared: set[str] = set()
    for written, shape in fields.items():
        name = written.removesuffix(_OPTIONAL)
        declared.add(name)
        if name in value:
            yield from _differences(value[name], shape, f"{path}.{name}", f"{place}.{name}")
        elif name == written and name != OPEN:
            yield Drift(f"{path}.{name}", "missing", types_of(shape), "", "", place, 0)
    if OPEN in declared:
        return
    for name, item in value.items():
        if name not in declared:
            yield _drift(f"{path}.{name}", "added", "", item, f"{place}.{name}")


def _fitting(value: Any, shape: Shape) -> Shape | None:
    """The shape, or the one of several, that a value's own type fits."""
    kind = type_of(value)
    match shape:
        case tuple():
            return next((s for one in shape if (s := _fitting(value, one)) is not None), None)
        case dict():
            return shape if kind == "object" else None
        case list():
            return shape if kind == "list" else None
        case str():
            words = shape.split("|")
            is_number = kind == "int" and "number" in words
            return shape if kind in words or is_number or "any" in words else None


def _drift(path: str, kind: Kind, expected: str, value: Any, place: str) -> Drift:
    text = msgspec.json.encode(value).decode()
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    return Drift(path, kind, expected, type_of(value), shown, place, 0)


def _misspelt(shape: Shape, path: str) -> Iterator[tuple[str, str]]:
    match shape:
        case str():
            for word in shape.split("|"):
                if word not in _WORDS:
                    yield path, f"{word!r} is none of {', '.join(sorted(_WORDS))}"
        case dict():
            for name, below in shape.items():
                yield from _misspelt(below, f"{path}.{name}")
        case list():
            if len(shape) != 1:
                yield path, f"a list has one shape for all its items, not {len(shape)}"
            for below in shape:
                yield from _misspelt(below, f"{path}[]")
        case tuple():
            if len(shape) < 2:
                yield path, "a choice has two shapes or more"
            for below in shape:
                yield from _misspelt(below, path)
