"""Faults that change a body: from a vendor's own reply to the one that is served."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from fullcourt.clock import parse_instant
from fullcourt.nba.calendar import game_date_of
from fullcourt.simulator.vendors import box_mutations, mutations
from fullcourt.simulator.vendors.fault_kinds import Endpoint, FaultKind
from fullcourt.simulator.vendors.fault_script import Fault
from fullcourt.simulator.vendors.nba_form import league_day, stamp
from fullcourt.simulator.vendors.wire import HTML_TYPE, Reply, html_reply

# Where the rows of an endpoint's body are.
_ROWS: Final = {
    Endpoint.SCHEDULE: "games",
    Endpoint.SCOREBOARD: "games",
    Endpoint.BOXSCORE: "players",
    Endpoint.LISTING: mutations.WHOLE_BODY,
    Endpoint.EVENT_ODDS: "outcomes",
}
_BY_FIELD: Final[Mapping[FaultKind, Callable[[Any, str], Any]]] = {
    FaultKind.RENAMED_FIELD: mutations.with_field_renamed,
    FaultKind.ADDED_FIELD: mutations.with_field_added,
    FaultKind.RETYPED_FIELD: mutations.with_field_as_text,
    FaultKind.NUMBERS_AS_TEXT: mutations.with_numbers_as_text,
}


def changed_reply(fault: Fault, endpoint: Endpoint | None, reply: Reply, now: datetime) -> Reply:
    """The vendor's own answer with the fault in it; the same one where it changes nothing."""
    match fault.kind:
        case FaultKind.EMPTY:
            return Reply(200, b"", reply.content_type, reply.headers)
        case FaultKind.HTML:
            return html_reply(200, "Please stand by", "We are checking your browser.")
        case FaultKind.WRONG_TYPE:
            return Reply(reply.status, reply.body, HTML_TYPE, reply.headers)
        case FaultKind.TRUNCATED:
            half = reply.body[: len(reply.body) // 2]
            return Reply(reply.status, half, reply.content_type, reply.headers)
    if reply.status != 200:
        return reply
    tree = msgspec.json.decode(reply.body)
    changed = _mutated(fault, endpoint, tree, league_day(now))
    return reply if changed == tree else _with_body(reply, changed)


def _with_body(reply: Reply, tree: Any) -> Reply:
    return Reply(reply.status, msgspec.json.encode(tree), reply.content_type, reply.headers)


def _mutated(fault: Fault, endpoint: Endpoint | None, tree: Any, today: date) -> Any:
    if fault.kind in box_mutations.BY_KIND:
        if endpoint is Endpoint.BOXSCORE:
            return box_mutations.BY_KIND[fault.kind](tree, fault.rows)
        return mutations.with_no_books(tree)
    rows = fault.name or (_ROWS[endpoint] if endpoint else mutations.WHOLE_BODY)
    if rows == mutations.WHOLE_BODY and isinstance(tree, dict):
        rows = "data"  # the historical listing has an envelope
    by_field = _BY_FIELD.get(fault.kind)
    if by_field is not None:
        return by_field(tree, fault.name)

    def is_meant(row: Any) -> bool:
        return _is_of(row, endpoint, today)

    match fault.kind:
        case FaultKind.DUPLICATE_ROWS:
            return mutations.with_rows_doubled(tree, rows)
        case FaultKind.CONTRADICTING_ROWS:
            return mutations.with_rows_contradicted(tree, rows)
        case FaultKind.SWAPPED_SIDES:
            return mutations.with_sides_swapped(tree, is_meant)
        case FaultKind.PARTIAL_SLATE if fault.name:
            return mutations.with_rows_dropped(tree, fault.name, fault.rows)
        case FaultKind.PARTIAL_SLATE:
            return mutations.with_slate_dropped(tree, rows, fault.rows, is_meant)
        case _:
            raise ValueError(f"{fault}: {fault.kind} does not change a body")


def _is_of(row: Any, endpoint: Endpoint | None, today: date) -> bool:
    """Whether a row of a body belongs to the league's day; bodies of one game or date do whole."""
    match endpoint:
        case Endpoint.SCHEDULE:
            return str(row.get("gameDateEst", "")).startswith(today.isoformat())
        case Endpoint.LISTING:
            return game_date_of(parse_instant(row["commence_time"])) == today
        case _:
            return True


def restamped(reply: Reply, now: datetime) -> Reply:
    """An old answer of the NBA's feeds under a new time; others carry no time of their own."""
    if reply.status != 200:
        return reply
    tree = msgspec.json.decode(reply.body)
    if not isinstance(tree, dict) or "meta" not in tree:
        return reply
    is_older = " " in tree["meta"]["time"]
    return _with_body(
        reply, tree | {"meta": tree["meta"] | {"time": stamp(now, is_older=is_older)}}
    )


async def lines_after_tip(
    own: Reply, before: Callable[[datetime], Awaitable[Reply]], now: datetime
) -> Reply:
    """Event odds with lines although the event has begun.

    `before` gives the same request's answer before an announced start. Unchanged: an event that has
    lines of its own, or is not listed.
    """
    if own.status != 200:
        return own
    tree = msgspec.json.decode(own.body)
    event = tree.get("data", tree)
    if event["bookmakers"] or parse_instant(event["commence_time"]) > now + timedelta(minutes=10):
        return own
    earlier = await before(parse_instant(event["commence_time"]))
    if earlier.status != 200:
        return own
    held = msgspec.json.decode(earlier.body)
    books = mutations.at_live_prices(held.get("data", held)["bookmakers"], now)
    lively = event | {"bookmakers": books}
    return _with_body(own, tree | {"data": lively} if "data" in tree else lively)
