"""Who belongs to a game of the slate."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import duckdb

from tests.features.computing import insert
from tests.features.small_league import game_id_of, listed, priced, scheduled, tip_of

LATER = datetime(2025, 8, 1, tzinfo=UTC)
NIGHT = date(2025, 1, 10)
GAME, OTHER_GAME = game_id_of(900), game_id_of(901)


def _slate(
    lake: duckdb.DuckDBPyConnection, now: datetime = LATER
) -> dict[object, tuple[object, ...]]:
    rows = lake.execute(
        "SELECT player_id, game_id, team, opponent, is_home, roster_source, player_name "
        "FROM slate_players(?, ?, ?)",
        [NIGHT, NIGHT, now],
    ).fetchall()
    assert len(rows) == len({row[:2] for row in rows})
    return {row[0]: row[1:] for row in rows}


def _tonight(lake: duckdb.DuckDBPyConnection) -> None:
    known = tip_of(NIGHT - timedelta(days=90))
    games = [
        scheduled(NIGHT, GAME, "AAA", "BBB", known),
        scheduled(NIGHT, OTHER_GAME, "CCC", "DDD", known),
    ]
    insert(lake, "schedule", games)


def _appear(
    lake: duckdb.DuckDBPyConnection, player: int, team: str, days_ago: int, **did: object
) -> None:
    day = NIGHT - timedelta(days=days_ago)
    known = did.pop("known_at", tip_of(day) + timedelta(hours=3))
    assert isinstance(known, datetime)
    kind = str(did.pop("kind", "002"))
    game_id = game_id_of(500 - days_ago, kind=kind)
    row = listed(day, game_id, player, team, "ZZZ", known, **{"seconds": 900} | did)
    insert(lake, "player_box_scores", [row])


def test_a_listing_is_enough(lake: duckdb.DuckDBPyConnection) -> None:
    """A player listed and not used belongs to his team; preseason counts, the All-Star game not."""
    _tonight(lake)
    _appear(lake, 1, "AAA", 2, seconds=None)
    _appear(lake, 2, "BBB", 80, kind="001", name="Old Spelling")
    _appear(lake, 2, "BBB", 79, kind="001", name="New Spelling")
    _appear(lake, 1, "CCC", 1, kind="003")
    assert _slate(lake) == {
        1: (GAME, "AAA", "BBB", True, "appearances", "Player 1"),
        2: (GAME, "BBB", "AAA", False, "appearances", "New Spelling"),
    }


def test_the_latest_listing_decides(lake: duckdb.DuckDBPyConnection) -> None:
    """A traded player belongs to the team that listed him last, from when that became known."""
    _tonight(lake)
    _appear(lake, 1, "AAA", 5)
    _appear(lake, 1, "CCC", 1, known_at=tip_of(NIGHT) - timedelta(hours=2))
    assert _slate(lake)[1][:2] == (OTHER_GAME, "CCC")
    assert _slate(lake, tip_of(NIGHT) - timedelta(hours=3))[1][:2] == (GAME, "AAA")


def test_twenty_team_games_are_the_memory(lake: duckdb.DuckDBPyConnection) -> None:
    """Listed 20 team games ago he belongs, 21 ago no more; a game not known yet is none."""
    _tonight(lake)
    _appear(lake, 1, "AAA", 40)
    for days_ago in range(21, 41):
        _appear(lake, 2, "AAA", days_ago)
    assert set(_slate(lake)) == {1, 2}
    _appear(lake, 2, "AAA", 1, known_at=tip_of(NIGHT) - timedelta(hours=2))
    assert set(_slate(lake)) == {2}
    assert set(_slate(lake, tip_of(NIGHT) - timedelta(hours=3))) == {1, 2}


def test_a_price_moves_a_traded_player(lake: duckdb.DuckDBPyConnection) -> None:
    """Priced in a game of strangers he joins it without a team and leaves his old team's game."""
    _tonight(lake)
    _appear(lake, 1, "AAA", 2)
    known = tip_of(NIGHT) - timedelta(hours=8)
    insert(lake, "odds_player_props", [priced(NIGHT, OTHER_GAME, 1, known)])
    assert _slate(lake) == {1: (OTHER_GAME, None, None, None, "line", "Player 1")}
    assert _slate(lake, known - timedelta(hours=1))[1][:2] == (GAME, "AAA")


def test_a_price_before_minutes_moves_nobody(lake: duckdb.DuckDBPyConnection) -> None:
    """Without a minute known by the tip, or unresolved, a priced name joins no game."""
    _tonight(lake)
    _appear(lake, 1, "AAA", 2, seconds=None)
    _appear(lake, 1, "AAA", 1, known_at=tip_of(NIGHT) + timedelta(hours=1))
    known = tip_of(NIGHT) - timedelta(hours=8)
    insert(
        lake,
        "odds_player_props",
        [priced(NIGHT, OTHER_GAME, player, known) for player in (1, 2, -3)],
    )
    assert {player: row[0] for player, row in _slate(lake).items()} == {1: GAME}


def test_a_price_in_his_own_game_keeps_him(lake: duckdb.DuckDBPyConnection) -> None:
    """Priced at home and, by a mistaken event, elsewhere, he stays with his team."""
    _tonight(lake)
    _appear(lake, 1, "AAA", 2)
    known = tip_of(NIGHT) - timedelta(hours=8)
    rows = [priced(NIGHT, game, 1, known) for game in (GAME, OTHER_GAME)]
    insert(lake, "odds_player_props", rows)
    rows_of_home = lake.execute(
        "SELECT team FROM slate_players(?, ?, ?) WHERE game_id = ?", [NIGHT, NIGHT, LATER, GAME]
    ).fetchall()
    assert rows_of_home == [("AAA",)]


def test_back_after_months(lake: duckdb.DuckDBPyConnection) -> None:
    """Out for more than 20 games and priced in his own team's game: the team is known."""
    _tonight(lake)
    _appear(lake, 1, "BBB", 60)
    for days_ago in range(1, 26):
        _appear(lake, 2, "BBB", days_ago)
    insert(lake, "odds_player_props", [priced(NIGHT, GAME, 1, tip_of(NIGHT) - timedelta(hours=8))])
    assert _slate(lake)[1] == (GAME, "BBB", "AAA", False, "line", "Player 1")
