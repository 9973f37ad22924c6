"""The Odds API v4 as a simulated vendor: events, player props, their historical twins, credits.

Facts kept from the real one: the key in the query; 401 for spent credits too; a charge of markets x
regions (ten times that for history) unless the answer is empty; three quota headers on every
answer; events that vanish when they end; a `commence_time` that is not the official tip; history in
five-minute snapshots, whose `last_update` may lie a little after the snapshot.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from fullcourt.clock import Clock, parse_instant
from fullcourt.simulator.league import League
from fullcourt.simulator.names import BOOKMAKERS
from fullcourt.simulator.vendors.odds_listing import (
    SPORT,
    Listed,
    bookmakers_of,
    event_header,
    known_events,
    listed_events,
    utc_text,
)
from fullcourt.simulator.vendors.wire import (
    RateLimit,
    Receive,
    Reply,
    Scope,
    Send,
    instant_of,
    is_charged,
    json_reply,
    query,
    send_reply,
)

DETAILS_URL: Final = "https://the-odds-api.com/liveapi/guides/v4/api-error-codes.html"
REGIONS: Final = frozenset({"us", "us2", "us_dfs", "us_ex", "uk", "eu", "au"})
# What a request may name; only some of it is priced in this league.
PROPS: Final = (
    "points", "rebounds", "assists", "threes", "blocks", "steals", "turnovers",
    "blocks_steals", "points_rebounds_assists", "points_rebounds", "points_assists",
    "rebounds_assists", "double_double", "triple_double", "first_basket",
)  # fmt: skip
KNOWN_MARKETS: Final = frozenset(
    {"h2h", "spreads", "totals"}
    | {f"player_{prop}" for prop in PROPS}
    | {f"player_{prop}_alternate" for prop in PROPS}
)
BOOKS_PER_REGION: Final = 10
HISTORICAL_FACTOR: Final = 10
SNAPSHOT_EVERY_S: Final = 300
SNAPSHOT_OFFSET_S: Final = 38
_EVENT_ODDS = re.compile(rf"/v4/(historical/)?sports/{SPORT}/events/([^/]+)/odds")
_EVENTS = re.compile(rf"/v4/(historical/)?sports/{SPORT}/events")


@dataclass(slots=True)
class OddsAccount:
    """The key and what is left on it.

    `is_monthly`: the limit is for a calendar month (UTC), and the count begins again with each.
    `spent`: credits used by month (its first day), the current one included once it was asked in.
    """

    api_key: str
    limit: int = 20_000
    used: int = 0
    is_active: bool = True
    is_monthly: bool = False
    refused: int = 0
    spent: dict[date, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Credits used in every month so far."""
        return sum(self.spent.values()) if self.is_monthly else self.used

    def turn_to(self, at: datetime) -> None:
        """Begin the month of `at`, unless it has begun."""
        month = at.astimezone(UTC).date().replace(day=1)
        if self.is_monthly and month not in self.spent:
            self.used = 0
            self.spent[month] = 0

    def charge(self, cost: int, at: datetime) -> None:
        """Take the price of an answer."""
        self.used += cost
        if self.is_monthly:
            self.spent[at.astimezone(UTC).date().replace(day=1)] = self.used

    @property
    def remaining(self) -> int:
        """Credits left, never negative."""
        return max(0, self.limit - self.used)


class OddsApi:
    """The vendor as an ASGI app; its time is the clock's."""

    def __init__(
        self,
        league: League,
        clock: Clock,
        account: OddsAccount,
        rate: RateLimit | None = None,
    ) -> None:
        """`rate`: what callers are held to (the real one: 30 a second); None for no limit."""
        self._league = league
        self._events_by_id = known_events(league)
        self._clock = clock
        self._rate = rate
        self.account = account

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send_reply(scope, send, self.reply(scope))

    def reply(self, scope: Scope) -> Reply:
        """The answer at the clock's now, before any content encoding; charges the account."""
        path, params = scope["path"].rstrip("/"), query(scope)
        at = instant_of(scope, self._clock)
        self.account.turn_to(self._clock.now())
        used = self.account.used
        key = params.get("apiKey", "")
        if not key:
            return self._error(401, "MISSING_KEY", "API key is missing")
        if key != self.account.api_key:
            return self._error(401, "INVALID_KEY", "API key is not valid")
        if not self.account.is_active:
            return self._error(401, "DEACTIVATED_KEY", "API key is deactivated")
        if self._rate is not None and not self._rate.admits(self._clock.now()):
            return self._error(429, "EXCEEDED_FREQ_LIMIT", "Requests are too frequent")
        reply = self._found(path, params, at)
        if not is_charged(scope):
            self.account.charge(used - self.account.used, self._clock.now())
        return reply

    def _found(self, path: str, params: Mapping[str, str], at: datetime) -> Reply:
        if path == "/v4/sports":
            return self._answer([_sport()], 0)
        try:
            if match := _EVENTS.fullmatch(path):
                return self._events(params, at, is_historical=bool(match[1]))
            if match := _EVENT_ODDS.fullmatch(path):
                return self._event_odds(match[2], params, at, is_historical=bool(match[1]))
        except _Refused as refusal:
            return self._error(refusal.status, refusal.code, refusal.text)
        return self._error(404, "UNKNOWN_ENDPOINT", f"No such endpoint or sport: {path}")

    def _events(self, params: Mapping[str, str], at: datetime, *, is_historical: bool) -> Reply:
        if is_historical:
            self._refuse_when_spent(1)
            snapshot = _snapshot_of(params, at)
            found = [
                event_header(event, snapshot)
                for event in listed_events(self._events_by_id, snapshot)
            ]
            return self._answer(_envelope(snapshot, at, found), 1 if found else 0)
        return self._answer(
            [event_header(event, at) for event in listed_events(self._events_by_id, at)], 0
        )

    def _event_odds(
        self, event_id: str, params: Mapping[str, str], at: datetime, *, is_historical: bool
    ) -> Reply:
        markets = _markets(params)
        books, regions = _books(params)
        is_american = _odds_format(params) == "american"
        cost = len(markets) * regions * (HISTORICAL_FACTOR if is_historical else 1)
        self._refuse_when_spent(cost)
        moment = _snapshot_of(params, at) if is_historical else at
        event = _listed(self._events_by_id, event_id, moment)
        body = {
            **event_header(event, moment),
            "bookmakers": bookmakers_of(
                self._league,
                event,
                moment,
                markets=markets,
                books=books,
                is_american=is_american,
                is_historical=is_historical,
            ),
        }
        charged = cost if body["bookmakers"] else 0
        return self._answer(_envelope(moment, at, body) if is_historical else body, charged)

    def _refuse_when_spent(self, cost: int) -> None:
        if cost > self.account.remaining:
            self.account.refused += 1
            raise _Refused(
                401,
                "OUT_OF_USAGE_CREDITS",
                "Usage quota has been reached. See usage plans at https://the-odds-api.com",
            )

    def _answer(self, content: object, cost: int) -> Reply:
        self.account.charge(cost, self._clock.now())
        return json_reply(content, headers=self._quota(cost))

    def _error(self, status: int, code: str, text: str) -> Reply:
        body = {"message": text, "error_code": code, "details_url": f"{DETAILS_URL}#{code.lower()}"}
        return json_reply(body, status, self._quota(0))

    def _quota(self, last: int) -> dict[str, str]:
        return {
            "x-requests-remaining": str(self.account.remaining),
            "x-requests-used": str(self.account.used),
            "x-requests-last": str(last),
        }


class _Refused(Exception):
    """A request the vendor answers with an error body."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text


def _sport() -> dict[str, Any]:
    return {
        "key": SPORT,
        "group": "Basketball",
        "title": "NBA",
        "description": "US Basketball",
        "active": True,
        "has_outrights": False,
    }


def _listed(events: Mapping[str, Listed], event_id: str, at: datetime) -> Listed:
    """The event if it is listed at `at`: unknown, finished and withdrawn ones are a 404 alike."""
    event = events.get(event_id)
    if event is None or not event.is_listed(at):
        raise _Refused(404, "EVENT_NOT_FOUND", f"Event {event_id} not found or expired")
    return event


def _markets(params: Mapping[str, str]) -> tuple[str, ...]:
    markets = tuple(dict.fromkeys(part for part in params.get("markets", "h2h").split(",") if part))
    unknown = [market for market in markets if market not in KNOWN_MARKETS]
    if unknown or not markets:
        raise _Refused(422, "INVALID_MARKET", f"Invalid markets: {', '.join(unknown)}")
    return markets


def _books(params: Mapping[str, str]) -> tuple[frozenset[str], int]:
    """Which books are asked for and how many regions that costs; `bookmakers` wins."""
    if named := params.get("bookmakers"):
        books = frozenset(named.split(","))
        return books, -(-len(books) // BOOKS_PER_REGION)
    regions = frozenset(part for part in params.get("regions", "").split(",") if part)
    if not regions:
        raise _Refused(422, "MISSING_REGION", "Missing regions parameter")
    if not regions <= REGIONS:
        raise _Refused(422, "INVALID_REGION", f"Invalid regions: {', '.join(sorted(regions))}")
    # Every book of this league is an American one.
    books = frozenset(book for book, _ in BOOKMAKERS) if "us" in regions else frozenset()
    return books, len(regions)


def _odds_format(params: Mapping[str, str]) -> str:
    wanted = params.get("oddsFormat", "decimal")
    if wanted not in ("decimal", "american"):
        raise _Refused(422, "INVALID_ODDS_FORMAT", f"Invalid oddsFormat: {wanted}")
    return wanted


def _snapshot_of(params: Mapping[str, str], at: datetime) -> datetime:
    """The latest snapshot at or before the `date` asked for, never one of the future."""
    text = params.get("date", "")
    try:
        wanted = parse_instant(text)
    except ValueError as error:
        raise _Refused(
            422, "INVALID_HISTORICAL_TIMESTAMP", f"Invalid date parameter: {text!r}"
        ) from error
    seconds = int(min(wanted, at).timestamp()) - SNAPSHOT_OFFSET_S
    stamp = seconds // SNAPSHOT_EVERY_S * SNAPSHOT_EVERY_S + SNAPSHOT_OFFSET_S
    return datetime.fromtimestamp(stamp, at.tzinfo)


def _envelope(snapshot: datetime, at: datetime, data: object) -> dict[str, Any]:
    following = snapshot + timedelta(seconds=SNAPSHOT_EVERY_S)
    return {
        "timestamp": utc_text(snapshot),
        "previous_timestamp": utc_text(snapshot - timedelta(seconds=SNAPSHOT_EVERY_S)),
        "next_timestamp": utc_text(following) if following <= at else None,
        "data": data,
    }
