"""Phase 1 of the naive pipeline: ask a vendor, keep whatever a 200 holds, never ask twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fullcourt.nba.calendar import raises_cells
from fullcourt.simulator.naive.work import Fetch, FetchFailed, Naive, Processor, Work
from fullcourt.vendors.nba_cdn import (
    boxscore_request,
    parse_boxscore,
    parse_schedule,
    parse_scoreboard,
    schedule_request,
    scoreboard_request,
)
from fullcourt.vendors.odds_api import (
    event_odds_request,
    events_request,
    parse_event_props,
    parse_events,
)
from fullcourt.vendors.transport import Request, VendorError

SCHEDULE = Processor("scrape_schedule", 1, "objects/schedule", ("nba_schedule",))
SCOREBOARD = Processor("scrape_scoreboard", 1, "objects/scoreboard", ("nba_schedule",))
BOXSCORES = Processor("scrape_boxscores", 1, "objects/boxscores", ("nba_boxscore",))
EVENTS = Processor("scrape_odds_events", 1, "objects/events", ("odds_events",))
PROPS = Processor("scrape_player_props", 1, "objects/props", ("odds_event_props",))
MARKETS = ("player_points",)
REGIONS = ("us",)
WHOLE = "*"
"""The key of a feed that has one file a date."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event the odds vendor lists, with the game it is taken for."""

    event_id: str
    game_id: str


def scrape_daily(work: Work, feed: str, day: date, paths: list[str]) -> int:
    """One file of schedule, scoreboard or events; an empty one is a file too. Files written."""
    naive = work.naive
    request = {
        "schedule": schedule_request,
        "scoreboard": scoreboard_request,
        "events": lambda: events_request(naive.world.api_key),
    }[feed]()
    at = naive.world.clock.now()
    try:
        body = naive.ask(request)
    except (FetchFailed, VendorError):
        naive.fetches.append(Fetch(at, feed, day, "", "failed"))
        raise
    naive.fetches.append(_daily_fetch(naive, feed, day, body))
    if body is None:
        return 0
    paths.append(naive.put(feed, day, f"{naive.now():%H%M%S}.json", body))
    if not body.strip():
        return 0
    work.hold(day, WHOLE)
    return 1


def _daily_fetch(naive: Naive, feed: str, day: date, body: bytes | None) -> Fetch:
    """What really was in the answer, read with the vendors' own parsers."""
    at = naive.world.clock.now()
    if body is None or not body.strip():
        return Fetch(at, feed, day, "", "empty")
    try:
        match feed:
            case "schedule":
                games = [g for g in parse_schedule(body).games if g.game_date == day]
            case "scoreboard":
                games = [g for g in parse_scoreboard(body).games if g.game_date == day]
            case _:
                listing = parse_events(body, False, at, naive.world.team_names)
                pairs = {
                    frozenset((e.home_team, e.away_team))
                    for e in listing.events
                    if e.game_date == day
                }
                listed = frozenset(
                    game.game_id
                    for game in naive.world.league.games
                    if game.game_date == day and frozenset((game.home, game.away)) in pairs
                )
                return Fetch(at, feed, day, "", "ok" if listed else "empty", listed)
    except VendorError:
        return Fetch(at, feed, day, "", "failed")
    listed = frozenset(g.game_id for g in games if not g.is_postponed)
    final = frozenset(g.game_id for g in games if g.is_final)
    return Fetch(at, feed, day, "", "ok" if listed else "empty", listed, final)


def scrape_boxscores(work: Work, day: date, new: list[str]) -> int:
    """Box scores of the games called final that have no file yet; files written."""
    naive = work.naive
    final = sorted(row["game_id"] for row in naive.tables.rows("game_results", day))
    files = 0
    failed = ""
    for game_id in final:
        if f"boxscores/{day.isoformat()}/{game_id}.json" in naive.objects:
            continue
        body = _asked(work, "boxscore", day, game_id, boxscore_request(game_id))
        if isinstance(body, str):
            failed = body
        elif body is not None:
            naive.put("boxscores", day, f"{game_id}.json", body)
            if body.strip():
                work.hold(day, game_id)
                new.append(game_id)
                files += 1
    if failed and not files:
        raise FetchFailed(failed)
    return files


def scrape_props(work: Work, day: date, events: Sequence[Event], new: list[Event]) -> int:
    """The lines of a date's events; files written."""
    naive = work.naive
    files = 0
    failed = ""
    for event in events:
        request = event_odds_request(event.event_id, naive.world.api_key, MARKETS, regions=REGIONS)
        body = _asked(work, "props", day, event.game_id, request)
        if isinstance(body, str):
            failed = body
        elif body is not None:
            naive.put("props", day, f"{event.event_id}/{naive.now():%H%M}.json", body)
            if body.strip():
                work.hold(day, event.game_id)
                new.append(event)
                files += 1
    if failed and not files:
        raise FetchFailed(failed)
    return files


def _asked(work: Work, feed: str, day: date, game_id: str, request: Request) -> bytes | str | None:
    """A game's body, None for nothing there, or the words of a failure (which ends no loop)."""
    naive = work.naive
    work.check_alive()
    try:
        body = naive.ask(request)
    except (FetchFailed, VendorError) as error:
        at = naive.world.clock.now()
        naive.fetches.append(Fetch(at, feed, day, game_id, "failed"))
        return f"{type(error).__name__}: {error}"
    naive.fetches.append(_game_fetch(naive, feed, day, game_id, body))
    return body


def _game_fetch(naive: Naive, feed: str, day: date, game_id: str, body: bytes | None) -> Fetch:
    at = naive.world.clock.now()
    outcome = "empty"
    if body is not None and body.strip():
        try:
            if feed == "boxscore":
                box = parse_boxscore(body)
                is_good = box.is_final is True and any(line.played for line in box.lines)
                is_good = is_good and box.game_id == game_id
            else:
                names = naive.world.team_names
                is_good = bool(parse_event_props(body, False, at, names, MARKETS).quotes)
        except VendorError:
            is_good, outcome = False, "failed"
        outcome = "ok" if is_good else outcome
    return Fetch(at, feed, day, game_id, outcome)


def counted(game_id: str) -> bool:
    """Whether the pipeline follows a game: preseason and All-Star games it leaves out."""
    return raises_cells(game_id)
