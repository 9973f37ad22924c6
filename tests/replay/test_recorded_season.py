from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from fullcourt.nba.calendar import dates, eastern
from fullcourt.replay.world import World
from tests.replay.asking import SCOREBOARD, body, get, one, scheduled, transport_at

AFTER_SEASON = eastern(date(2025, 6, 30))
SECOND = timedelta(seconds=1)


def test_charlotte_at_the_lakers_is_postponed_and_comes_back(recorded: World) -> None:
    """2025-01-09 CHA@LAL: listed, PPD at its tip, on 02-19 with the first listing that shows it."""
    game_id, tip = "0022400524", eastern(date(2025, 1, 9), 22, 30)
    before, after = one(recorded, tip - SECOND, game_id), one(recorded, tip, game_id)
    assert before is not None and (before["gameStatus"], before["listed"]) == (1, "2025-01-09")
    assert after is not None and (after["gameStatusText"], after["listed"]) == ("PPD", "2025-01-09")
    seen = datetime.fromisoformat("2025-02-14T11:55:38Z")
    still, moved = one(recorded, seen - SECOND, game_id), one(recorded, seen, game_id)
    assert still is not None and still["listed"] == "2025-01-09"
    assert moved is not None and (moved["gameStatus"], moved["listed"]) == (1, "2025-02-19")


@pytest.mark.parametrize("game_id", ["0022400537", "0022400538"])
def test_games_gone_from_the_morning_listing_are_postponed_by_it(
    recorded: World, game_id: str
) -> None:
    """2025-01-11 SAS@LAL and CHA@LAC: PPD from the listing's own instant."""
    seen = datetime.fromisoformat("2025-01-11T11:55:38Z")
    before, after = one(recorded, seen - SECOND, game_id), one(recorded, seen, game_id)
    assert before is not None and before["gameStatus"] == 1
    assert after is not None and (after["gameStatusText"], after["listed"]) == ("PPD", "2025-01-11")


def test_chicago_at_the_clippers_moves_a_day_forward(recorded: World) -> None:
    """0022400611 leaves 2025-01-21 for 01-20 with that morning's listing, never postponed."""
    seen = datetime.fromisoformat("2025-01-20T11:55:38Z")
    before, after = one(recorded, seen - SECOND, "0022400611"), one(recorded, seen, "0022400611")
    assert before is not None and (before["gameStatus"], before["listed"]) == (1, "2025-01-21")
    assert after is not None and (after["gameStatus"], after["listed"]) == (1, "2025-01-20")


def test_the_cup_final_is_played_on_its_date(recorded: World) -> None:
    """0062400001 is unknown in October and final on 2024-12-17."""
    assert one(recorded, eastern(date(2024, 10, 20)), "0062400001") is None
    game = one(recorded, eastern(date(2024, 12, 18), 4), "0062400001")
    assert game is not None
    assert (game["listed"], game["gameStatusText"]) == ("2024-12-17", "Final")
    assert (game["awayTeam"]["score"], game["homeTeam"]["score"]) == (97, 81)


def test_all_star_games_appear_on_their_mornings(recorded: World) -> None:
    """2025-02-14 to 02-18: only 003 games, each from 06:00 of its date, and two dates of them."""
    ids = {}
    for day in dates(date(2025, 2, 14), date(2025, 2, 18)):
        noon = body(get(transport_at(recorded, eastern(day, 12)), SCOREBOARD))
        ids[day.day] = {game["gameId"] for game in noon["scoreboard"]["games"]}
    assert ids == {
        14: {"0032400004", "0032400005", "0032400006"},
        15: set(),
        16: {"0032400011", "0032400021", "0032400031"},
        17: set(),
        18: set(),
    }
    assert one(recorded, eastern(date(2025, 2, 16), 6) - SECOND, "0032400011") is None


def test_after_the_season_every_game_is_final_with_its_true_score(
    recorded: World, shared: Path
) -> None:
    """All 1,400 games end on their true dates, tips and scores; nothing is left postponed."""
    path = shared / "history/schedule/scheduleleaguev2_2024-25_end_of_season.json.gz"
    true = json.loads(gzip.decompress(path.read_bytes()))
    fields = [
        *("gameStatus", "gameStatusText", "gameDateEst", "gameDateTimeEst", "gameDateTimeUTC"),
        *("gameTimeEst", "gameDateUTC", "gameTimeUTC", "gameCode", "day", "monthNum"),
    ]
    wanted = {
        game["gameId"]: [game[field] for field in fields]
        + [game[side]["score"] for side in ("homeTeam", "awayTeam")]
        for day in true["leagueSchedule"]["gameDates"]
        for game in day["games"]
    }
    held = {
        game_id: [entry[field] for field in fields]
        + [entry[side]["score"] for side in ("homeTeam", "awayTeam")]
        for game_id, (entry,) in scheduled(recorded, AFTER_SEASON).items()
    }
    assert len(wanted) == 1400
    assert held == wanted


def test_only_the_recorded_postponements_happen(recorded: World) -> None:
    """From the plan on ten games show PPD, each on its planned date and moved from it later."""
    timeline = recorded.timeline("2024-25")
    games = recorded.games("2024-25")
    postponed = {}
    for day in dates(date(2024, 12, 18), date(2025, 4, 14)):
        now = eastern(day, 23, 59)
        for index, game in enumerate(games):
            shown = timeline.shown(index, now)
            if shown is not None and shown.phase.value == "postponed":
                postponed[game.game_id] = shown.at.game_date
    moved = {
        game.game_id: game.planned.game_date
        for game in games
        if game.planned and game.played and game.planned.game_date != game.played.game_date
    }
    numbers = (524, 532, 537, 538, 617, 627, 988, 996, 1005, 1161)
    assert postponed.keys() == {f"00224{number:05d}" for number in numbers}
    assert postponed.items() <= moved.items()


def test_a_season_of_games_played_has_dates_teams_and_scores(recorded: World) -> None:
    """2023-24: 1,230 + 82 + 6 games and the Cup final, every one that counts with its score."""
    entries = scheduled(recorded, eastern(date(2024, 7, 1)))
    types = Counter(game_id[:3] for game_id in entries)
    assert types == {"001": 73, "002": 1230, "003": 1, "004": 82, "005": 6, "006": 1}
    for game_id, (entry,) in entries.items():
        assert entry["gameStatusText"].startswith("Final"), game_id
        assert entry["homeTeam"]["score"] and entry["awayTeam"]["score"], game_id
        assert entry["homeTeam"]["teamId"] and entry["awayTeam"]["teamId"], game_id
    cup = entries["0062300001"][0]
    assert (cup["listed"], cup["homeTeam"]["teamTricode"]) == ("2023-12-09", "LAL")
    assert (cup["awayTeam"]["score"], cup["homeTeam"]["score"]) == (109, 123)


def test_scores_of_games_played_are_the_official_ones(recorded: World, shared: Path) -> None:
    """2023-24: scores and overtimes agree with the official log in all 1,230 games."""
    rows = duckdb.execute(
        "SELECT GAME_ID, TEAM_ABBREVIATION, sum(PTS), round((sum(MIN) - 240) / 25) "
        "FROM read_parquet(?) GROUP BY ALL",
        [str(shared / "history/stats_nba/leaguegamelog/2023-24_players.parquet")],
    ).fetchall()
    points = {(game_id, team): total for game_id, team, total, _ in rows}
    overtimes = {game_id: int(count) for game_id, _, _, count in rows}
    games = [game for game in recorded.games("2023-24") if game.game_id.startswith("002")]
    assert len(games) == 1230
    for game in games:
        assert game.home_score == points[game.game_id, game.home.tricode]
        assert game.away_score == points[game.game_id, game.away.tricode]
        assert game.overtimes == overtimes[game.game_id]
        assert game.played is not None
        assert (game.played.tip_at is None) is (game.game_id in untipped(recorded))


def untipped(world: World) -> set[str]:
    """Games of 2023-24 no recorded listing shows."""
    return {
        game.game_id
        for game in world.games("2023-24")
        if game.played
        and world.listings().last_sighting((game.pair, game.played.game_date)) is None
    }


def test_every_recorded_season_reads(recorded: World) -> None:
    """Each season has games, and none of them is without a home and an away team."""
    for season in recorded.seasons:
        games = recorded.games(season)
        assert len(games) > 1000, season
        assert all(game.home.tricode != game.away.tricode for game in games)
