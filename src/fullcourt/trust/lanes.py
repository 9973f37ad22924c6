"""Which code ran, where and from when, and where it drifted apart. Pure.

A *lane* is one dataset on one host: its runs follow one another. Law 11: what ran is what counts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fullcourt.stores.ledger.deployments import SeenRun

EARLIEST = datetime.min.replace(tzinfo=UTC)
OVER_AFTER = timedelta(hours=48)
"""A drift is over when its older or newer side has begun no run for so long before the newest."""
AT_ONCE, BY_TURNS = "at the same time", "by turns"


@dataclass(frozen=True, slots=True)
class Spell:
    """Runs of one lane with one fingerprint, without one of another between; instants they began.

    `verified_by`: the first of them that succeeded.
    """

    dataset: str
    phase: str
    host: str
    fingerprint: str
    opened: tuple[datetime, ...]
    succeeded: int
    verified_by: str | None
    verified_at: datetime | None

    @property
    def lane(self) -> tuple[str, str]:
        """Dataset and host."""
        return self.dataset, self.host


@dataclass(frozen=True, slots=True)
class Seen:
    """A fingerprint's arrival somewhere (a phase, a dataset, every phase). Counts are runs.

    `before`: the fingerprint that ran there before (null: none did). `verified_by`: the first
    run of it that succeeded (null: none has).
    """

    where: str
    fingerprint: str
    before: str | None
    first_at: datetime
    last_at: datetime
    runs: int
    succeeded: int
    verified_by: str | None
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class Drift:
    """Two fingerprints at work together: `kind` says whether at the same time, or by turns in one
    lane. `differs_in`: code, configuration, or both. `on_older`, `on_newer`: lanes, as
    `dataset (phase) on host`. Instants are those of the first and last run that show it.
    """

    kind: str
    older: str
    newer: str
    differs_in: str
    on_older: tuple[str, ...]
    on_newer: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    is_over: bool


def spells(runs: Iterable[SeenRun], phases: Mapping[str, str]) -> tuple[Spell, ...]:
    """The spells of every lane, from runs oldest first; `phases`: dataset to phase."""
    groups: dict[tuple[str, str], list[list[SeenRun]]] = defaultdict(list)
    for run in runs:
        lane = groups[run.dataset, run.worker.partition(":")[0]]
        if not lane or lane[-1][-1].fingerprint != run.fingerprint:
            lane.append([])
        lane[-1].append(run)
    made = []
    for (dataset, host), lane in groups.items():
        for group in lane:
            good = [run for run in group if run.state == "succeeded"]
            made.append(
                Spell(
                    dataset=dataset,
                    phase=phases.get(dataset, dataset),
                    host=host,
                    fingerprint=group[0].fingerprint,
                    opened=tuple(run.opened_at for run in group),
                    succeeded=len(good),
                    verified_by=good[0].run_id if good else None,
                    verified_at=good[0].opened_at if good else None,
                )
            )
    return tuple(sorted(made, key=lambda s: (s.opened[0], s.dataset, s.host)))


def arrivals(found: Sequence[Spell], where: str) -> tuple[Seen, ...]:
    """The fingerprints that ran among these spells, in the order they came.

    One that comes back after another had the place alone (a rollback) arrives again.
    """
    made: list[Seen] = []
    for spell in sorted(found, key=lambda s: s.opened[0]):
        seen = _seen(spell, where)
        same = [n for n, other in enumerate(made) if other.fingerprint == spell.fingerprint]
        # The others that came since: was one of them alone there before this spell began?
        if same and not _left(made[same[-1]], made[same[-1] + 1 :], seen):
            made[same[-1]] = _joined(made[same[-1]], seen)
        else:
            made.append(replace(seen, before=made[-1].fingerprint if made else None))
    return tuple(made)


def _left(last: Seen, since: Sequence[Seen], again: Seen) -> bool:
    return any(last.last_at < other.first_at and other.last_at < again.first_at for other in since)


def _joined(one: Seen, other: Seen) -> Seen:
    proofs = [
        (seen.verified_at, seen.verified_by)
        for seen in (one, other)
        if seen.verified_at is not None and seen.verified_by is not None
    ]
    verified_at, verified_by = min(proofs, default=(None, None))
    return replace(
        one,
        last_at=max(one.last_at, other.last_at),
        runs=one.runs + other.runs,
        succeeded=one.succeeded + other.succeeded,
        verified_by=verified_by,
        verified_at=verified_at,
    )


def _seen(spell: Spell, where: str) -> Seen:
    return Seen(
        where,
        spell.fingerprint,
        None,
        spell.opened[0],
        spell.opened[-1],
        len(spell.opened),
        spell.succeeded,
        spell.verified_by,
        spell.verified_at,
    )


def drifts(found: Sequence[Spell]) -> tuple[Drift, ...]:
    """Where two fingerprints were at work together, in the order it began.

    At the same time: each of two lanes began a run between two runs of the other's spell. So
    neither a deployment, nor a rollback, nor a lane that seldom runs is drift. By turns: a lane
    went back to a fingerprint it had left, and again.
    """
    last: dict[tuple[str, str], Spell] = {}
    for spell in found:
        last[spell.lane] = spell
    newest = max((spell.opened[-1] for spell in found), default=EARLIEST)
    pairs: dict[tuple[str, str], list[tuple[Spell, Spell]]] = defaultdict(list)
    for one, other in _together(found):
        pairs[one.fingerprint, other.fingerprint].append((one, other))
    made = [_drift(two, group, last, newest) for two, group in pairs.items()]
    made += _by_turns(found)
    return tuple(sorted(made, key=lambda d: (d.first_at, d.older, d.newer, d.kind)))


def _together(found: Sequence[Spell]) -> Iterable[tuple[Spell, Spell]]:
    came: dict[str, datetime] = {}
    for spell in found:
        came.setdefault(spell.fingerprint, spell.opened[0])
    going: list[Spell] = []
    for spell in found:
        going = [other for other in going if other.opened[-1] > spell.opened[0]]
        for other in going:
            if other.fingerprint != spell.fingerprint and _interleave(spell, other):
                pair = sorted((spell, other), key=lambda s: (came[s.fingerprint], s.fingerprint))
                yield pair[0], pair[1]
        going.append(spell)


def _interleave(one: Spell, other: Spell) -> bool:
    return _began_within(one, other) and _began_within(other, one)


def _began_within(one: Spell, other: Spell) -> bool:
    """Whether a run of `one` began strictly between the first and the last of `other`."""
    after_first = bisect_right(one.opened, other.opened[0])
    return bisect_left(one.opened, other.opened[-1]) > after_first


def _drift(
    two: tuple[str, str],
    pairs: Sequence[tuple[Spell, Spell]],
    last: Mapping[tuple[str, str], Spell],
    newest: datetime,
) -> Drift:
    goes_on = [
        min(older.opened[-1], newer.opened[-1])
        for older, newer in pairs
        if last[older.lane] is older and last[newer.lane] is newer
    ]
    return Drift(
        kind=AT_ONCE,
        older=two[0],
        newer=two[1],
        differs_in=differs_in(*two),
        on_older=tuple(sorted({_lane(older) for older, _ in pairs})),
        on_newer=tuple(sorted({_lane(newer) for _, newer in pairs})),
        first_at=min(max(a.opened[0], b.opened[0]) for a, b in pairs),
        last_at=max(min(a.opened[-1], b.opened[-1]) for a, b in pairs),
        is_over=not goes_on or max(goes_on) < newest - OVER_AFTER,
    )


def _by_turns(found: Sequence[Spell]) -> Iterable[Drift]:
    lanes: dict[tuple[str, str], list[Spell]] = defaultdict(list)
    for spell in found:
        lanes[spell.lane].append(spell)
    turns: dict[tuple[str, str], list[Sequence[Spell]]] = defaultdict(list)
    for lane in lanes.values():
        begun: set[tuple[str, str]] = set()
        for start in range(len(lane) - 3):
            a, b, c, d = (spell.fingerprint for spell in lane[start : start + 4])
            two = (min(a, b), max(a, b))
            if (a, b) == (c, d) and two not in begun:
                begun.add(two)
                turns[two].append(lane[start:])
    for two, rests in turns.items():
        first = min(rests, key=lambda rest: rest[1].opened[0])
        older, newer = first[0].fingerprint, first[1].fingerprint
        names = tuple(sorted({_lane(rest[0]) for rest in rests}))
        yield Drift(
            kind=BY_TURNS,
            older=older,
            newer=newer,
            differs_in=differs_in(older, newer),
            on_older=names,
            on_newer=names,
            first_at=first[1].opened[0],
            last_at=max(
                spell.opened[-1] for rest in rests for spell in rest if spell.fingerprint in two
            ),
            # Other code came since: whatever took turns has ended.
            is_over=all(rest[-1].fingerprint not in two for rest in rests),
        )


def differs_in(one: str, other: str) -> str:
    """`code`, `configuration`, or both, of two fingerprints as runs carry them."""
    code, _, settings = one.partition("+")
    other_code, _, other_settings = other.partition("+")
    parts = ["code"] * (code != other_code) + ["configuration"] * (settings != other_settings)
    return " and ".join(parts) or "nothing"


def _lane(spell: Spell) -> str:
    return f"{spell.dataset} ({spell.phase}) on {spell.host or 'an unnamed host'}"
