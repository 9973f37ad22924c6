"""Feeds `odds_events` and `odds_event_props`: what is listed, and the lines of one event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from fullcourt.nba.calendar import game_date_of
from fullcourt.nba.props import EventListing, EventProps
from fullcourt.scrape.ask import Answer, Testimony, ask
from fullcourt.settings import OddsSettings
from fullcourt.vendors.odds_api import (
    event_odds_request,
    events_request,
    parse_event_props,
    parse_events,
    quote_event_odds,
    quote_events,
)
from fullcourt.vendors.transport import NotThere, Transport


def fetch_listing(
    transport: Transport,
    odds: OddsSettings,
    key: str,
    teams: Mapping[str, str],
    day: date,
    now: datetime,
) -> Answer:
    """The listing as of now; one taken before this date's own morning is `vendor_empty`."""
    historical = odds.mode == "historical"
    request = events_request(key, now if historical else None, odds.url)

    def read(body: bytes) -> Testimony:
        listing = parse_events(body, historical=historical, received_at=now, teams=teams)
        if game_date_of(listing.snapshot_at) < day:
            raise NotThere(
                f"newest listing is of {listing.snapshot_at:%Y-%m-%d %H:%M} UTC, before {day}",
                vendor=request.vendor,
                endpoint=request.endpoint,
                body=body,
            )
        return Testimony(
            listing_content(listing), known_at=listing.snapshot_at, snapshot_at=listing.snapshot_at
        )

    return ask(
        transport,
        replace(request, deadline_s=odds.deadline_s),
        key="listing",
        game_date=day,
        now=now,
        read=read,
    )


def fetch_props(
    transport: Transport,
    odds: OddsSettings,
    key: str,
    teams: Mapping[str, str],
    event_id: str,
    game_id: str,
    tip_at: datetime | None,
    day: date,
    now: datetime,
) -> Answer:
    """The lines of one event; a body without a line, or taken after the tip, is `vendor_empty`."""
    historical = odds.mode == "historical"
    # History is asked for as of the tip at the latest: a later snapshot would hold live lines.
    at = now if tip_at is None or now < tip_at else tip_at
    request = event_odds_request(
        event_id,
        key,
        odds.markets,
        regions=() if odds.bookmakers else odds.regions,
        bookmakers=odds.bookmakers,
        historical_at=at if historical else None,
        base_url=odds.url,
    )

    def read(body: bytes) -> Testimony:
        props = parse_event_props(
            body, historical=historical, received_at=now, teams=teams, markets=odds.markets
        )
        late = tip_at is not None and props.snapshot_at > tip_at
        if not props.quotes or late:
            what = "lines of after the tip" if late else "no line is offered yet"
            raise NotThere(
                f"event {event_id}: {what}",
                vendor=request.vendor,
                endpoint=request.endpoint,
                body=body,
            )
        return Testimony(
            props_content(props),
            known_at=props.snapshot_at,
            snapshot_at=props.snapshot_at,
        )

    return ask(
        transport,
        replace(request, deadline_s=odds.deadline_s),
        key=game_id,
        game_date=day,
        now=now,
        read=read,
    )


def listing_content(listing: EventListing) -> dict[str, object]:
    """What a listing says: date, teams, tip and id of each event."""
    return {
        "events": [
            [e.game_date.isoformat(), e.home_team, e.away_team, e.tip_at.isoformat(), e.event_id]
            for e in listing.events
        ]
    }


def props_content(props: EventProps) -> dict[str, object]:
    """Whose lines a body holds."""
    names = sorted({quote.player_name for quote in props.quotes})
    return {"event_id": props.event.event_id, "names": names}


def cost_of_key(feed: str, odds: OddsSettings) -> int:
    """Credits one key of a feed costs at the most; 0 of a feed that is free."""
    if feed == "odds_event_props":
        return props_cost(odds)
    return quote_events(historical=odds.mode == "historical") if feed == "odds_events" else 0


def props_cost(odds: OddsSettings) -> int:
    """Credits one props call costs at the most."""
    return quote_event_odds(
        markets=len(odds.markets),
        historical=odds.mode == "historical",
        regions=0 if odds.bookmakers else len(odds.regions),
        bookmakers=len(odds.bookmakers),
    )
