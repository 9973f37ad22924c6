"""What is really there: witnesses that do not trust each other, gathered per cell.

Rows in the lake, bodies in the archive, attempts and leases in the ledger. Nothing here decides;
`fullcourt.trust.verdict.judge` does.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fullcourt.nba.calendar import eastern
from fullcourt.pipeline.schedule_versions import Reading, read_unloaded
from fullcourt.stores.archive import Archive
from fullcourt.stores.lake import Lake
from fullcourt.stores.ledger import Ledger, ManifestRow
from fullcourt.stores.ledger.manifests import unloaded_bodies
from fullcourt.stores.ledger.records import LeaseRow
from fullcourt.stores.ledger.runs import live_leases
from fullcourt.trust.computed_evidence import (
    MADE,
    factors,
    grades,
    predictions,
    slate,
    state_of,
    summaries,
)
from fullcourt.trust.expectations import expect
from fullcourt.trust.facts import DayFacts
from fullcourt.trust.gather import Gathered, OddsCoverage, gather
from fullcourt.trust.look import HeldKeys, Look
from fullcourt.trust.news import News
from fullcourt.trust.raw_evidence import box_bodies, box_scores, event_props, feed, props, schedule
from fullcourt.trust.words import (
    Evidence,
    Expectation,
    KeyEvidence,
    KeyExpectation,
    LeaseEvidence,
)

FEED_BEHIND = {
    "schedule": "nba_schedule",
    "odds_player_props": "odds_event_props",
    "player_box_scores": "nba_boxscore",
}
_LOOK: dict[str, Callable[[Look, str, Collection[date], Gathered, datetime], HeldKeys]] = {
    "nba_schedule": feed,
    "odds_events": feed,
    "odds_event_props": event_props,
    "nba_boxscore": box_bodies,
    "schedule": schedule,
    "odds_player_props": props,
    "player_box_scores": box_scores,
    "player_game_summary": summaries,
    "upcoming_player_game_context": slate,
    "player_composite_factors": factors,
    "predictions": predictions,
    "grades": grades,
}


class Observer:
    """Looks at the stores for whole groups of cells at once."""

    def __init__(
        self,
        ledger: Ledger,
        lake: Lake,
        archive: Archive,
        settings: Any,
        odds: OddsCoverage,
        aliases_file: Path,
    ) -> None:
        self._look = Look(ledger, lake, archive, settings, aliases_file)
        self._odds = odds
        self._reading: tuple[object, Reading] | None = None

    def note_change(self, table: str, changed: Collection[date]) -> None:
        """Rows of `table` changed on these dates: what was derived from them is read again."""
        self._look.cache.changes.note(table, changed)

    def note_made(self, dataset: str, days: Collection[date]) -> None:
        """A run of this process has just made these rows from the inputs as they stand."""
        if dataset in MADE:
            for day in days:
                self._look.fresh[(dataset, day)] = state_of(self._look, dataset, day)

    def schedule_news(self) -> News:
        """What archived schedule bodies say that no run has taken in."""
        look = self._look
        waiting = unloaded_bodies(look.ledger, "nba_schedule")
        if not waiting:
            return ()
        rows = look.cache.changes.total("schedule")
        return look.cache.keep(
            "schedule news",
            (rows, [m.manifest_id for m in waiting]),
            lambda: self._read_news(rows, waiting),
        )

    def _read_news(self, rows: object, waiting: Sequence[ManifestRow]) -> News:
        look, kept = self._look, self._reading
        # In a walk by ranges a month of bodies waits: each new one is read, not all of them again.
        earlier = kept[1] if kept is not None and kept[0] == rows else None
        reading = read_unloaded(look.lake, look.archive, waiting, look.ledger, earlier)
        self._reading = (rows, reading)
        return reading.news()

    def observe(
        self, wanted: Mapping[date, Collection[str]], now: datetime
    ) -> list[tuple[Expectation, Evidence]]:
        """Expectation and evidence of each wanted cell (date -> datasets), as of `now`."""
        look = self._look
        look.once.clear()
        news = self.schedule_news()
        gathered = gather(
            look.ledger, look.lake, look.settings, self._odds, wanted, now, look.cache, news
        )
        leases = live_leases(look.ledger)
        by_dataset: dict[str, set[date]] = defaultdict(set)
        for day, names in wanted.items():
            for name in names:
                by_dataset[name].add(day)
        found = []
        for name, days in by_dataset.items():
            held = _LOOK[name](look, name, days, gathered, now)
            for day in days:
                expectation = _with_withdrawn(
                    expect(name, gathered.facts[day]), held.get(day, {}), gathered.facts[day]
                )
                found.append((expectation, self._evidence(expectation, held.get(day, {}), leases)))
        return found

    def _evidence(
        self,
        expectation: Expectation,
        keys: Mapping[str, KeyEvidence],
        leases: tuple[LeaseRow, ...],
    ) -> Evidence:
        cell = expectation.cell
        expected = {key.key for key in expectation.keys}
        lease = next(
            (
                LeaseEvidence(row.lease.run_id, row.expires_at, row.deadline_at, row.progress)
                for row in leases
                if row.lease.dataset == cell.dataset
                and row.first_date <= cell.game_date <= row.last_date
            ),
            None,
        )
        unexpected = tuple(sorted(k for k, e in keys.items() if e.held and k not in expected))
        relevant = {k: e for k, e in keys.items() if k in expected}
        return Evidence(relevant, lease, unexpected, _digest(expectation, relevant, lease))


def _with_withdrawn(
    expectation: Expectation, held: Mapping[str, KeyEvidence], facts: DayFacts
) -> Expectation:
    """Rows made before their game was withdrawn stay held, and are named as retired with it."""
    withdrawn = {game.game_id: game for game in facts.games if game.retired is not None}
    expected = {key.key for key in expectation.keys}
    extra = [
        KeyExpectation(
            key=key,
            name=f"{withdrawn[game_id].name} {key.partition('/')[2]}",
            start_at=eastern(facts.game_date),
            due_at=eastern(facts.game_date),
            horizon_at=None,
            why="held before the game was withdrawn",
            game_id=game_id,
            retired=withdrawn[game_id].retired,
        )
        for key, seen in held.items()
        if seen.held and key not in expected and (game_id := key.partition("/")[0]) in withdrawn
    ]
    return replace(expectation, keys=(*expectation.keys, *extra)) if extra else expectation


def _digest(
    expectation: Expectation, keys: Mapping[str, KeyEvidence], lease: LeaseEvidence | None
) -> str:
    parts = [repr(lease), repr(expectation.unverifiable)]
    parts += [f"{k.key}|{k.retired}|{k.unverifiable}|{k.due_at}" for k in expectation.keys]
    parts += [
        f"{key}|{e.held}|{e.suspect}|{e.stale}|{e.attempts}|{e.cause}|{e.blocked_by}"
        for key, e in sorted(keys.items())
    ]
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()[:16]
