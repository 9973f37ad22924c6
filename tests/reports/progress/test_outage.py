"""The document of a real outage: lines lost for good on one night, box scores late on the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from fullcourt.campaign import walk, warm_up
from fullcourt.nba.calendar import eastern
from fullcourt.pipeline.execute import InlineExecutor
from fullcourt.rehearsal.home import RehearsalHome, rehearsal_home
from fullcourt.reports.progress.unknown import Unknown
from fullcourt.reports.progress.view import ProgressView, progress_view
from fullcourt.simulator.vendors.faults import Fault, FaultKind
from fullcourt.simulator.worldfile import find_world
from tests.reports.progress.test_no_blank import check

LINES, BOXES = date(2025, 10, 21), date(2025, 10, 22)
MENDED = eastern(date(2025, 10, 23), 9)
FAULTS = (
    Fault("odds_api", "*/odds", eastern(LINES), eastern(BOXES, 3), FaultKind.NUMBERS_AS_TEXT),
    Fault("nba_cdn", "*/boxscore*", eastern(BOXES, 20), MENDED, FaultKind.SERVER_ERROR),
)


@dataclass(frozen=True, slots=True)
class Told:
    """The document in the middle of the second outage, and when all is over."""

    during: ProgressView
    after: ProgressView


def viewed(home: RehearsalHome) -> ProgressView:
    """The document now."""
    controller = home.controller(InlineExecutor())
    controller.judge_now()
    return progress_view(controller, "home")


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    """Two nights of thirty teams under two faults."""
    with rehearsal_home(find_world("calm", seed=3, nights=2), FAULTS) as home:
        clock = home.clock.world
        controller = home.controller(InlineExecutor())
        warm_up(controller)
        walk(controller, clock, eastern(date(2025, 10, 23), 6), lambda: None, lambda night: None)
        during = viewed(home)
        walk(controller, clock, eastern(date(2025, 10, 23), 20), lambda: None, lambda night: None)
        yield Told(during, viewed(home))


def test_nothing_is_blank(told: Told) -> None:
    """Neither in the middle of it nor when it is over."""
    check(told.during)
    check(told.after)


def test_what_is_lost_for_good_is_named_with_its_cause(told: Told) -> None:
    """Its date's investigation is permanent: broken bodies in the archive, and what lacks them."""
    (lines,) = [one for one in told.after.investigations if one.game_date == LINES]
    assert lines.status == "permanent"
    assert any("odds_event_props (odds_api)" in line for line in lines.scraper_check)
    assert any("contract_broken" in line for line in lines.archived_files)
    assert lines.root_cause[0].startswith("odds_event_props: contract_broken")
    assert any("backfill 2025-10-21 2025-10-21" in line for line in lines.recovery_action)
    (impact,) = [i for i in lines.impact_downstream if i.startswith("odds_player_props: ")]
    assert "unrecoverable, 1 of 1 key not held" in impact
    worst = told.after.issues[0]
    assert (worst.severity, worst.what) == ("critical", "odds_event_props: contract_broken")


def test_what_is_late_waits_and_heals(told: Told) -> None:
    """In the outage it says when it was tried and is tried again; later it is healed."""
    boxes = [w for w in told.during.waiting if w.dataset == "nba_boxscore"]
    assert [w.game_date for w in boxes] == [BOXES]
    now = told.during.now
    assert not isinstance(boxes[0].last_tried_at, Unknown)
    assert not isinstance(boxes[0].next_at, Unknown)
    assert boxes[0].last_tried_at <= now == boxes[0].checked_at <= boxes[0].next_at
    assert boxes[0].heals_itself
    assert told.during.completion.state == "not complete"
    (during,) = [one for one in told.during.investigations if one.game_date == BOXES]
    (after,) = [one for one in told.after.investigations if one.game_date == BOXES]
    assert (during.status, after.status) == ("open", "healed")
    assert "vendor_failed" in during.root_cause[0]
    assert any(line.startswith("player_box_scores: ") for line in during.impact_downstream)
    assert after.impact_downstream[0].startswith("none: ")
    assert told.after.waiting == ()


def test_projected_and_actual_losses_differ_by_what_was_healed(told: Told) -> None:
    """Every late box score was feared and came; the lines that were lost stayed lost."""
    losses = {loss.dataset: loss for loss in told.after.losses}
    boxes, lines = losses["nba_boxscore"], losses["odds_event_props"]
    assert boxes.projected_keys == boxes.healed_keys > 5
    assert (boxes.actual_keys, boxes.actual_records) == (0, 0)
    assert (lines.projected_keys, lines.actual_keys, lines.actual_records) == (1, 1, 1)
    assert told.after.completion.lost_keys == sum(loss.actual_keys for loss in losses.values())


def test_a_loss_without_a_basis_is_unknown(told: Told) -> None:
    """The first night's lines have no earlier night to be estimated by: unknown, and why."""
    (props,) = [p for p in told.after.health if p.processor == "odds_player_props"]
    assert isinstance(props.expected, Unknown)
    assert "no games are held in the 30 dates before" in props.expected.unknown
    (summary,) = [p for p in told.after.health if p.processor == "player_game_summary"]
    assert summary.expected == summary.actual
    assert summary.actual > 100


def test_the_timeline_tells_it_in_order(told: Told) -> None:
    """Lines are missing, then given up; box scores are missing, then held."""
    events = [event.what for event in told.after.timeline]

    def place(*words: str) -> int:
        return next(n for n, what in enumerate(events) if all(word in what for word in words))

    given_up = place("odds_event_props", "-> unrecoverable")
    assert place("odds_event_props", "-> missing (contract_broken)") < given_up
    healed = place("nba_boxscore", "missing -> complete")
    assert given_up < place("nba_boxscore", "-> missing (vendor_failed)") < healed
