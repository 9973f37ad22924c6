"""Windows: which game dates lie around a deployment, and which cannot be compared."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.reports.windows import (
    NothingToCompare,
    Span,
    Watched,
    around,
    check_spans,
    release_of,
)
from fullcourt.stores.ledger.deployments import Deployment
from fullcourt.trust.deployments import DeploymentSeen, deployments
from fullcourt.trust.measures import settled_at

FIRST = date(2025, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(31)]
NOW = datetime(2025, 1, 25, 20, tzinfo=UTC)
FINGERPRINT = "0123456789ab+01234567"


def watched(games: dict[date, int] | None = None, since: date = FIRST) -> Watched:
    """January, two games a date, every date judged, on the 25th at 15:00 Eastern."""
    return Watched(since, games or dict.fromkeys(DAYS, 2), frozenset(DAYS), NOW)


def labels(*said: tuple[str, str, datetime | None]) -> tuple[DeploymentSeen, ...]:
    """Deployments of (service, revision, finished)."""
    kept = [
        Deployment(service, revision, "3dda97e", None, None, at, FINGERPRINT)
        for service, revision, at in said
    ]
    return deployments(kept, [], {})


def at(day: int, hour: int = 20) -> datetime:
    """An instant of January; 20:00 UTC is in the afternoon Eastern."""
    return datetime(2025, 1, day, hour, tzinfo=UTC)


def test_windows_lie_evenly_around_a_release() -> None:
    """The same number of game dates, the nearest ones; the date of the release is in neither."""
    release = release_of(labels(("all", "r1", at(15))), "r1")
    before, after = around(watched(), release, 28)
    assert (before, after) == (
        Span(date(2025, 1, 6), date(2025, 1, 14)),
        Span(date(2025, 1, 16), date(2025, 1, 24)),
    )
    before, after = around(watched(), release, 3)
    assert (before.first, after.last) == (date(2025, 1, 12), date(2025, 1, 18))


def test_a_release_at_night_is_of_the_eastern_date() -> None:
    """At 3:00 UTC of the 16th it is still the 15th in New York."""
    release = release_of(labels(("all", "r1", at(16, 3))), "r1")
    before, after = around(watched(), release, 28)
    assert (before.last, after.first) == (date(2025, 1, 14), date(2025, 1, 16))


@pytest.mark.parametrize(
    ("left_out", "watching"),
    [
        ("no games", watched({day: 2 for day in DAYS if day.day != 16})),
        ("never judged", Watched(FIRST, dict.fromkeys(DAYS, 2), frozenset(DAYS) - {DAYS[15]}, NOW)),
        ("not settled", Watched(FIRST, dict.fromkeys(DAYS, 2), frozenset(DAYS), NOW)),
    ],
)
def test_what_cannot_be_compared_is_no_night(left_out: str, watching: Watched) -> None:
    """Dates without games, dates nobody judged, and dates that have not settled."""
    nights = watching.nights(Span(DAYS[14], DAYS[-1]))
    if left_out == "not settled":
        assert nights[-1] == date(2025, 1, 24)
        assert settled_at(nights[-1]) <= NOW < settled_at(date(2025, 1, 25))
    else:
        assert date(2025, 1, 16) not in nights


def test_a_name_is_a_revision_a_service_with_it_or_a_fingerprint() -> None:
    """And several services released together are one release, from the first to the last."""
    found = labels(("scrape", "r1", at(14)), ("predict", "r1", at(15)), ("predict", "r2", at(20)))
    both = release_of(found, "r1")
    assert (both.began_at, both.through_at, len(both.lines)) == (at(14), at(15), 2)
    assert release_of(found, "scrape/r1").through_at == at(14)
    assert len(release_of(found, FINGERPRINT[:6]).lines) == 3


@pytest.mark.parametrize(
    ("found", "name", "words"),
    [
        (labels(), "r1", "there are: none"),
        (labels(("all", "r1", at(15))), "r9", "there are: r1"),
        (labels(("all", "r1", at(15))), "01234", "there are: r1"),
        (labels(("all", "r1", None)), "r1", "nobody said when it was"),
        (labels(("a", "r1", at(2)), ("b", "r1", at(15))), "r1", "at different times"),
    ],
)
def test_a_name_that_means_no_one_release_is_refused(
    found: tuple[DeploymentSeen, ...], name: str, words: str
) -> None:
    """With what there is, or what is missing."""
    with pytest.raises(NothingToCompare, match=words):
        release_of(found, name)


@pytest.mark.parametrize(
    ("day", "words"), [(24, "no game date after it"), (1, "no game date before it")]
)
def test_a_release_needs_nights_on_both_sides(day: int, words: str) -> None:
    """One of yesterday has none after it: it says when there will be one."""
    with pytest.raises(NothingToCompare, match=words) as told:
        around(watched(), release_of(labels(("all", "r1", at(day))), "r1"), 28)
    assert "noon Eastern" in str(told.value)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (Span(DAYS[0], DAYS[9]), Span(DAYS[9], DAYS[20]), "share game dates"),
        (Span(DAYS[10], DAYS[20]), Span(DAYS[0], DAYS[30]), "share game dates"),
        (Span(date(2024, 12, 1), date(2024, 12, 9)), Span(DAYS[0], DAYS[9]), "--before 2024-12"),
        (Span(DAYS[0], DAYS[9]), Span(DAYS[27], DAYS[30]), "--after 2025-01-28"),
    ],
)
def test_given_windows_are_checked(before: Span, after: Span, words: str) -> None:
    """They lie apart, and each has a game date that was watched and has settled."""
    with pytest.raises(NothingToCompare, match=words):
        check_spans(watched(), before, after)


def test_what_was_before_may_come_after() -> None:
    """Windows are compared in the order they are given."""
    check_spans(watched(), Span(DAYS[10], DAYS[15]), Span(DAYS[0], DAYS[9]))


@given(st.sets(st.integers(1, 24), min_size=2), st.integers(1, 23), st.integers(1, 30))
def test_windows_around_a_release_are_even_and_apart(played: set[int], day: int, most: int) -> None:
    """Whatever the schedule: as many nights before as after, none of them the release's."""
    watching = watched({date(2025, 1, n): 2 for n in played})
    release = release_of(labels(("all", "r1", at(day))), "r1")
    wanted = min(sum(n < day for n in played), sum(n > day for n in played), most)
    if not wanted:
        with pytest.raises(NothingToCompare):
            around(watching, release, most)
        return
    before, after = around(watching, release, most)
    assert len(watching.nights(before)) == len(watching.nights(after)) == wanted
    assert before.last < date(2025, 1, day) < after.first
    check_spans(watching, before, after)
