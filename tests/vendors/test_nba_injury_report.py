from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from fullcourt.vendors.nba_injury_report import check_report, report_request, report_times
from fullcourt.vendors.transport import ContractBroken, NotThere

PDF = b"%PDF-1.4\n...\n%%EOF\n"


@pytest.mark.parametrize(
    ("at", "name"),
    [
        (datetime(2024, 1, 4, 17, 30, tzinfo=UTC), "2024-01-04_12PM"),
        (datetime(2025, 1, 10, 22, 30, tzinfo=UTC), "2025-01-10_05PM"),
        (datetime(2024, 1, 5, 4, 30, tzinfo=UTC), "2024-01-04_11PM"),
        (datetime(2024, 1, 4, 5, 30, tzinfo=UTC), "2024-01-04_12AM"),
        (datetime(2024, 7, 4, 16, 30, tzinfo=UTC), "2024-07-04_12PM"),
        (datetime(2025, 12, 22, 13, 30, tzinfo=UTC), "2025-12-22_08AM"),
        (datetime(2025, 12, 22, 14, 0, tzinfo=UTC), "2025-12-22_09_00AM"),
        (datetime(2026, 1, 15, 23, 15, tzinfo=UTC), "2026-01-15_06_15PM"),
    ],
)
def test_the_name_of_a_report(at: datetime, name: str) -> None:
    """Eastern date and hour; since the morning of 2025-12-22 the minutes too."""
    assert report_request(at).url.endswith(f"/referee/injury/Injury-Report_{name}.pdf")


@pytest.mark.parametrize(
    "at",
    [
        datetime(2024, 1, 4, 17, 0, tzinfo=UTC),
        datetime(2024, 1, 4, 17, 30, 1, tzinfo=UTC),
        datetime(2026, 1, 4, 17, 10, tzinfo=UTC),
    ],
)
def test_no_report_is_asked_for_between_two(at: datetime) -> None:
    """An instant without a report is the caller's mistake, not a report that is missing."""
    with pytest.raises(ValueError, match="no injury report of"):
        report_request(at)


@pytest.mark.parametrize(
    ("day", "reports"),
    [
        (date(2024, 1, 4), 24),
        (date(2024, 3, 10), 23),
        (date(2024, 11, 3), 25),
        (date(2025, 12, 22), 9 + 60),
        (date(2026, 1, 15), 96),
    ],
)
def test_the_reports_of_a_date(day: date, reports: int) -> None:
    """Every instant of a date has a name; days of 23 and 25 hours have as many reports."""
    times = list(report_times(day))
    assert len(times) == reports
    assert times == sorted(set(times))
    names = {report_request(at).url for at in times}
    # In the repeated hour of autumn two reports would have one name.
    assert len(names) == reports - (day == date(2024, 11, 3))
    assert all(f"_{day}_" in name for name in names)
    assert times[-1] - times[0] <= timedelta(hours=25)


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"", NotThere, "empty body"),
        (b"<html>Access Denied</html>", ContractBroken, "HTML or XML"),
        (b"PK\x03\x04", ContractBroken, "no PDF"),
        (PDF[:-7], ContractBroken, "stops before its end, after 12 bytes"),
    ],
)
def test_what_is_no_report(body: bytes, kind: type[Exception], said: str) -> None:
    """Error pages and files that stop early are refused by name."""
    check_report(PDF)
    with pytest.raises(kind, match=said):
        check_report(body)


@pytest.mark.parametrize("name", ["2024-01-04_12PM", "2025-01-10_05PM"])
def test_the_recorded_reports_are_whole(shared: Path, name: str) -> None:
    """The two recorded files pass, and do not when their last thousand bytes are gone."""
    body = (shared / f"wire/nba/Injury-Report_{name}.pdf").read_bytes()
    check_report(body)
    with pytest.raises(ContractBroken, match="stops before its end"):
        check_report(body[:-1100])
