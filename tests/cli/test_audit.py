"""`audit`: what it refuses, what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Program


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--config", "a.toml", "--runs", "r.csv"], "--config says what to audit"),
        (["--config", "a.toml", "--preset", "airflow"], "--config says what to audit"),
        (["--from", "2025-01-09", "--to", "2025-01-08"], "--to 2025-01-08 is before"),
        (["--runs", "r.csv"], "--schedule"),
        (["--runs", "r.csv", "--schedule", "s.csv"], "--table"),
        (["--runs", "r.csv", "--schedule", "s.csv", "--table", "t.csv"], "NAME=FILE"),
        (["--markdown", "--json"], "--json"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    arguments: list[str], words: str, fullcourt: Program
) -> None:
    """Exit 2 with the options by name and what to do; nothing is audited."""
    shown = fullcourt("audit", *arguments)
    assert shown.exit_code == 2
    assert words in shown.stderr + shown.stdout
    assert "next" in shown.stderr + shown.stdout


def test_a_configuration_that_is_not_there_is_an_error(tmp_path: Path, fullcourt: Program) -> None:
    """Exit 2, the file by name, and with --json one document."""
    shown = fullcourt("audit", "--config", tmp_path / "audit.toml", "--json")
    assert shown.exit_code == 2
    error = json.loads(shown.stdout)["error"]
    assert "audit.toml" in error["message"]
    assert "fullcourt audit init" in error["next_step"]


AUDIT_TOML = """\
name = "small"
now = 2025-11-03T17:00:00Z
time_zone = "UTC"

[runs]
files = "runs.csv"
columns = { run_id = "id", processor = "job", game_date = "day", started_at = "began", \
ended_at = "ended", state = "state", records = "records" }
states = { ok = "succeeded" }

[schedule]
files = "games.csv"
columns = { game_id = "game_id", game_date = "day", tip_at = "tip", home = "home", away = "away", \
state = "state" }
states = { Final = "final" }

[[table]]
name = "boxes"
files = "boxes.csv"
key = ["game_id"]
date = "day"
game = "game_id"
first_written_at = "came"

[[processor]]
name = "box-loader"
fills = ["boxes"]
expects = "games_final"
due_hours = 3
"""
GAMES = ("0022500001", "0022500002")


def pipeline(folder: Path, held: tuple[str, ...], *, day: str = "2025-11-01") -> Path:
    """Two games of a night, one run that said zero, and a table that holds some of them."""
    folder.mkdir(exist_ok=True)
    (folder / "audit.toml").write_text(AUDIT_TOML)
    (folder / "runs.csv").write_text(
        "id,job,day,began,ended,state,records\n"
        f"r-1,box-loader,{day},2025-11-02T06:00:00Z,2025-11-02T06:01:00Z,ok,0\n"
    )
    games = [f"{game},2025-11-01,2025-11-01T23:00:00Z,BOS,NYK,Final\n" for game in GAMES]
    (folder / "games.csv").write_text("game_id,day,tip,home,away,state\n" + "".join(games))
    rows = [f"{game},2025-11-01,2025-11-02T06:00:30Z\n" for game in held]
    (folder / "boxes.csv").write_text("game_id,day,came\n" + "".join(rows))
    return folder / "audit.toml"


@pytest.mark.parametrize(
    ("held", "day", "code", "run_class"),
    [
        (GAMES, "2025-11-01", 0, "tracking_false_positive"),
        (GAMES[:1], "2025-11-01", 1, "partial_loss"),
        ((), "2025-11-01", 1, "loss"),
        (GAMES, "2025-11-02", 2, "unverifiable"),
    ],
)
def test_the_exit_code_is_what_the_audit_found(
    held: tuple[str, ...],
    day: str,
    code: int,
    run_class: str,
    tmp_path: Path,
    fullcourt: Program,
) -> None:
    """0 nothing lost, 1 losses, 2 nothing decided (a date the schedule does not speak of)."""
    shown = fullcourt("audit", "--config", pipeline(tmp_path / "p", held, day=day), "--json")
    assert shown.exit_code == code
    (found,) = json.loads(shown.stdout)["findings"]
    assert found["run_class"] == run_class


def test_every_face_of_one_audit(tmp_path: Path, fullcourt: Program) -> None:
    """Text and Markdown name the lost game; --html writes a page beside whatever is printed."""
    config = pipeline(tmp_path / "p", GAMES[:1])
    page = tmp_path / "audit.html"
    text = fullcourt("audit", "--config", config, "--html", page)
    assert text.stdout.startswith("Decided: 1 of 1 run, 100.0 %")
    assert "NYK at BOS" in text.stdout
    assert f"Page: {page}" in text.stdout.replace("\n", "")
    assert "NYK at BOS" in page.read_text(encoding="utf-8")
    printed = fullcourt("audit", "--config", config, "--markdown")
    assert printed.stdout.startswith("# Audit of small\n\n**Decided: ")
    assert "NYK at BOS" in printed.stdout
    assert (
        json.loads(fullcourt("audit", "--config", config, "--json", "--html", page).stdout)["lost"][
            0
        ]["key"]
        == GAMES[1]
    )


def test_a_page_that_cannot_be_written_is_an_error(tmp_path: Path, fullcourt: Program) -> None:
    """Exit 2 and the file by name; not a traceback after the work is done."""
    config = pipeline(tmp_path / "p", GAMES)
    shown = fullcourt("audit", "--config", config, "--html", tmp_path / "no" / "audit.html")
    assert shown.exit_code == 2
    assert "audit.html" in shown.stderr
    assert "next:" in shown.stderr


def test_dates_narrow_what_is_audited(tmp_path: Path, fullcourt: Program) -> None:
    """--from and --to keep the runs and dates between them; none is no success."""
    config = pipeline(tmp_path / "p", GAMES[:1])
    span = ("--from", "2025-11-02", "--to", "2025-11-05")
    shown = fullcourt("audit", "--config", config, *span, "--json")
    view = json.loads(shown.stdout)
    assert (view["total"]["runs"], view["lost"]) == (0, [])
    assert shown.exit_code == 2


def test_our_own_ledger_is_audited_without_a_word(week: Path, fullcourt: Program) -> None:
    """Without a configuration it is the home's own runs, each with a class; the home is named."""
    shown = fullcourt("audit", "--home", week, "--json", "--all")
    view = json.loads(shown.stdout)
    runs = json.loads(fullcourt("runs", "--home", week, "--json").stdout)["runs"]
    assert view["total"]["runs"] >= len(runs) > 0
    assert {each["run_id"] for each in runs} <= {each["run_id"] for each in view["findings"]}
    assert view["total"]["decided"]["whole"] == view["total"]["runs"]
    assert shown.exit_code == (1 if view["lost"] or view["lies"] else 0)
    assert str(week) in view["source"]


def test_a_home_that_is_not_there_is_an_error(tmp_path: Path, fullcourt: Program) -> None:
    """Exit 2, and what to do."""
    shown = fullcourt("audit", "--home", tmp_path / "nowhere")
    assert shown.exit_code == 2
    assert "fullcourt init" in shown.stderr
