"""Rows that a body lists several times: equal ones are one row, contradicting ones are none."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Once(Generic[T]):
    """Each row once, in the body's order; what was left out and what was folded, each named."""

    rows: tuple[T, ...]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]


def once(rows: Iterable[T], key_of: Callable[[T], Hashable], named: Callable[[T], str]) -> Once[T]:
    """`rows` by key. Nobody can tell which of two different rows of a key is true: none is taken.

    `named` says what a row is about in the messages.
    """
    by_key: dict[Hashable, list[T]] = {}
    for row in rows:
        by_key.setdefault(key_of(row), []).append(row)
    taken: list[T] = []
    rejected: list[str] = []
    notes: list[str] = []
    for same in by_key.values():
        row = same[0]
        if any(other != row for other in same[1:]):
            rejected.append(
                f"{named(row)}: listed {len(same)} times with different content, which of them is "
                "true is unknown; left out"
            )
            continue
        if len(same) > 1:
            notes.append(f"{named(row)}: listed {len(same)} times, all equal; taken once")
        taken.append(row)
    return Once(tuple(taken), tuple(rejected), tuple(notes))
