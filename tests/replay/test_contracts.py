from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from fullcourt.nba.box import RejectedRow
from fullcourt.nba.calendar import dates, eastern
from fullcourt.replay.world import World
from fullcourt.vendors.nba_cdn import parse_schedule, parse_scoreboard
from fullcourt.vendors.nba_stats import parse_boxscore_v3
from fullcourt.vendors.odds_api import (
    credits_of,
    event_odds_request,
    events_request,
    parse_event_props,
    parse_events,
    quote_event_odds,
    quote_events,
)
from tests.replay.asking import SCHEDULE, SCOREBOARD, get, transport_at


@pytest.mark.parametrize("day", [date(2024, 1, 11), date(2025, 1, 11), date(2025, 4, 20)])
def test_the_vendor_clients_read_every_schedule(recorded: World, day: date) -> None:
    """Both CDN parsers take the bodies whole, agree about the day, and note nothing."""
    now = eastern(day, 23)
    transport = transport_at(recorded, now)
    schedule = parse_schedule(get(transport, SCHEDULE).body)
    scoreboard = parse_scoreboard(get(transport, SCOREBOARD).body)
    assert schedule.notes == scoreboard.notes == ()
    assert schedule.served_at <= now and scoreboard.served_at <= now
    assert scoreboard.games and scoreboard.game_date == day
    assert set(scoreboard.games) == {game for game in schedule.games if game.game_date == day}


def test_a_body_is_never_known_later_than_it_is_served(recorded: World) -> None:
    """`meta.time` reads as an instant not after the clock, in the repeated hour of autumn too."""
    for day in dates(date(2024, 11, 2), date(2024, 11, 4)):
        for hour in range(24):
            now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
            body = get(transport_at(recorded, now), SCOREBOARD).body
            assert parse_scoreboard(body).served_at <= now


def test_every_recorded_box_score_adds_up_to_its_final(recorded: World) -> None:
    """2023-24: rows of every game that counts sum to the archive's final score and its minutes."""
    rejected: list[RejectedRow] = []
    for game in recorded.games("2023-24"):
        found = recorded.box_body(game.game_id)
        if found is None:
            continue
        box = parse_boxscore_v3(found[1])
        assert box.served_at == found[0]
        rejected += box.rejected
        if game.game_id.startswith("001"):
            continue
        for team, score in ((game.home, game.home_score), (game.away, game.away_score)):
            lines = [line for line in box.lines if line.team == team.tricode]
            assert sum(line.points or 0 for line in lines) == score
            if not game.game_id.startswith("003"):
                seconds = sum(line.seconds_played or 0 for line in lines)
                assert abs(seconds - 60 * (240 + 25 * game.overtimes)) <= 30
    assert len(rejected) == 1 and "'-1:0-57'" in rejected[0].reason


def test_the_odds_client_reads_what_it_asks_for(recorded: World) -> None:
    """The Odds API's own requests are answered, charged as quoted, and parsed."""
    now = datetime(2025, 1, 9, 23, tzinfo=UTC)
    transport = transport_at(recorded, now)
    listed = transport.send(events_request("k", now))
    listing = parse_events(listed.body, True, now)
    assert credits_of(listed).last == quote_events(historical=True)
    assert listing.snapshot_at == datetime(2025, 1, 9, 11, 55, 38, tzinfo=UTC)
    for event in listing.events:
        if event.game_date != date(2025, 1, 9):
            continue
        asked = event_odds_request(
            event.event_id, "k", ("player_points",), regions=("us",), historical_at=now
        )
        odds = transport.send(asked)
        assert odds.status == 200
        assert credits_of(odds).last == quote_event_odds(markets=1, regions=1, historical=True)
        props = parse_event_props(odds.body, True, now)
        assert props.quotes and props.event.event_id == event.event_id
