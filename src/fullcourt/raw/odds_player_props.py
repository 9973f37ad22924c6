"""Dataset `odds_player_props`: one row per over/under pair of one book at one snapshot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from fullcourt.nba.players import Resolved
from fullcourt.nba.props import EventProps


def rows(
    props: EventProps,
    resolve: Callable[[str], Resolved],
    *,
    game_date: date,
    game_id: str,
    digest: str,
    fetched_at: datetime,
    run_id: str,
) -> list[dict[str, Any]]:
    """The lake rows of one event's snapshot; `resolve` maps the vendor's spelling to a player."""
    resolved = {name: resolve(name) for name in {quote.player_name for quote in props.quotes}}
    return [
        {
            "game_date": game_date,
            "game_id": game_id,
            "event_id": props.event.event_id,
            "player_id": resolved[quote.player_name].player_id,
            "player_name": quote.player_name,
            "resolution": resolved[quote.player_name].how,
            "bookmaker": quote.bookmaker,
            "market": quote.market,
            "line": quote.line,
            "over_price": quote.over_price,
            "under_price": quote.under_price,
            "is_main": quote.is_main,
            "snapshot_at": props.snapshot_at,
            "book_updated_at": quote.book_updated_at,
            "body_digest": digest,
            # The envelope's instant, not the book's: a third of those lie after it.
            "known_at": props.snapshot_at,
            "fetched_at": fetched_at,
            "run_id": run_id,
        }
        for quote in props.quotes
    ]
