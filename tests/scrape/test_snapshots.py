"""Snapshots of lines planned from credits: never over, more never buys less, the closing first."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.nba.calendar import eastern
from fullcourt.scrape.snapshots import (
    WORTH,
    Kind,
    SlateGame,
    SnapshotPlan,
    period_of,
    plan_snapshots,
    snapshots_of,
    tokens_taken,
)

FIRST = date(2025, 11, 3)
SINCE, UNTIL = datetime(2025, 11, 1, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def game(number: int, day: date = FIRST, hour: int = 19, minute: int = 0) -> SlateGame:
    """A game at an Eastern hour."""
    return SlateGame(f"00225{number:05d}", day, eastern(day, hour, minute))


@st.composite
def slates(draw: st.DrawFn) -> list[SlateGame]:
    """Games of some nights of a month, each at some time of the day; some tips are not named."""
    games = []
    for night in draw(st.lists(st.integers(0, 24), max_size=6, unique=True)):
        day = FIRST + timedelta(days=night)
        for place in range(draw(st.integers(1, 8))):
            hour = draw(st.sampled_from((12, 15, 18, 19, 20, 22)))
            tip = eastern(day, hour, draw(st.sampled_from((0, 10, 30))))
            named = draw(st.integers(0, 9)) > 0
            games.append(SlateGame(f"{night:02d}{place:02d}", day, tip if named else None))
    return games


def planned(games: list[SlateGame], credits: int, cost: int = 1) -> SnapshotPlan:
    """The plan of a month's first instant."""
    return plan_snapshots(games, credits, cost, SINCE, SINCE, UNTIL)


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [
        (12, 0, "early 09:00, closing 11:50"),
        (13, 0, "early 09:00, noon 12:00, closing 12:50"),
        (13, 30, "early 09:00, noon 12:00, last hour 13:00, closing 13:20"),
        (15, 30, "early 09:00, noon 12:00, hourly 13:00, hourly 14:00, last hour 15:00, "
                 "closing 15:20"),
        (16, 10, "early 09:00, noon 12:00, hourly 13:00, hourly 14:00, last hour 15:00, "
                 "closing 16:00"),
    ],
)  # fmt: skip
def test_snapshots_go_by_the_time_to_tip(hour: int, minute: int, expected: str) -> None:
    """Morning, noon, every full hour to half an hour before the tip, ten minutes before it."""
    found = snapshots_of(game(1, hour=hour, minute=minute))
    day = eastern(FIRST)
    shown = [f"{s.kind} {(day.replace(hour=0) + (s.at - day)):%H:%M}" for s in found]
    assert ", ".join(shown) == expected
    ends = [*(s.at for s in found[1:]), game(1, hour=hour, minute=minute).tip_at]
    assert [s.until for s in found] == ends


@given(slates(), st.integers(-5, 400), st.integers(1, 12))
def test_a_plan_is_never_over_its_credits(games: list[SlateGame], credits: int, cost: int) -> None:
    """Whatever the slates: what is bought costs no more than there is, and nothing is left out."""
    plan = planned(games, credits, cost)
    assert plan.credits <= max(0, credits)
    wanted = {s.token for g in games for s in snapshots_of(g)}
    said = [s.token for s in (*plan.bought, *plan.given_up)]
    assert len(said) == len(set(said))
    assert set(said) == wanted
    # And never under: what could be paid for is not given up.
    assert not plan.given_up or max(0, credits) - plan.credits < cost


@given(slates(), st.integers(0, 200), st.integers(0, 200), st.integers(1, 12))
def test_more_credits_never_buy_less(
    games: list[SlateGame], fewer: int, more: int, cost: int
) -> None:
    """What the smaller plan buys the larger one buys too, snapshot by snapshot."""
    small = {s.token for s in planned(games, fewer, cost).bought}
    assert small <= {s.token for s in planned(games, fewer + more, cost).bought}


@given(slates(), st.integers(0, 300))
def test_the_order_of_the_schedule_changes_nothing(games: list[SlateGame], credits: int) -> None:
    """The same games and credits give the same plan, however they are listed."""
    shuffled = sorted(games, key=lambda g: g.game_id[::-1])
    assert planned(games, credits) == planned(shuffled, credits)


@given(slates(), st.integers(0, 300))
def test_the_dearer_kind_is_bought_of_every_game_first(
    games: list[SlateGame], credits: int
) -> None:
    """While any game lacks a snapshot of a kind, nothing of less worth is bought."""
    plan = planned(games, credits)
    lost = min((s.tier for s in plan.given_up), default=None)
    assert lost is None or all(s.tier <= lost for s in plan.bought)
    if any(s.kind is Kind.CLOSING for s in plan.given_up):
        assert {s.kind for s in plan.bought} <= {Kind.CLOSING}


@given(slates(), st.integers(0, 40))
def test_a_short_month_is_shared_among_its_slates(games: list[SlateGame], credits: int) -> None:
    """No slate gets a second game more than another that still has one to give."""
    plan = planned(games, credits)
    bought = Counter(s.game_date for s in plan.bought if s.kind is Kind.CLOSING)
    short = {s.game_date for s in plan.given_up if s.kind is Kind.CLOSING}
    assert all(bought[day] <= bought[poor] + 1 for day in bought for poor in short)


@given(slates(), st.integers(0, 120), st.integers(0, 24), st.integers(0, 23), st.data())
def test_what_is_taken_is_not_bought_again(
    games: list[SlateGame], credits: int, night: int, hour: int, data: st.DataObject
) -> None:
    """A plan made at any instant buys only what can still be taken and was not."""
    now = eastern(FIRST + timedelta(days=night), hour)
    passed = [s.token for g in games for s in snapshots_of(g) if s.at <= now]
    taken = data.draw(st.sets(st.sampled_from(passed))) if passed else set()
    plan = plan_snapshots(games, credits, 1, now, SINCE, UNTIL, taken)
    assert {s.token for s in plan.taken} == taken
    assert not taken & {s.token for s in plan.bought}
    assert all(s.until > now for s in plan.bought)
    assert len(plan.bought) <= credits


def test_a_price_of_nothing_is_refused() -> None:
    """A plan divides by its price: 0 is an error that says so."""
    with pytest.raises(ValueError, match="cost: 0"):
        plan_snapshots([game(1)], 10, 0, SINCE, SINCE, UNTIL)


def test_only_snapshots_of_the_period_are_planned() -> None:
    """A reset in the evening parts a slate: what is taken after it is the next period's."""
    last = date(2025, 11, 30)
    games = [game(1, last, 18), game(2, last, 21)]
    plan = planned(games, 100)
    assert max(s.at for s in plan.bought) < UNTIL
    following = plan_snapshots(games, 100, 1, UNTIL, UNTIL, datetime(2026, 1, 1, tzinfo=UTC))
    assert {s.token for s in (*plan.bought, *following.bought)} == {
        s.token for g in games for s in snapshots_of(g)
    }
    assert {s.game_id for s in following.bought} == {games[1].game_id}


@given(
    st.integers(0, 1_100 * 24 * 60),
    st.integers(1, 28),
)
def test_periods_follow_each_other_without_a_gap(minutes: int, day: int) -> None:
    """Every instant lies in exactly one period, a month long, that begins on the reset day."""
    now = datetime(2024, 1, 1, tzinfo=UTC) + minutes * MINUTE
    since, until = period_of(now, day)
    assert since <= now < until
    assert (since.day, since.hour, until.day) == (day, 0, day)
    assert period_of(until, day)[0] == until
    assert timedelta(days=28) <= until - since <= timedelta(days=31)


def test_an_answer_is_the_snapshot_whose_time_it_came_in() -> None:
    """From a snapshot's instant until the next one's; before the first it is none of them."""
    one = game(1)
    found = snapshots_of(one)
    for at, expected in (
        (found[0].at - MINUTE, set()),
        (found[0].at, {found[0].token}),
        (found[1].at - MINUTE, {found[0].token}),
        (found[-1].at + MINUTE, {found[-1].token}),
        (found[-1].until, set()),
    ):
        assert tokens_taken([one], {one.game_id: [at]}, SINCE) == expected
    assert not tokens_taken([one], {one.game_id: [found[0].at]}, found[1].at), "the period before"


def test_every_kind_says_why_it_is_worth_what_it_is() -> None:
    """The reasons stand in the order of worth."""
    assert list(WORTH) == list(Kind)
    tiers: dict[Kind, list[int]] = defaultdict(list)
    for snapshot in snapshots_of(game(1, hour=22)):
        tiers[snapshot.kind].append(snapshot.tier)
    assert sorted(Kind, key=lambda kind: min(tiers[kind])) == list(Kind)
