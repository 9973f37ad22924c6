"""`monitor`: a release that mended late box scores is seen as such, and nothing else is claimed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Program
from tests.cli.two_releases import FIRST, LAST, NEW, write_two_releases

Document = dict[str, Any]
BEFORE, AFTER = "2024-11-01..2024-11-12", "2024-11-14..2024-11-25"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of two releases; every test leaves it as it is, but for labels."""
    return write_two_releases(tmp_path_factory.mktemp("homes") / "releases")


def monitored(fullcourt: Program, home: Path, *options: str) -> tuple[int, Document]:
    """Exit code and document of `monitor`."""
    said = fullcourt("monitor", "--home", home, "--json", *options)
    return said.exit_code, json.loads(said.stdout)


def measures(view: Document) -> dict[str, Document]:
    """The comparisons by measure."""
    return {line["name"]: line["comparison"] for line in view["measures"]}


def test_what_a_release_mended_is_better(fullcourt: Program, home: Path) -> None:
    """Around the first run of its fingerprint: what was lost, late and stuck is so no more."""
    code, view = monitored(fullcourt, home, "--deployment", NEW[:12])
    assert code == 0
    assert (view["before"]["game_dates"], view["after"]["game_dates"]) == (12, 12)
    assert (view["before"]["first"], view["after"]["last"]) == (FIRST.isoformat(), LAST.isoformat())
    found = measures(view)
    for name, before, after in (
        ("losses found", 1.0, 0.0),
        ("overdue cells", 1.0, 0.0),
        ("hours stuck", 1.0, 0.0),
        ("zero runs", 2.0, 0.0),
    ):
        assert (found[name]["before"], found[name]["after"]) == (before, after), name
        assert (found[name]["change"], found[name]["improvement"]) == ("better", 100.0), name
    success = found["run success rate"]
    assert (success["before"], success["after"]) == (0.0, 1.0)
    # Nothing succeeded before: a difference, and no per cent of nothing.
    assert (success["change"], success["improvement"], success["difference"]) == (
        "better", None, 1.0,
    )  # fmt: skip
    assert found["time to detect"]["before"] == 40.0
    assert found["time to heal"]["before"] == pytest.approx(11 * 60 + 22)
    assert found["losses recovered"]["before"] == 1.0
    assert found["alarms confirmed"]["before"] == 1.0
    for name in ("time to detect", "time to heal", "losses recovered", "alarms confirmed"):
        assert (found[name]["change"], found[name]["reason"]) == (
            "cannot tell yet",
            "there was none after",
        )
    assert sum(view["by_change"].values()) == len(view["measures"]) == 11


def test_the_other_way_round_is_worse(fullcourt: Program, home: Path) -> None:
    """Swapped windows: exit code 1, and from none to some no per cent is invented."""
    code, there = monitored(fullcourt, home, "--before", BEFORE, "--after", AFTER)
    assert code == 0
    code, back = monitored(fullcourt, home, "--before", AFTER, "--after", BEFORE)
    assert (code, back["deployment"]) == (1, None)
    assert (back["by_change"]["worse"], back["by_change"]["better"]) == (
        there["by_change"]["better"],
        0,
    )
    losses = measures(back)["losses found"]
    assert (losses["improvement"], losses["difference"]) == (None, 1.0)


def test_runs_that_began_after_the_night_are_left_out(fullcourt: Program, home: Path) -> None:
    """The repair of the afternoon is no run of the night; it is counted as left out."""
    view = monitored(fullcourt, home, "--before", BEFORE, "--after", AFTER)[1]
    assert (view["before"]["runs"], view["before"]["late_runs"]) == (24, 12)
    assert (view["after"]["runs"], view["after"]["late_runs"]) == (12, 0)
    assert view["before"]["range_runs"] == view["after"]["range_runs"] == 0


def test_few_nights_cannot_tell(fullcourt: Program, home: Path) -> None:
    """Three against three say nothing, and how many more it takes."""
    code, view = monitored(fullcourt, home, "--deployment", NEW[:12], "--dates", "3")
    assert (code, view["by_change"]) == (0, {"better": 0, "worse": 0, "cannot tell yet": 11})
    assert measures(view)["losses found"]["more_dates"] == 2


def test_two_nights_alike_are_no_change(fullcourt: Program, home: Path) -> None:
    """Within one release nothing is better or worse."""
    windows = ("--before", "2024-11-01..2024-11-06", "--after", "2024-11-07..2024-11-12")
    code, view = monitored(fullcourt, home, *windows)
    assert (code, view["by_change"]["cannot tell yet"]) == (0, 11)


def test_another_release_in_the_windows_is_named(fullcourt: Program, home: Path) -> None:
    """It explains a difference as well; and a label that never ran is no release that worked."""
    said = fullcourt(
        *("deployments", "record", "--home", home, "--service", "scrape", "--revision", "r9"),
        *("--commit", "3dda97e", "--finished", "2024-11-12T20:00:00Z"),
        *("--fingerprint", "0123456789ab"),
    )
    assert said.exit_code == 0, said.stderr
    notes = " ".join(monitored(fullcourt, home, "--deployment", NEW[:12])[1]["notes"])
    assert "other deployments in these dates: r9" in notes
    notes = " ".join(monitored(fullcourt, home, "--deployment", "scrape/r9")[1]["notes"])
    assert "r9 is unverified" in notes
    assert NEW in notes


def test_the_table_fits_and_says_its_units(fullcourt: Program, home: Path) -> None:
    """A hundred columns; every measure with its unit and its verdict."""
    text = fullcourt("monitor", "--home", home, "--before", BEFORE, "--after", AFTER).stdout
    assert all(len(line) <= 100 for line in text.splitlines())
    for words in ("runs a game date", "share of closed runs", "hours a game date", "+100 %"):
        assert words in text
    assert "12 game dates, 12 games, 24 runs; left out: 12 runs begun later" in text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "give --deployment, or both"),
        (("--before", BEFORE), "give --deployment, or both"),
        (("--deployment", "r1", "--before", BEFORE, "--after", AFTER), "give --deployment, or"),
        (("--before", "2024-11-12..2024-11-01", "--after", AFTER), "ends before it begins"),
        (("--before", "yesterday", "--after", AFTER), "is no date"),
        (("--before", BEFORE, "--after", "2024-11-12..2024-11-14"), "share game dates"),
        (("--before", BEFORE, "--after", "2025-01-01..2025-01-09"), "no game date there"),
        (("--deployment", "r1"), "no deployment is called 'r1'"),
    ],
)
def test_a_wrong_question_is_refused(
    fullcourt: Program, home: Path, options: tuple[str, ...], words: str
) -> None:
    """Exit code 2 and what is wrong; nothing is compared."""
    said = fullcourt("monitor", "--home", home, *options)
    assert said.exit_code == 2
    assert words in " ".join(said.stderr.replace("│", " ").split())
