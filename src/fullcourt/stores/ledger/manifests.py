"""The index of the archive: what was fetched, what it holds, and whether it was loaded."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.sql import Executable

from fullcourt.stores.archive import Manifest
from fullcourt.stores.ledger.database import Ledger, instant_of, text_of
from fullcourt.stores.ledger.records import ManifestRow
from fullcourt.stores.ledger.schema import body_keys, manifests

_KEPT_BODIES = 5_000
# Built once: they are asked hundreds of times a night.
_OF_FEED = (
    select(manifests)
    .where(
        manifests.c.feed == bindparam("feed"),
        manifests.c.game_date >= bindparam("first"),
        manifests.c.game_date <= bindparam("last"),
    )
    .order_by(manifests.c.fetched_at, manifests.c.manifest_id)
)
_ANSWERS = (
    select(
        manifests.c.game_date,
        manifests.c.key,
        manifests.c.manifest_id,
        manifests.c.digest,
        manifests.c.outcome,
    )
    .where(manifests.c.feed == bindparam("feed"))
    .where(manifests.c.game_date.in_(bindparam("days", expanding=True)))
    .where(manifests.c.key.in_(bindparam("keys", expanding=True)))
    .order_by(manifests.c.fetched_at, manifests.c.manifest_id)
)
# The order of the index's columns; DISTINCT would make SQLite scan whole feeds.
_UNLOADED = (
    select(manifests.c.feed, manifests.c.game_date)
    .where(manifests.c.loaded_run_id.is_(None), manifests.c.outcome == "ok")
    .where(manifests.c.feed.in_(bindparam("feeds", expanding=True)))
)
_UNLOADED_BODIES = (
    select(manifests)
    .where(manifests.c.loaded_run_id.is_(None), manifests.c.outcome == "ok")
    .where(manifests.c.feed == bindparam("feed"), manifests.c.digest.is_not(None))
    .order_by(manifests.c.fetched_at, manifests.c.manifest_id)
)
_CHECKED = (
    update(manifests)
    .where(manifests.c.manifest_id == bindparam("of_manifest"))
    .values(checks=manifests.c.checks + 1, checked_at=bindparam("at"))
)
_LOADED = (
    update(manifests)
    .where(manifests.c.manifest_id.in_(bindparam("ids", expanding=True)))
    .values(loaded_run_id=bindparam("by_run"))
)


def add_manifests(ledger: Ledger, items: Iterable[Manifest]) -> None:
    """Index manifests."""
    ledger.insert_or_replace(
        manifests,
        [
            {
                "manifest_id": m.manifest_id,
                "feed": m.feed,
                "game_date": m.game_date.isoformat(),
                "key": m.key,
                "vendor": m.vendor,
                "endpoint": m.endpoint,
                "url": m.url,
                "outcome": m.outcome,
                "status": m.status,
                "digest": m.digest,
                "body_bytes": m.body_bytes,
                "wire_bytes": m.wire_bytes,
                "encoding": m.encoding,
                "rerendered": int(m.rerendered),
                "fetched_at": text_of(m.fetched_at),
                "known_at": text_of(m.known_at),
                "snapshot_at": text_of(m.snapshot_at),
                "detail": m.detail,
                "run_id": m.run_id,
                "checks": 1,
                "checked_at": text_of(m.fetched_at),
                "loaded_run_id": None,
            }
            for m in items
        ],
    )


def count_check(ledger: Ledger, manifest_id: str, at: datetime) -> None:
    """The vendor gave this same answer again: counted, not archived twice."""
    ledger.execute(_CHECKED, {"of_manifest": manifest_id, "at": text_of(at)})


def mark_loaded(ledger: Ledger, manifest_ids: Sequence[str], run_id: str) -> None:
    """Remember which run took these bodies into the lake."""
    if manifest_ids:
        ledger.execute(_LOADED, {"ids": list(manifest_ids), "by_run": run_id})


def manifests_of(
    ledger: Ledger, feed: str, first: date, last: date, *, key: str | None = None
) -> tuple[ManifestRow, ...]:
    """Manifests of a feed for a range of game dates, oldest first."""
    span = {"feed": feed, "first": first.isoformat(), "last": last.isoformat()}
    query = _OF_FEED if key is None else _OF_FEED.where(manifests.c.key == key)

    def read() -> tuple[ManifestRow, ...]:
        return tuple(_row(row) for row in ledger.execute(query, span).all())

    return ledger.keep(("manifests", feed, first, last, key), ("manifests",), read)


def latest_manifest(
    ledger: Ledger,
    feed: str,
    *,
    game_date: date | None = None,
    key: str | None = None,
    ok: bool = True,
) -> ManifestRow | None:
    """The newest manifest of a feed (by fetch), of one date or key if asked, ok ones by default."""
    asked: dict[str, str] = {"feed": feed}
    if game_date is not None:
        asked["game_date"] = game_date.isoformat()
    if key is not None:
        asked["key"] = key
    if ok:
        asked["outcome"] = "ok"

    def read() -> ManifestRow | None:
        row = ledger.execute(_latest(tuple(asked)), asked).first()
        return None if row is None else _row(row)

    return ledger.keep(("latest", *asked.items()), ("manifests",), read)


@cache
def _latest(columns: tuple[str, ...]) -> Executable:
    return (
        select(manifests)
        .where(*(manifests.c[name] == bindparam(name) for name in columns))
        .order_by(manifests.c.fetched_at.desc(), manifests.c.manifest_id.desc())
        .limit(1)
    )


def newest_answers(
    ledger: Ledger, feed: str, keys: Sequence[tuple[date, str]]
) -> dict[tuple[date, str], tuple[str, str | None, str]]:
    """The newest answer to each (game date, key): manifest id, digest, outcome."""
    found: dict[tuple[date, str], tuple[str, str | None, str]] = {}
    wanted = {(day.isoformat(), key) for day, key in keys}
    asked = {
        "feed": feed,
        "days": sorted({day for day, _ in wanted}),
        "keys": sorted({key for _, key in wanted}),
    }
    for row in ledger.execute(_ANSWERS, asked).all():
        if (row.game_date, row.key) in wanted:
            cell = (date.fromisoformat(row.game_date), row.key)
            found[cell] = (row.manifest_id, row.digest, row.outcome)
    return found


def unloaded_bodies(ledger: Ledger, feed: str) -> tuple[ManifestRow, ...]:
    """The good bodies of a feed that no run has taken into the lake, oldest first."""
    read = partial(_unloaded_bodies, ledger, feed)
    return ledger.keep(("unloaded bodies", feed), ("manifests",), read)


def _unloaded_bodies(ledger: Ledger, feed: str) -> tuple[ManifestRow, ...]:
    return tuple(_row(row) for row in ledger.execute(_UNLOADED_BODIES, {"feed": feed}).all())


def manifest_ids(ledger: Ledger, fetched_from: datetime | None = None) -> frozenset[str]:
    """The manifests in the index, of answers fetched from an instant on (None: all)."""
    query = select(manifests.c.manifest_id)
    if fetched_from is not None:
        query = query.where(manifests.c.fetched_at >= text_of(fetched_from))
    return frozenset(ledger.execute(query).scalars())


def unloaded_cells(ledger: Ledger, feeds: Sequence[str]) -> tuple[tuple[str, date], ...]:
    """(feed, game date) pairs with a good body no run has taken into the lake."""

    def read() -> tuple[tuple[str, date], ...]:
        rows = ledger.execute(_UNLOADED, {"feeds": list(feeds)}).all()
        return tuple(sorted({(row.feed, date.fromisoformat(row.game_date)) for row in rows}))

    return ledger.keep(("unloaded cells", tuple(feeds)), ("manifests",), read)


def good_bodies(
    ledger: Ledger, first: date | None = None, prefixes: Collection[str] | None = None
) -> tuple[tuple[str, date, str], ...]:
    """(feed, game date, digest) of every good answer from `first` on (None: of all dates): what the
    archive must hold. `prefixes`: only digests that begin with one of these two digits."""
    query = (
        select(manifests.c.feed, manifests.c.game_date, manifests.c.digest)
        .where(manifests.c.outcome == "ok", manifests.c.digest.is_not(None))
        .distinct()
    )
    if first is not None:
        query = query.where(manifests.c.game_date >= first.isoformat())
    if prefixes is not None:
        query = query.where(func.substr(manifests.c.digest, 1, 2).in_(sorted(prefixes)))
    rows = ledger.execute(query).all()
    return tuple((row.feed, date.fromisoformat(row.game_date), row.digest) for row in rows)


def answers_with_bodies(ledger: Ledger) -> tuple[ManifestRow, ...]:
    """Every answer that came with a body, good or bad, oldest first."""
    query = (
        select(manifests)
        .where(manifests.c.digest.is_not(None))
        .order_by(manifests.c.fetched_at, manifests.c.manifest_id)
    )
    return tuple(_row(row) for row in ledger.execute(query).all())


def put_body_content(ledger: Ledger, digest: str, content: object) -> None:
    """Remember what an archived body says it holds (JSON), the archive's own testimony."""
    ledger.insert_or_replace(
        body_keys,
        [{"digest": digest, "content": json.dumps(content, separators=(",", ":")).encode()}],
    )


def body_contents(ledger: Ledger, digests: Sequence[str]) -> dict[str, Any]:
    """The remembered contents of bodies, by digest. Treat them as read-only: they are kept."""
    kept = ledger.body_contents
    unread = [digest for digest in digests if digest not in kept]
    found: dict[str, Any] = {}
    for start in range(0, len(unread), 500):
        rows = ledger.execute(
            select(body_keys).where(body_keys.c.digest.in_(unread[start : start + 500]))
        ).all()
        found.update({row.digest: json.loads(row.content) for row in rows})
    if len(kept) + len(found) <= _KEPT_BODIES:
        # A body never changes under its digest; a walk reads tonight's again and again.
        kept.update(found)
    elif len(found) <= _KEPT_BODIES:
        kept.clear()
        kept.update(found)
    return {
        digest: kept.get(digest, found.get(digest))
        for digest in digests
        if digest in kept or digest in found
    }


def _row(row: Any) -> ManifestRow:
    fetched_at, checked_at = instant_of(row.fetched_at), instant_of(row.checked_at)
    if fetched_at is None or checked_at is None:
        raise ValueError(f"manifest {row.manifest_id} without its instants")
    return ManifestRow(
        manifest_id=row.manifest_id,
        feed=row.feed,
        game_date=date.fromisoformat(row.game_date),
        key=row.key,
        vendor=row.vendor,
        endpoint=row.endpoint,
        url=row.url,
        outcome=row.outcome,
        status=row.status,
        digest=row.digest,
        body_bytes=row.body_bytes,
        rerendered=bool(row.rerendered),
        fetched_at=fetched_at,
        known_at=instant_of(row.known_at),
        snapshot_at=instant_of(row.snapshot_at),
        detail=row.detail,
        run_id=row.run_id,
        checks=row.checks,
        checked_at=checked_at,
        loaded_run_id=row.loaded_run_id,
    )
