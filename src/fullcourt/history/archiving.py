"""Brought bodies into the archive, as a run of their feed: bodies, manifests, index, lease."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fullcourt.errors import LeaseLost
from fullcourt.pipeline.answers import VendorWatch, store_answers
from fullcourt.pipeline.runner import worker_name
from fullcourt.pipeline.work import Run, Stores
from fullcourt.scrape.ask import Answer, Testimony
from fullcourt.stores.archive import digest_of
from fullcourt.stores.ledger import Lease, ManifestRow, RunOutcome
from fullcourt.stores.ledger.manifests import manifests_of
from fullcourt.stores.ledger.runs import close_run, holding, open_run
from fullcourt.vendors.transport import Request

IMPORT = "import"
"""The trigger of runs that bring what others have fetched, and the scheme of their addresses."""
_BATCH = 200
_DEADLINE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Document:
    """A good body that is brought: for which feed, date and key, and the file it comes from.

    `rerendered`: put together from rows. `yields_to`: endpoints whose bodies of this key are the
    better witness: where one is held, this one is not taken.
    """

    feed: str
    key: str
    game_date: date
    vendor: str
    endpoint: str
    origin: str
    body: bytes
    testimony: Testimony
    rerendered: bool = False
    yields_to: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Archived:
    """How many documents of a feed were new, held already, and less than what is held."""

    feed: str
    new: int
    held: int
    yielded: int


def archive(stores: Stores, documents: Sequence[Document], say: Callable[[str], None]) -> Archived:
    """Archive what is not held yet of one feed's documents. Killed in the middle, a second
    call goes on with the rest.

    Raises:
        LeaseLost: another run works on this feed's dates.
    """
    feed = documents[0].feed
    days = [document.game_date for document in documents]
    first, last = min(days), max(days)
    held: dict[tuple[date, str], list[ManifestRow]] = {}
    for manifest in manifests_of(stores.ledger, feed, first, last):
        if manifest.outcome == "ok" and manifest.digest is not None:
            held.setdefault((manifest.game_date, manifest.key), []).append(manifest)
    fresh, again, yielded = [], 0, 0
    for document in documents:
        others = held.get((document.game_date, document.key), [])
        if any(other.digest == digest_of(document.body) for other in others):
            again += 1
        elif any(_is_better(other, document) for other in others):
            yielded += 1
        else:
            fresh.append(document)
    if fresh:
        _run(stores, feed, fresh, (first, last), say)
    return Archived(feed, len(fresh), again, yielded)


def _is_better(held: ManifestRow, document: Document) -> bool:
    """The vendor's own answer to us stands; of brought ones the better form does."""
    if document.feed != "nba_boxscore":
        return False
    return not held.url.startswith(f"{IMPORT}:") or held.endpoint in document.yields_to


def _run(
    stores: Stores,
    feed: str,
    documents: Sequence[Document],
    span: tuple[date, date],
    say: Callable[[str], None],
) -> None:
    lease = open_run(
        stores.ledger,
        run_id=f"{IMPORT[:3]}-{secrets.token_hex(6)}",
        dataset=feed,
        first=span[0],
        last=span[1],
        trigger=IMPORT,
        deadline=_DEADLINE,
        keys_expected=len(documents),
        code_fingerprint=stores.fingerprint,
        worker=worker_name(),
    )
    run = Run(stores, lease, *span)
    try:
        _store(run, feed, documents, say)
    except LeaseLost:
        raise
    except Exception as error:
        failed = RunOutcome(
            state="failed", reason="failed", error_class=type(error).__name__, error_text=str(error)
        )
        _close(stores, lease, failed)
        raise
    _close(stores, lease, RunOutcome(state="succeeded", reason=None, keys_held=len(documents)))


def _store(run: Run, feed: str, documents: Sequence[Document], say: Callable[[str], None]) -> None:
    watch = VendorWatch(run.stores, feed)
    for start in range(0, len(documents), _BATCH):
        batch = documents[start : start + _BATCH]
        answers = [_answer(document) for document in batch]
        store_answers(run.stores, feed, answers, watch, run.lease)
        done = start + len(batch)
        run.progress(done, len(documents), "archived")
        say(f"{feed}: {done:,} of {len(documents):,} bodies archived")


def _answer(document: Document) -> Answer:
    return Answer(
        key=document.key,
        game_date=document.game_date,
        request=Request(document.vendor, document.endpoint, f"{IMPORT}:{document.origin}"),
        response=None,
        body=document.body,
        outcome="ok",
        detail=f"imported from {document.origin}",
        testimony=document.testimony,
        rerendered=document.rerendered,
    )


def _close(stores: Stores, lease: Lease, outcome: RunOutcome) -> None:
    with holding(stores.ledger, lease):
        close_run(stores.ledger, lease, outcome)
