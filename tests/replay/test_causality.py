from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from fullcourt.nba.calendar import EASTERN, eastern
from fullcourt.replay.listings import Listings
from fullcourt.replay.recorded import RecordedGame, Season
from fullcourt.replay.timeline import Timeline
from fullcourt.replay.world import World

FIRST, LAST = eastern(date(2024, 10, 1)), eastern(date(2025, 6, 25))
MINUTES = int((LAST - FIRST).total_seconds()) // 60


def altered(game: RecordedGame, now: datetime, plan_from: datetime) -> RecordedGame:
    """`game` with everything that happened, or was announced, after `now` told differently."""
    played, planned = game.played, game.planned
    assert played is not None
    if played.over_at > now:
        game = dataclasses.replace(game, home_score=1, away_score=2, overtimes=game.overtimes + 1)
    if planned is None or now < plan_from or now >= eastern(played.game_date, 6):
        return game
    if played.game_date == planned.game_date:
        # The true tip is news of that morning.
        assert played.tip_at is not None
        moved = dataclasses.replace(played, tip_at=played.tip_at + timedelta(hours=1))
    else:
        # The new date is news of a listing; see `unseen` below.
        moved = dataclasses.replace(
            played,
            game_date=played.game_date + timedelta(days=400),
            tip_at=played.over_at + timedelta(days=400),
        )
    return dataclasses.replace(game, played=moved)


def unseen(game: RecordedGame, listings: Listings, now: datetime) -> bool:
    """Whether no listing up to `now` shows the game on its true date."""
    assert game.played is not None
    seen = listings.first_sighting((game.pair, game.played.game_date), now)
    return seen is None


def eves_of_news(world: World) -> list[datetime]:
    """The last second before each news of a new date or tip: where a leak would show first."""
    eves = set()
    for game in world.games("2024-25"):
        if game.played and game.planned and game.played != game.planned:
            eves.add(eastern(game.played.game_date, 6))
            seen = world.listings().first_sighting((game.pair, game.played.game_date), LAST)
            if seen is not None:
                eves.add(seen)
    return [eve - timedelta(seconds=1) for eve in sorted(eves)]


@given(data=st.data())
@settings(max_examples=40)
def test_no_body_knows_the_future(recorded: World, data: st.DataObject) -> None:
    """Schedule and scoreboard are the same bytes when all that comes after is told differently."""
    any_minute = st.integers(0, MINUTES).map(lambda minute: FIRST + timedelta(minutes=minute))
    now = data.draw(st.one_of(any_minute, st.sampled_from(eves_of_news(recorded))))
    if 6 <= now.astimezone(EASTERN).hour < 8:
        # Whether a listing will announce a game of today is what 06:00 waits for: the one hour in
        # which the recording's rule looks at the coming listing, and shows less for it.
        now += timedelta(hours=2)
    season, listings = recorded.season("2024-25"), recorded.listings()
    plan_from = season.plan_from
    assert plan_from is not None
    told = Season(
        season.name,
        tuple(
            altered(game, now, plan_from) if unseen(game, listings, now) or same_day(game) else game
            for game in season.games
        ),
        plan_from,
    )
    known = Listings(listing for listing in listings.all if listing.snapshot_at <= now)
    true_timeline, told_timeline = recorded.timeline("2024-25"), Timeline(told, known)
    assert told_timeline.schedule(now) == true_timeline.schedule(now)
    assert told_timeline.scoreboard(now) == true_timeline.scoreboard(now)


def same_day(game: RecordedGame) -> bool:
    """Whether the game was played on its planned date, so that no listing has news of it."""
    return (
        game.planned is None
        or game.played is None
        or game.planned.game_date == game.played.game_date
    )
