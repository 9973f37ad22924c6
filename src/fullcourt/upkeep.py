"""What the lake needs once a week: small files merged, old snapshots forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fullcourt.nba.calendar import game_date_of
from fullcourt.pipeline.work import Stores
from fullcourt.stores.ledger.removals import removals
from fullcourt.stores.ledger.runs import live_leases

_TIDIED = "compacted_in_week"


@dataclass(slots=True)
class Upkeep:
    """Remembers the week it has seen to, so that a tick need not ask."""

    stores: Stores
    _week: str | None = None

    def tidy_weekly(self, now: datetime) -> None:
        """Merge the lake's small files and forget its oldest snapshots, once an ISO week: hundreds
        of nightly ones make every statement slow."""
        week = f"{game_date_of(now).isocalendar().year}-{game_date_of(now).isocalendar().week}"
        if week != self._week:
            if self._week is None:
                self._week = self.stores.ledger.get_meta(_TIDIED)
            if week != self._week:
                # Under the lock of whoever commits: neither comes between the other.
                with self.stores.ledger.write():
                    self._tidy(week)
                self.stores.lake.open_again()
                self.stores.failpoint("lake.opened_again")
                self._week = week

    def _tidy(self, week: str) -> None:
        lake, ledger = self.stores.lake, self.stores.ledger
        if ledger.get_meta(_TIDIED) == week:
            return
        lake.compact()
        self.stores.failpoint("lake.compacted")
        judged = int(ledger.get_meta("judged_snapshot") or 0)
        at_work = [row.lease.run_id for row in live_leases(ledger)]
        settings = self.stores.settings
        since = self.stores.clock.now() - timedelta(days=settings.cleanup.restorable_days)
        gone = [run.snapshot_id for run in removals(ledger) if run.closed_at > since]
        restorable = {at for snapshot in gone for at in (snapshot - 1, snapshot)}
        lake.expire(settings.lake.keep_snapshots, judged, at_work, restorable)
        self.stores.failpoint("lake.expired")
        ledger.set_meta(_TIDIED, week)
