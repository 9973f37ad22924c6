"""What the recorded world has, so that vendors without recordings raise no cells in a replay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

PROPS_BEFORE_TIP = timedelta(hours=12)
"""Recorded player props are one snapshot about this long before tip, never the closing line."""


@dataclass(frozen=True, slots=True)
class VendorProfile:
    """What is recorded. Dates are Eastern; an empty set or tuple means the feed has no recordings.

    `listing_dates` are days with an events listing, `event_odds_dates` game dates with player
    props, `props_markets` the market keys those bodies carry.
    """

    schedule_seasons: tuple[str, ...]
    box_score_dates: frozenset[date]
    listing_dates: frozenset[date]
    event_odds_dates: frozenset[date]
    props_markets: tuple[str, ...]
    props_before_tip: timedelta = PROPS_BEFORE_TIP

    @property
    def box_score_range(self) -> tuple[date, date] | None:
        """First and last date with box scores."""
        return _range(self.box_score_dates)

    @property
    def listing_range(self) -> tuple[date, date] | None:
        """First and last date with a listing."""
        return _range(self.listing_dates)

    @property
    def event_odds_range(self) -> tuple[date, date] | None:
        """First and last game date with player props."""
        return _range(self.event_odds_dates)


def _range(days: frozenset[date]) -> tuple[date, date] | None:
    return (min(days), max(days)) if days else None
