from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.small_world import as_json
from tests.history.brought_files import log_rows, new_home, two_games, write_csv


@pytest.fixture(scope="module")
def home(fullcourt: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two brought games."""
    folder = tmp_path_factory.mktemp("brought")
    made = new_home(folder / "home")
    log = write_csv(folder / "log.csv", two_games())
    done = fullcourt("history", "import", log, "--home", made, "--json")
    assert done.exit_code == 0, done.stdout
    said = as_json(done.stdout)
    assert said["verdicts"] == {"complete": 6}
    assert said["rows_written"]["player_box_scores"] == 20
    return made


def test_status_knows_the_brought_dates(fullcourt: Program, home: Path) -> None:
    """A brought night is in the grid like any other."""
    shown = fullcourt("status", "--home", home, "--date", "2023-01-09")
    assert shown.exit_code == 0
    assert "complete" in shown.stdout


def test_what_is_left_out_is_exit_code_one(fullcourt: Program, tmp_path: Path) -> None:
    """A bad row is shown by file, row and column, in lines of at most 100 columns of a table."""
    lines = log_rows()
    lines[3] |= {"AST": "x"}
    made = new_home(tmp_path / "home")
    log = write_csv(tmp_path / "log.csv", lines)
    done = fullcourt("history", "import", log, "--home", made)
    assert done.exit_code == 1
    assert "log.csv row 4 AST = 'x': is no number" in done.stdout


def test_an_unknown_file_is_an_error(fullcourt: Program, home: Path, tmp_path: Path) -> None:
    """Exit code 2, the file's name and the way on, as text and as JSON."""
    (tmp_path / "notes").write_text("hello\n")
    refused = fullcourt("history", "import", tmp_path, "--home", home, "--json")
    assert refused.exit_code == 2
    error = as_json(refused.stdout)["error"]
    assert "notes" in error["message"]
    assert "--skip-unknown" in error["next_step"]
    skipped = fullcourt("history", "import", tmp_path, "--home", home, "--skip-unknown")
    assert skipped.exit_code == 1
    assert "/notes: not recognised" in skipped.stdout


def test_no_home_is_made_by_an_import(fullcourt: Program, tmp_path: Path) -> None:
    """A mistyped home is an error, not a new folder."""
    done = fullcourt("history", "import", tmp_path, "--home", tmp_path / "nowhere")
    assert done.exit_code == 2
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "arguments",
    [(), ("--log", "2023"), ("--odds", "2023-01-10..2023-01-09"), ("--odds", "soon")],
)
def test_a_fetch_wants_a_season_or_dates(
    fullcourt: Program, home: Path, arguments: tuple[str, ...]
) -> None:
    """Nothing, half a season and dates backwards are wrong arguments."""
    assert fullcourt("history", "fetch", "--home", home, *arguments).exit_code == 2


def test_odds_are_not_quoted_without_tips(fullcourt: Program, home: Path) -> None:
    """Played games without a tip cannot be asked for: an error with the way on."""
    span = "2023-01-09..2023-01-10"
    done = fullcourt("history", "fetch", "--home", home, "--odds", span, "--json")
    assert done.exit_code == 2
    assert "import a schedule" in as_json(done.stdout)["error"]["next_step"]


def test_export_names_its_files(fullcourt: Program, home: Path, tmp_path: Path) -> None:
    """A dataset or all of them, never neither; a feed is no dataset."""
    done = fullcourt("export", "--all", "--home", home, "--to", tmp_path / "out", "--json")
    assert done.exit_code == 0
    files = {item["file"]: item["rows"] for item in as_json(done.stdout)["files"]}
    assert (files["player_box_scores.parquet"], files["schedule.parquet"]) == (20, 2)
    on_disk = {path.name for path in (tmp_path / "out").iterdir()}
    assert on_disk == {*files, "NOTICE.txt"}
    text = fullcourt("export", "schedule", "--home", home, "--to", tmp_path / "one")
    assert "schedule.parquet: 2 rows" in text.stdout
    for wrong in ((), ("nba_schedule",), ("schedule", "--all"), ("schedule", "--as-of", "now")):
        assert fullcourt("export", *wrong, "--home", home, "--to", tmp_path).exit_code == 2


def test_an_export_that_cannot_be_written_is_an_error(
    fullcourt: Program, home: Path, tmp_path: Path
) -> None:
    """A file where the folder should be: exit code 2, named."""
    (tmp_path / "taken").write_text("")
    done = fullcourt("export", "schedule", "--home", home, "--to", tmp_path / "taken", "--json")
    assert done.exit_code == 2
    assert "taken" in json.loads(done.stdout)["error"]["message"]
