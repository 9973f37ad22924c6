"""The official injury report: which file holds the report of an instant, and whether one came.

The report is a PDF. Its rows are not read here: that needs a reader of PDF text with positions.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from fullcourt.clock import require_utc
from fullcourt.nba.calendar import EASTERN, eastern
from fullcourt.vendors.transport import Request
from fullcourt.vendors.wire import Source, looks_like_markup

VENDOR = "nba_injury_report"
BASE_URL = "https://ak-static.cms.nba.com/referee/injury"
QUARTER_HOURS_SINCE = eastern(date(2025, 12, 22), 9)
"""From here on a report comes every 15 minutes and its name has the minutes."""
_SOURCE = Source(VENDOR, "report")
# The end mark is in the last bytes; a file may have some padding after it.
_TAIL_BYTES = 1024


def report_times(game_date: date) -> Iterator[datetime]:
    """The instants (UTC) of an Eastern date's reports: each hour at :30, later each quarter."""
    at, end = eastern(game_date), eastern(game_date + timedelta(days=1))
    while at < end:
        if at >= QUARTER_HOURS_SINCE or at.minute == 30:
            yield at
        at += timedelta(minutes=15)


def report_request(report_at: datetime, base_url: str = BASE_URL) -> Request:
    """The report of an instant of `report_times`. One that does not exist is answered with 403.

    Raises:
        ValueError: no report is made at that instant, or the instant has no zone.
    """
    at = require_utc(report_at).astimezone(EASTERN)
    quarterly = report_at >= QUARTER_HOURS_SINCE
    if at.second or at.microsecond or (at.minute % 15 if quarterly else at.minute != 30):
        raise ValueError(
            f"no injury report of {at:%Y-%m-%d %H:%M:%S} Eastern: they are made "
            f"{'every 15 minutes' if quarterly else 'at half past each hour'}"
        )
    stamp = f"{at:%I_%M%p}" if quarterly else f"{at:%I%p}"
    return Request(
        vendor=VENDOR,
        endpoint="report",
        url=f"{base_url}/Injury-Report_{at:%Y-%m-%d}_{stamp}.pdf",
        headers=(("Accept", "application/pdf"),),
        deadline_s=30.0,
        max_bytes=16 * 1024 * 1024,
    )


def check_report(body: bytes) -> None:
    """Let a whole PDF pass.

    Raises:
        NotThere: empty body.
        ContractBroken: HTML, another file, or a PDF that stops before its end.
    """
    if not body.strip():
        raise _SOURCE.nothing("empty body", body)
    if not body.startswith(b"%PDF-"):
        kind = "HTML or XML" if looks_like_markup(body) else "no PDF"
        raise _SOURCE.broken(f"{kind}; the body starts {body[:60]!r}", body)
    if b"%%EOF" not in body[-_TAIL_BYTES:]:
        raise _SOURCE.broken(f"the PDF stops before its end, after {len(body)} bytes", body)
