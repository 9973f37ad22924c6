from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from fullcourt.nba.calendar import eastern
from fullcourt.replay.world import World
from tests.replay.asking import BOX_SCORE, body, get, transport_at
from tests.replay.small_history import box_row, final_game, write_boxes, write_final

AFTER_SEASON = eastern(date(2025, 6, 30))
MISSING = {f"00224006{number}" for number in range(80, 86)}


def shape(tree: Any) -> Any:
    """The keys of a body in their order, and the types of its leaves."""
    if isinstance(tree, dict):
        return [(name, shape(value)) for name, value in tree.items()]
    if isinstance(tree, list):
        return [shape(tree[0])] if tree else []
    return type(tree).__name__


def test_a_body_has_the_wire_form(recorded: World, shared: Path) -> None:
    """Names, order and types are those of a body as served, without the totals nobody recorded."""
    wire = json.loads((shared / "wire/nba/stats_boxscoretraditionalv3.json").read_bytes())
    for side in ("homeTeam", "awayTeam"):
        for total in ("statistics", "starters", "bench"):
            del wire["boxScoreTraditional"][side][total]
    response = get(transport_at(recorded, AFTER_SEASON), BOX_SCORE, GameID="0022400500")
    assert response.rerendered and response.headers["content-type"].startswith("application/json")
    assert shape(body(response)) == shape(wire)


def test_a_box_score_is_served_from_tip_plus_two_and_a_half_hours(recorded: World) -> None:
    """404 until then, 200 from then on."""
    game = recorded.game("0022400529")
    assert game is not None and game.played is not None
    over = game.played.over_at
    early = transport_at(recorded, over - timedelta(seconds=1))
    assert get(early, BOX_SCORE, GameID="0022400529").status == 404
    assert get(transport_at(recorded, over), BOX_SCORE, GameID="0022400529").status == 200


def test_the_six_games_without_rows_have_no_box_score(recorded: World) -> None:
    """0022400680 to 685 are final in the schedule and 404 at the box score endpoint."""
    transport = transport_at(recorded, AFTER_SEASON)
    absent = {
        game.game_id
        for game in recorded.games("2024-25")
        if game.game_id.startswith("002")
        and get(transport, BOX_SCORE, GameID=game.game_id).status == 404
    }
    assert absent == MISSING


def test_a_week_of_bodies_has_exactly_the_official_player_games(
    recorded: World, shared: Path
) -> None:
    """2025-01-06 to 12: players with minutes are the 1,091 of the official log, points included."""
    official = set(
        duckdb.execute(
            "SELECT GAME_ID, PLAYER_ID, TEAM_ABBREVIATION, PTS FROM read_parquet(?) "
            "WHERE GAME_DATE BETWEEN '2025-01-06' AND '2025-01-12'",
            [str(shared / "history/stats_nba/leaguegamelog/2024-25_players.parquet")],
        ).fetchall()
    )
    transport = transport_at(recorded, AFTER_SEASON)
    served = set()
    for game in recorded.games("2024-25"):
        assert game.played is not None
        if not date(2025, 1, 6) <= game.played.game_date <= date(2025, 1, 12):
            continue
        box = body(get(transport, BOX_SCORE, GameID=game.game_id))["boxScoreTraditional"]
        for side, team in (("homeTeam", game.home), ("awayTeam", game.away)):
            assert box[side]["teamTricode"] == team.tricode
            for player in box[side]["players"]:
                if player["statistics"]["minutes"]:
                    points = player["statistics"]["points"]
                    served.add((game.game_id, player["personId"], team.tricode, points))
    assert len(official) == 1091
    assert served == official


def test_dirt_goes_out_as_recorded(recorded: World) -> None:
    """The preseason row with minutes `-1:0-57` and the one without names are served, unrepaired."""
    transport = transport_at(recorded, AFTER_SEASON)
    dirty, nameless = [], []
    for season in ("2023-24", "2024-25"):
        for game_id in recorded.boxes(season):
            box = body(get(transport, BOX_SCORE, GameID=game_id))["boxScoreTraditional"]
            for player in box["homeTeam"]["players"] + box["awayTeam"]["players"]:
                if player["statistics"]["minutes"].startswith("-"):
                    dirty.append(player["statistics"]["minutes"])
                if not player["nameI"]:
                    nameless.append(game_id)
    assert dirty == ["-1:0-57"]
    assert len(nameless) == 1


def test_rows_keep_their_order_and_duplicates(tmp_path: Path) -> None:
    """Players come in recorded order, twice where recorded twice; null minutes are empty."""
    game_id = "0022400525"
    write_final(
        tmp_path,
        [final_game(game_id, "BOS", "NYK", eastern(date(2025, 1, 9), 19, 30), (110, 108))],
    )
    write_boxes(
        tmp_path,
        [
            box_row(game_id, "BOS", 7),
            box_row(game_id, "NYK", 3, minutes=None, comment="DNP - Coach's Decision"),
            box_row(game_id, "BOS", 5),
            box_row(game_id, "BOS", 7),
        ],
    )
    transport = transport_at(World(tmp_path), eastern(date(2025, 1, 9), 22))
    box = body(get(transport, BOX_SCORE, GameID=game_id))["boxScoreTraditional"]
    assert [player["personId"] for player in box["awayTeam"]["players"]] == [7, 5, 7]
    (idle,) = box["homeTeam"]["players"]
    assert (idle["statistics"]["minutes"], idle["comment"]) == ("", "DNP - Coach's Decision")


def test_every_recorded_game_of_a_season_has_a_body(shared: Path) -> None:
    """All bodies of 2024-25 are rendered: 1,391, the six that the recording lacks left out."""
    world = World(shared / "history")
    ids = [game.game_id for game in world.games("2024-25")]
    bodies = [world.box_body(game_id) for game_id in ids]
    assert sum(found is not None for found in bodies) == 1391
