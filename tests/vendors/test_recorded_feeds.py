"""The feeds beside schedule, box score and lines, against bodies the vendors really served."""

from __future__ import annotations

import gzip
import zipfile
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from fullcourt.nba.teams import TEAMS
from fullcourt.vendors import bettingpros, espn
from fullcourt.vendors.balldontlie_games import parse_box_scores, parse_games, parse_stats
from fullcourt.vendors.balldontlie_lists import (
    parse_active_players,
    parse_injuries,
    parse_standings,
)
from fullcourt.vendors.contract import drift
from fullcourt.vendors.contracts import CONTRACTS
from fullcourt.vendors.nba_play_by_play import Zone, parse_play_by_play
from fullcourt.vendors.nba_player_index import parse_player_index
from fullcourt.vendors.odds_api_games import parse_game_lines
from fullcourt.vendors.team_codes import BALLDONTLIE_IDS

NOW = datetime(2025, 8, 1, tzinfo=UTC)
NIGHT = date(2024, 1, 15)


def _body(shared: Path, name: str) -> bytes:
    data = (shared / "wire" / name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


@pytest.mark.parametrize(
    ("name", "vendor", "endpoint"),
    [
        ("balldontlie/v1_box_scores_2024-01-15.json", "balldontlie", "box_scores"),
        ("balldontlie/v1_box_scores_empty.json", "balldontlie", "box_scores"),
        ("balldontlie/v1_games.json", "balldontlie", "games"),
        ("balldontlie/v1_stats.json", "balldontlie", "stats"),
        ("balldontlie/v1_standings.json", "balldontlie", "standings"),
        ("balldontlie/v1_player_injuries_page1.json", "balldontlie", "player_injuries"),
        ("balldontlie/v1_player_injuries_last_page.json", "balldontlie", "player_injuries"),
        ("balldontlie/v1_players_active_page1.json", "balldontlie", "active_players"),
        ("bettingpros/v3_events_2021-10-21.json", "bettingpros", "events"),
        ("bettingpros/v3_props_2025-10-30.json", "bettingpros", "props"),
        ("espn/scoreboard_2024-01-15.json", "espn", "scoreboard"),
        ("espn/roster_bos.json", "espn", "roster"),
        ("nba/cdn_schedule_excerpt.json", "nba_cdn", "schedule"),
        ("nba/stats_scoreboardv3.json", "nba_stats", "scoreboardv3"),
        ("nba/stats_boxscoretraditionalv3.json", "nba_stats", "boxscoretraditionalv3"),
        ("nba/stats_playerindex.json", "nba_stats", "playerindex"),
        ("nba/cdn_playbyplay_0022400500.json.gz", "nba_cdn", "playbyplay"),
        ("odds_api/v4_historical_events_2024-01-25.json", "odds_api", "historical_events"),
        ("odds_api/v4_historical_event_odds_h2h.json", "odds_api", "historical_event_odds"),
        (
            "odds_api/v4_historical_event_odds_spreads_totals.json",
            "odds_api",
            "historical_event_odds",
        ),
    ],
)
def test_every_recorded_body_is_in_contract(
    shared: Path, name: str, vendor: str, endpoint: str
) -> None:
    """No recorded body has a field, or a type, its contract does not know."""
    assert [one.sentence for one in drift(_body(shared, name), CONTRACTS[vendor, endpoint])] == []


def test_a_whole_season_of_the_schedule_is_in_contract(shared: Path) -> None:
    """The 1,400 games of 2024-25, as served after the season, have no field July's 13 had not."""
    path = shared / "history/schedule/scheduleleaguev2_2024-25_end_of_season.json.gz"
    assert drift(gzip.decompress(path.read_bytes()), CONTRACTS["nba_cdn", "schedule"]) == ()


@pytest.mark.parametrize(
    ("name", "endpoint", "every"),
    [
        ("odds/2024-25.zip", "historical_odds", 10),
        ("event_odds/2024-25.zip", "historical_event_odds", 60),
        ("events/2024-25.zip", "historical_events", 10),
    ],
)
def test_recorded_odds_are_in_contract(shared: Path, name: str, endpoint: str, every: int) -> None:
    """A sample of a season's odds has no field or type the contract does not know."""
    contract = CONTRACTS["odds_api", endpoint]
    with zipfile.ZipFile(shared / "history/odds_api" / name) as recorded:
        names = recorded.namelist()[::every]
        assert len(names) > 15
        for one in names:
            assert drift(recorded.read(one), contract) == (), one


def test_a_night_of_balldontlie(shared: Path) -> None:
    """11 finals, 384 player rows, 155 of them with `00` minutes: undecided, without figures."""
    body = parse_box_scores(_body(shared, "balldontlie/v1_box_scores_2024-01-15.json"))
    assert (len(body.boxes), len(body.lines)) == (11, 384)
    assert (body.unknown_teams, body.rejected, body.notes) == ((), (), ())
    undecided = [line for line in body.lines if line.undecided]
    assert len(undecided) == 155
    assert {line.played for line in undecided} == {None}
    assert {(line.seconds_played, line.points, line.blocks) for line in undecided} == {
        (None, None, None)
    }
    told = [line for line in body.lines if not line.undecided]
    assert len(told) == 229
    assert all(line.played and line.precision_s == 60 for line in told)
    assert all(box.game.is_final and box.game.game_date == NIGHT for box in body.boxes)
    assert {(box.game.bdl_game_id, box.game.tip_at) for box in body.boxes} == {(None, None)}
    for box in body.boxes:
        home = sum(line.points or 0 for line in box.lines if line.is_home)
        away = sum(line.points or 0 for line in box.lines if not line.is_home)
        assert (home, away) == (box.game.home_score, box.game.away_score)


def test_two_witnesses_of_a_night_agree_on_every_score(shared: Path) -> None:
    """ESPN's scoreboard and balldontlie's box scores: the same 11 games and the same results."""
    boxes = parse_box_scores(_body(shared, "balldontlie/v1_box_scores_2024-01-15.json")).boxes
    board = espn.parse_scoreboard(_body(shared, "espn/scoreboard_2024-01-15.json"))
    assert (board.unknown_teams, board.rejected, board.notes) == ((), (), ())
    assert {game.game_date for game in board.games} == {NIGHT}
    by_espn = {(g.home_team, g.away_team): (g.home_score, g.away_score) for g in board.games}
    by_bdl = {
        (b.game.home_team, b.game.away_team): (b.game.home_score, b.game.away_score) for b in boxes
    }
    assert len(by_espn) == 11
    assert by_espn == by_bdl
    # All six of the teams ESPN has codes of its own for played that night.
    assert {"NOP", "NYK", "WAS", "SAS", "GSW", "UTA"} <= {
        team for matchup in by_espn for team in matchup
    }
    assert {g.home_team: g.overtimes for g in board.games if g.overtimes} == {"BKN": 1}


def test_an_empty_night_of_balldontlie(shared: Path) -> None:
    """An empty list is read as no boxes, and claims neither an off day nor a failure."""
    body = parse_box_scores(_body(shared, "balldontlie/v1_box_scores_empty.json"))
    assert (body.boxes, body.lines, body.rejected, body.notes) == ((), (), (), ())


def test_the_games_of_balldontlie(shared: Path) -> None:
    """Nine finals of one Eastern date, with their tips in UTC."""
    body = parse_games([_body(shared, "balldontlie/v1_games.json")])
    assert (len(body.games), body.is_whole, body.unknown_teams) == (9, True, ())
    assert {game.game_date for game in body.games} == {date(2025, 2, 20)}
    assert body.games[0].tip_at == datetime(2025, 2, 21, 2, tzinfo=UTC)
    assert all(game.is_final for game in body.games)


def test_the_statistics_of_balldontlie(shared: Path) -> None:
    """30 rows of a Finals game, 6 of them undecided; both sides are told apart by team id."""
    body = parse_stats([_body(shared, "balldontlie/v1_stats.json")])
    assert (len(body.lines), body.is_whole, body.unknown_teams, body.rejected) == (30, True, (), ())
    assert Counter((row.line.team, row.line.is_home) for row in body.lines) == {
        ("OKC", True): 15,
        ("IND", False): 15,
    }
    assert sum(row.line.undecided is not None for row in body.lines) == 6
    points = Counter[str]()
    for row in body.lines:
        points[row.line.team] += row.line.points or 0
    assert points == {"OKC": 103, "IND": 91}


def test_the_active_players_of_balldontlie(shared: Path) -> None:
    """100 players of the first page, which says that it is not the last."""
    body = parse_active_players([_body(shared, "balldontlie/v1_players_active_page1.json")])
    assert (len(body.players), body.is_whole) == (100, False)
    assert (body.unknown_teams, body.rejected, body.notes) == ((), (), ())


def test_the_injuries_of_balldontlie(shared: Path) -> None:
    """100 and 2 injuries; the two pages are of different days and contradict each other twice."""
    first = _body(shared, "balldontlie/v1_player_injuries_page1.json")
    last = _body(shared, "balldontlie/v1_player_injuries_last_page.json")
    alone = parse_injuries([first])
    assert (len(alone.injuries), alone.is_whole, alone.unknown_teams) == (100, False, ())
    assert Counter(injury.status for injury in alone.injuries) == {"Day-To-Day": 91, "Out": 9}
    assert len(parse_injuries([last]).injuries) == 2
    both = parse_injuries([first, last])
    assert (len(both.injuries), both.is_whole) == (98, True)
    assert [text.split(":")[0] for text in both.rejected] == [
        "player 434 Jayson Tatum",
        "player 70 Jaylen Brown",
    ]


def test_the_team_ids_of_balldontlie(shared: Path) -> None:
    """The standings name all thirty teams by the ids and codes of our table; 82 games each."""
    body = parse_standings(_body(shared, "balldontlie/v1_standings.json"))
    assert {row.team for row in body.rows} == {team.tricode for team in TEAMS}
    assert all(row.wins + row.losses == 82 for row in body.rows)
    served = msgspec.json.decode(_body(shared, "balldontlie/v1_standings.json"))["data"]
    assert {row["team"]["id"]: row["team"]["abbreviation"] for row in served} == BALLDONTLIE_IDS


def test_a_roster_of_espn(shared: Path) -> None:
    """17 Celtics, two of them hurt, one with the day ESPN expects him back."""
    roster = espn.parse_roster(_body(shared, "espn/roster_bos.json"))
    assert (roster.team, len(roster.players), roster.rejected) == ("BOS", 17, ())
    hurt = [player for player in roster.players if player.injuries]
    assert [player.player_name for player in hurt] == ["Jaylen Brown", "Jayson Tatum"]
    assert hurt[0].injuries[0].reported_at == datetime(2025, 6, 11, 15, 30, tzinfo=UTC)


def test_the_player_index(shared: Path) -> None:
    """594 players of thirty teams, all on a roster, each once; 31 without a number."""
    index = parse_player_index(_body(shared, "nba/stats_playerindex.json"))
    assert (len(index.players), index.rejected, index.notes) == (594, (), ())
    assert {player.team for player in index.players} == {team.tricode for team in TEAMS}
    assert all(player.is_on_roster and player.to_year == 2025 for player in index.players)
    assert sum(player.jersey_number is None for player in index.players) == 31


def test_the_shots_of_a_game(shared: Path) -> None:
    """181 shots in six zones and 42 free throws make the 214 points of the final."""
    game = parse_play_by_play(_body(shared, "nba/cdn_playbyplay_0022400500.json.gz"))
    assert (game.game_id, game.actions, game.has_ended) == ("0022400500", 571, True)
    assert (game.rejected, game.notes) == ((), ())
    assert Counter(shot.zone for shot in game.shots) == {
        Zone.ABOVE_THE_BREAK_3: 55,
        Zone.PAINT: 46,
        Zone.RESTRICTED_AREA: 44,
        Zone.MID_RANGE: 17,
        Zone.LEFT_CORNER_3: 14,
        Zone.RIGHT_CORNER_3: 5,
    }
    assert len(game.free_throws) == 42
    points = Counter[str]()
    for shot in game.shots:
        points[shot.team] += (3 if shot.is_three else 2) * shot.is_made
    for free_throw in game.free_throws:
        points[free_throw.team] += free_throw.is_made
    assert points == {"LAC": 106, "MIN": 108}
    assert sum(shot.assisted_by is not None for shot in game.shots) == 47


def test_the_events_of_bettingpros(shared: Path) -> None:
    """Three events of one evening, two of them after midnight UTC."""
    body = bettingpros.parse_events(_body(shared, "bettingpros/v3_events_2021-10-21.json"))
    assert {event.game_date for event in body.events} == {date(2021, 10, 21)}
    assert [(e.away_team, e.home_team) for e in body.events] == [
        ("DAL", "ATL"),
        ("MIL", "MIA"),
        ("LAC", "GSW"),
    ]
    assert body.served_at == datetime(2025, 8, 12, 20, 59, 5, tzinfo=UTC)


def test_the_props_of_bettingpros(shared: Path) -> None:
    """25 of 1,377 props: page 1 of 56 is not whole; over and under are often of two lines."""
    body = bettingpros.parse_props([_body(shared, "bettingpros/v3_props_2025-10-30.json")])
    assert (len(body.props), len(body.events), body.is_whole) == (25, 10, False)
    assert (body.skipped, body.unknown_teams, body.rejected, body.notes) == ({}, (), (), ())
    assert {event.game_date for event in body.events} == {date(2025, 10, 29)}
    assert Counter(prop.market for prop in body.props) == {
        "player_points_rebounds_assists": 13,
        "player_points_assists": 5,
        "player_points_rebounds": 4,
        "player_points": 3,
    }
    offers = [(prop.over, prop.under) for prop in body.props]
    assert sum(over is not None and under is not None for over, under in offers) == 25
    assert sum(o.line != u.line for o, u in offers if o and u) == 19
    assert all(side.book for offer in offers for side in offer if side)


def test_a_season_of_game_lines(shared: Path) -> None:
    """2024-25, 244 mornings in American prices: 50,956 lines, none of them left out."""
    lines = Counter[str]()
    events = 0
    with zipfile.ZipFile(shared / "history/odds_api/odds/2024-25.zip") as recorded:
        names = recorded.namelist()
        for name in names:
            body = parse_game_lines(recorded.read(name), True, NOW, prices="american")
            assert (body.rejected, body.unknown_teams, body.skipped) == ((), (), {})
            assert all(line.line is None or abs(line.line) < 300 for line in body.lines)
            lines.update(line.market for line in body.lines)
            events += len(body.events)
    assert (len(names), events) == (244, 2332)
    assert lines == {"totals": 17270, "spreads": 17250, "h2h": 16436}


@pytest.mark.parametrize(("name", "lines"), [("h2h", 2), ("spreads_totals", 4)])
def test_the_game_lines_of_one_event(shared: Path, name: str, lines: int) -> None:
    """Two books; the home team's spread is the negative of the away team's."""
    path = f"odds_api/v4_historical_event_odds_{name}.json"
    body = parse_game_lines(_body(shared, path), True, NOW)
    assert (len(body.lines), body.rejected) == (lines, ())
    assert body.snapshot_at == datetime(2024, 1, 25, 3, 55, 40, tzinfo=UTC)
    assert {line.line for line in body.lines if line.market == "spreads"} <= {-6.5, -7.5}
