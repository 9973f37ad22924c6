from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from fullcourt.history.redistribution import LINE_COLUMNS, SOURCE_OF, SOURCES, Class, class_of
from fullcourt.history.take import Exported, Wish, export
from fullcourt.raw.player_box_scores import SOURCES as BOX_SOURCES
from fullcourt.stores.lake_tables import TABLES
from tests.history.brought_files import (
    DAY,
    brought,
    event_odds_body,
    listing_body,
    new_home,
    opened_at,
    two_games,
    write_csv,
)

TIP = "2023-01-10T00:30:00Z"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two games, one of them with a bought line and an own one."""
    folder = tmp_path_factory.mktemp("take")
    made = new_home(folder / "home")
    (folder / "listing").write_bytes(listing_body("2023-01-09T11:55:00Z", TIP))
    (folder / "lines").write_bytes(event_odds_body("2023-01-09T12:30:00Z", TIP))
    own = {
        "game_date": DAY,
        "home_team": "BOS",
        "away_team": "NYK",
        "player_name": "First Last380",
        "bookmaker": "mine",
        "market": "player_points",
        "line": "18.5",
        "over_price": "1.8",
        "under_price": "2.0",
        "snapshot_at": "2023-01-09T20:00:00Z",
    }
    log = write_csv(folder / "log.csv", two_games())
    brought(made, log, folder / "listing", folder / "lines", write_csv(folder / "own.csv", [own]))
    return made


def exported(home: Path, folder: Path, *datasets: str, **wish: Any) -> tuple[Exported, ...]:
    """One export."""
    with opened_at(home) as opened:
        return export(opened.stores, folder, Wish(datasets, **wish))


def test_bought_lines_stay_and_are_named(home: Path, tmp_path: Path) -> None:
    """Rows of a vendor that may not be passed on are left out, own lines are not."""
    (done,) = exported(home, tmp_path, "odds_player_props")
    assert (done.rows, done.sources) == (1, {"own_lines": 1})
    assert [(left.source, left.rows) for left in done.left_out] == [("odds_api", 1)]
    table = pq.read_table(tmp_path / "odds_player_props.parquet")
    assert table.column("bookmaker").to_pylist() == ["mine"]
    assert "left out: 1 rows of The Odds API" in (tmp_path / "NOTICE.txt").read_text()


def test_columns_that_carry_lines_stay_too(home: Path, tmp_path: Path) -> None:
    """A summary goes without the bought line in it; with it for own use, and the notice says so."""
    exported(home, tmp_path / "free", "player_game_summary")
    exported(home, tmp_path / "own", "player_game_summary", own_use=True)
    free = pq.read_table(tmp_path / "free" / "player_game_summary.parquet")
    own = pq.read_table(tmp_path / "own" / "player_game_summary.parquet")
    hidden = set(LINE_COLUMNS["player_game_summary"])
    assert set(own.column_names) - set(free.column_names) == hidden
    assert (free.num_rows, own.num_rows) == (20, 20)
    assert "do not pass these files on" in (tmp_path / "own" / "NOTICE.txt").read_text()
    assert "do not pass these files on" not in (tmp_path / "free" / "NOTICE.txt").read_text()


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_the_same_lake_gives_the_same_bytes(home: Path, tmp_path: Path, form: Any) -> None:
    """Two exports of everything do not differ in a byte."""
    for folder in ("one", "two"):
        exported(home, tmp_path / folder, *SOURCE_OF, format=form, own_use=True)
    one = {p.name: p.read_bytes() for p in (tmp_path / "one").iterdir()}
    two = {p.name: p.read_bytes() for p in (tmp_path / "two").iterdir()}
    assert one == two
    assert len(one) == len(TABLES) + 1


def test_dates_and_instants_bound_an_export(home: Path, tmp_path: Path) -> None:
    """Game dates are Eastern and both included; as-of reads what could be known."""
    name = "player_box_scores"
    (whole,) = exported(home, tmp_path, name, format="csv")
    (day,) = exported(home, tmp_path, name, last=date(2023, 1, 9))
    (early,) = exported(home, tmp_path, name, as_of=datetime(2023, 1, 10, 2, 59, tzinfo=UTC))
    (late,) = exported(home, tmp_path, name, as_of=datetime(2023, 1, 10, 3, 0, tzinfo=UTC))
    assert (whole.rows, day.rows, early.rows, late.rows) == (20, 10, 0, 10)
    with (tmp_path / f"{name}.csv").open(encoding="utf-8") as handle:
        first = next(csv.DictReader(handle))
    assert (first["game_id"], first["known_at"]) == ("0022200010", "2023-01-10 03:00:00.000000Z")


def test_every_dataset_and_source_is_classed() -> None:
    """No table without its sources, no source of a loader without its class."""
    assert set(SOURCE_OF) == set(TABLES)
    assert set(BOX_SOURCES.values()) <= set(SOURCES)


def test_a_source_nobody_classed_is_for_own_use() -> None:
    """The table fails closed."""
    assert class_of("a vendor of tomorrow").data_class is Class.OWN_USE
