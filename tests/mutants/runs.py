"""Patches of how runs are recorded, swept, tried again and counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from fullcourt.declaration import Declaration
from fullcourt.pipeline import answers, feeds, runner
from fullcourt.pipeline.sweep import sweep
from fullcourt.pipeline.work import Outcome, Run, Stores
from fullcourt.rehearsal import play
from fullcourt.stores.lake import Write
from fullcourt.stores.lake_snapshots import Commit
from fullcourt.stores.ledger import Lease, Ledger, RunOutcome
from fullcourt.stores.ledger.database import text_of
from fullcourt.stores.ledger.runs import close_run, open_run
from fullcourt.stores.ledger.schema import runs
from fullcourt.trust import plan
from fullcourt.trust.words import KeyEvidence, KeyExpectation


def processors_word(patch: pytest.MonkeyPatch) -> None:
    """Law 1: the processor's count in place of the lake's."""
    commit = Run.commit

    def believing(self: Run, writes: Sequence[Write], note: str) -> Commit:
        done = commit(self, writes, note)
        self.rows_written = self.rows_claimed
        return done

    patch.setattr(Run, "commit", believing)


def unreported_is_zero(patch: pytest.MonkeyPatch) -> None:
    """Law 1: a count nobody reported is written as 0."""
    close = close_run

    def closed(ledger: Ledger, lease: Lease, outcome: RunOutcome, cells: Any = ()) -> bool:
        return close(ledger, lease, replace(outcome, rows_written=outcome.rows_written or 0), cells)

    patch.setattr("fullcourt.pipeline.runner.close_run", closed)


def no_reason(patch: pytest.MonkeyPatch) -> None:
    """Law 4: a run that brought nothing does not say why."""
    patch.setattr(runner, "_reason_for_zero", lambda run, good, bad: None)


def all_is_empty(patch: pytest.MonkeyPatch) -> None:
    """Law 4: whatever a vendor's failure was, the vendor had nothing."""
    run_feed = feeds.run_feed

    def excused(run: Run, feed: str, keys: Sequence[tuple[date, str]]) -> Outcome:
        outcome = run_feed(run, feed, keys)
        said = {
            key: (word if word == "ok" else "vendor_empty", detail)
            for key, (word, detail) in outcome.keys.items()
        }
        return replace(outcome, keys=said)

    patch.setattr(feeds, "run_feed", excused)


def two_rows(patch: pytest.MonkeyPatch) -> None:
    """Law 5: the end of a run is a second row."""
    close = close_run

    def closed(ledger: Ledger, lease: Lease, outcome: RunOutcome, cells: Any = ()) -> bool:
        done = close(ledger, lease, outcome, cells)
        row = ledger.execute(select(runs).where(runs.c.run_id == lease.run_id)).mappings().one()
        ledger.insert(runs, [{**row, "run_id": f"{lease.run_id}-end"}])
        return done

    patch.setattr("fullcourt.pipeline.runner.close_run", closed)


def sweeper_overwrites(patch: pytest.MonkeyPatch) -> None:
    """Law 5: the sweeper closes what is old, whether it has ended or not."""

    def swept(stores: Stores) -> Iterator[tuple[str, date]]:
        yield from sweep(stores)
        old = text_of(stores.ledger.now() - timedelta(minutes=2))
        with stores.ledger.write():
            stores.ledger.execute(
                text(
                    "UPDATE runs SET state = 'abandoned', error_text = 'no heartbeat' "
                    "WHERE state = 'failed' AND heartbeat_at < :old"
                ),
                {"old": old},
            )

    patch.setattr("fullcourt.controller.sweep", swept)


def swept_on_events(patch: pytest.MonkeyPatch) -> None:
    """Law 6: a run's deadline is looked at only when another run has come to its end."""
    close = runner._close_succeeded

    def closed(run: Run, task: runner.Task, outcome: Outcome) -> None:
        close(run, task, outcome)
        list(sweep(run.stores))

    patch.setattr("fullcourt.controller.sweep", lambda stores: iter(()))
    patch.setattr(runner, "_close_succeeded", closed)


def no_backoff(patch: pytest.MonkeyPatch) -> None:
    """Law 8: what failed is tried again at once, without end."""

    def at_once(
        declaration: Declaration, key: KeyExpectation, seen: KeyEvidence
    ) -> datetime | None:
        return key.start_at

    patch.setattr(plan, "next_attempt", at_once)


def reserve_spent(patch: pytest.MonkeyPatch) -> None:
    """Law 8: credits that are to be kept are spent like any other."""
    pause = answers.VendorWatch.pause

    def unpaused(self: answers.VendorWatch) -> tuple[str, str] | None:
        self.credits_left = None
        return pause(self)

    patch.setattr(answers.VendorWatch, "pause", unpaused)


def label_for_release(patch: pytest.MonkeyPatch) -> None:
    """Law 11: runs carry the label a release was once given, whatever code executes them."""
    labels: list[str] = []

    def labelled(ledger: Ledger, *, code_fingerprint: str, **words: Any) -> Lease:
        labels.append(code_fingerprint)
        return open_run(ledger, code_fingerprint=labels[0], **words)

    patch.setattr("fullcourt.pipeline.runner.open_run", labelled)


def dates_as_runs(patch: pytest.MonkeyPatch) -> None:
    """Law 13: a run over several dates is counted once a date."""

    def dated(ledger: Ledger) -> dict[str, int]:
        rows = ledger.execute(
            text(
                "SELECT r.state, count(*) AS runs FROM runs AS r JOIN run_cells AS c "
                "ON c.run_id = r.run_id GROUP BY r.state ORDER BY r.state"
            )
        )
        return {row.state: row.runs for row in rows.all()}

    patch.setattr(play, "runs_by_state", dated)
