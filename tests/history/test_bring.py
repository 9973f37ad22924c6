from __future__ import annotations

import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from fullcourt.history.games import Witnesses, meeting_of
from fullcourt.history.pieces import HistoryRefused
from fullcourt.nba.calendar import eastern
from fullcourt.replay.bodies import schedule_body, schedule_game
from fullcourt.replay.masking import Phase, Shown
from fullcourt.replay.recorded import Appearance
from fullcourt.sql_files import sql
from fullcourt.stores.ledger.manifests import manifests_of
from tests.conftest import ROOT
from tests.history.brought_files import (
    DAY,
    FIRST_GAME,
    NEXT_DAY,
    SECOND_GAME,
    brought,
    event_odds_body,
    listing_body,
    log_body,
    log_rows,
    new_home,
    opened_at,
    past_verdicts,
    rows,
    two_games,
    write_csv,
    write_parquet,
)
from tests.replay.small_history import box_row

PAST = ("nba_boxscore", "player_box_scores", "player_game_summary")
COMPLETE = {name: {"complete"} for name in PAST}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home."""
    return new_home(tmp_path / "home")


def manifests(home: Path, feed: str) -> list[Any]:
    """What the archive's index has of a feed's season."""
    with opened_at(home) as opened:
        span = (date(2022, 7, 1), date(2023, 6, 30))
        return list(manifests_of(opened.stores.ledger, feed, *span))


@pytest.mark.parametrize(
    "write",
    [
        lambda path: write_csv(path / "any.name", two_games()),
        lambda path: write_parquet(path / "any.name", two_games()),
        lambda path: write(path / "any.name", log_body(two_games())),
    ],
    ids=["csv", "parquet", "json"],
)
def test_a_log_leaves_complete_cells(
    home: Path, tmp_path: Path, write: Callable[[Path], Path]
) -> None:
    """A game log in any of its three forms makes complete cells, known the morning after."""
    done = brought(home, write(tmp_path))
    assert (done.complaints, done.failed) == ([], [])
    assert past_verdicts(home) == COMPLETE
    known = rows(home, "SELECT DISTINCT game_date, known_at FROM lake.player_box_scores ORDER BY 1")
    assert known == [
        (date(2023, 1, 9), eastern(date(2023, 1, 10), 6)),
        (date(2023, 1, 10), eastern(date(2023, 1, 11), 6)),
    ]
    (said,) = rows(home, "SELECT DISTINCT source, is_starter FROM lake.player_box_scores")
    assert said == ("nba_stats_game_log", None)


def write(path: Path, body: bytes) -> Path:
    """A file of these bytes."""
    path.write_bytes(body)
    return path


def test_bodies_say_where_they_came_from(home: Path, tmp_path: Path) -> None:
    """Each manifest names the file, that the body was put together, and the run that brought it."""
    brought(home, write_csv(tmp_path / "log.csv", two_games()))
    boxes = manifests(home, "nba_boxscore")
    assert sorted(m.key for m in boxes) == [FIRST_GAME, SECOND_GAME]
    assert {(m.url, m.detail, m.rerendered, m.status) for m in boxes} == {
        ("import:log.csv", "imported from log.csv", True, None)
    }
    assert {m.run_id[:4] for m in boxes} == {"imp-"}


def test_a_second_import_adds_nothing(home: Path, tmp_path: Path) -> None:
    """The same files again: nothing is archived, loaded or computed."""
    log = write_csv(tmp_path / "log.csv", two_games())
    brought(home, log)
    count = "SELECT max(snapshot_id) FROM stored.snapshots()"
    before = rows(home, count)
    done = brought(home, log)
    assert [(a.new, a.held) for a in done.archived] == [(0, 1), (0, 2)]
    assert rows(home, count) == before


def test_the_fuller_form_speaks_for_its_game(home: Path, tmp_path: Path) -> None:
    """A V3 box score replaces a log's lines, and no later log replaces it."""
    log = write_csv(tmp_path / "log.csv", two_games())
    boxes = [
        box_row(
            FIRST_GAME,
            team,
            person,
            minutes="48:00",
            points=str(points),
            plusMinusPoints="0",
            date=DAY,
        )
        for team, points, start in (("NYK", 20, 520), ("BOS", 21, 380))
        for person in range(start, start + 5)
    ]
    brought(home, log)
    brought(home, write_csv(tmp_path / "boxes.csv", boxes))
    done = brought(home, write_parquet(tmp_path / "log.parquet", two_games()))
    assert [(a.feed, a.new, a.held, a.yielded) for a in done.archived][-1] == (
        "nba_boxscore",
        0,
        2,
        0,
    )
    changed = write_csv(tmp_path / "changed.csv", [row | {"AST": 2} for row in log_rows()])
    assert brought(home, changed).archived[-1].yielded == 1
    query = "SELECT DISTINCT game_id, source FROM lake.player_box_scores ORDER BY 1"
    assert rows(home, query) == [
        (FIRST_GAME, "nba_stats_boxscore_v3"),
        (SECOND_GAME, "nba_stats_game_log"),
    ]
    assert past_verdicts(home) == COMPLETE


def test_bad_rows_are_named(home: Path, tmp_path: Path) -> None:
    """A wrong id, a text for a number, minutes that are no clock: file, row and column are said."""
    lines = two_games()
    lines[0] |= {"GAME_ID": "22"}
    lines[11] |= {"PTS": "many"}
    done = brought(home, write_csv(tmp_path / "log.csv", lines))
    assert [(c.file, c.row, c.column, c.value) for c in done.complaints] == [
        ("log.csv", 1, "GAME_ID", "22"),
        ("log.csv", 12, "PTS", "many"),
    ]


def test_a_negative_clock_is_a_named_complaint(home: Path, tmp_path: Path) -> None:
    """Minutes `-1:0-57` are dirt of the body: one player is rejected by name, the game is held."""
    boxes = [
        box_row(FIRST_GAME, team, person, minutes=minutes, plusMinusPoints="0", date=DAY)
        for team, person, minutes in (("NYK", 520, "-1:0-57"), ("NYK", 521, "10:00"))
    ] + [box_row(FIRST_GAME, "BOS", 380, minutes="10:00", plusMinusPoints="0", date=DAY)]
    done = brought(home, write_parquet(tmp_path / "boxes", boxes))
    (complaint,) = done.complaints
    assert "-1:0-57" in complaint.why
    assert rows(home, "SELECT count(*) FROM lake.player_box_scores") == [(2,)]


def test_unknown_files_are_refused_or_skipped_by_choice(home: Path, tmp_path: Path) -> None:
    """A file of no known kind stops the import before it begins, unless it may be skipped."""
    folder = tmp_path / "files"
    write_csv(folder / "log.csv", two_games())
    (folder / "notes.txt").write_text("a,b\n1,2\n")
    with pytest.raises(HistoryRefused, match=r"notes\.txt"):
        brought(home, folder)
    assert manifests(home, "nba_boxscore") == []
    done = brought(home, folder, skip_unknown=True)
    assert done.skipped == [("files/notes.txt", "not recognised")]
    assert past_verdicts(home) == COMPLETE


def test_odds_come_with_their_own_instants(home: Path, tmp_path: Path) -> None:
    """Listings and lines from a zip: the tip is the listing's, lines are known at their stamp."""
    tip, at = "2023-01-10T00:30:00Z", "2023-01-09T12:30:00Z"
    path = tmp_path / "odds.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one", listing_body("2023-01-09T11:55:00Z", tip))
        archive.writestr("two", event_odds_body(at, tip))
        archive.writestr("late", event_odds_body("2023-01-10T00:31:00Z", tip))
        archive.writestr("elsewhere", event_odds_body(at, "2023-02-10T00:30:00Z"))
    done = brought(home, write_csv(tmp_path / "log.csv", two_games()), path)
    assert sorted((c.file, c.why.partition(";")[0]) for c in done.complaints) == [
        ("odds.zip!elsewhere", "the schedule has no such game on that Eastern date"),
        ("odds.zip!late", "lines of after the tip"),
    ]
    assert rows(home, "SELECT game_id, player_id, known_at FROM lake.odds_player_props") == [
        (FIRST_GAME, 380, datetime(2023, 1, 9, 12, 30, tzinfo=UTC))
    ]
    # With a tip the box score is known when the game was over.
    (known,) = rows(
        home, f"SELECT DISTINCT known_at FROM lake.player_box_scores WHERE game_id = '{FIRST_GAME}'"
    )
    assert known == (datetime(2023, 1, 10, 3, 0, tzinfo=UTC),)
    (line,) = rows(
        home, "SELECT points_line FROM lake.player_game_summary WHERE points_line IS NOT NULL"
    )
    assert line == (19.5,)


def test_a_listed_game_that_was_not_played_is_unverifiable(home: Path, tmp_path: Path) -> None:
    """Only the listing knows of a postponement: its date is not called complete."""
    body = listing_body("2023-01-09T11:55:00Z", "2023-01-10T00:30:00Z", "CHA", "LAL")
    path = write(tmp_path / "listing.json", body)
    brought(home, write_csv(tmp_path / "log.csv", log_rows()), path)
    assert past_verdicts(home)["nba_boxscore"] == {"unverifiable"}


def test_own_lines_are_paired_by_teams_and_date(home: Path, tmp_path: Path) -> None:
    """Own lines become rows of the props; a game the schedule lacks is named by its row."""
    line = {
        "game_date": DAY,
        "home_team": "BOS",
        "away_team": "NYK",
        "player_name": "First Last380",
        "bookmaker": "mine",
        "market": "player_points",
        "line": "18.5",
        "over_price": "1.8",
        "under_price": "",
        "snapshot_at": "2023-01-09T20:00:00Z",
    }
    schedule = {
        "game_id": FIRST_GAME,
        "game_date": DAY,
        "home_team": "BOS",
        "away_team": "NYK",
        "tip_at": "2023-01-10T00:30:00Z",
    }
    done = brought(
        home,
        write_csv(tmp_path / "lines.csv", [line, line | {"game_date": NEXT_DAY}]),
        write_csv(tmp_path / "schedule.csv", [schedule]),
        write_csv(tmp_path / "log.csv", log_rows()),
    )
    assert [(c.file, c.row, c.column) for c in done.complaints] == [("lines.csv", 2, "home_team")]
    query = "SELECT event_id, player_id, bookmaker, line, under_price FROM lake.odds_player_props"
    assert rows(home, query) == [(f"own-{FIRST_GAME}", 380, "mine", 18.5, None)]
    assert past_verdicts(home) == COMPLETE


def test_a_poorer_import_takes_nothing_back(home: Path, tmp_path: Path) -> None:
    """A second import without listings keeps the tip the first one knew."""
    tip = "2023-01-10T00:30:00Z"
    listing = write(tmp_path / "listing.json", listing_body("2023-01-09T11:55:00Z", tip))
    brought(home, write_csv(tmp_path / "one.csv", log_rows()), listing)
    done = brought(home, write_csv(tmp_path / "two.csv", two_games()))
    assert done.complaints == []
    query = "SELECT game_id, tip_at FROM schedule_as_of('2026-01-01T00:00:00Z') ORDER BY 1"
    assert rows(home, query) == [
        (FIRST_GAME, datetime(2023, 1, 10, 0, 30, tzinfo=UTC)),
        (SECOND_GAME, None),
    ]


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("archive.manifest:2", marks=pytest.mark.soak),
        pytest.param("archive.indexed:1", marks=pytest.mark.soak),
        "lake.after:1",
    ],
)
def test_a_killed_import_goes_on(home: Path, tmp_path: Path, place: str) -> None:
    """Killed between any two steps and called again: the same rows once, the same verdicts."""
    log = write_csv(tmp_path / "log.csv", two_games())
    killed = subprocess.run(
        [sys.executable, "-m", "tests.history.killed_import", str(home), str(log), place],
        cwd=ROOT,
        check=False,
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL
    done = brought(home, log)
    assert (done.complaints, done.failed) == ([], [])
    counts = "SELECT count(*), count(DISTINCT (game_id, player_id)) FROM lake.player_box_scores"
    assert rows(home, counts) == [(20, 20)]
    assert past_verdicts(home) == COMPLETE
    keys = [m.key for m in manifests(home, "nba_boxscore")]
    assert sorted(keys) == [FIRST_GAME, SECOND_GAME]


def test_what_lies_ahead_is_left_out(home: Path, tmp_path: Path) -> None:
    """A game after the home's now is refused by name: an import knows no future."""
    lines = log_rows() + log_rows("0022900010", "2099-01-09")
    done = brought(home, write_csv(tmp_path / "log.csv", lines))
    assert any("not over at this home's now" in c.why for c in done.complaints)
    assert rows(home, "SELECT DISTINCT game_id FROM lake.player_box_scores") == [(FIRST_GAME,)]


def test_dates_as_served_stand_in_the_schedule(home: Path, tmp_path: Path) -> None:
    """A season's schedule as served is archived byte for byte; a game it lacks is refused."""
    witnesses = Witnesses([])
    witnesses.add_log(log_rows(), "log")
    (game,) = witnesses.games("2022-23")
    played = Appearance(date(2023, 1, 9), datetime(2023, 1, 10, 0, 30, tzinfo=UTC), 1, "", "", "")
    known = meeting_of(FIRST_GAME, game.home, game.away, played, (105, 100), 0)
    encoded = schedule_game(known, Shown(played.over_at, played, Phase.FINAL))
    at = datetime(2023, 6, 20, tzinfo=UTC)
    body = schedule_body("2022-23", at, [("01/09/2023", [encoded])])
    path = write(tmp_path / "schedule.json", body)
    done = brought(home, path, write_csv(tmp_path / "log.csv", two_games()))
    (complaint,) = done.complaints
    assert (complaint.value, complaint.why) == (
        SECOND_GAME,
        "the schedule has no such game; left out",
    )
    (manifest,) = manifests(home, "nba_schedule")
    assert (manifest.key, manifest.rerendered) == ("season_2022-23", False)
    with opened_at(home) as opened:
        assert opened.stores.archive.get_body(manifest.digest) == body


def test_a_lake_of_an_earlier_release_takes_a_log(home: Path, tmp_path: Path) -> None:
    """A table that wanted a word on starters of every row no longer does once it is opened."""
    script = sql("stores", "tables").replace("{lake}", "stored")
    strict = script.replace("is_starter BOOLEAN, ", "is_starter BOOLEAN NOT NULL, ")
    assert strict.count("is_starter BOOLEAN NOT NULL") == 2
    with opened_at(home) as opened:
        connection = opened.stores.lake.connection
        connection.execute("DROP TABLE stored.player_box_scores")
        connection.execute("DROP TABLE stored.player_game_summary")
        connection.execute(strict)
        connection.execute("COMMENT ON TABLE stored.schedule IS 'fullcourt lake 1'")
    assert brought(home, write_csv(tmp_path / "log.csv", two_games())).failed == []
    assert past_verdicts(home) == COMPLETE
