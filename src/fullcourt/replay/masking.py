"""What the league's schedule may say about a game at an instant. Pure: no clock, no files.

The rules, in the order they are applied to one game:

* A game whose teams are known all season is listed from the season's start; any other appears with
  the first odds listing that shows its pair and Eastern date, else at 06:00 Eastern of its date.
* From `plan_from` on the recorded plan says where a game stands. The final tip is known from 06:00
  Eastern of the game date.
* A planned game that was not played on its planned date shows PPD from that date's listing on when
  the listing lacks it, else from its planned tip on.
* Its true date appears with the first listing that shows it there (else 06:00 Eastern of that date)
  and supersedes the old one.
* Tip to tip + 2:30 is live, then final.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from fullcourt.nba.calendar import eastern, season_of
from fullcourt.replay.listings import Listings
from fullcourt.replay.recorded import Appearance, RecordedGame


class Phase(Enum):
    """Where a listed game stands."""

    SCHEDULED = "scheduled"
    LIVE = "live"
    FINAL = "final"
    POSTPONED = "postponed"


@dataclass(frozen=True, slots=True)
class Shown:
    """From `since` (UTC) to the next change the schedule shows the game at `at`, in `phase`."""

    since: datetime
    at: Appearance
    phase: Phase


def season_opens(season: str) -> datetime:
    """When the league's schedule file turns to `season`: September 1, Eastern.

    The recorded end-of-season file was still served in the last days of August.
    """
    return eastern(date(int(season[:4]), 9, 1))


def history_of(
    game: RecordedGame, plan_from: datetime | None, listings: Listings
) -> tuple[Shown, ...]:
    """Every change of what the schedule shows of `game`, oldest first; before that: nothing."""
    steps: list[Shown] = []
    played = game.played
    if plan_from is None or game.planned is None:
        if played is not None:
            steps += _played_from(_known_at(game, played, listings), played)
        return _distinct(steps)
    if played is not None:
        known_at = _known_at(game, played, listings)
        steps += [step for step in _played_from(known_at, played) if step.since < plan_from]
        if played.over_at <= plan_from:
            # Over before the plan was written: the plan can only repeat it.
            return _distinct(_played_from(known_at, played))
    steps += _planned_from(plan_from, game, played, game.planned, listings)
    return _distinct(steps)


def _planned_from(
    plan_from: datetime,
    game: RecordedGame,
    played: Appearance | None,
    planned: Appearance,
    listings: Listings,
) -> list[Shown]:
    """The steps from the plan's instant on."""
    steps = [Shown(plan_from, planned, Phase.SCHEDULED)]
    if played is not None and played.game_date == planned.game_date:
        final_known_at = max(plan_from, eastern(played.game_date, 6))
        return steps + _played_from(final_known_at, played)
    missing_since = listings.missing_since((game.pair, planned.game_date))
    postponed_at = planned.tip_at or planned.over_at
    if missing_since is not None:
        postponed_at = min(postponed_at, missing_since)
    steps.append(Shown(max(plan_from, postponed_at), planned, Phase.POSTPONED))
    if played is None:
        return steps
    moved_at = max(plan_from, _sighted_at(game, played, listings))
    return [step for step in steps if step.since < moved_at] + _played_from(moved_at, played)


def _played_from(known_at: datetime, played: Appearance) -> list[Shown]:
    """The steps of a game at its true place, known from `known_at` on."""
    steps = [Shown(known_at, played, Phase.SCHEDULED)]
    if played.tip_at is not None:
        steps.append(Shown(max(known_at, played.tip_at), played, Phase.LIVE))
    steps.append(Shown(max(known_at, played.over_at), played, Phase.FINAL))
    return steps


def _known_at(game: RecordedGame, played: Appearance, listings: Listings) -> datetime:
    if game.known_all_season:
        return season_opens(season_of(game.game_id))
    return _sighted_at(game, played, listings)


def _sighted_at(game: RecordedGame, played: Appearance, listings: Listings) -> datetime:
    """When the first listing shows the game at its true date, else 06:00 Eastern of that date."""
    before = played.tip_at or played.over_at
    sighted = listings.first_sighting((game.pair, played.game_date), before)
    return sighted or eastern(played.game_date, 6)


def _distinct(steps: list[Shown]) -> tuple[Shown, ...]:
    """Steps in time order, the last one of each instant, repetitions left out."""
    kept: list[Shown] = []
    for step in sorted(steps, key=lambda step: step.since):
        if kept and kept[-1].since == step.since:
            kept.pop()
        if not kept or (kept[-1].at, kept[-1].phase) != (step.at, step.phase):
            kept.append(step)
    return tuple(kept)
