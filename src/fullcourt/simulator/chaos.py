"""Faults drawn from a seed: each night its own, whatever the league and the other nights hold.

Only what a sound pipeline must survive is drawn; what it cannot heal it must name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from fullcourt.nba.calendar import dates, eastern
from fullcourt.simulator.draws import between, pick
from fullcourt.simulator.vendors.faults import Fault, FaultKind
from fullcourt.simulator.worldspec import (
    AT_ONCE,
    ENDPOINTS,
    RUN_FAILPOINTS,
    Drawing,
    OursFault,
    OursKind,
    WorldSpec,
)

# No `Purpose` of the league's own streams.
_CHAOS = 101
_TRIES = 20
_APART = timedelta(hours=1)
# The hours (Eastern; from 24 on the next morning) at which an endpoint is asked most.
_HOURS: Mapping[str, tuple[float, float]] = {
    "schedule": (5.5, 7.0),
    "scoreboard": (18.0, 26.0),
    "boxscore": (21.0, 27.0),
    "listing": (6.8, 11.5),
    "event_odds": (10.5, 21.5),
}
_HOURS_AT_HOME: Mapping[str, tuple[float, float]] = {
    "nba_schedule": (5.6, 6.5),
    "odds_events": (6.9, 11.0),
    "odds_event_props": (10.5, 21.5),
    "nba_boxscore": (21.0, 26.0),
    "schedule": (5.6, 25.0),
    "player_box_scores": (21.0, 26.0),
    "odds_player_props": (10.5, 21.5),
    "player_game_summary": (21.0, 26.5),
    "upcoming_player_game_context": (12.5, 20.5),
    "player_composite_factors": (13.5, 21.0),
    "predictions": (14.5, 21.5),
    "grades": (21.5, 27.0),
}
_SHORT, _LONG, _DAYS = (10, 30, 90, 240), (45, 180, 420, 900), (600, 1500, 3000, 4500)
_ALL = tuple(_HOURS)
_COMPUTED = tuple(name for name in _HOURS_AT_HOME if name not in (
    "nba_schedule", "odds_events", "odds_event_props", "nba_boxscore"
))  # fmt: skip
Words = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How a kind is drawn: where it strikes, for how many minutes, with which fields (one of)."""

    weight: float
    targets: tuple[str, ...]
    minutes: tuple[int, ...]
    words: Mapping[str, tuple[Words, ...]] = field(default_factory=dict)
    """By target, `*` for any: the fields to choose from."""


def _named(**names: str) -> Mapping[str, tuple[Words, ...]]:
    return {target: tuple({"name": n} for n in text.split()) for target, text in names.items()}


_NBA, _BOX, _ODDS = ("schedule", "scoreboard", "boxscore"), ("boxscore",), ("listing", "event_odds")
_AGES: Mapping[str, tuple[Words, ...]] = {"*": ({"hours": 2.0}, {"hours": 12.0}, {"hours": 24.0})}
_STATUSES: Mapping[str, tuple[Words, ...]] = {
    "*": ({"status": 408}, {"status": 503}, {"status": 504})
}
_VENDORS: Mapping[str, _Recipe] = {
    "refuse": _Recipe(3, _ALL, (*_LONG, *_DAYS)),
    "hang": _Recipe(2, _ALL, _SHORT),
    "drip": _Recipe(1, _ALL, _SHORT),
    "status": _Recipe(1, _ALL, _LONG, _STATUSES),
    "bad_key": _Recipe(0.5, _ODDS, _LONG),
    "out_of_credits": _Recipe(0.5, _ODDS, _LONG),
    "forbidden": _Recipe(1, _ALL, _LONG),
    "not_found": _Recipe(1, _ALL, _LONG),
    "unprocessable": _Recipe(0.5, _ODDS, _SHORT),
    "rate_limited": _Recipe(1, _ALL, _SHORT),
    "rate_limited_for": _Recipe(
        1, _ALL, _SHORT, {"*": ({"retry_after_s": 60}, {"retry_after_s": 900})}
    ),
    "server_error": _Recipe(2, _ALL, (*_SHORT, *_LONG, *_DAYS)),
    "bad_gateway": _Recipe(1, _ALL, _LONG),
    "truncated": _Recipe(1, _ALL, _SHORT),
    "empty": _Recipe(2, _ALL, _LONG),
    "html": _Recipe(1, _ALL, _LONG),
    "wrong_type": _Recipe(0.5, _ALL, _SHORT),
    "broken_brotli": _Recipe(0.5, _ALL, _SHORT),
    "bomb": _Recipe(0.2, _ALL, (10, 20)),
    "renamed_field": _Recipe(
        1,
        _ALL,
        _LONG,
        _named(
            schedule="gameDates gameStatus",
            scoreboard="games gameStatusText",
            boxscore="personId players",
            listing="commence_time",
            event_odds="bookmakers price",
        ),
    ),
    "added_field": _Recipe(0.5, _ALL, _LONG, {"*": ({"name": "addedByTheVendor"},)}),
    "retyped_field": _Recipe(
        1,
        (*_NBA, "event_odds"),
        _LONG,
        _named(
            schedule="gameStatus",
            scoreboard="gameStatus",
            boxscore="personId points",
            event_odds="price",
        ),
    ),
    "numbers_as_text": _Recipe(0.5, (*_NBA, "event_odds"), _LONG),
    "duplicate_rows": _Recipe(1, _ALL, _LONG),
    "contradicting_rows": _Recipe(0.5, _BOX, _LONG),
    "partial_slate": _Recipe(1, ("schedule", "scoreboard", "listing"), _LONG),
    "pregame_empty": _Recipe(1, _BOX, (60, 240, 720, 1440)),
    "nobody_listed": _Recipe(1, _BOX, (60, 240, 720)),
    "roster_only": _Recipe(1, _BOX, (60, 240, 720)),
    "roster_only_pregame": _Recipe(1, _BOX, (60, 240, 720)),
    "yesterdays_answer": _Recipe(1, _NBA, _LONG, _AGES),
    "late_data": _Recipe(1, _NBA, _LONG, _AGES),
    "other_games_body": _Recipe(0.5, _BOX, _LONG),
    "backfilled": _Recipe(1, _BOX, (1440, 4320, 10080)),
    "backfilled_empty": _Recipe(0.5, _BOX, (1440, 4320, 10080)),
    "wrong_team": _Recipe(0.5, _BOX, _LONG),
    "zeroed_team": _Recipe(0.5, _BOX, _LONG),
    "swapped_sides": _Recipe(0.5, _BOX, _LONG),
    "post_tip_lines": _Recipe(0.5, ("event_odds",), _LONG),
}
_AT_HOME: Mapping[OursKind, _Recipe] = {
    OursKind.PROCESSOR_RAISES: _Recipe(1, _COMPUTED, _SHORT, {"*": ({"times": 1}, {"times": 3})}),
    OursKind.WRONG_COUNT: _Recipe(1, _COMPUTED, (1440,), {"*": ({},)}),
    OursKind.HUNG: _Recipe(0.5, _COMPUTED, _SHORT, {"*": ({"times": 1},)}),
    OursKind.WORKER_LOST: _Recipe(
        1,
        tuple(_HOURS_AT_HOME),
        _SHORT,
        {"*": tuple({"times": 1, "failpoint": place} for place in RUN_FAILPOINTS)},
    ),
    OursKind.DISK_FULL: _Recipe(
        1, ("",), _SHORT, {"*": tuple({"store": name} for name in ("lake", "ledger", "archive"))}
    ),
    OursKind.DATABASE_LOCKED: _Recipe(0.5, _COMPUTED, _SHORT, {"*": ({"times": 2},)}),
    OursKind.BAD_RELEASE: _Recipe(0.5, _COMPUTED, _LONG),
    OursKind.ROWS_DELETED: _Recipe(
        0.5, ("player_box_scores", "player_game_summary", "grades"), (60,)
    ),
    OursKind.BODY_DELETED: _Recipe(0.5, ("nba_boxscore",), (60,)),
}
DRAWABLE: Mapping[str, float] = {
    str(kind): recipe.weight for kind, recipe in (*_VENDORS.items(), *_AT_HOME.items())
}
"""Every kind that may be drawn, with its weight where a world gives none."""


def faults_of(spec: WorldSpec) -> tuple[tuple[Fault, ...], tuple[OursFault, ...]]:
    """The world's own faults and those drawn for each of its nights, vendors' and ours."""
    faults, ours = list(spec.faults), list(spec.ours)
    busy = _Busy()
    for fault in faults:
        busy.take(f"{fault.vendor} {fault.endpoint}", fault.start, fault.end)
    for night in dates(spec.begins, spec.last_date):
        for drawn in _draw(spec.seed, spec.drawn, night, busy, spec.ends_at):
            if isinstance(drawn, Fault):
                faults.append(drawn)
            else:
                ours.append(drawn)
    return tuple(faults), tuple(ours)


@dataclass(slots=True)
class _Busy:
    """When something is already wrong, by place."""

    spans: dict[str, list[tuple[datetime, datetime]]] = field(default_factory=dict)

    def is_free(self, place: str, start: datetime, end: datetime) -> bool:
        return all(
            end + _APART <= first or last + _APART <= start
            for first, last in self.spans.get(place, ())
        )

    def take(self, place: str, start: datetime, end: datetime) -> None:
        self.spans.setdefault(place, []).append((start, end))


def _draw(
    seed: int, drawing: Drawing, night: date, busy: _Busy, world_ends: datetime
) -> Sequence[Fault | OursFault]:
    """The faults of one night. A night's stream depends on nothing but seed and date."""
    if not drawing.per_night:
        return ()
    rng = np.random.Generator(
        np.random.PCG64(np.random.SeedSequence([seed, _CHAOS, night.toordinal()]))
    )
    weights = drawing.kinds or DRAWABLE
    trials = int(2 * drawing.per_night) + 1
    wanted = sum(float(rng.random()) < drawing.per_night / trials for _ in range(trials))
    found: list[Fault | OursFault] = []
    for _ in range(wanted):
        for _ in range(_TRIES):
            drawn, place = _one(rng, weights, night)
            if drawn.start < world_ends and busy.is_free(place, drawn.start, drawn.end):
                busy.take(place, drawn.start, drawn.end)
                found.append(drawn)
                break
    return found


def _one(
    rng: np.random.Generator, weights: Mapping[str, float], night: date
) -> tuple[Fault | OursFault, str]:
    kind = _weighted(rng, weights)
    if kind in _VENDORS:
        return _at_a_vendor(rng, FaultKind(kind), night)
    return _at_home(rng, OursKind(kind), night)


def _at_a_vendor(rng: np.random.Generator, kind: FaultKind, night: date) -> tuple[Fault, str]:
    recipe = _VENDORS[kind]
    target = pick(rng, recipe.targets)
    vendor, endpoint = ENDPOINTS[target]
    start, end = _span(rng, _HOURS[target], recipe.minutes, night)
    words = _chosen(rng, recipe, target)
    # Some outages are over at the second try, whatever the hour.
    attempts = pick(rng, (None, None, frozenset({1}), frozenset({1, 2}), frozenset({2})))
    fault = Fault(vendor, endpoint, start, end, kind, attempts=attempts, **words)
    return fault, f"{vendor} {endpoint}"


def _at_home(rng: np.random.Generator, kind: OursKind, night: date) -> tuple[OursFault, str]:
    recipe = _AT_HOME[kind]
    target = pick(rng, recipe.targets)
    start, end = _span(rng, _HOURS_AT_HOME.get(target, (6.0, 26.0)), recipe.minutes, night)
    if kind in AT_ONCE:
        # The rows and bodies of a night are there the morning after.
        start, end = start + timedelta(hours=10), end + timedelta(hours=10)
    return OursFault(kind, start, end, target, **_chosen(rng, recipe, target)), "home"


def _span(
    rng: np.random.Generator, hours: tuple[float, float], minutes: tuple[int, ...], night: date
) -> tuple[datetime, datetime]:
    begins = round(60 * between(rng, *hours))
    lasts = max(5, round(pick(rng, minutes) * between(rng, 0.7, 1.3)))
    start = eastern(night) + timedelta(minutes=begins)
    return start, start + timedelta(minutes=lasts)


def _chosen(rng: np.random.Generator, recipe: _Recipe, target: str) -> Words:
    words = recipe.words.get(target, recipe.words.get("*", ()))
    return pick(rng, words) if words else {}


def _weighted(rng: np.random.Generator, weights: Mapping[str, float]) -> str:
    left = float(rng.random()) * sum(weights.values())
    for kind, weight in weights.items():
        left -= weight
        if left < 0:
            return kind
    return next(reversed(list(weights)))
