"""Rows of a small invented league: by hand for single facts, at random for properties."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from tests.features.computing import Rows

SEASON_OPENS = date(2024, 10, 22)
STATS = (
    "rebounds offensive_rebounds defensive_rebounds assists threes threes_attempted field_goals "
    "free_throws steals blocks fouls"
).split()


def tip_of(day: date, hour: int = 19) -> datetime:
    """`hour` o'clock UTC of `day`."""
    return datetime.combine(day, time(hour), UTC)


def game_id_of(number: int, season_digits: int = 24, kind: str = "002") -> str:
    """An NBA game id."""
    return f"{kind}{season_digits:02d}{number:05d}"


def scheduled(
    day: date, game_id: str, home: str, away: str, known_at: datetime, **changes: Any
) -> dict[str, object]:
    """One version of one game: planned, unless `changes` say otherwise."""
    return {
        "game_date": day,
        "game_id": game_id,
        "season": f"20{game_id[3:5]}-{int(game_id[3:5]) + 1}",
        "game_type": game_id[:3],
        "tip_at": tip_of(day),
        "home_team": home,
        "away_team": away,
        "status": 1,
        "status_text": "7:00 pm ET",
        "is_postponed": False,
        "is_listed": True,
        "if_necessary": False,
        "home_score": None,
        "away_score": None,
        "source": "nba_schedule",
        "known_at": known_at,
        "fetched_at": known_at,
        "run_id": "given",
    } | changes


FINAL: dict[str, object] = {
    "status": 3,
    "status_text": "Final",
    "home_score": 100,
    "away_score": 90,
}


def listed(
    day: date,
    game_id: str,
    player_id: int,
    team: str,
    opponent: str,
    known_at: datetime,
    **did: Any,
) -> dict[str, object]:
    """One listed player of one box score; without `seconds` he did not play."""
    seconds, points = did.get("seconds"), did.get("points", 10)
    played = seconds is not None
    row: dict[str, object] = {
        "game_date": day,
        "game_id": game_id,
        "player_id": player_id,
        "player_name": did.get("name", f"Player {player_id}"),
        "team": team,
        "opponent": opponent,
        "is_home": did.get("is_home", True),
        "is_starter": False,
        "played": played,
        "seconds_played": seconds,
        "minutes": seconds / 60 if seconds is not None else None,
        "points": points if played else None,
        "field_goals_attempted": did.get("shots", 9) if played else None,
        "free_throws_attempted": 2 if played else None,
        "turnovers": 1 if played else None,
        "plus_minus": 0 if played else None,
        "source": "nba_stats_boxscore_v3",
        "body_digest": did.get("digest", "body"),
        "known_at": known_at,
        "fetched_at": known_at,
        "run_id": did.get("run_id", "given"),
    }
    return row | dict.fromkeys(STATS, 1 if played else None)


def priced(
    day: date, game_id: str, player_id: int, known_at: datetime, line: float = 10.5, **also: Any
) -> dict[str, object]:
    """One main points line of one book."""
    return {
        "game_date": day,
        "game_id": game_id,
        "event_id": f"event {game_id}",
        "player_id": player_id,
        "player_name": f"Player {player_id}",
        "resolution": "team_roster" if player_id > 0 else "unresolved",
        "bookmaker": "draftkings",
        "market": "player_points",
        "line": line,
        "over_price": 1.9,
        "under_price": 1.9,
        "is_main": True,
        "snapshot_at": known_at,
        "body_digest": "body",
        "known_at": known_at,
        "fetched_at": known_at,
        "run_id": "given",
    } | also


def random_league(random: Random) -> dict[str, Rows]:
    """Six teams over two seasons' edge: trades, postponements, late box scores, lines.

    Games of a date tip at different hours, and what is known about anything may come early or late.
    """
    rosters = {team: [100 * n + i for i in range(4)] for n, team in enumerate("ABCDEF", start=1)}
    days = [date(2024, 4, 1) + timedelta(days=n) for n in range(4)]
    days += [SEASON_OPENS + timedelta(days=n) for n in range(12)]
    rows: dict[str, Rows] = {"schedule": [], "player_box_scores": [], "odds_player_props": []}
    number = 0
    for day in days:
        teams = random.sample("ABCDEF", random.choice([2, 4, 6]))
        _trade(random, rosters)
        for home, away in zip(teams[::2], teams[1::2], strict=True):
            number += 1
            digits = 24 if day >= SEASON_OPENS else 23
            game_id = game_id_of(number, digits, random.choice(["002"] * 6 + ["001"]))
            _play(random, rows, rosters, (day, game_id, home, away))
    return rows


def _trade(random: Random, rosters: dict[str, list[int]]) -> None:
    if random.random() < 0.7:
        old, new = random.sample(sorted(rosters), 2)
        if len(rosters[old]) > 2:
            rosters[new].append(rosters[old].pop(random.randrange(len(rosters[old]))))


def _play(
    random: Random,
    rows: dict[str, Rows],
    rosters: dict[str, list[int]],
    game: tuple[date, str, str, str],
) -> None:
    day, game_id, home, away = game
    tip = tip_of(day, random.choice([17, 19, 21]))
    planned = tip - timedelta(hours=random.choice([1, 20, 480]))
    rows["schedule"].append(scheduled(day, game_id, home, away, planned, tip_at=tip))
    everyone = sorted(player for roster in rosters.values() for player in roster)
    for player in rosters[home] + rosters[away] + random.sample(everyone, 2):
        for _ in range(random.choice([0, 1, 2])):
            known = tip + timedelta(hours=random.choice([-30, -8, -1, 0, 1]))
            line = random.choice([8.5, 10.5, 12.0])
            book = random.choice(["draftkings", "betmgm", "unibet"])
            rows["odds_player_props"].append(
                priced(day, game_id, player, known, line, bookmaker=book)
            )
    if random.random() < 0.25:
        off = {"is_postponed": True, "tip_at": tip, "status_text": "PPD"}
        known = tip + timedelta(hours=random.choice([-6, 2, 40]))
        rows["schedule"].append(scheduled(day, game_id, home, away, known, **off))
        return
    ended = tip + timedelta(hours=random.choice([2, 3, 12, 60]))
    rows["schedule"].append(scheduled(day, game_id, home, away, ended, tip_at=tip, **FINAL))
    for team, opponent in ((home, away), (away, home)):
        for player in rosters[team]:
            known = tip + timedelta(hours=random.choice([2, 2, 3, 20, 200]))
            seconds = random.choice([None, 0, 40, 900, 1800, 2400])
            rows["player_box_scores"].append(
                listed(
                    day, game_id, player, team, opponent, known,
                    seconds=seconds, points=random.randrange(30), is_home=team == home,
                    shots=random.randrange(20),
                )
            )  # fmt: skip
