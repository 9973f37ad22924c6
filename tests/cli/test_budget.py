"""`doctor --budget`: what a month's credits buy of the home's own slates."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Program
from tests.cli.small_world import as_json


def test_budget_compares_plans_over_the_known_slates(week: Path, fullcourt: Program) -> None:
    """Three plans; each buys what the smaller does or more, and none is over."""
    shown = fullcourt("doctor", "--budget", "--home", week, "--json")
    assert shown.exit_code == 0, shown.stderr
    view = as_json(shown.stdout)
    assert [plan["credits"] for plan in view["plans"]] == [500, 20_000, 100_000]
    bought = [plan["snapshots"] for plan in view["plans"]]
    assert bought == sorted(bought)
    for plan in view["plans"]:
        assert plan["spent"] <= plan["spendable"] == plan["credits"] - view["kept"]
        assert plan["snapshots"] == sum(kind["bought"] for kind in plan["kinds"])
        assert plan["snapshots_wanted"] == sum(kind["wanted"] for kind in plan["kinds"])
        assert plan["games_covered"] <= view["games"]
    assert not view["is_planned"], "this home takes snapshots at fixed hours"


def test_budget_fits_a_terminal_and_says_why(week: Path, fullcourt: Program) -> None:
    """A table, a bar for each kind, the reasons, and what to set; nothing wider than 100."""
    shown = fullcourt("doctor", "--budget", "--home", week)
    assert shown.exit_code == 0, shown.stderr
    assert max(len(line) for line in shown.stdout.splitlines()) <= 100
    for words in ("20,000", "closing", "hourly", "worth most first", "odds.credits_a_month"):
        assert words in shown.stdout


def test_budget_without_a_schedule_says_what_to_do(tmp_path: Path, fullcourt: Program) -> None:
    """Nothing is invented: a home that knows no game has nothing to plan for."""
    fullcourt("init", "--home", tmp_path)
    shown = fullcourt("doctor", "--budget", "--home", tmp_path)
    assert shown.exit_code == 2
    assert "fullcourt run" in shown.stderr
