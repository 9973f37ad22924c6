"""`history fetch`: what vendors still serve of the past, as files of the home, then imported.

Answers are kept byte for byte below the home's `fetched/` before anything else: what was paid for
once is never asked for again, also when the process dies between two calls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from msgspec import structs

from fullcourt.errors import FullcourtError, Terminal
from fullcourt.nba.calendar import eastern
from fullcourt.nba.props import EventListing
from fullcourt.pipeline.answers import VENDOR_OF_FEED
from fullcourt.pipeline.work import Stores
from fullcourt.scrape.odds import props_cost
from fullcourt.settings import OddsSettings
from fullcourt.stores.ledger.vendors import credits_left, put_credits
from fullcourt.vendors.nba_game_log import parse_game_log
from fullcourt.vendors.nba_stats import game_log_request
from fullcourt.vendors.odds_api import (
    credits_of,
    event_odds_request,
    events_request,
    parse_event_props,
    parse_events,
    quote_events,
)
from fullcourt.vendors.outcome import require_ok
from fullcourt.vendors.transport import (
    BadKey,
    CreditsSpent,
    Request,
    VendorBlocked,
    VendorError,
)

SEASON_TYPES = ("Regular Season", "PlayIn", "Playoffs")
FOLDER = "fetched"
_PAUSE_S = 0.6
"""Between two calls to stats.nba.com."""
_ODDS = VENDOR_OF_FEED["odds_events"]


class FetchRefused(Terminal, FullcourtError):
    """The past cannot be asked for as wished: no key, or no schedule to ask by."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What odds of a range cost before they are asked for. Credits are the most it can be.

    `held`: answers that lie in the home already. `credits_left` and `keep_credits`: the account as
    last told, None where it never said, and what is kept of it.
    """

    dates: int
    games: int
    held: int
    listing_credits: int
    event_credits: int
    credits_left: int | None
    keep_credits: int

    @property
    def credits(self) -> int:
        """The most the whole of it costs."""
        return self.listing_credits + self.event_credits


@dataclass(slots=True)
class Fetched:
    """What came. `credits`: spent, by the vendor's own headers (as quoted where it says nothing);
    `files`: answers to import."""

    files: list[Path] = field(default_factory=list)
    calls: int = 0
    held: int = 0
    credits: int = 0
    failures: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)


def fetch_logs(
    stores: Stores,
    seasons: Sequence[str],
    types: Sequence[str],
    deadline_s: float,
    done: Fetched,
    say: Callable[[str], None],
) -> None:
    """LeagueGameLog of seasons. A call that hangs is ended at `deadline_s` and named."""
    for season in seasons:
        for kind in types:
            name = f"leaguegamelog_{season}_{kind.replace(' ', '_')}.json"
            file = stores.home.path / FOLDER / name
            if _is_held(file, done):
                continue
            request = game_log_request(season, kind, stores.settings.nba.stats_url)
            say(f"asking {request.vendor} for the log of {season} {kind}")
            body = _ask(stores, replace(request, deadline_s=deadline_s), parse_game_log, done)
            if isinstance(body, VendorError):
                done.failures.append(f"{season} {kind}: {_brief(body)}")
            else:
                _keep(file, body, done)
            stores.clock.sleep(_PAUSE_S)


def quote(stores: Stores, first: date, last: date) -> Quote:
    """What listings and lines of the games played from `first` to `last` (Eastern) cost.

    Raises:
        FetchRefused: the schedule of these dates is not known: nobody can say what to ask for.
    """
    odds = stores.settings.odds
    games = _games(stores, first, last)
    days = sorted({day for day, *_ in games})
    listings = [day for day in days if not _listing_file(stores, day).exists()]
    open_days = set(listings)
    asked = [g for g in games if g[0] in open_days or not _event_file(stores, g[0], g[1]).exists()]
    return Quote(
        dates=len(listings),
        games=len(asked),
        held=len(days) - len(listings) + len(games) - len(asked),
        listing_credits=len(listings) * quote_events(historical=True),
        event_credits=len(asked) * _cost(odds),
        credits_left=credits_left(stores.ledger, _ODDS),
        keep_credits=odds.keep_credits,
    )


def fetch_odds(
    stores: Stores,
    first: date,
    last: date,
    hours_before_tip: float,
    most: int,
    done: Fetched,
    say: Callable[[str], None],
) -> None:
    """Listings and lines of a range, date by date, for at most `most` credits.

    Raises:
        FetchRefused: no key, or no schedule of these dates.
    """
    odds, key = stores.settings.odds, stores.odds_key
    if key is None:
        raise FetchRefused("no key for The Odds API is set.", next_step=f"set {odds.api_key_env}")
    purse = _Purse(stores, most, done)
    by_day: dict[date, list[tuple[str, frozenset[str], datetime]]] = {}
    for day, game_id, pair, tip in _games(stores, first, last):
        by_day.setdefault(day, []).append((game_id, pair, tip))
    for day, games in by_day.items():
        say(f"odds of {day}: {done.calls} calls, {done.credits} credits so far")
        file = _listing_file(stores, day)
        earliest = min(tip for *_, tip in games)
        at = min(eastern(day, 11), earliest - timedelta(hours=1))
        request = events_request(key, at, odds.url)
        body = purse.body(
            f"listing of {day}", quote_events(historical=True), file, request, _listing_of(stores)
        )
        if body is None:
            if purse.is_closed:
                break
            continue
        events = _events(stores, body, day)
        for game_id, pair, tip in games:
            event_id = events.get(pair)
            if event_id is None:
                done.failures.append(f"{day} {game_id}: the listing does not show it")
                continue
            request = event_odds_request(
                event_id,
                key,
                odds.markets,
                regions=() if odds.bookmakers else odds.regions,
                bookmakers=odds.bookmakers,
                historical_at=tip - timedelta(hours=hours_before_tip),
                base_url=odds.url,
            )
            where = _event_file(stores, day, game_id)
            purse.body(f"lines of {game_id}", _cost(odds), where, request, _props_of(stores))
            if purse.is_closed:
                break
        if purse.is_closed:
            break
    if purse.is_closed:
        gone = [day for day in by_day if not _listing_file(stores, day).exists()]
        if gone:
            done.given_up.append(f"{len(gone)} dates from {gone[0]} on were not asked for")


@dataclass(slots=True)
class _Purse:
    """Asks while there is money. `is_closed`: the next call would cost more than may be spent."""

    stores: Stores
    most: int
    done: Fetched
    is_closed: bool = False

    def body(
        self,
        what: str,
        cost: int,
        file: Path,
        request: Request,
        read: Callable[[bytes], object],
    ) -> bytes | None:
        if _is_held(file, self.done):
            return file.read_bytes()
        why = self._too_dear(cost)
        if why is not None:
            self.is_closed = True
            self.done.given_up.append(f"{what}: {why}")
            return None
        timed = replace(request, deadline_s=self.stores.settings.odds.deadline_s)
        body = _ask(self.stores, timed, read, self.done, cost)
        if isinstance(body, VendorError):
            self.done.failures.append(f"{what}: {_brief(body)}")
            # What refuses this call refuses the next one too.
            self.is_closed = isinstance(body, CreditsSpent | BadKey | VendorBlocked)
            return None
        _keep(file, body, self.done)
        return body

    def _too_dear(self, cost: int) -> str | None:
        left = credits_left(self.stores.ledger, _ODDS)
        kept = self.stores.settings.odds.keep_credits
        if self.done.credits + cost > self.most:
            return f"a call costs {cost} credits, {self.done.credits} of {self.most} are spent"
        if left is not None and left - cost < kept:
            return f"a call costs {cost} credits, {left} are left and {kept} are kept"
        return None


def _ask(
    stores: Stores,
    request: Request,
    read: Callable[[bytes], object],
    done: Fetched,
    quoted: int = 0,
) -> bytes | VendorError:
    """The body of a good answer, or why there is none. Counts what the headers say it cost; of a
    good answer that does not say it, the price that was `quoted`."""
    done.calls += 1
    try:
        response = stores.transport.send(request)
        if request.vendor == _ODDS:
            told = credits_of(response)
            if told.last is not None:
                done.credits += told.last
            elif response.status == 200:
                # A header that is missing must not open the ceiling.
                done.credits += quoted
            if told.remaining is not None:
                now = stores.clock.now()
                with stores.ledger.write():
                    put_credits(stores.ledger, _ODDS, told.remaining, told.used, told.last, now)
        body = require_ok(request, response, stores.clock.now())
        read(body)
    except VendorError as error:
        return error
    return body


def _brief(error: VendorError) -> str:
    return str(error).removesuffix(f" Next: {error.next_step}")


def _is_held(file: Path, done: Fetched) -> bool:
    if not file.exists():
        return False
    done.held += 1
    done.files.append(file)
    return True


def _keep(file: Path, body: bytes, done: Fetched) -> None:
    # Whole or not at all: half an answer would never be asked for again.
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.new")
    fresh.write_bytes(body)
    fresh.replace(file)
    done.files.append(file)


def _cost(odds: OddsSettings) -> int:
    return props_cost(structs.replace(odds, mode="historical"))


def _games(
    stores: Stores, first: date, last: date
) -> list[tuple[date, str, frozenset[str], datetime]]:
    rows = stores.lake.rows(
        "SELECT game_date, game_id, home_team, away_team, tip_at FROM schedule_as_of(?) "
        "WHERE game_date BETWEEN ? AND ? AND is_listed AND NOT is_postponed "
        "AND is_counted(game_id) AND tip_at < ? AND home_team IS NOT NULL "
        "AND away_team IS NOT NULL ORDER BY game_date, tip_at, game_id",
        [stores.clock.now(), first, last, stores.clock.now()],
    )
    if not rows:
        raise FetchRefused(
            f"no game with a known tip from {first} to {last}: nobody can say what to ask for.",
            next_step="import a schedule of these dates first",
        )
    return [(day, game_id, frozenset((home, away)), tip) for day, game_id, home, away, tip in rows]


def _listing_of(stores: Stores) -> Callable[[bytes], EventListing]:
    return lambda body: parse_events(
        body, historical=True, received_at=stores.clock.now(), teams=stores.odds_teams
    )


def _events(stores: Stores, body: bytes, day: date) -> dict[frozenset[str], str]:
    listing = _listing_of(stores)(body)
    return {
        frozenset((event.home_team, event.away_team)): event.event_id
        for event in listing.events
        if event.game_date == day
    }


def _props_of(stores: Stores) -> Callable[[bytes], object]:
    return lambda body: parse_event_props(
        body,
        historical=True,
        received_at=stores.clock.now(),
        teams=stores.odds_teams,
        markets=stores.settings.odds.markets,
    )


def _listing_file(stores: Stores, day: date) -> Path:
    return stores.home.path / FOLDER / "events" / f"{day}.json"


def _event_file(stores: Stores, day: date, game_id: str) -> Path:
    return stores.home.path / FOLDER / "event_odds" / day.isoformat() / f"{game_id}.json"
