"""The recorded world as a `Transport`: the real vendors' URLs, answered as of `clock.now()`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import msgspec

from fullcourt.clock import Clock, parse_instant
from fullcourt.replay.world import World, season_at
from fullcourt.vendors.transport import BodyTooLarge, Request, Response

_JSON = "application/json; charset=utf-8"
_ODDS_ROOT = "/v4/historical/sports/basketball_nba/events"
_EVENT_ODDS = re.compile(re.escape(_ODDS_ROOT) + r"/(?P<event>[0-9a-z]+)/odds")
_GAME_ID = re.compile(r"\d{10}")
_BOOKS_PER_REGION = 10
_CREDITS_PER_MARKET_AND_REGION = 10
_CREDITS_PER_LISTING = 1


class ReplayTransport:
    """Answers from the recording, masked by the clock. Whatever is not recorded is a 404.

    `credits` is what the Odds API account holds at the start; the count lives in this object.
    """

    def __init__(
        self,
        history: Path,
        clock: Clock,
        *,
        credits: int = 5_000_000,
        world: World | None = None,
    ) -> None:
        self.world = world or World(history)
        self.clock = clock
        self._credits = credits
        self._used = 0

    def send(self, request: Request) -> Response:
        """The recorded answer to `request` at `clock.now()`.

        Raises:
            BodyTooLarge: the body is longer than `request.max_bytes`.
            HistoryBroken: a recorded file that does not read.
        """
        url = urlsplit(request.url)
        params = dict(parse_qsl(url.query, keep_blank_values=True)) | dict(request.params)
        response = self._answer(url.netloc, url.path, params, self.clock.now())
        if len(response.body) > request.max_bytes:
            raise BodyTooLarge(
                f"{len(response.body)} bytes, at most {request.max_bytes} allowed",
                vendor=request.vendor,
                endpoint=request.endpoint,
            )
        return response

    def close(self) -> None:
        """Close the recorded files."""
        self.world.close()

    def _answer(self, host: str, path: str, params: Mapping[str, str], now: datetime) -> Response:
        if host == "cdn.nba.com" and path.endswith("/scheduleLeagueV2.json"):
            return self._schedule(now)
        if host == "cdn.nba.com" and path.endswith("/todaysScoreboard_00.json"):
            return self._scoreboard(now)
        if host == "stats.nba.com" and path == "/stats/boxscoretraditionalv3":
            return self._box_score(params.get("GameID", ""), now)
        if host == "api.the-odds-api.com":
            return self._odds(path, params, now)
        return _not_recorded("no recording answers this address")

    def _schedule(self, now: datetime) -> Response:
        season = season_at(now)
        if not self.world.games(season):
            return _not_recorded(f"no schedule of {season} is recorded")
        return _ok(self.world.timeline(season).schedule(now), rerendered=True)

    def _scoreboard(self, now: datetime) -> Response:
        season = season_at(now)
        # Without a recording an empty scoreboard would claim a day without games.
        if not self.world.games(season):
            return _not_recorded(f"no schedule of {season} is recorded")
        return _ok(self.world.timeline(season).scoreboard(now), rerendered=True)

    def _box_score(self, game_id: str, now: datetime) -> Response:
        # A malformed id is no game of ours; the real endpoint has nothing for it either.
        found = self.world.box_body(game_id) if _GAME_ID.fullmatch(game_id) else None
        if found is None or now < found[0]:
            return _not_recorded(f"no box score of game {game_id!r} yet")
        return _ok(found[1], rerendered=True)

    def _odds(self, path: str, params: Mapping[str, str], now: datetime) -> Response:
        if not params.get("apiKey"):
            return self._refused(401, "MISSING_KEY", "API key is missing")
        try:
            until = min(now, parse_instant(params.get("date", "")))
        except ValueError:
            return self._refused(
                422, "INVALID_HISTORICAL_TIMESTAMP", "date must be an ISO 8601 instant with a zone"
            )
        if path == _ODDS_ROOT:
            return self._listing(until)
        match = _EVENT_ODDS.fullmatch(path)
        if match:
            return self._event_odds(match["event"], params, until)
        return self._refused(404, "NOT_FOUND", "no recording answers this address")

    def _listing(self, until: datetime) -> Response:
        listing = self.world.listings().latest(until)
        if listing is None:
            return self._refused(404, "NOT_FOUND", "no listing was recorded by then")
        return self._charged(
            _CREDITS_PER_LISTING, self.world.history.member(listing.path, listing.member)
        )

    def _event_odds(self, event_id: str, params: Mapping[str, str], until: datetime) -> Response:
        markets = [market for market in params.get("markets", "").split(",") if market]
        # Odds are recorded in the vendor's default format; another one was never served.
        if params.get("oddsFormat", "decimal") != "decimal":
            return self._refused(404, "NOT_FOUND", "only decimal odds are recorded")
        if not set(markets) & set(self.world.event_odds().markets):
            return self._refused(404, "NOT_FOUND", f"no recording of markets {markets}")
        body = self.world.event_odds().latest(event_id, until)
        if body is None:
            return self._refused(
                404, "EVENT_NOT_FOUND", "the event is in no recorded snapshot by then"
            )
        cost = _CREDITS_PER_MARKET_AND_REGION * len(markets) * _regions(params)
        # Empty answers are free.
        return self._charged(cost if b'"outcomes"' in body else 0, body)

    def _charged(self, cost: int, body: bytes) -> Response:
        if cost > self._credits - self._used:
            return self._refused(401, "OUT_OF_USAGE_CREDITS", "Usage quota has been reached")
        self._used += cost
        return _ok(body, headers=self._credit_headers(cost))

    def _refused(self, status: int, code: str, message: str) -> Response:
        body = msgspec.json.encode(
            {
                "message": message,
                "error_code": code,
                "details_url": "https://the-odds-api.com/liveapi/guides/v4/api-error-codes.html",
            }
        )
        headers = {"content-type": _JSON} | self._credit_headers(0)
        return Response(status=status, body=body, headers=headers, wire_bytes=len(body))

    def _credit_headers(self, last: int) -> dict[str, str]:
        return {
            "x-requests-remaining": str(self._credits - self._used),
            "x-requests-used": str(self._used),
            "x-requests-last": str(last),
        }


def _regions(params: Mapping[str, str]) -> int:
    """How many regions a call is charged for: named books count as one region for every ten."""
    if params.get("bookmakers"):
        return math.ceil(len(params["bookmakers"].split(",")) / _BOOKS_PER_REGION)
    return len([region for region in params.get("regions", "").split(",") if region]) or 1


def _ok(
    body: bytes, *, rerendered: bool = False, headers: dict[str, str] | None = None
) -> Response:
    return Response(
        status=200,
        body=body,
        headers={"content-type": _JSON} | (headers or {}),
        wire_bytes=len(body),
        rerendered=rerendered,
    )


def _not_recorded(message: str) -> Response:
    body = msgspec.json.encode({"Message": message})
    return Response(status=404, body=body, headers={"content-type": _JSON}, wire_bytes=len(body))
