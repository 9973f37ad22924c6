"""Phase 1: ask the vendors, archive every answer byte for byte, and say what came of each key."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from fullcourt.pipeline.work import Outcome, Run, Stores
from fullcourt.scrape.ask import Answer
from fullcourt.scrape.nba_boxscore import fetch_box_score
from fullcourt.scrape.nba_schedule import fetch_schedule, fetch_scoreboard
from fullcourt.scrape.odds import fetch_listing, fetch_props, props_cost
from fullcourt.stores.archive import Manifest
from fullcourt.stores.ledger.manifests import (
    add_manifests,
    body_contents,
    count_check,
    latest_manifest,
    manifests_of,
    put_body_content,
)
from fullcourt.stores.ledger.vendors import (
    Breaker,
    after_failure,
    credits_left,
    get_breaker,
    put_breaker,
    put_credits,
    record_attempts,
)
from fullcourt.vendors.odds_api import credits_of

# Vendors with a breaker of their own; NBA box scores and schedule fail apart from each other.
VENDOR_OF_FEED = {
    "nba_schedule": "nba_cdn",
    "nba_boxscore": "nba_boxscore",
    "odds_events": "odds_api",
    "odds_event_props": "odds_api",
}
_BATCH = 25


def run_feed(run: Run, feed: str, keys: Sequence[tuple[date, str]]) -> Outcome:
    """Ask for `keys` (game date, key) of a feed. Every answer lands in the archive, good or bad."""
    outcomes: dict[tuple[date, str], tuple[str, str]] = {}
    stores = run.stores
    for done, (day, key) in enumerate(keys):
        pause = _pause(stores, feed)
        if pause is not None:
            outcomes[(day, key)] = pause
            continue
        answer = _ASK[feed](stores, day, key)
        if isinstance(answer, tuple):
            outcomes[(day, key)] = answer
            continue
        archived = store_answer(stores, feed, answer, run.run_id)
        run.archive_refs.append(archived)
        outcomes[(day, key)] = (answer.outcome, answer.detail)
        if len(keys) > 1 and (done + 1) % _BATCH == 0:
            run.progress(done + 1, len(keys), "fetched")
    return Outcome(outcomes)


def poll_scoreboard(stores: Stores, day: date) -> tuple[str, str]:
    """One look at the small scoreboard: outcome and detail. An unchanged body is only counted."""
    pause = _pause(stores, "nba_schedule")
    if pause is not None:
        return pause
    now = stores.clock.now()
    answer = fetch_scoreboard(stores.transport, stores.settings.nba, day, now)
    if answer.outcome == "ok" and answer.game_date != day:
        store_answer(stores, "nba_schedule", answer, "poll")
        return ("vendor_empty", f"the scoreboard shows {answer.game_date}, not {day}")
    store_answer(stores, "nba_schedule", answer, "poll")
    if answer.outcome != "ok":
        with stores.ledger.write():
            record_attempts(
                stores.ledger,
                "nba_schedule",
                {(day, "scoreboard"): (answer.outcome, answer.detail)},
                stores.ledger.now(),
                "poll",
            )
    return (answer.outcome, answer.detail)


def store_answer(stores: Stores, feed: str, answer: Answer, run_id: str) -> str:
    """Archive one answer with its manifest, index it, tell breaker and credits: the manifest id."""
    now = stores.clock.now()
    ledger = stores.ledger
    digest = stores.archive.put_body(answer.body) if answer.body else None
    stores.failpoint("archive.body")
    newest = latest_manifest(ledger, feed, game_date=answer.game_date, key=answer.key, ok=False)
    same = (
        newest is not None
        and newest.digest == digest
        and newest.outcome == answer.outcome
        and digest is not None
    )
    if same and newest is not None:
        with ledger.write():
            count_check(ledger, newest.manifest_id, now)
            _tell_vendor(stores, feed, answer, now)
        return newest.manifest_id
    response, testimony = answer.response, answer.testimony
    manifest = Manifest(
        manifest_id=secrets.token_hex(8),
        feed=feed,
        game_date=answer.game_date,
        key=answer.key,
        vendor=answer.request.vendor,
        endpoint=answer.request.endpoint,
        url=answer.request.shown_url,
        outcome=answer.outcome,
        fetched_at=now,
        status=response.status if response else None,
        digest=digest,
        body_bytes=len(answer.body) if answer.body else 0,
        wire_bytes=response.wire_bytes if response else 0,
        encoding=response.encoding if response else "identity",
        known_at=testimony.known_at if testimony else None,
        snapshot_at=testimony.snapshot_at if testimony else None,
        rerendered=response.rerendered if response else False,
        detail=answer.detail,
        run_id=run_id,
    )
    stores.archive.put_manifest(manifest)
    stores.failpoint("archive.manifest")
    with ledger.write():
        if testimony is not None and digest is not None:
            put_body_content(ledger, digest, testimony.content)
        add_manifests(ledger, [manifest])
        _tell_vendor(stores, feed, answer, now)
    return manifest.manifest_id


def _tell_vendor(stores: Stores, feed: str, answer: Answer, now: datetime) -> None:
    vendor = VENDOR_OF_FEED[feed]
    before = get_breaker(stores.ledger, vendor)
    failure = answer.failure
    if failure is not None and failure.opens_breaker:
        pause = timedelta(seconds=failure.retry_after_s) if failure.retry_after_s else None
        after = after_failure(before, now, str(failure), pause)
    else:
        after = Breaker()
    if after != before:
        put_breaker(stores.ledger, vendor, after, now)
    if vendor == "odds_api" and answer.response is not None:
        credits = credits_of(answer.response)
        if credits.remaining is not None:
            put_credits(stores.ledger, vendor, credits.remaining, credits.used, credits.last, now)


def _pause(stores: Stores, feed: str) -> tuple[str, str] | None:
    """Why no call may be made now: an open breaker, or credits that must last."""
    vendor = VENDOR_OF_FEED[feed]
    breaker = get_breaker(stores.ledger, vendor)
    now = stores.clock.now()
    if not breaker.allows(now):
        return (
            "vendor_failed",
            f"breaker open until {breaker.retry_at:%H:%M} UTC: {breaker.last_error}",
        )
    if feed == "odds_event_props":
        left = credits_left(stores.ledger, vendor)
        cost = props_cost(stores.settings.odds)
        if left is not None and left - cost < stores.settings.odds.keep_credits:
            return (
                "quota_spent",
                f"{left} credits left, a call costs {cost}, "
                f"{stores.settings.odds.keep_credits} are kept",
            )
    return None


def _ask_schedule(stores: Stores, day: date, key: str) -> Answer:
    return fetch_schedule(stores.transport, stores.settings.nba, day, stores.clock.now())


def _ask_box(stores: Stores, day: date, key: str) -> Answer:
    return fetch_box_score(stores.transport, stores.settings.nba, key, day, stores.clock.now())


def _ask_listing(stores: Stores, day: date, key: str) -> Answer | tuple[str, str]:
    if stores.odds_key is None:
        return ("vendor_blocked", "no key for The Odds API is set")
    return fetch_listing(
        stores.transport,
        stores.settings.odds,
        stores.odds_key,
        stores.odds_teams,
        day,
        stores.clock.now(),
    )


def _ask_props(stores: Stores, day: date, key: str) -> Answer | tuple[str, str]:
    if stores.odds_key is None:
        return ("vendor_blocked", "no key for The Odds API is set")
    game = stores.lake.rows(
        "SELECT home_team, away_team, tip_at FROM schedule_as_of(?) "
        "WHERE game_id = ? AND game_date = ?",
        [stores.clock.now(), key, day],
    )
    if not game:
        return ("vendor_empty", f"game {key} is not in the schedule of {day}")
    home, away, tip = game[0]
    event_id = listed_event(stores, day, home, away)
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


def listed_event(stores: Stores, day: date, home: str, away: str) -> str | None:
    """The event id of a pair (either way round) on an Eastern date, by the newest listing of the
    last days that shows it."""
    listings = [
        m
        for m in manifests_of(stores.ledger, "odds_events", day - timedelta(days=3), day)
        if m.outcome == "ok" and m.digest
    ]
    contents = body_contents(stores.ledger, [m.digest for m in listings if m.digest])
    for manifest in reversed(listings):
        for event_day, h, a, _, event_id in contents.get(manifest.digest or "", {"events": ()})[
            "events"
        ]:
            if event_day == day.isoformat() and {h, a} == {home, away}:
                return str(event_id)
    return None


_ASK: dict[str, Callable[[Stores, date, str], Answer | tuple[str, str]]] = {
    "nba_schedule": _ask_schedule,
    "nba_boxscore": _ask_box,
    "odds_events": _ask_listing,
    "odds_event_props": _ask_props,
}

__all__ = ["VENDOR_OF_FEED", "listed_event", "poll_scoreboard", "run_feed", "store_answer"]
