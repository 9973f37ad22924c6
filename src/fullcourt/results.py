"""Results that are awaited: the small scoreboard, and the season's schedule once they are late."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from fullcourt.clock import iso, parse_instant
from fullcourt.nba.calendar import eastern, game_date_of
from fullcourt.pipeline.graph import BY_NAME
from fullcourt.pipeline.work import Stores
from fullcourt.stores.ledger.vendors import get_breaker
from fullcourt.trust.expectations import SCHEDULE_RESULT_DUE
from fullcourt.trust.grid import Grid
from fullcourt.trust.words import Cell

POLL_EVERY = timedelta(minutes=15)
_POLLED = "scoreboards_polled"


@dataclass(slots=True)
class AwaitedResults:
    """Asks for results until the schedule knows them, within the schedule's own retry steps."""

    stores: Stores
    grid: Grid
    _polled: dict[date, datetime] | None = None
    _turned_over: dict[date, datetime] = field(default_factory=dict)
    """Dates the scoreboard no longer shows, since when."""
    _season_asked: datetime | None = None

    def instants(self, now: datetime) -> list[datetime]:
        """When each open board, and the season's schedule, is asked next; past ones are due."""
        season = self._season_wanted(now)
        found = [self._poll_at(day) for day in self._open_boards(now)]
        if season is not None:
            paused = get_breaker(self.stores.ledger, "nba_cdn").retry_at
            found.append(season[1] if paused is None else max(season[1], paused))
        return found

    def ask(self, now: datetime, say: Callable[[str], None]) -> None:
        """Ask whatever is due; `say` hears what did not go well."""
        from fullcourt.pipeline.feeds import TURNED_OVER, fetch_season, poll_scoreboard

        wanted = self._season_wanted(now)
        if wanted is not None and wanted[1] <= now and fetch_season(self.stores, wanted[0]):
            # A later word on that date: the next morning asks for its own.
            self._season_asked = now
            self.grid.mark([Cell("nba_schedule", wanted[0])])
        open_days = self._open_boards(now)
        due = [day for day in open_days if self._poll_at(day) <= now]
        for day in due:
            self._polls()[day] = now
            outcome, detail = poll_scoreboard(self.stores, day)
            if outcome == TURNED_OVER and day < game_date_of(now):
                self._turned_over[day] = now
            elif outcome != "ok":
                say(f"scoreboard {day}: {outcome} {detail}")
        if due:
            # Afterwards: a process that dies in between asks again.
            kept = {str(day): iso(at) for day, at in self._polls().items() if day in open_days}
            self.stores.ledger.set_meta(_POLLED, json.dumps(kept))
            self.stores.failpoint("ledger.polled")

    def note_season(self, at: datetime) -> None:
        """The season's schedule was asked at `at` by a run of its own."""
        self._season_asked = at

    def _due_at(self, day: date) -> datetime | None:
        """When the last result that is awaited of a date is due; None: none is awaited."""
        view = self.grid.views.get(Cell("nba_boxscore", day))
        keys = view.expectation.keys if view is not None else ()
        waiting = [k.due_at for k in keys if k.retired is None and k.awaits_result]
        return max(waiting) if waiting and day >= self.stores.settings.since else None

    def _open_boards(self, now: datetime) -> list[date]:
        """Game dates whose results are still awaited, from 06:00 Eastern of the date on, while the
        scoreboard may show them."""
        today = game_date_of(now)
        return [
            day
            for day in (today - timedelta(days=1), today)
            if (due := self._due_at(day)) is not None
            and now < due + SCHEDULE_RESULT_DUE
            and day not in self._turned_over
        ]

    def _polls(self) -> dict[date, datetime]:
        """When each open board was asked last: a process started anew keeps its turn."""
        if self._polled is None:
            kept = json.loads(self.stores.ledger.get_meta(_POLLED) or "{}")
            self._polled = {date.fromisoformat(d): parse_instant(at) for d, at in kept.items()}
        return self._polled

    def _poll_at(self, day: date) -> datetime:
        last = self._polls().get(day)
        return eastern(day, 6) if last is None else last + POLL_EVERY

    def _season_wanted(self, now: datetime) -> tuple[date, datetime] | None:
        """The latest date with a result that is overdue, or that no scoreboard shows any more, and
        when the season's schedule is asked for it; None: there is none, or it is given up."""
        days = [c.game_date for c in self.grid.views if c.dataset == "nba_boxscore"]
        late = {}
        for day in days:
            due = self._due_at(day)
            at = None if due is None else min(due, self._turned_over.get(day, due))
            if at is not None and at <= now:
                late[day] = at
        if not late:
            return None
        day = max(late)
        asked = self._season_asked
        if asked is None or asked < late[day]:
            return day, late[day]
        for step in BY_NAME["nba_schedule"].retry[1:]:
            if asked + step.every <= late[day] + step.until:
                return day, asked + step.every
        return None
