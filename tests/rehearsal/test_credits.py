"""Nights around a reset on few credits: what is bought, what is given up, and that it is said."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

from fullcourt.rehearsal.play import rehearse
from fullcourt.simulator.worldfile import parse_world
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.manifests import manifests_of

KEPT, SPENDABLE = 50, 12
_WORLD = f"""
name = "credits"
calendar = "short"
teams = 8
first_date = 2025-11-20
since = 2025-11-28
nights = 18
credits = {KEPT + SPENDABLE}
credits_monthly = true
"""
DECEMBER = datetime(2025, 12, 1, tzinfo=UTC)


def test_a_month_on_few_credits_is_never_over_and_names_what_it_gives_up() -> None:
    """November pays for more than its closing lines, December not for all: each slate its share."""
    bought: dict[date, Counter[str]] = {}
    spent: Counter[bool] = Counter()

    def note(night: date, ledger: Ledger) -> None:
        answers = [
            m for m in manifests_of(ledger, "odds_event_props", night, night) if m.outcome == "ok"
        ]
        bought[night] = Counter(m.key for m in answers)
        spent.update(m.fetched_at >= DECEMBER for m in answers)

    report = rehearse(parse_world(_WORLD, "credits.toml"), note, with_baseline=False)
    assert report.failures == (), (report.breaches[:3], report.differences[:3])
    assert report.credits_spent == sum(spent.values())
    assert spent[False] == SPENDABLE
    assert 0 < spent[True] <= SPENDABLE
    # Each is named, with its cause, and no other kind of gap is there.
    assert {gap.cause for gap in report.gaps} == {"quota_spent"}
    assert {gap.dataset for gap in report.gaps} == {"odds_event_props", "odds_player_props"}
    assert all(gap.game_date >= date(2025, 12, 1) for gap in report.gaps)
    december = [games for night, games in bought.items() if night >= date(2025, 12, 1)]
    assert all(games and max(games.values()) == 1 for games in december), "a closing line each"
    assert report.predictions_missed == 0


_TROUBLED = f"""
name = "troubled"
calendar = "short"
teams = 8
first_date = 2025-11-20
nights = 3
credits = {KEPT + 40}
credits_monthly = true
[[fault]]
endpoint = "event_odds"
kind = "server_error"
from = 2025-11-21T00:00:00
to = 2025-11-21T03:00:00
[[fault]]
endpoint = "event_odds"
kind = "empty"
from = 2025-11-22T17:00:00
to = 2025-11-22T18:30:00
"""


def test_a_vendor_in_trouble_costs_a_planned_month_no_credit_and_no_false_alarm() -> None:
    """Refusals and empty answers are free: what they were planned for is planned again."""
    report = rehearse(parse_world(_TROUBLED, "troubled.toml"), with_baseline=False)
    assert report.failures == (), (report.breaches[:3], report.differences[:3])
    assert report.vendor_calls_while_failing > 0
    assert 0 < report.credits_spent <= 40
