"""The naive pipeline's clockwork: fixed UTC hours, messages from one processor to the next.

Edge-triggered throughout: what a message does not start is not started, what ended without a
message is not followed up, and the watchdog looks only when a night announces its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from fullcourt.clock import VirtualClock
from fullcourt.simulator.chaos import faults_of
from fullcourt.simulator.naive import computing, loading, scraping
from fullcourt.simulator.naive.history import History
from fullcourt.simulator.naive.scraping import Event
from fullcourt.simulator.naive.work import Naive
from fullcourt.simulator.world import world_of
from fullcourt.simulator.worldspec import OursFault, OursKind, WorldSpec

Job = Callable[["Pipeline"], None]
_A_DAY: Final = timedelta(days=1)


@dataclass(slots=True)
class Pipeline:
    """The jobs, over one state."""

    naive: Naive
    _gone: list[OursFault] = field(default_factory=list)

    def morning_schedule(self) -> None:
        """The season's schedule, filed under today's date; once a success, never again."""
        naive, day, cause = self.naive, self.naive.utc_today(), "cron"
        paths: list[str] = []
        row = naive.run(
            scraping.SCHEDULE,
            day,
            lambda work: scraping.scrape_daily(work, "schedule", day, paths),
            triggered_by=cause,
        )
        if not paths or not naive.announces(row):
            return
        if naive.history.has_succeeded(loading.SCHEDULE.name, day):
            naive.skip(loading.SCHEDULE, day, "file")
            return
        naive.run(
            loading.SCHEDULE,
            day,
            lambda work: loading.load_schedule(work, paths[-1]),
            triggered_by="file",
        )

    def listing(self) -> None:
        """The odds listing; the first file of a date is the last one that is looked at."""
        naive, day = self.naive, self.naive.utc_today()
        paths: list[str] = []
        row = naive.run(
            scraping.EVENTS,
            day,
            lambda work: scraping.scrape_daily(work, "events", day, paths),
            triggered_by="cron",
        )
        if not paths or not naive.announces(row):
            return
        if naive.history.has_succeeded(loading.EVENTS.name, day):
            naive.skip(loading.EVENTS, day, "file")
            return
        naive.run(
            loading.EVENTS,
            day,
            lambda work: loading.load_events(work, day, paths[-1]),
            triggered_by="file",
        )

    def props(self) -> None:
        """Lines of today's events. The last pass is meant for tonight's late games, but by UTC it
        is tomorrow already."""
        naive, day = self.naive, self.naive.utc_today()
        events = [
            Event(row["event_id"], row["game_id"]) for row in naive.tables.rows("odds_events", day)
        ]
        new: list[Event] = []
        row = naive.run(
            scraping.PROPS,
            day,
            lambda work: scraping.scrape_props(work, day, events, new),
            triggered_by="cron",
        )
        for event in new if naive.announces(row) else ():
            naive.run(
                loading.PROPS,
                day,
                lambda work, event=event: loading.load_props(work, day, event),  # type: ignore[misc]
                triggered_by="file",
                parameters={"game_id": event.game_id, "event_id": event.event_id},
            )

    def predict(self) -> None:
        """Context, factors and predictions of today's slate, each on the end of the one before."""
        naive, day = self.naive, self.naive.utc_today()
        cause = "cron"
        for processor, work in (
            (computing.UPCOMING, computing.build_upcoming),
            (computing.FACTORS, computing.build_factors),
            (computing.PREDICTIONS, computing.predict_points),
        ):
            row = naive.run(
                processor,
                day,
                lambda mine, work=work: work(mine, day),  # type: ignore[misc]
                triggered_by=cause,
            )
            cause = "message"
            if naive.history.traces[row.row_id].is_lost:
                return

    def scoreboard(self) -> None:
        """Tonight's scoreboard, and what follows from it; the last look is at a fixed UTC hour."""
        naive = self.naive
        # The board's own day turns over in the morning of New York: by UTC it is yesterday's.
        day = naive.utc_today() - _A_DAY
        paths: list[str] = []
        row = naive.run(
            scraping.SCOREBOARD,
            day,
            lambda work: scraping.scrape_daily(work, "scoreboard", day, paths),
            triggered_by="cron",
        )
        if not paths or not naive.announces(row):
            return
        row = naive.run(
            loading.RESULTS,
            day,
            lambda work: loading.load_results(work, day, paths[-1]),
            triggered_by="file",
        )
        if naive.announces(row):
            self.boxscores(day, "message")

    def boxscores(self, day: date, cause: str) -> None:
        """Box scores of the results, and every table made from them."""
        naive = self.naive
        new: list[str] = []
        row = naive.run(
            scraping.BOXSCORES,
            day,
            lambda work: scraping.scrape_boxscores(work, day, new),
            triggered_by=cause,
        )
        if not naive.announces(row):
            return
        games = tuple(new)
        for processor, load in (
            (loading.BOXSCORES, loading.load_boxscores),
            (loading.CHANGES, loading.load_changes),
            (loading.ROSTERS, loading.load_rosters),
        ):
            naive.run(
                processor,
                day,
                lambda work, load=load: load(work, day, games),  # type: ignore[misc]
                triggered_by="file",
            )
        naive.run(
            computing.PLAYERS,
            day,
            lambda work: computing.summarize_players(work, day),
            triggered_by="message",
        )
        naive.run(
            computing.TEAMS,
            day,
            lambda work: computing.summarize_teams(work, day, games),
            triggered_by="message",
        )

    def grade(self) -> None:
        """Grade yesterday's slate; in the evening "yesterday" by UTC is tonight's. The end of a
        night with grades is the only thing that wakes the watchdog."""
        naive, day = self.naive, self.naive.utc_today() - _A_DAY
        row = naive.run(
            computing.GRADES,
            day,
            lambda work: computing.grade_predictions(work, day),
            triggered_by="cron",
        )
        if row.records and naive.now().hour >= 12:
            naive.history.sweep(naive.now())

    def recover(self) -> None:
        """Ask again for box scores where a scrape *failed*; one that found nothing succeeded."""
        naive, day = self.naive, self.naive.utc_today() - _A_DAY
        failed = [
            row
            for row in naive.history.rows
            if row.processor == scraping.BOXSCORES.name
            and row.game_date == day
            and row.status == "failed"
        ]
        if failed:
            self.boxscores(day, "recovery")
        naive.forget_bodies()

    def vanish(self) -> None:
        """Rows and files that another process deletes."""
        naive, at = self.naive, self.naive.world.clock.now()
        for fault in naive.ours:
            if not fault.start <= at < fault.start + _A_DAY or fault in self._gone:
                continue
            if fault.kind is OursKind.ROWS_DELETED and fault.dataset in _TABLES:
                self._gone.append(fault)
                table = _TABLES[fault.dataset]
                days = [d for d in naive.tables.days(table) if fault.game_date in (None, d)]
                if naive.tables.delete(table, days[-1:], fault.rows):
                    naive.struck[fault.kind] += 1


_TABLES: Final = {
    "schedule": "schedule",
    "player_box_scores": "player_boxscores",
    "odds_player_props": "player_props",
    "player_game_summary": "player_game_summary",
    "upcoming_player_game_context": "upcoming_context",
    "player_composite_factors": "team_factors",
    "predictions": "predictions",
    "grades": "grades",
}
_CRON: Final[tuple[tuple[time, Job], ...]] = (
    (time(0, 40), Pipeline.props),
    (time(1, 55), Pipeline.scoreboard),
    (time(3, 55), Pipeline.scoreboard),
    (time(4, 30), Pipeline.grade),
    (time(5, 55), Pipeline.scoreboard),
    (time(11, 0), Pipeline.morning_schedule),
    (time(12, 10), Pipeline.grade),
    (time(12, 30), Pipeline.listing),
    (time(14, 0), Pipeline.morning_schedule),
    (time(15, 0), Pipeline.recover),
    (time(16, 0), Pipeline.vanish),
    (time(17, 0), Pipeline.listing),
    (time(17, 10), Pipeline.props),
    (time(17, 40), Pipeline.predict),
    (time(21, 0), Pipeline.listing),
    (time(21, 10), Pipeline.props),
    (time(21, 40), Pipeline.predict),
)
"""Every job by its UTC time; daylight saving moves New York's evening against it."""


def play_naive(spec: WorldSpec) -> Naive:
    """Play a world's nights with the naive pipeline; the same world leaves the same behind.

    Raises:
        ValueError: the world cannot be built.
    """
    clock = VirtualClock(spec.opens_at)
    faults, ours = faults_of(spec)
    world = world_of(spec, clock, faults)
    naive = Naive(world, world.transport(), spec.seed, ours, History(spec.begins))
    pipeline = Pipeline(naive)
    for at, job in _jobs(spec):
        clock.advance_to(at)
        job(pipeline)
        while naive.redelivered:
            naive.redelivered.pop(0)()
    return naive


def _jobs(spec: WorldSpec) -> Iterator[tuple[datetime, Job]]:
    day = spec.opens_at.date()
    while day <= spec.ends_at.date():
        for at, job in _CRON:
            instant = datetime.combine(day, at, UTC)
            if spec.opens_at <= instant <= spec.ends_at:
                yield instant, job
        day += _A_DAY
