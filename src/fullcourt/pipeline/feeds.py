"""Phase 1: ask the vendors, archive every answer byte for byte, and say what came of each key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from fullcourt.pipeline.allowance import FEED as LINES
from fullcourt.pipeline.allowance import refusals
from fullcourt.pipeline.answers import (
    POLL,
    SCOREBOARD,
    VENDOR_OF_FEED,
    VendorWatch,
    store_answers,
)
from fullcourt.pipeline.schedule_versions import sides_and_tips
from fullcourt.pipeline.work import Outcome, Run, Stores
from fullcourt.scrape.ask import Answer
from fullcourt.scrape.nba_boxscore import fetch_box_score
from fullcourt.scrape.nba_schedule import fetch_schedule, fetch_scoreboard
from fullcourt.scrape.odds import fetch_listing, fetch_props
from fullcourt.stores.ledger.manifests import body_contents, manifests_of
from fullcourt.stores.ledger.vendors import record_attempts

__all__ = ["TURNED_OVER", "VENDOR_OF_FEED", "fetch_season", "poll_scoreboard", "run_feed"]

_BATCH = 25
TURNED_OVER = "turned_over"
"""The scoreboard answered well, and not for the date it was asked for."""
_NO_ODDS_KEY = ("vendor_blocked", "no key for The Odds API is set")
Said = Answer | tuple[str, str]


def run_feed(run: Run, feed: str, keys: Sequence[tuple[date, str]]) -> Outcome:
    """Ask for `keys` (game date, key) of a feed. Every answer lands in the archive, good or bad."""
    stores = run.stores
    watch = VendorWatch(stores, feed, spends_reserve=run.spends_reserve)
    ask = _ASK[feed](stores, keys)
    refused = _not_planned(run, feed)
    outcomes: dict[tuple[date, str], tuple[str, str]] = {}
    answers: list[Answer] = []
    for done, (day, key) in enumerate(keys, start=1):
        said = refused(day, key) or watch.pause() or ask(day, key)
        if isinstance(said, tuple):
            outcomes[(day, key)] = said
        else:
            watch.told(said)
            answers.append(said)
            outcomes[(day, key)] = (said.outcome, said.brief)
        if answers and (len(answers) >= _BATCH or done == len(keys)):
            run.archive_refs += store_answers(stores, feed, answers, watch, run.lease)
            answers = []
            if done < len(keys):
                run.progress(done, len(keys), "fetched")
    return Outcome(outcomes)


def _not_planned(run: Run, feed: str) -> Callable[[date, str], tuple[str, str] | None]:
    """Why a key is not asked for though it is due: the month's credits are planned for others."""
    stores = run.stores
    if feed != LINES or run.spends_reserve:
        return lambda day, key: None
    return refusals(stores.ledger, stores.lake, stores.settings.odds, stores.clock.now())


def poll_scoreboard(stores: Stores, day: date) -> tuple[str, str]:
    """One look at the small scoreboard: outcome (`TURNED_OVER`: good, of another date) and detail.
    An unchanged body is only counted."""
    watch = VendorWatch(stores, "nba_schedule", SCOREBOARD)
    pause = watch.pause()
    if pause is not None:
        return pause
    answer = fetch_scoreboard(stores.transport, stores.settings.nba, day, stores.clock.now())
    watch.told(answer)
    store_answers(stores, "nba_schedule", [answer], watch, None)
    if answer.outcome != "ok":
        with stores.ledger.write():
            tried = {(day, "scoreboard"): (answer.outcome, answer.brief)}
            record_attempts(stores.ledger, "nba_schedule", tried, stores.ledger.now(), POLL)
    elif answer.game_date != day:
        return (TURNED_OVER, f"the scoreboard shows {answer.game_date}, not {day}")
    return (answer.outcome, answer.detail)


def fetch_season(stores: Stores, day: date) -> bool:
    """The season's schedule as a later word on `day`; False: its vendor may not be asked now."""
    watch = VendorWatch(stores, "nba_schedule")
    if watch.pause() is not None:
        return False
    answer = fetch_schedule(stores.transport, stores.settings.nba, day, stores.clock.now())
    watch.told(answer)
    store_answers(stores, "nba_schedule", [answer], watch, None)
    return True


def _schedules(stores: Stores, keys: Sequence[tuple[date, str]]) -> Callable[[date, str], Said]:
    return lambda day, key: fetch_schedule(
        stores.transport, stores.settings.nba, day, stores.clock.now()
    )


def _box_scores(stores: Stores, keys: Sequence[tuple[date, str]]) -> Callable[[date, str], Said]:
    return lambda day, key: fetch_box_score(
        stores.transport, stores.settings.nba, key, day, stores.clock.now()
    )


def _listings(stores: Stores, keys: Sequence[tuple[date, str]]) -> Callable[[date, str], Said]:
    def ask(day: date, key: str) -> Said:
        if stores.odds_key is None:
            return _NO_ODDS_KEY
        return fetch_listing(
            stores.transport,
            stores.settings.odds,
            stores.odds_key,
            stores.odds_teams,
            day,
            stores.clock.now(),
        )

    return ask


def _props(stores: Stores, keys: Sequence[tuple[date, str]]) -> Callable[[date, str], Said]:
    days = [day for day, _ in keys]
    games = sides_and_tips(stores, min(days), max(days))
    listed: dict[date, dict[frozenset[str], str]] = {}

    def ask(day: date, key: str) -> Said:
        if stores.odds_key is None:
            return _NO_ODDS_KEY
        if (day, key) not in games:
            return ("vendor_empty", f"game {key} is not in the schedule of {day}")
        home, away, tip = games[(day, key)]
        if day not in listed:
            listed[day] = listed_events(stores, day)
        event_id = listed[day].get(frozenset((home, away)))
        if event_id is None:
            return ("vendor_empty", f"no listing shows {away}@{home} on {day} yet")
        return fetch_props(
            stores.transport,
            stores.settings.odds,
            stores.odds_key,
            stores.odds_teams,
            event_id,
            key,
            tip,
            day,
            stores.clock.now(),
        )

    return ask


def listed_events(stores: Stores, day: date) -> dict[frozenset[str], str]:
    """Event ids of an Eastern date by pair of teams (either way round), from the newest listing of
    the last days that shows each."""
    listings = [
        m
        for m in manifests_of(stores.ledger, "odds_events", day - timedelta(days=3), day)
        if m.outcome == "ok" and m.digest
    ]
    contents = body_contents(stores.ledger, [m.digest for m in listings if m.digest])
    found: dict[frozenset[str], str] = {}
    for manifest in listings:
        for event_day, home, away, _, event_id in contents.get(
            manifest.digest or "", {"events": ()}
        )["events"]:
            if event_day == day.isoformat():
                found[frozenset((home, away))] = str(event_id)
    return found


_ASK: dict[str, Callable[[Stores, Sequence[tuple[date, str]]], Callable[[date, str], Said]]] = {
    "nba_schedule": _schedules,
    "nba_boxscore": _box_scores,
    "odds_events": _listings,
    "odds_event_props": _props,
}
