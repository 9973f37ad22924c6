"""What the witnesses say of one cell: scraper, archive, schedule, and its second witness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from fullcourt.pipeline.answers import VENDOR_OF_FEED
from fullcourt.pipeline.graph import BY_NAME, ORDER
from fullcourt.sql_files import sql
from fullcourt.stores.ledger.manifests import body_contents, latest_manifest, manifests_of
from fullcourt.stores.ledger.vendors import attempts_of, credits_left, get_breaker

if TYPE_CHECKING:
    from fullcourt.pipeline.work import Stores
    from fullcourt.stores.ledger import ManifestRow


@dataclass(frozen=True, slots=True)
class FeedCheck:
    """One feed on the cell's date. `answers` counts vendor answers by outcome (repeated equal ones
    counted), `open_keys` the keys asked for and not held, `breaker` is closed or open.
    """

    feed: str
    vendor: str
    answers: Mapping[str, int]
    last_outcome: str | None
    last_detail: str
    last_at: datetime | None
    open_keys: int
    attempts: int
    breaker: str
    breaker_retry_at: datetime | None
    breaker_error: str | None
    credits_left: int | None


@dataclass(frozen=True, slots=True)
class BodyLine:
    """One archived answer. `body_bytes` decoded; `is_there`: the object lies in the archive;
    `rerendered`: rebuilt from a recording, not the vendor's own bytes; `checks`: how often the
    vendor gave this same answer; `loaded_by`: the run that took it into the lake.
    """

    manifest_id: str
    feed: str
    key: str
    outcome: str
    status: int | None
    body_bytes: int
    digest: str | None
    is_there: bool
    rerendered: bool
    fetched_at: datetime
    known_at: datetime | None
    checks: int
    loaded_by: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class ScheduleVersion:
    """A version of a game on this date that changed something (the first one always does)."""

    game_id: str
    game: str
    known_at: datetime
    tip_at: datetime | None
    status_text: str
    is_final: bool
    is_postponed: bool
    is_listed: bool
    reason: str | None
    source: str


@dataclass(frozen=True, slots=True)
class SecondWitness:
    """The odds listing of the date's own morning against the schedule, as `AWY@HOM` pairs."""

    snapshot_at: datetime | None
    listed: tuple[str, ...]
    only_listing: tuple[str, ...]
    only_schedule: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScheduleCheck:
    """The date's games: versions that matter, and the second witness (None: none was archived)."""

    games: int
    versions: tuple[ScheduleVersion, ...]
    second_witness: SecondWitness | None


def feeds_behind(dataset: str) -> tuple[str, ...]:
    """The feeds a dataset comes from, directly or not: the nearest first; a feed first itself."""
    found: list[str] = []
    level = [dataset]
    while level:
        found += [n for n in level if n not in found]
        level = sorted({up for n in level for up in BY_NAME[n].upstream}, key=ORDER.__getitem__)
    return tuple(name for name in found if BY_NAME[name].is_feed)


def feed_checks(stores: Stores, dataset: str, day: date, now: datetime) -> tuple[FeedCheck, ...]:
    """The scraper's side of a cell: every feed behind it on that date."""
    return tuple(_feed_check(stores, feed, day, now) for feed in feeds_behind(dataset))


def _feed_check(stores: Stores, feed: str, day: date, now: datetime) -> FeedCheck:
    ledger = stores.ledger
    vendor = VENDOR_OF_FEED[feed]
    answers: dict[str, int] = {}
    manifests = manifests_of(ledger, feed, day, day)
    for manifest in manifests:
        answers[manifest.outcome] = answers.get(manifest.outcome, 0) + manifest.checks
    tried = attempts_of(ledger, feed, day)
    newest = max(manifests, key=lambda m: m.checked_at, default=None)
    latest = max(tried.values(), key=lambda a: a.last_at, default=None)
    # A call that brought no answer at all leaves no manifest, only its attempt.
    if latest is not None and (newest is None or latest.last_at > newest.checked_at):
        outcome, detail, at = latest.outcome, latest.detail, latest.last_at
    elif newest is not None:
        outcome, detail, at = newest.outcome, newest.detail, newest.checked_at
    else:
        outcome, detail, at = None, "", None
    breaker = get_breaker(ledger, vendor)
    return FeedCheck(
        feed=feed,
        vendor=vendor,
        answers=dict(sorted(answers.items())),
        last_outcome=outcome,
        last_detail=detail,
        last_at=at,
        open_keys=len(tried),
        attempts=sum(attempt.attempts for attempt in tried.values()),
        breaker="closed" if breaker.allows(now) else "open",
        breaker_retry_at=breaker.retry_at,
        breaker_error=breaker.last_error,
        credits_left=credits_left(ledger, vendor),
    )


def archived_bodies(stores: Stores, feeds: Sequence[str], day: date) -> tuple[BodyLine, ...]:
    """Every archived answer of the feeds on that date, feed by feed, oldest first."""
    return tuple(
        BodyLine(
            manifest_id=m.manifest_id,
            feed=feed,
            key=m.key,
            outcome=m.outcome,
            status=m.status,
            body_bytes=m.body_bytes,
            digest=m.digest,
            is_there=m.digest is not None and stores.archive.has_body(m.digest),
            rerendered=m.rerendered,
            fetched_at=m.fetched_at,
            known_at=m.known_at,
            checks=m.checks,
            loaded_by=m.loaded_run_id,
            detail=m.detail,
        )
        for feed in feeds
        for m in manifests_of(stores.ledger, feed, day, day)
    )


def schedule_check(stores: Stores, day: date) -> ScheduleCheck:
    """What the schedule said about the date, version by version, and whom it disagrees with."""
    versions = tuple(
        ScheduleVersion(*row)
        for row in stores.lake.rows(sql("reports", "schedule_versions"), {"game_date": day})
    )
    last = {version.game_id: version for version in versions}
    games = {v.game for v in last.values() if v.is_listed}
    return ScheduleCheck(len(games), versions, _second_witness(stores, day, games))


def _second_witness(stores: Stores, day: date, games: set[str]) -> SecondWitness | None:
    manifest: ManifestRow | None = latest_manifest(stores.ledger, "odds_events", game_date=day)
    if manifest is None or manifest.digest is None:
        return None
    content: Any = body_contents(stores.ledger, [manifest.digest]).get(manifest.digest)
    if content is None:
        return None
    listed = {
        f"{away}@{home}"
        for event_day, home, away, *_ in content["events"]
        if event_day == day.isoformat()
    }
    unordered = {frozenset(pair.split("@")) for pair in games}
    shown = {frozenset(pair.split("@")) for pair in listed}
    return SecondWitness(
        snapshot_at=manifest.snapshot_at,
        listed=tuple(sorted(listed)),
        only_listing=tuple(sorted(p for p in listed if frozenset(p.split("@")) not in unordered)),
        only_schedule=tuple(sorted(p for p in games if frozenset(p.split("@")) not in shown)),
    )
