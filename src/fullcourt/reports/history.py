"""What an import brought and what an export took, as records."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from fullcourt.history.archiving import Archived
from fullcourt.history.fetch import Quote
from fullcourt.history.take import Exported

if TYPE_CHECKING:
    from fullcourt.history.bring import Brought
    from fullcourt.history.fetch import Fetched
    from fullcourt.trust.grid import Grid


@dataclass(frozen=True, slots=True)
class ImportView:
    """One import. `kinds`: files by kind; `archived`: bodies by feed; `rows_written`: rows by
    dataset, the lake's own counts; `verdicts`: cells from `first` to `last` (Eastern) by verdict;
    `skipped`: (file, why); `complaints`: what was left out, by file, row and column."""

    home: str
    kinds: dict[str, int]
    archived: tuple[Archived, ...]
    rows_written: dict[str, int]
    first: date | None
    last: date | None
    verdicts: dict[str, int]
    skipped: tuple[tuple[str, str], ...]
    complaints: tuple[str, ...]
    failed: tuple[str, ...]
    exit_code: int


def import_view(home: str, done: Brought, grid: Grid) -> ImportView:
    """The record of an import; verdicts as judged now."""
    verdicts: Counter[str] = Counter()
    if done.first is not None and done.last is not None:
        for cell, memo in grid.memos.items():
            if done.first <= cell.game_date <= done.last:
                verdicts[memo.verdict] += 1
    return ImportView(
        home=home,
        kinds=done.kinds,
        archived=_by_feed(done.archived),
        rows_written=done.rows_written,
        first=done.first,
        last=done.last,
        verdicts=dict(verdicts.most_common()),
        skipped=tuple(done.skipped),
        complaints=tuple(str(item) for item in done.complaints),
        failed=tuple(done.failed),
        exit_code=int(bool(done.complaints or done.failed or done.skipped)),
    )


def _by_feed(archived: list[Archived]) -> tuple[Archived, ...]:
    """A line a feed: some are archived in several goes."""
    found: dict[str, Archived] = {}
    for item in archived:
        known = found.get(item.feed, Archived(item.feed, 0, 0, 0))
        found[item.feed] = Archived(
            item.feed,
            known.new + item.new,
            known.held + item.held,
            known.yielded + item.yielded,
        )
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class ExportView:
    """One export: the files in `folder`, and what was left out of each."""

    home: str
    folder: str
    own_use: bool
    files: tuple[Exported, ...]


@dataclass(frozen=True, slots=True)
class FetchView:
    """One fetch. `quote`: what odds cost at the most, in credits (None: none were wished);
    `credits`: spent now, by the vendor's headers; `brought`: the import of what came."""

    home: str
    quote: Quote | None
    is_confirmed: bool
    calls: int
    held: int
    credits: int
    failures: tuple[str, ...]
    given_up: tuple[str, ...]
    brought: ImportView | None
    exit_code: int


def fetch_view(
    home: str, cost: Quote | None, done: Fetched, brought: ImportView | None, *, is_confirmed: bool
) -> FetchView:
    """The record of a fetch."""
    left_out = brought is not None and brought.exit_code != 0
    return FetchView(
        home=home,
        quote=cost,
        is_confirmed=is_confirmed,
        calls=done.calls,
        held=done.held,
        credits=done.credits,
        failures=tuple(done.failures),
        given_up=tuple(done.given_up),
        brought=brought,
        exit_code=int(bool(done.failures or done.given_up or left_out)),
    )
