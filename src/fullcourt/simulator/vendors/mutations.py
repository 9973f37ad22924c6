"""What a broken vendor does to its JSON. Each function returns a changed copy of a decoded body."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

RENAMED_SUFFIX = "V2"
# The path `$` stands for a body that is a list itself.
WHOLE_BODY = "$"


def with_field_renamed(tree: Any, name: str) -> Any:
    """Every field `name` is called `nameV2`."""
    return _with_fields(tree, name, lambda value: {f"{name}{RENAMED_SUFFIX}": value})


def with_field_as_text(tree: Any, name: str) -> Any:
    """Every number in a field `name` is text (numbers become text, text becomes a list)."""
    return _with_fields(
        tree, name, lambda value: {name: str(value) if not isinstance(value, str) else [value]}
    )


def with_rows_doubled(tree: Any, name: str) -> Any:
    """The last row of every list `name` is there twice."""
    return _with_rows(tree, name, lambda rows: [*rows, *rows[-1:]])


def with_rows_dropped(tree: Any, name: str, rows: int) -> Any:
    """Every list `name` lacks its last `rows` rows."""
    return _with_rows(tree, name, lambda held: held[: max(0, len(held) - rows)])


def with_field_added(tree: Any, name: str = "") -> Any:
    """Every object has one field more, an object itself."""
    name = name or "sinceThisSeason"
    if isinstance(tree, list):
        return [with_field_added(item, name) for item in tree]
    if not isinstance(tree, dict):
        return tree
    grown = {key: with_field_added(value, name) for key, value in tree.items()}
    return grown | {name: {"value": None, "since": 2026}}


def with_numbers_as_text(tree: Any, name: str = "") -> Any:
    """Every number is text: those in fields `name`, or all of them."""
    if isinstance(tree, list):
        return [with_numbers_as_text(item, name) for item in tree]
    if isinstance(tree, dict):
        return {
            key: str(value)
            if _is_number(value) and name in ("", key)
            else with_numbers_as_text(value, name)
            for key, value in tree.items()
        }
    return tree


def with_rows_contradicted(tree: Any, name: str) -> Any:
    """The last row of every list `name` is there twice, the second time otherwise."""
    return _with_rows(tree, name, lambda rows: [*rows, *[_otherwise(row) for row in rows[-1:]]])


def with_slate_dropped(tree: Any, name: str, rows: int, is_of: Callable[[Any], bool]) -> Any:
    """The lists `name` lack their last `rows` rows among those of one date."""

    def kept(held: list[Any]) -> list[Any]:
        dropped = [index for index, row in enumerate(held) if is_of(row)][-rows:]
        return [row for index, row in enumerate(held) if index not in dropped]

    return _with_rows(tree, name, kept)


def with_sides_swapped(tree: Any, is_of: Callable[[Any], bool]) -> Any:
    """Home and away change places in every object that has both and is of the date meant."""
    if isinstance(tree, list):
        return [with_sides_swapped(item, is_of) for item in tree]
    if not isinstance(tree, dict):
        return tree
    changed = {key: with_sides_swapped(value, is_of) for key, value in tree.items()}
    for home, away in (("homeTeam", "awayTeam"), ("home_team", "away_team")):
        if home in tree and away in tree and is_of(tree):
            changed |= {home: changed[away], away: changed[home]}
    return changed


def with_no_books(tree: Any) -> Any:
    """An event's odds as before any book has opened."""
    if "data" in tree:
        return dict(tree) | {"data": with_no_books(tree["data"])}
    return dict(tree) | {"bookmakers": []}


def at_live_prices(books: Any, now: datetime) -> Any:
    """The same lines confirmed just before `now`, at prices that follow the game."""
    confirmed = f"{now - timedelta(seconds=30):%Y-%m-%dT%H:%M:%S}Z"
    return [
        book | {"markets": [_lively(market, confirmed) for market in book["markets"]]}
        for book in books
    ]


def _lively(market: dict[str, Any], confirmed: str) -> dict[str, Any]:
    outcomes = [
        outcome | {"price": round(1.0 + (outcome["price"] - 1.0) * 0.8 + 0.05, 2)}
        for outcome in market["outcomes"]
    ]
    return market | {"last_update": confirmed, "outcomes": outcomes}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _otherwise(row: dict[str, Any]) -> dict[str, Any]:
    """Another row of the same key: points, tip, start or price differ."""
    if "statistics" in row:
        points = row["statistics"]["points"]
        return row | {"statistics": row["statistics"] | {"points": points + 1}}
    if "commence_time" in row:
        return row | {"commence_time": "2020-01-01T00:00:00Z"}
    if "price" in row:
        return row | {"price": row["price"] + 0.5}
    return row | {"gameStatusText": "TBD"}


def _with_fields(tree: Any, name: str, change: Callable[[Any], dict[str, Any]]) -> Any:
    if isinstance(tree, list):
        return [_with_fields(item, name, change) for item in tree]
    if not isinstance(tree, dict):
        return tree
    changed: dict[str, Any] = {}
    for key, value in tree.items():
        deep = _with_fields(value, name, change)
        changed |= change(deep) if key == name else {key: deep}
    return changed


def _with_rows(tree: Any, name: str, change: Callable[[list[Any]], list[Any]]) -> Any:
    if name == WHOLE_BODY:
        return change(tree) if isinstance(tree, list) else tree
    if isinstance(tree, list):
        return [_with_rows(item, name, change) for item in tree]
    if not isinstance(tree, dict):
        return tree
    return {
        key: change(value)
        if key == name and isinstance(value, list)
        else _with_rows(value, name, change)
        for key, value in tree.items()
    }
