"""The report of a soak: its numbers, its plots, and what makes the soak fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from fullcourt.rehearsal.play import rehearse
from fullcourt.rehearsal.report import MUST_BE_ZERO, Difference, LateKey, Minutes, SimulationReport
from fullcourt.simulator.worldspec import Drawing, WorldSpec
from tools.soak_plan import MOST_LISTED, Play, Played
from tools.soak_worlds import ZEROS, conclude, progress_line

FIRST = date(2025, 10, 21)
TINY = WorldSpec("tiny", seed=3, teams=4, calendar="short", first_date=FIRST, nights=1)
BESET = replace(TINY, name="rough", seed=5, teams=6, drawn=Drawing(per_night=6))
NOON = datetime(2025, 10, 21, 16, tzinfo=UTC)
DIFFERENCE = Difference(
    "player_box_scores",
    FIRST,
    "0022500001/203999",
    NOON,
    NOON,
    3,
    "missing <vendor_empty>",
    ("complete",),
    "the body was there",
    is_loss_missed=False,
    is_false_alarm=True,
)


@cache
def played() -> tuple[Played, Played]:
    """Two tiny plays, really played: a calm one, and one with faults and its baseline."""
    reports = [rehearse(TINY, with_baseline=False), rehearse(BESET)]
    plays = [Play(report.world, report.seed, report.nights) for report in reports]
    return Played(plays[0], reports[0]), Played(plays[1], reports[1])


def with_report(**fields: object) -> tuple[Played, Played]:
    """The two plays; fields of the second one's report are other than they were."""
    calm, beset = played()
    return calm, replace(beset, report=replace(_report(beset), **fields))  # type: ignore[arg-type]


def _report(one: Played) -> SimulationReport:
    assert one.report is not None
    return one.report


def concluded(plays: Sequence[Played], folder: Path) -> tuple[int, str]:
    """The exit code, and what is printed."""
    console = Console(record=True, width=140)
    return conclude(plays, folder, 9, 2, 1.5, console), console.export_text()


def test_a_good_soak_exits_0_with_its_numbers_and_plots(tmp_path: Path) -> None:
    """Page, Markdown and JSON hold the plays' numbers; the page holds its plots and asks no net."""
    code, said = concluded(played(), tmp_path)
    assert code == 0, said
    reports = [_report(one) for one in played()]
    compared = f"{sum(report.compared for report in reports):,}"
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    markdown = (tmp_path / "report.md").read_text(encoding="utf-8")
    for text in (page, markdown):
        assert "Passed: every count that must be zero is zero." in text
        assert f"2 nights (0 of them on DuckLake) in 2 plays, {compared} verdicts" in text
        assert "fullcourt simulate rough --seed 5 --nights 1" in text
        for kind in _report(played()[1]).faults:
            assert kind.replace("_", " ") in page
    names = {path.stem for path in (tmp_path / "plots").iterdir()}
    assert {"verdicts", "faults", "calls", "seconds"} <= names
    assert page.count("<svg") == len(names)
    assert all(f"plots/{name}.svg" in markdown for name in names)
    # The one address a page may name is that of the SVG standard.
    assert "://" not in page.replace("http://www.w3.org/", "")
    document: Any = msgspec.json.decode((tmp_path / "soak.json").read_bytes())
    assert (document["passed"], document["seed"]) == (True, 9)
    assert [play["report"]["compared"] for play in document["plays"]] == [
        report.compared for report in reports
    ]


def test_the_first_table_has_every_count_that_must_be_zero(tmp_path: Path) -> None:
    """Each of them is a column of the page's first table, and of the progress."""
    concluded(played(), tmp_path)
    table = (tmp_path / "report.md").read_text(encoding="utf-8").split("## ")[1]
    heads = next(line for line in table.splitlines() if line.startswith("| world"))
    for name in (*MUST_BE_ZERO, "healed_late", "failed_plays"):
        assert name.replace("_", " ") in heads
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| rough")]
    assert set(rows[0][3:]) == {"0", "0 |"}
    assert len(ZEROS) == len(MUST_BE_ZERO) + 1


def test_a_planted_difference_exits_1_and_is_listed(tmp_path: Path) -> None:
    """Different, a false alarm: exit 1, listed in short with the command that plays it again."""
    before = _report(played()[1])
    plays = with_report(
        different=3, equal=before.compared - 3, differences=(DIFFERENCE,), false_alarms=1
    )
    code, said = concluded(plays, tmp_path)
    assert code == 1
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    for text in (said, page.replace("&lt;", "<").replace("&gt;", ">")):
        assert "different 3, false alarms 1" in text
        assert "player_box_scores 2025-10-21 0022500001/203999: said missing <vendor_empty>" in text
        assert "again: fullcourt simulate rough --seed 5 --nights 1" in text
    assert "Failed: 1 of 2 plays" in page
    assert "3 DIFFERENT" in page
    assert "1 of 2 plays are not as they must be" in said


def test_long_listings_are_cut(tmp_path: Path) -> None:
    """At most twenty differences of a play are printed; the rest is counted."""
    many = tuple(replace(DIFFERENCE, key=f"game-{number:03}") for number in range(50))
    _, said = concluded(with_report(different=50, differences=many), tmp_path)
    assert said.count("said missing") == MOST_LISTED
    assert "and 30 more, see soak.json" in said


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rows_lost": 2}, "rows lost 2"),
        ({"laws_broken": 1}, "laws broken 1"),
        ({"healed_late": (LateKey("grades", FIRST, "k", NOON, None),)}, "healed late 1"),
        ({"vendor_calls_ratio": 1.31}, "vendor calls 1.31 times"),
    ],
)
def test_each_promise_that_is_broken_fails_the_soak(fields: dict[str, object], said: str) -> None:
    """A count that must be zero, a key that healed late, too many calls: each is a complaint."""
    assert [one.complaints for one in played()] == [(), ()]
    _, beset = with_report(**fields)
    assert [said in words for words in beset.complaints] == [True]


def test_a_failed_play_exits_1_and_is_named(tmp_path: Path) -> None:
    """A play without a report is counted, listed with its command, and left out of the plots."""
    failed = Played(Play("calm", 8, 2, lake="ducklake"), None, "TimeoutError: Task timeout")
    code, said = concluded([*played(), failed], tmp_path)
    assert code == 1
    assert "calm 8, DuckLake: failed: TimeoutError: Task timeout" in said
    assert "again: fullcourt simulate build/soak/calm-ducklake.toml --seed 8 --nights 2" in said
    assert (tmp_path / "calm-ducklake.toml").is_file()
    assert "TimeoutError" in progress_line(failed, "3/3").plain
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "failed: TimeoutError: Task timeout" in page
    code, _ = concluded([failed], tmp_path / "alone")
    assert code == 1


def test_names_are_escaped(tmp_path: Path) -> None:
    """A world's or fault's name is text on the page, also in the plots, and never markup."""
    name = '<script>alert("1")</script>|&'
    calm, _ = played()
    kinds = {'<img src="x">': 4}
    report = replace(_report(calm), world=name, faults=kinds, detection=Minutes(2, 0.0, 90.0))
    one = Played(replace(calm.play, world=name), report, "")
    assert concluded([one], tmp_path)[0] == 0
    for file in (tmp_path / "report.html", tmp_path / "report.md"):
        text = file.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "<img" not in text
        assert "&lt;script&gt;" in text
