"""What `audit init` proposes of files it looks at: what is there, and nothing that is not."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from fullcourt.audit.configuration import AuditConfig, AuditRefused
from fullcourt.audit.proposal import Proposal, propose
from fullcourt.audit.toml_config import parse_config
from fullcourt.audit.words import Rule
from tests.audit.sources.filled import Filled, write
from tests.simulator.naive.left import left


def _filled_in(text: str, answers: dict[str, str]) -> str:
    """The proposal, filled in: answers by key, or by key and what is said of it."""
    return "".join(f"{_answered(line, answers)}\n" for line in text.splitlines())


def _answered(line: str, answers: dict[str, str]) -> str:
    asked = re.match(r"# (\S+) = +# fill in: (.*)", line)
    for key, answer in answers.items():
        name, _, about = key.partition(" ")
        if asked and asked[1] == name and about in asked[2]:
            return f"{name} = {answer}"
    return line


@pytest.fixture(name="naive", scope="module")
def _naive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a naive pipeline left, without its configuration and the truth."""
    folder = tmp_path_factory.mktemp("proposal") / "left"
    shutil.copytree(left().folder, folder)
    shutil.rmtree(folder / "truth")
    (folder / "audit.toml").unlink()
    return folder


@pytest.fixture(name="proposed", scope="module")
def _proposed(naive: Path) -> Proposal:
    return propose([naive])


ANSWERS = {
    "expects 'load_roster_changes'": '"event_log"\nlisted_in = "team_rosters"',
    "expects 'scrape_boxscores'": '"games_final"',
    "expects 'scrape_player_props'": '"games_scheduled"',
}


def _config(proposed: Proposal, naive: Path) -> AuditConfig:
    return parse_config(_filled_in(proposed.text, ANSWERS), naive / "audit.toml")


def test_the_proposal_of_a_naive_pipeline_loads_when_it_is_filled_in(
    proposed: Proposal, naive: Path
) -> None:
    """Three rules nobody can see from outside are asked for; all else is there."""
    with pytest.raises(AuditRefused, match="expects: it is missing"):
        parse_config(proposed.text, naive / "audit.toml")
    config = _config(proposed, naive)
    own = parse_config(
        (left().folder / "audit.toml").read_text(encoding="utf-8"), naive / "audit.toml"
    )
    assert config.runs.columns == own.runs.columns
    assert config.runs.states == own.runs.states
    assert config.runs.sweepers == own.runs.sweepers
    assert {(p.name, p.fills) for p in config.processors} == {
        (p.name, p.fills) for p in own.processors
    }
    wanted = {table.name: table for table in own.tables}
    for table in config.tables:
        assert (
            table.pattern == (wanted[table.name].pattern or "").replace(":events}", ":odds_events}")
            or not table.is_listing
        )
        assert table.game == wanted[table.name].game
        assert table.written_at == wanted[table.name].written_at
        assert table.first_written_at == wanted[table.name].first_written_at
    rules = {p.name: p.expects for p in config.processors}
    differ = {p.name for p in own.processors if rules[p.name] is not p.expects}
    # Who is owed within a game is asked as a question of the unit.
    assert differ == {"load_boxscores", "summarize_players"}
    assert rules["load_rosters"] is Rule.TEAMS


def test_what_is_left_open_is_among_the_unsure(proposed: Proposal) -> None:
    """Every line to fill in and every unsure line has its reason in the list."""
    said = "\n".join(proposed.unsure)
    for line in proposed.text.splitlines():
        if "# fill in: " in line and "longest_minutes" not in line:
            assert line.partition("# fill in: ")[2] in said
    assert "longest_minutes of each processor" in said
    assert "runs.run_ids_repeat" in said
    assert "taken for the same history" in said
    assert not set(proposed.sure) & set(proposed.unsure)


def test_the_proposal_reads_what_the_own_configuration_reads(
    proposed: Proposal, naive: Path
) -> None:
    """Filled in, it leads to the same runs and objects."""
    theirs = Filled(naive, _filled_in(proposed.text, ANSWERS))
    ours = Filled(naive, (left().folder / "audit.toml").read_text(encoding="utf-8"))
    for relation in ("runs", "objects"):
        sql = f"SELECT * FROM audit.{relation} ORDER BY ALL"
        assert theirs.rows(sql) == ours.rows(sql)


def test_unknown_words_are_left_to_fill_in(tmp_path: Path) -> None:
    """A state nobody knows is asked for, and so is a table whose name says nothing."""
    write(tmp_path)
    proposed = propose([tmp_path])
    assert '"ok" = "succeeded"' in proposed.text
    assert '"PPD" = "postponed"' in proposed.text
    assert "# fills =           # fill in: no table is called like 'load'" in proposed.text
    runs = (tmp_path / "runs.csv").read_text(encoding="utf-8").replace("failed", "exploded")
    (tmp_path / "runs.csv").write_text(runs, encoding="utf-8")
    proposed = propose([tmp_path])
    assert "# \"exploded\" =           # fill in: what state 'exploded'" in proposed.text
    assert "exploded" not in "".join(proposed.sure)


def test_a_zone_is_asked_for_where_instants_have_none(tmp_path: Path) -> None:
    """Which zone instants without an offset mean is not guessed."""
    write(tmp_path)
    assert 'time_zone = "UTC"' in propose([tmp_path]).text
    runs = (tmp_path / "runs.csv").read_text(encoding="utf-8").replace("Z,", ",")
    (tmp_path / "runs.csv").write_text(runs, encoding="utf-8")
    text = propose([tmp_path]).text
    assert "# time_zone = " in text
    assert "runs.started" in text


def test_a_known_history_is_recognised(tmp_path: Path) -> None:
    """The columns of Airflow's dag_run lead to its preset, in a file or in its database."""
    write(tmp_path)
    (tmp_path / "runs.csv").unlink()
    with closing(sqlite3.connect(tmp_path / "airflow.db")) as store, store:
        store.execute(
            "CREATE TABLE dag_run (dag_id, run_id, state, logical_date, start_date, end_date)"
        )
        store.execute(
            "INSERT INTO dag_run VALUES ('load', 'r1', 'success', '2025-01-01 08:00:00', "
            "'2025-01-02 08:00:00', NULL)"
        )
    proposed = propose([tmp_path])
    assert 'preset = "airflow"\nkind = "sqlite"\ndatabase = "airflow.db"' in proposed.text
    assert any("preset airflow" in each for each in proposed.sure)
    with pytest.raises(AuditRefused, match="no file has the columns of preset 'dagster'"):
        propose([tmp_path], "dagster")
    with pytest.raises(AuditRefused, match="no such preset"):
        propose([tmp_path], "airflaw")


def test_a_listing_in_lines_is_recognised(tmp_path: Path) -> None:
    """What `aws s3 ls` printed, by the form of its lines."""
    write(tmp_path)
    text = "2025-01-02 03:00:00      19679 boxes/2025/01/02/0022400001.json\n"
    (tmp_path / "bucket.txt").write_text(text, encoding="utf-8")
    text = propose([tmp_path]).text
    assert 'pattern = "boxes/{date:%Y/%m/%d}/{game_id}.json"\npreset = "aws_s3_ls"' in text


def test_a_broken_file_is_left_out_and_said(tmp_path: Path) -> None:
    """The others are looked at all the same."""
    write(tmp_path)
    (tmp_path / "broken.parquet").write_bytes(b"no parquet")
    proposed = propose([tmp_path])
    assert any("left out" in each and "broken.parquet" in each for each in proposed.unsure)
    assert 'files = "boxes.csv"' in proposed.text
    with pytest.raises(AuditRefused, match="no such file"):
        propose([tmp_path / "absent.csv"])
