"""Answers into the archive: bodies, manifests, the index, and what they tell of the vendor."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from fullcourt.pipeline.allowance import credits_now
from fullcourt.pipeline.work import Stores
from fullcourt.scrape.ask import Answer
from fullcourt.scrape.odds import props_cost
from fullcourt.stores.archive import Manifest
from fullcourt.stores.ledger import Lease
from fullcourt.stores.ledger.manifests import (
    add_manifests,
    body_contents,
    count_check,
    newest_answers,
    put_body_content,
)
from fullcourt.stores.ledger.runs import holding
from fullcourt.stores.ledger.vendors import (
    Breaker,
    after_failure,
    get_breaker,
    put_breaker,
    put_credits,
    spent_since,
)
from fullcourt.vendors.odds_api import Credits, credits_of

# Vendors with a breaker of their own; the NBA's schedule, scoreboard and box scores fail apart from
# each other: what is asked every 15 minutes must not use up every probe of the others.
VENDOR_OF_FEED = {
    "nba_schedule": "nba_cdn",
    "nba_boxscore": "nba_boxscore",
    "odds_events": "odds_api",
    "odds_event_props": "odds_api",
}
SCOREBOARD = "nba_scoreboard"
POLL = "poll"
"""The run id of answers no run asked for."""
_ASK_AGAIN = timedelta(hours=1)
_GIVEN = count()


@dataclass(slots=True)
class VendorWatch:
    """A vendor's breaker and credits during a run: read once, kept in step, then written."""

    stores: Stores
    feed: str
    vendor: str = ""
    """Whose breaker; the feed's own vendor when empty."""
    spends_reserve: bool = False
    """Whether the credits that are to be kept may be spent."""
    breaker: Breaker = field(init=False)
    credits_left: int | None = field(init=False)
    _credits: Credits | None = None
    _changed: bool = False

    def __post_init__(self) -> None:
        self.vendor = self.vendor or VENDOR_OF_FEED[self.feed]
        self.breaker = get_breaker(self.stores.ledger, self.vendor)
        now, odds = self.stores.clock.now(), self.stores.settings.odds
        metered = self.vendor == "odds_api"
        self.credits_left = credits_now(self.stores.ledger, odds, now) if metered else None
        spent = spent_since(self.stores.ledger, self.vendor)
        if spent is not None and now - spent >= _ASK_AGAIN:
            # A refusal costs nothing, and the account may be filled again.
            self.credits_left = None

    def pause(self) -> tuple[str, str] | None:
        """Why no call may be made now (cause, detail): an open breaker, credits that must last."""
        now = self.stores.clock.now()
        if not self.breaker.allows(now):
            until = f"{self.breaker.retry_at:%H:%M} UTC"
            return ("vendor_failed", f"breaker open until {until}: {self.breaker.last_error}")
        if self.feed == "odds_event_props" and self.credits_left is not None:
            odds = self.stores.settings.odds
            cost = props_cost(odds)
            kept = 0 if self.spends_reserve else odds.keep_credits
            if self.credits_left - cost < kept:
                words = f"{self.credits_left} credits left, a call costs {cost}"
                return ("quota_spent", f"{words}, {kept} are kept")
        return None

    def told(self, answer: Answer) -> None:
        """Take in what an answer says of the vendor."""
        failure = answer.failure
        if failure is not None and failure.opens_breaker:
            pause = timedelta(seconds=failure.retry_after_s) if failure.retry_after_s else None
            after = after_failure(self.breaker, self.stores.clock.now(), str(failure), pause)
        else:
            after = Breaker()
        self._changed = self._changed or after != self.breaker
        self.breaker = after
        if self.vendor == "odds_api" and answer.response is not None:
            credits = credits_of(answer.response)
            if credits.remaining is not None:
                self.credits_left, self._credits = credits.remaining, credits

    def write(self, now: datetime) -> None:
        """Store what changed (inside the caller's transaction)."""
        if self._changed:
            put_breaker(self.stores.ledger, self.vendor, self.breaker, now)
            self._changed = False
        if self._credits is not None:
            seen = self._credits
            put_credits(self.stores.ledger, self.vendor, seen.remaining, seen.used, seen.last, now)
            self._credits = None


def store_answers(
    stores: Stores, feed: str, answers: Sequence[Answer], watch: VendorWatch, lease: Lease | None
) -> list[str]:
    """Archive answers with their manifests and index them in one transaction: the manifest ids.

    An answer the vendor gave before is counted, not archived twice. `lease` None: a poll, no run.

    Raises:
        LeaseLost: the run was taken over; nothing was archived.
    """
    ledger = stores.ledger
    # Under the lock: whoever takes the run over must find either all of it or nothing.
    with ledger.write() if lease is None else holding(ledger, lease):
        ids = _archive_and_index(stores, feed, answers, watch, lease.run_id if lease else POLL)
    stores.failpoint("archive.indexed")
    return ids


def _archive_and_index(
    stores: Stores, feed: str, answers: Sequence[Answer], watch: VendorWatch, run_id: str
) -> list[str]:
    ledger, now = stores.ledger, stores.clock.now()
    before = newest_answers(ledger, feed, [(a.game_date, a.key) for a in answers])
    fresh: list[tuple[Answer, Manifest]] = []
    again: list[str] = []
    for answer in answers:
        known = before.get((answer.game_date, answer.key))
        if known is not None and _repeats(stores, answer, known[1], known[2]):
            again.append(known[0])
            continue
        digest = stores.archive.put_body(answer.body) if answer.body else None
        stores.failpoint("archive.body")
        if known is not None and digest is not None and known[1:] == (digest, answer.outcome):
            again.append(known[0])
            continue
        manifest = _manifest(feed, answer, digest, now, run_id)
        stores.archive.put_manifest(manifest)
        stores.failpoint("archive.manifest")
        fresh.append((answer, manifest))
    for answer, manifest in fresh:
        if answer.testimony is not None and manifest.digest is not None:
            put_body_content(ledger, manifest.digest, answer.testimony.content)
    add_manifests(ledger, [manifest for _, manifest in fresh])
    for manifest_id in again:
        count_check(ledger, manifest_id, now)
    watch.write(now)
    return [manifest.manifest_id for _, manifest in fresh] + again


def _repeats(stores: Stores, answer: Answer, digest: str | None, outcome: str) -> bool:
    """Whether a poll says nothing the newest answer did not say, whatever its bytes."""
    facts = answer.testimony.facts if answer.testimony is not None else None
    if facts is None or digest is None or outcome != answer.outcome:
        return False
    return bool(body_contents(stores.ledger, [digest]).get(digest, {}).get("facts") == facts)


def _ordered_name(now: datetime) -> str:
    """A name that sorts after all given before, also within one instant: which of two answers is
    the newer must not be left to chance."""
    return f"{int(now.timestamp() * 1e6):014x}{next(_GIVEN) % 0x10000:04x}{secrets.token_hex(3)}"


def _manifest(
    feed: str, answer: Answer, digest: str | None, now: datetime, run_id: str
) -> Manifest:
    response, testimony = answer.response, answer.testimony
    return Manifest(
        manifest_id=_ordered_name(now),
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
        rerendered=response.rerendered if response else answer.rerendered,
        detail=answer.detail,
        run_id=run_id,
    )
