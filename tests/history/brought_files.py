"""Small files of an invented past, in the forms people bring."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from fullcourt.history.bring import Brought, bring
from fullcourt.opening import Opened, create_home, open_home
from fullcourt.pipeline.execute import InlineExecutor
from fullcourt.settings import Settings
from fullcourt.trust.words import Cell
from fullcourt.vendors.nba_game_log import COLUMNS
from tests.replay.small_history import FULL_NAMES, TEAM_IDS

FIRST_GAME, SECOND_GAME = "0022200010", "0022200011"
DAY, NEXT_DAY = "2023-01-09", "2023-01-10"


def log_rows(
    game_id: str = FIRST_GAME, day: str = DAY, away: str = "NYK", home: str = "BOS"
) -> list[dict[str, Any]]:
    """Five players a side for 48 minutes each: the visitors score 100, the home team 105."""
    rows = []
    for team, points, matchup in (
        (away, 20, f"{away} @ {home}"),
        (home, 21, f"{home} vs. {away}"),
    ):
        for number in range(5):
            row: dict[str, Any] = dict.fromkeys(COLUMNS, 1)
            person = TEAM_IDS[team] % 100 * 10 + number
            row |= {"PLAYER_ID": person, "PLAYER_NAME": f"First Last{person}"}
            row |= {"TEAM_ID": TEAM_IDS[team], "TEAM_ABBREVIATION": team, "MATCHUP": matchup}
            row |= {"GAME_ID": game_id, "GAME_DATE": day, "MIN": 48, "PTS": points}
            rows.append(row | {"PLUS_MINUS": 0})
    return rows


def two_games() -> list[dict[str, Any]]:
    """A game on each of two days."""
    return log_rows() + log_rows(SECOND_GAME, NEXT_DAY, "CHA", "LAL")


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Rows as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_parquet(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Rows as Parquet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), path)
    return path


def log_body(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as stats.nba.com serves them."""
    table = {
        "name": "LeagueGameLog",
        "headers": list(COLUMNS),
        "rowSet": [[row[name] for name in COLUMNS] for row in rows],
    }
    return json.dumps({"resource": "leaguegamelog", "resultSets": [table]}).encode()


def listing_body(at: str, tip: str, away: str = "NYK", home: str = "BOS") -> bytes:
    """A historical listing of one event."""
    event = {"id": f"{away}{home}".lower(), "commence_time": tip}
    event |= {"home_team": FULL_NAMES[home], "away_team": FULL_NAMES[away]}
    return json.dumps({"timestamp": at, "data": [event]}).encode()


def event_odds_body(at: str, tip: str, away: str = "NYK", home: str = "BOS") -> bytes:
    """Historical lines of one event: one player, one book."""
    sides = [
        {"name": side, "description": "First Last380", "price": 1.9, "point": 19.5}
        for side in ("Over", "Under")
    ]
    book = {"key": "draftkings", "markets": [{"key": "player_points", "outcomes": sides}]}
    event: dict[str, Any] = {"id": "e1", "commence_time": tip, "bookmakers": [book]}
    event |= {"home_team": FULL_NAMES[home], "away_team": FULL_NAMES[away]}
    return json.dumps({"timestamp": at, "data": event}).encode()


def new_home(path: Path) -> Path:
    """A live home that answers for a date after everything brought here."""
    create_home(path, Settings(since=date(2023, 7, 1)))
    return path


@contextmanager
def opened_at(home: Path) -> Iterator[Opened]:
    """The home, opened without vendors."""
    opened = open_home(home, vendors=False)
    try:
        yield opened
    finally:
        opened.close()


def brought(home: Path, *paths: Path, skip_unknown: bool = False) -> Brought:
    """Import files into a home."""
    with opened_at(home) as opened:
        controller = opened.controller(InlineExecutor())
        return bring(controller, paths, lambda text: None, skip_unknown=skip_unknown)


def rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    """What the lake says."""
    with opened_at(home) as opened:
        return opened.stores.lake.rows(query)


def verdicts(home: Path) -> dict[Cell, str]:
    """Every raised cell's verdict, judged now."""
    with opened_at(home) as opened:
        controller = opened.controller(InlineExecutor())
        controller.judge_now()
        return {cell: memo.verdict for cell, memo in controller.grid.memos.items()}


def past_verdicts(home: Path) -> dict[str, set[str]]:
    """Verdicts of the two days by dataset."""
    found: dict[str, set[str]] = {}
    for cell, verdict in verdicts(home).items():
        if cell.game_date.isoformat() in (DAY, NEXT_DAY):
            found.setdefault(cell.dataset, set()).add(verdict)
    return found
