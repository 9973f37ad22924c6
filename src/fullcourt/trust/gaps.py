"""Gaps: what was missing from when to when, read from the transitions of keys. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from fullcourt.trust.words import KeyState

_LOST = frozenset({KeyState.MISSING.value, KeyState.UNRECOVERABLE.value})
_HELD = frozenset({KeyState.COMPLETE.value, KeyState.SUSPECT.value, KeyState.STALE.value})
# No longer owed: withdrawn, or due at another time than was known.
_NOT_OWED = frozenset({KeyState.RETIRED.value, KeyState.NOT_DUE.value})


class Ending(StrEnum):
    """What has become of a gap."""

    OPEN = "open"
    HEALED = "healed"
    WITHDRAWN = "withdrawn"
    PERMANENT = "permanent"


@dataclass(frozen=True, slots=True)
class KeyChange:
    """One change of a key's state, as the judge appended it. Instants are UTC."""

    dataset: str
    game_date: date
    key: str
    to_state: str
    cause: str | None
    reason: str
    judged_at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """Keys of one cell that were found missing at one look for one cause, and ended alike.

    `found_at`, `ended_at` (None: not ended) are UTC; `last_reason` is what was said of them last:
    for a permanent gap, why it is.
    """

    dataset: str
    game_date: date
    keys: tuple[str, ...]
    cause: str | None
    reason: str
    found_at: datetime
    ending: Ending
    ended_at: datetime | None
    last_reason: str


@dataclass(slots=True)
class _Episode:
    key: str
    found: KeyChange
    last: KeyChange
    ending: Ending = Ending.OPEN
    ended_at: datetime | None = None


def gaps(changes: Iterable[KeyChange]) -> tuple[Gap, ...]:
    """The gaps in a history of changes (oldest first, any cells), in the order they were found.

    A key that is missing again after it was held is another gap. One that is given up is permanent
    until it is held after all.
    """
    by_key: dict[tuple[str, date, str], list[_Episode]] = defaultdict(list)
    for change in changes:
        episodes = by_key[change.dataset, change.game_date, change.key]
        current = episodes[-1] if episodes else None
        if current is None or current.ending in (Ending.HEALED, Ending.WITHDRAWN):
            if change.to_state in _LOST:
                episodes.append(_Episode(change.key, change, change))
                current = episodes[-1]
            else:
                continue
        _go_on(current, change)
    found = [episode for episodes in by_key.values() for episode in episodes]
    return _grouped(found)


def _go_on(episode: _Episode, change: KeyChange) -> None:
    if change.to_state in _HELD:
        episode.ending, episode.ended_at = Ending.HEALED, change.judged_at
    elif change.to_state in _NOT_OWED:
        episode.ending, episode.ended_at = Ending.WITHDRAWN, change.judged_at
    elif change.to_state == KeyState.UNRECOVERABLE.value:
        episode.ending, episode.ended_at = Ending.PERMANENT, change.judged_at
    elif change.to_state == KeyState.MISSING.value:
        episode.ending, episode.ended_at = Ending.OPEN, None
    episode.last = change


def _grouped(episodes: Sequence[_Episode]) -> tuple[Gap, ...]:
    together: dict[tuple[object, ...], list[_Episode]] = defaultdict(list)
    for one in episodes:
        cell = (one.found.dataset, one.found.game_date)
        together[*cell, one.found.judged_at, one.found.cause, one.ending, one.ended_at].append(one)
    made = [
        Gap(
            dataset=group[0].found.dataset,
            game_date=group[0].found.game_date,
            keys=tuple(sorted(one.key for one in group)),
            cause=group[0].found.cause,
            reason=group[0].found.reason,
            found_at=group[0].found.judged_at,
            ending=group[0].ending,
            ended_at=group[0].ended_at,
            last_reason=group[0].last.reason,
        )
        for group in together.values()
    ]
    return tuple(sorted(made, key=lambda g: (g.found_at, g.dataset, g.game_date, g.keys)))
