"""Three recorded nights with four postponements, walked tick by tick by the real program."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.scenarios.recorded import ask, fullcourt, in_state, replay_arguments, status
from tests.stores.foreign_duckdb import execute_elsewhere

pytestmark = pytest.mark.timeout(900)
FIRST, LAST = date(2025, 1, 9), date(2025, 1, 11)
PRICED = ("0022400524", "0022400532")
GONE_THAT_MORNING = ("0022400537", "0022400538")


@pytest.fixture(scope="module")
def home(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home the walk leaves at 12:15 Eastern on the day after."""
    path = tmp_path_factory.mktemp("nights") / "home"
    fullcourt(*replay_arguments(shared / "history", FIRST, LAST), home=path)
    return path


def test_summaries_are_exactly_the_official_player_games(home: Path, shared: Path) -> None:
    """The league's own game log, never ingested, agrees by anti-join both ways."""
    log = shared / "history/stats_nba/leaguegamelog/2024-25_players.parquet"
    official = set(
        duckdb.sql(
            f"SELECT GAME_ID, PLAYER_ID FROM '{log}' WHERE GAME_DATE BETWEEN '{FIRST}' AND '{LAST}'"
        ).fetchall()
    )
    rows = ask(
        home,
        "SELECT game_id, player_id FROM player_game_summary "
        f"WHERE game_date BETWEEN DATE '{FIRST}' AND DATE '{LAST}'",
    )
    held = [(row["game_id"], row["player_id"]) for row in rows]
    assert len(held) == len(set(held))
    assert set(held) - official == set()
    assert official - set(held) == set()


@pytest.mark.parametrize("day", [FIRST, date(2025, 1, 10), LAST])
def test_every_cell_of_the_nights_is_complete(home: Path, day: date) -> None:
    """Postponed games are retired, so nothing is owed and nothing is wrong."""
    view = status(home, day)
    assert {cell["dataset"]: cell["verdict"] for cell in view["cells"]} == {
        cell["dataset"]: "complete" for cell in view["cells"]
    }
    assert len(view["cells"]) == 12


def test_postponed_games_are_retired_with_the_reason(home: Path) -> None:
    """Listed, priced and postponed, or gone that morning: each is retired as postponed."""
    for day, games in ((FIRST, PRICED[:1]), (LAST, (*PRICED[1:], *GONE_THAT_MORNING))):
        said = fullcourt("explain", "schedule", day.isoformat(), "--json", home=home)
        for game_id in games:
            assert game_id in said
        assert "postponed" in said


def test_predictions_of_postponed_games_are_void(home: Path) -> None:
    """Both priced games had predictions; every one is graded void, postponed."""
    games = ", ".join(f"'{game}'" for game in PRICED)
    rows = ask(
        home,
        "SELECT p.game_id, g.outcome, g.void_reason, count(*) AS n FROM predictions AS p "
        "LEFT JOIN grades AS g USING (game_date, game_id, player_id) "
        f"WHERE p.game_id IN ({games}) GROUP BY ALL ORDER BY ALL",
    )
    assert [(r["game_id"], r["outcome"], r["void_reason"]) for r in rows] == [
        (game, "void", "postponed") for game in PRICED
    ]
    assert all(row["n"] > 10 for row in rows)


def test_context_rows_end_archived_or_retired(home: Path) -> None:
    """No row of a night that is over stays active; the postponed games' rows say why they left."""
    rows = ask(
        home,
        "SELECT DISTINCT game_id, row_status, retired_reason FROM upcoming_player_game_context "
        f"WHERE game_date BETWEEN DATE '{FIRST}' AND DATE '{LAST}' ORDER BY ALL",
    )
    retired = {r["game_id"]: r["retired_reason"] for r in rows if r["row_status"] == "retired"}
    assert retired == dict.fromkeys(PRICED, "postponed")
    assert {r["row_status"] for r in rows if r["game_id"] not in PRICED} == {"archived"}


def test_predictions_were_made_before_the_tip_without_its_future(home: Path) -> None:
    """As-of and inputs of every prediction lie before its tip; none is retrospective."""
    [row] = ask(
        home,
        "SELECT count(*) AS n, count(*) FILTER (as_of >= tip_at OR is_retrospective "
        "OR line_known_at > as_of) AS late FROM predictions",
    )
    assert row["n"] > 300
    assert row["late"] == 0


def test_rows_deleted_behind_our_back_are_named_and_restored_from_the_archive(home: Path) -> None:
    """Another process deletes three games: exactly those are named, and one tick restores them."""
    games = ask(
        home,
        "SELECT game_id, list(player_id) AS players FROM player_box_scores "
        f"WHERE game_date = DATE '{LAST}' GROUP BY game_id ORDER BY game_id LIMIT 3",
    )
    lost = {("player_box_scores", f"{g['game_id']}/{p}") for g in games for p in g["players"]}
    before = ask(home, "SELECT count(*) AS n FROM player_box_scores")
    names = ", ".join(f"'{g['game_id']}'" for g in games)
    execute_elsewhere(
        home / "catalog.db", f"DELETE FROM theirs.player_box_scores WHERE game_id IN ({names})"
    )
    wounded = status(home, LAST)
    assert wounded["exit_code"] == 1
    assert in_state(wounded, "missing") == lost
    assert {c["dataset"] for c in wounded["cells"] if c["verdict"] != "complete"} == {
        "player_box_scores"
    }
    asked = fullcourt("runs", "--dataset", "nba_boxscore", "--json", home=home)
    fullcourt("run", "--once", home=home, expect=None)
    assert fullcourt("runs", "--dataset", "nba_boxscore", "--json", home=home) == asked
    assert status(home, LAST)["exit_code"] == 0
    assert ask(home, "SELECT count(*) AS n FROM player_box_scores") == before


def test_a_replay_that_is_done_changes_nothing_when_repeated(home: Path, shared: Path) -> None:
    """The same command again ends where it ended: nothing is written twice."""
    tables = ("schedule", "player_box_scores", "odds_player_props", "predictions", "grades")
    count = " UNION ALL ".join(f"SELECT '{t}' AS t, count(*) AS n FROM {t}" for t in tables)
    before = ask(home, f"SELECT * FROM ({count}) ORDER BY t")
    fullcourt(*replay_arguments(shared / "history", FIRST, LAST), home=home)
    assert ask(home, f"SELECT * FROM ({count}) ORDER BY t") == before
