"""What a broken vendor does to its JSON. Each function returns a changed copy of a decoded body."""

from __future__ import annotations

from collections.abc import Callable
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


def before_the_game(tree: Any) -> Any:
    """A box score as if the game had not begun: status 1, period 0, no players, no points."""
    game = dict(tree["game"])
    game |= {"gameStatus": 1, "gameStatusText": "7:00 pm ET", "period": 0, "gameClock": ""}
    for side in ("homeTeam", "awayTeam"):
        game[side] = dict(game[side]) | {"score": 0, "players": [], "periods": []}
    return dict(tree) | {"game": game}


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
