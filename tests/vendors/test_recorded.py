"""The parsers against bodies the vendors really served."""

from __future__ import annotations

import gzip
import zipfile
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fullcourt.nba.calendar import game_date_of, raises_cells
from fullcourt.nba.teams import TEAMS
from fullcourt.vendors.nba_cdn import parse_boxscore, parse_schedule, parse_scoreboard
from fullcourt.vendors.nba_stats import parse_boxscore_v3
from fullcourt.vendors.odds_api import parse_event_props, parse_events
from fullcourt.vendors.transport import ContractBroken

NOW = datetime(2025, 8, 1, tzinfo=UTC)


def test_the_schedule_excerpt(shared: Path) -> None:
    """The preseason of 2025-26 as served in July: guests pass through, tips are UTC."""
    body = (shared / "wire/nba/cdn_schedule_excerpt.json").read_bytes()
    schedule = parse_schedule(body)
    assert (schedule.season, len(schedule.games), schedule.notes) == ("2025-26", 13, ())
    assert schedule.served_at == datetime(2025, 7, 17, 18, 11, 2, 112000, tzinfo=UTC)
    assert {"MEL", "SEM"} <= {game.away_team for game in schedule.games}
    late = next(game for game in schedule.games if game.game_id == "0012500001")
    assert late.game_date == date(2025, 10, 3)
    assert late.tip_at == datetime(2025, 10, 4, 2, 0, tzinfo=UTC)


def test_a_whole_season_of_the_schedule(shared: Path) -> None:
    """2024-25: 1,400 games, all final, 70 with overtime, every tip on its Eastern date."""
    path = shared / "history/schedule/scheduleleaguev2_2024-25_end_of_season.json.gz"
    schedule = parse_schedule(gzip.decompress(path.read_bytes()))
    games = schedule.games
    assert (len(games), schedule.notes) == (1400, ())
    assert Counter(game.overtimes for game in games) == {0: 1330, 1: 66, 2: 4}
    assert all(game.is_final and not game.is_postponed for game in games)
    assert all(game.tip_at and game_date_of(game.tip_at) == game.game_date for game in games)
    codes = {team.tricode for team in TEAMS}
    assert {game.home_team for game in games if raises_cells(game.game_id)} == codes


def test_the_stats_scoreboard(shared: Path) -> None:
    """scoreboardv3 is read by the CDN's parser: eleven finals of one Eastern date."""
    board = parse_scoreboard((shared / "wire/nba/stats_scoreboardv3.json").read_bytes())
    assert board.game_date == date(2025, 11, 5)
    assert len(board.games) == 11
    assert all(game.is_final and game.overtimes == 0 for game in board.games)
    assert (board.games[0].home_team, board.games[0].home_score) == ("CLE", 132)


def test_the_v3_box_score(shared: Path) -> None:
    """29 players, 27 of whom appeared; five starters a team; points add up to the score."""
    box = parse_boxscore_v3((shared / "wire/nba/stats_boxscoretraditionalv3.json").read_bytes())
    assert (box.game_id, box.home_team, box.away_team) == ("0022500165", "TOR", "MIL")
    assert (len(box.lines), box.rejected, box.is_final) == (29, (), None)
    assert sum(line.played for line in box.lines) == 27
    for team, score in (("TOR", box.home_score), ("MIL", box.away_score)):
        lines = [line for line in box.lines if line.team == team]
        assert sum(line.points or 0 for line in lines) == score
        assert sum(line.is_starter is True for line in lines) == 5
        assert abs(sum(line.seconds_played or 0 for line in lines) - 240 * 60) <= 5
    absent = [line for line in box.lines if not line.played]
    assert {line.not_playing_reason for line in absent} == {"DNP - Coach's Decision"}


def test_the_served_time_of_a_box_score_is_no_utc(shared: Path) -> None:
    """Read as UTC the Z would put this final at 18:50 Eastern, before any evening tip."""
    box = parse_boxscore_v3((shared / "wire/nba/stats_boxscoretraditionalv3.json").read_bytes())
    assert box.served_at == datetime(2025, 11, 5, 4, 50, 11, 501100, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["cdn_playbyplay_0022400500.json.gz", "stats_scoreboardv2_2025-01-15.json"]
)
def test_other_endpoints_are_no_box_score(shared: Path, name: str) -> None:
    """A body of another endpoint is refused by name, not read as an empty game."""
    data = (shared / "wire/nba" / name).read_bytes()
    body = gzip.decompress(data) if name.endswith(".gz") else data
    for parse in (parse_boxscore, parse_boxscore_v3, parse_schedule, parse_scoreboard):
        with pytest.raises(ContractBroken, match="is missing; found there"):
            parse(body)


def test_the_historical_events(shared: Path) -> None:
    """Ten events on two Eastern dates, one of them with a tip that was moved by minutes."""
    body = (shared / "wire/odds_api/v4_historical_events_2024-01-25.json").read_bytes()
    listing = parse_events(body, True, NOW)
    assert listing.snapshot_at == datetime(2024, 1, 25, 3, 55, 40, tzinfo=UTC)
    assert Counter(event.game_date.day for event in listing.events) == {24: 3, 25: 7}
    assert (listing.unknown_teams, listing.rejected) == ((), ())


@pytest.mark.parametrize(("name", "skipped"), [("h2h", 4), ("spreads_totals", 8)])
def test_featured_markets_are_no_props(shared: Path, name: str, skipped: int) -> None:
    """Game lines are skipped and counted."""
    body = (shared / f"wire/odds_api/v4_historical_event_odds_{name}.json").read_bytes()
    props = parse_event_props(body, True, NOW)
    assert (props.event.home_team, props.quotes) == ("GSW", ())
    assert sum(props.skipped.values()) == skipped


def test_a_season_of_recorded_props(shared: Path) -> None:
    """2024-25: every body is read, and no book has two main lines for a player."""
    path = shared / "history/odds_api/event_odds/2024-25.zip"
    groups = mains = rejected = 0
    with zipfile.ZipFile(path) as recorded:
        for name in recorded.namelist():
            props = parse_event_props(recorded.read(name), True, NOW)
            assert props.skipped == {}
            rejected += len(props.rejected)
            main = Counter((q.bookmaker, q.player_name) for q in props.quotes if q.is_main)
            assert set(main.values()) <= {1}
            groups += len({(q.bookmaker, q.player_name) for q in props.quotes})
            mains += len(main)
    assert groups > 60_000
    assert groups - mains < 100
    assert rejected < 20


def test_four_seasons_of_recorded_listings(shared: Path) -> None:
    """961 mornings, 7,852 events, every team known."""
    events = 0
    for path in sorted((shared / "history/odds_api/events").glob("*.zip")):
        with zipfile.ZipFile(path) as recorded:
            for name in recorded.namelist():
                listing = parse_events(recorded.read(name), True, NOW)
                assert (listing.unknown_teams, listing.rejected) == ((), ())
                events += len(listing.events)
    assert events == 7852
