"""Answers that lie in the archive and not in its index: a process died, or the disk was full,
between the two. The archive is the root of truth, so they are taken in, not fetched again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from msgspec import structs

from fullcourt.pipeline.work import Stores
from fullcourt.scrape.nba_boxscore import box_content, form_of, parse_box_score
from fullcourt.scrape.nba_schedule import schedule_testimony, scoreboard_testimony
from fullcourt.scrape.odds import listing_content, props_content
from fullcourt.stores.archive import Manifest
from fullcourt.stores.ledger.manifests import add_manifests, manifest_ids, put_body_content
from fullcourt.stores.ledger.runs import live_leases
from fullcourt.vendors.odds_api import is_historical, parse_event_props, parse_events
from fullcourt.vendors.transport import ContractBroken, VendorError

_UPTO = "archive_indexed_upto"
# A home's clock may have been set back in between.
_MARGIN = timedelta(days=1)


def index_again(stores: Stores) -> list[tuple[str, date]]:
    """Index what the archive holds and its index lacks; the (feed, game date) of each.

    Looked through are the days of fetch since the last time, at the first time all. What a run at
    work has just archived is left to it.
    """
    ledger, archive = stores.ledger, stores.archive
    upto = ledger.get_meta(_UPTO)
    first = None if upto is None else date.fromisoformat(upto) - _MARGIN
    since = None if first is None else datetime.combine(first, time(), UTC)
    at_work = {row.lease.run_id for row in live_leases(ledger)}
    found = []
    for manifest in archive.manifests(first, manifest_ids(ledger, since)):
        if manifest.run_id in at_work:
            continue
        content: object = None
        if manifest.outcome == "ok":
            manifest, content = _read(stores, manifest)  # noqa: PLW2901 - judged anew
        with ledger.write():
            if content is not None and manifest.digest is not None:
                put_body_content(ledger, manifest.digest, content)
            add_manifests(ledger, [manifest])
        stores.failpoint("ledger.reindexed")
        found.append((manifest.feed, manifest.game_date))
    today = stores.clock.now().date().isoformat()
    if upto != today:
        ledger.set_meta(_UPTO, today)
    return found


def _read(stores: Stores, manifest: Manifest) -> tuple[Manifest, object]:
    """The manifest with what its body says it holds. A body this code cannot read is no good
    answer to it; one that is gone is found missing by whoever looks for lost bodies."""
    body = stores.archive.get_body(manifest.digest) if manifest.digest else None
    if body is None:
        return manifest, None
    try:
        return manifest, content_of(stores, manifest, body)
    except VendorError as error:
        return structs.replace(manifest, outcome=error.cause, detail=str(error)), None


def content_of(stores: Stores, manifest: Manifest, body: bytes) -> object:
    """What a good body says it holds, as its scrape said it.

    Raises:
        VendorError: the body breaks the contract.
    """
    settings, at = stores.settings, manifest.fetched_at
    historical = is_historical(manifest.endpoint)
    match manifest.feed, manifest.key:
        case "nba_schedule", "scoreboard":
            return scoreboard_testimony(body).content
        case "nba_schedule", _:
            return schedule_testimony(body).content
        case "nba_boxscore", _:
            return box_content(parse_box_score(body, form_of(manifest.endpoint)))
        case "odds_events", _:
            return listing_content(
                parse_events(body, historical=historical, received_at=at, teams=stores.odds_teams)
            )
        case "odds_event_props", _:
            return props_content(
                parse_event_props(
                    body,
                    historical=historical,
                    received_at=at,
                    teams=stores.odds_teams,
                    markets=settings.odds.markets,
                )
            )
        case feed, _:
            raise ContractBroken(
                f"no feed {feed} in this release", vendor=manifest.vendor, endpoint=feed, body=body
            )
