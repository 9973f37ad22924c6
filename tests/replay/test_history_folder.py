from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from fullcourt.nba.calendar import eastern
from fullcourt.replay.history import HistoryBroken
from fullcourt.replay.world import World
from tests.replay.asking import BOX_SCORE, EVENTS, SCHEDULE, SCOREBOARD, get, transport_at
from tests.replay.small_history import (
    box_row,
    event,
    final_game,
    write_boxes,
    write_event_odds,
    write_final,
    write_listings,
    write_plan,
    write_played,
)

DAY = date(2025, 1, 9)
TIP = eastern(DAY, 22, 30)
GAME = "0022400524"
NOW = eastern(date(2025, 1, 10), 4)


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A history with every kind of file."""
    write_final(tmp_path, [final_game(GAME, "CHA", "LAL", TIP, (97, 100))])
    write_plan(tmp_path, {GAME: TIP})
    write_listings(tmp_path, {"2025-01-09T11:55:38Z": [event("a", "CHA", "LAL", TIP)]})
    odds = {"bookmakers": [{"markets": [{"key": "player_points", "outcomes": []}]}]}
    stamped = {"timestamp": "2025-01-09T15:25:38Z", "data": odds}
    write_event_odds(tmp_path, {"2025-01-09/a.json": stamped})
    write_boxes(tmp_path, [box_row(GAME, "CHA", 1), box_row(GAME, "LAL", 2)])
    write_played(tmp_path, [("CHA", GAME, "2025-01-09", "CHA @ LAL")] * 2, "2024-25")
    return tmp_path


def statuses(root: Path) -> dict[str, int]:
    """The status of each feed."""
    transport = transport_at(World(root), NOW)
    asked = {"apiKey": "k", "date": "2025-01-10T00:00:00Z"}
    odds = {**asked, "markets": "player_points", "regions": "us"}
    return {
        "schedule": get(transport, SCHEDULE).status,
        "scoreboard": get(transport, SCOREBOARD).status,
        "box score": get(transport, BOX_SCORE, GameID=GAME).status,
        "events": get(transport, EVENTS, **asked).status,
        "event odds": get(transport, f"{EVENTS}/a/odds", **odds).status,
    }


def test_a_whole_history_serves_every_feed(history: Path) -> None:
    """All five feeds answer 200."""
    assert set(statuses(history).values()) == {200}


@pytest.mark.parametrize(
    ("folder", "silent"),
    [
        ("odds_api/events", {"events"}),
        ("odds_api/event_odds", {"event odds"}),
        ("odds_api", {"events", "event odds"}),
        ("stats_nba", {"box score"}),
    ],
)
def test_an_absent_folder_silences_its_feed_only(
    history: Path, folder: str, silent: set[str]
) -> None:
    """A feed without recordings is a 404; the others are served as before."""
    shutil.rmtree(history / folder)
    assert {feed for feed, status in statuses(history).items() if status == 404} == silent


def test_an_empty_history_serves_nothing(tmp_path: Path) -> None:
    """Every feed is a 404, and the profile says that nothing is recorded."""
    assert set(statuses(tmp_path).values()) == {404}
    profile = World(tmp_path).profile()
    assert profile.schedule_seasons == profile.props_markets == ()
    assert profile.box_score_range is profile.listing_range is profile.event_odds_range is None


def test_the_profile_says_what_is_recorded(history: Path) -> None:
    """Dates, seasons and markets are those of the files."""
    profile = World(history).profile()
    assert profile.schedule_seasons == ("2024-25",)
    assert profile.box_score_dates == profile.listing_dates == {DAY}
    assert profile.event_odds_range == (DAY, DAY)
    assert profile.props_markets == ("player_points",)


def test_the_recorded_profile_has_the_known_ranges(recorded: World) -> None:
    """Box scores 2023-10-05 to 2025-06-22, listings on 956 days, points props of two seasons."""
    profile = recorded.profile()
    assert len(profile.listing_dates) == 956
    assert profile.box_score_range == (date(2023, 10, 5), date(2025, 6, 22))
    assert profile.listing_range == (date(2021, 10, 19), date(2025, 6, 22))
    assert profile.event_odds_range == (date(2023, 10, 24), date(2025, 4, 13))
    assert profile.props_markets == ("player_points",)
    assert {"2023-24", "2024-25"} <= set(profile.schedule_seasons)


@pytest.mark.parametrize(
    ("pattern", "content"),
    [
        ("schedule/scheduleleaguev2_*", b"no gzip"),
        ("schedule/data_nba_*", b'{"lscd": [{"mscd": {}}]}'),
        ("odds_api/events/*", b"no zip"),
        ("odds_api/event_odds/*", b""),
        ("stats_nba/boxscoretraditionalv3/*", b"no parquet"),
    ],
)
def test_a_broken_file_is_named(history: Path, pattern: str, content: bytes) -> None:
    """A file that does not read stops the feed with an error that names it."""
    (path,) = history.glob(pattern)
    path.write_bytes(content)
    with pytest.raises(HistoryBroken, match=path.name):
        statuses(history)


def test_a_broken_member_is_named(history: Path) -> None:
    """A body inside a zip that is no listing is named with its zip."""
    path = write_listings(history, {"2025-01-09T11:55:38Z": [{"id": "a"}]})
    with pytest.raises(HistoryBroken, match=r"2024-25\.zip!events_2025-01-09\.json"):
        statuses(history)
    assert path.exists()


def test_a_count_that_is_no_number_is_named(history: Path) -> None:
    """A box score column that does not read as a number names the file and the value."""
    write_boxes(history, [box_row(GAME, "CHA", 1, points="many"), box_row(GAME, "LAL", 2)])
    with pytest.raises(HistoryBroken, match=r"2024-25\.parquet.*many"):
        statuses(history)


def test_a_team_that_does_not_play_is_named(history: Path) -> None:
    """Rows of a third team are a broken recording, not a box score."""
    write_boxes(history, [box_row(GAME, "CHA", 1), box_row(GAME, "BOS", 2)])
    with pytest.raises(HistoryBroken, match="1610612738 plays neither"):
        statuses(history)


def test_a_game_without_a_home_team_is_named(tmp_path: Path) -> None:
    """Both rows say `@` and no other witness tells: named, not guessed."""
    rows = [("CHA", GAME, "2025-01-09", "CHA @ LAL"), ("LAL", GAME, "2025-01-09", "LAL @ CHA")]
    write_played(tmp_path, rows, "2024-25")
    with pytest.raises(HistoryBroken, match=f"{GAME}.*no home team"):
        World(tmp_path).games("2024-25")
