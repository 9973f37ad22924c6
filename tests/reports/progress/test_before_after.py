"""Before and after: around the newest deployment that allows it, in words, with nothing blank."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest

from fullcourt.audit.wilson import share
from fullcourt.controller import Controller
from fullcourt.reports import monitor
from fullcourt.reports.monitor import MeasureLine, MonitorView, WindowLine
from fullcourt.reports.progress.before_after import before_after, before_after_section
from fullcourt.reports.progress.deployments import DeploymentLine
from fullcourt.reports.progress.unknown import Unknown
from fullcourt.reports.windows import NothingToCompare
from fullcourt.trust.comparison import Change, Comparison
from tests.reports.progress.made import DAY, START

NOBODY = cast(Controller, None)
NONE = Unknown("none")


def deployment(after: str, before: str | Unknown = "r0") -> DeploymentLine:
    """A deployment of the predictions."""
    return DeploymentLine(
        "predict", before, after, NONE, NONE, NONE, START, START, 3, "run-1", "it ran"
    )


def view(name: str, *comparisons: Comparison) -> MonitorView:
    """What the monitor says of these comparisons."""
    first, last = date(2025, 1, 1), DAY
    window = WindowLine(first, last, 8, 50, 8, 1, 0, 0, 120, 0, 0)
    lines = tuple(
        MeasureLine(f"m{n}", "meaning", "share of keys", "less", share(1, 8), share(0, 8), one)
        for n, one in enumerate(comparisons)
    )
    return MonitorView("home", START, name, START, window, window, lines, {}, ("as ever",))


def asked(monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any]) -> list[str]:
    """Let the monitor answer so, by the name it is asked for; the names it was asked for."""
    names: list[str] = []

    def answer(controller: Controller, home: str, *, deployment: str, most_dates: int) -> Any:
        names.append(deployment)
        if isinstance(answers[deployment], Exception):
            raise answers[deployment]
        return answers[deployment]

    monkeypatch.setattr(monitor, "monitor_view", answer)
    return names


def test_the_newest_deployment_that_allows_it_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """One without game dates after it is passed over, also by service; older ones are not asked."""
    refused = NothingToCompare("no game date after it has settled.", next_step="wait")
    compared = view("r2", Comparison(1, 2, 8, 8))
    names = asked(monkeypatch, {"r3": refused, "predict/r3": refused, "r2": compared})
    made = before_after(NOBODY, "home", [deployment(f"r{n}") for n in (1, 2, 3)])
    assert names == ["r3", "predict/r3", "r2"]
    assert made.compared == "r2 of 2025-01-10 07:00 ET"
    assert made.before == "2025-01-01 to 2025-01-09: 8 game dates, 50 games, 120 runs"
    assert before_after_section(made).says.endswith("As ever.")


@pytest.mark.parametrize(
    ("comparison", "improvement", "verdict"),
    [
        (Comparison(4, 2, 8, 8, Change.BETTER, "", -2, -3, -1, 50, 25, None, 0.01),
         "+50 % (+25 to unbounded %)", "better"),
        (Comparison(4, 5, 8, 8, Change.CANNOT_TELL, "the interval has 0", 1, improvement=-25,
                    more_dates=12),
         "-25 %", "cannot tell yet (12 game dates more: the interval has 0)"),
        (Comparison(0, 2, 8, 8, Change.WORSE, "", 2, 1, 3, p_value=0.01),
         "by +2.00 (+1.00 to +3.00)", "worse"),
        (Comparison(0, 2, 8, 8, Change.CANNOT_TELL, "few dates", 2), "by +2.00",
         "cannot tell yet (few dates)"),
        (Comparison(4, None, 8, 0, Change.CANNOT_TELL, "nothing to count"),
         Unknown("nothing to count"), "cannot tell yet (nothing to count)"),
    ],
)  # fmt: skip
def test_a_measure_in_words(
    monkeypatch: pytest.MonkeyPatch,
    comparison: Comparison,
    improvement: str | Unknown,
    verdict: str,
) -> None:
    """Per cent with its interval where there is one, else the difference, else why not."""
    asked(monkeypatch, {"r1": view("r1", comparison)})
    (one,) = before_after(NOBODY, "home", [deployment("r1")]).measures
    assert (one.improvement, one.verdict) == (improvement, verdict)
    assert one.before == comparison.before
    if comparison.after is None:
        assert one.after == Unknown("no game date has anything to count")


def test_where_nothing_can_be_compared_it_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first code has nothing before it; of several refusals the newest one is told."""
    one, two = (NothingToCompare(f"no date after r{n}.", next_step="wait") for n in (1, 2))
    answers = {"r1": one, "predict/r1": one, "r2": two, "predict/r2": two}
    names = asked(monkeypatch, answers)
    first = before_after(NOBODY, "home", [deployment("r1", NONE)])
    assert names == []
    assert first.compared == Unknown("no deployment on record for these dates has a code before it")
    later = before_after(NOBODY, "home", [deployment("r1"), deployment("r2")])
    assert later.compared == Unknown("no date after r2")
    assert before_after_section(later).says == "Before and after unknown: no date after r2."
