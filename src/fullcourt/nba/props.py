"""Betting lines as a vendor quotes them, before names are resolved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """One event of an odds listing. Teams are NBA tricodes; `tip_at` is UTC and not stable."""

    event_id: str
    game_date: date
    tip_at: datetime
    home_team: str
    away_team: str


@dataclass(frozen=True, slots=True)
class EventListing:
    """An odds listing. `snapshot_at` is the vendor's own instant of the snapshot (UTC)."""

    snapshot_at: datetime
    events: tuple[ListedEvent, ...]


@dataclass(frozen=True, slots=True)
class PropQuote:
    """One over/under pair of one book. Prices are decimal odds, None: side not offered."""

    player_name: str
    bookmaker: str
    market: str
    line: float
    over_price: float | None
    under_price: float | None
    is_main: bool
    book_updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class EventProps:
    """All quotes of one event at one snapshot."""

    snapshot_at: datetime
    event: ListedEvent
    quotes: tuple[PropQuote, ...]
