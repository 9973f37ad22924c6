"""A world as data: its league, its odds account, what goes wrong at the vendors and at home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from fullcourt.clock import iso, require_utc
from fullcourt.nba.calendar import eastern
from fullcourt.simulator.calendars import Calendar
from fullcourt.simulator.league import DEFAULT_FIRST_DATE, LeagueConfig
from fullcourt.simulator.vendors.faults import Fault
from fullcourt.toml_lines import TomlRefused

ENDPOINTS: Mapping[str, tuple[str, str]] = {
    "schedule": ("nba_cdn", "*/scheduleLeagueV2.json"),
    "scoreboard": ("nba_cdn", "*/todaysScoreboard_00.json"),
    "boxscore": ("nba_cdn", "*/boxscore/*"),
    "listing": ("odds_api", "*/events"),
    "event_odds": ("odds_api", "*/events/*/odds"),
}
"""Short names of endpoints: the vendor that has it and the paths it means."""
VENDORS = ("nba_cdn", "odds_api")
LAKES = ("memory", "ducklake")
STORES = ("lake", "ledger", "archive")
RUN_FAILPOINTS = (
    "ledger.opened",
    "archive.body",
    "archive.manifest",
    "lake.before",
    "lake.in_transaction",
    "lake.after",
    "ledger.before_close",
    "ledger.closed",
)
"""Where every run writes: drawn faults strike at one of these."""
FAILPOINTS = (
    *RUN_FAILPOINTS,
    "archive.indexed",
    "ledger.heartbeat",
    "ledger.loaded",
    "ledger.gate",
    "ledger.taken_over",
    "ledger.swept",
    "ledger.reindexed",
    "ledger.polled",
    "ledger.tried",
    "ledger.judged",
    "ledger.breaker",
    "ledger.clock",
    "lake.compacted",
    "lake.expired",
    "lake.opened_again",
)
"""Where a home writes: the places at which a fault of our own side can strike."""


class WorldError(TomlRefused):
    """A world, or the file that describes it, is refused."""


class OursKind(StrEnum):
    """What goes wrong at home."""

    PROCESSOR_RAISES = "processor_raises"
    WRONG_COUNT = "wrong_count"
    HUNG = "hung"
    WORKER_LOST = "worker_lost"
    DISK_FULL = "disk_full"
    DATABASE_LOCKED = "database_locked"
    BODY_DELETED = "body_deleted"
    ROWS_DELETED = "rows_deleted"
    CLOCK_STEP = "clock_step"
    BAD_RELEASE = "bad_release"


AT_ONCE = frozenset({OursKind.BODY_DELETED, OursKind.ROWS_DELETED})
"""Kinds that happen once, when their time comes, and not to a run."""


@dataclass(frozen=True, slots=True)
class OursFault:
    """One scripted fault of our own side.

    It strikes runs of `dataset` (empty: any) between `start` and `end` (excluded), `times` times
    (None: every time). `failpoint` is where a lost worker dies; `store` which disk is full;
    `game_date` which date's rows or bodies are deleted (None: the newest held); `rows` how many;
    `hours` how far the clock is off.

    Raises:
        ValueError: the fault contradicts itself.
    """

    kind: OursKind
    start: datetime
    end: datetime
    dataset: str = ""
    times: int | None = None
    failpoint: str = "lake.in_transaction"
    store: str = "lake"
    game_date: date | None = None
    rows: int = 5
    hours: float = 1.0

    def __post_init__(self) -> None:
        if require_utc(self.start) >= require_utc(self.end):
            raise ValueError(f"to: it ends at {iso(self.end)}, before it begins")
        if self.times is not None and self.times < 1:
            raise ValueError(f"times: {self.times} is less than once")
        if self.rows < 1:
            raise ValueError(f"rows: {self.rows} is less than one")
        if self.failpoint not in FAILPOINTS:
            raise ValueError(f"failpoint: {self.failpoint!r} is none of {', '.join(FAILPOINTS)}")
        if self.store not in STORES:
            raise ValueError(f"store: {self.store!r} is none of {', '.join(STORES)}")
        if self.kind in AT_ONCE | {OursKind.BAD_RELEASE} and not self.dataset:
            raise ValueError(f"dataset: a {self.kind} fault names a feed or dataset")
        if self.kind is OursKind.CLOCK_STEP and not 0 < abs(self.hours) <= 12:
            raise ValueError(f"hours: {self.hours:g} is no step of a clock (up to 12, not 0)")

    def covers(self, dataset: str, at: datetime) -> bool:
        """Whether a run of `dataset` falls under the fault at `at`."""
        return self.start <= at < self.end and self.dataset in ("", dataset)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Faults drawn from the seed: how many a night on average, and the kinds with their weights
    (empty: every kind a sound pipeline must survive, as `chaos` weighs them)."""

    per_night: float = 0.0
    kinds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WorldSpec:
    """A world. `nights` counts Eastern dates from `first_date`, off days included; `since`: the
    home begins only on this date (None: with the world); `credits` is what the odds account holds
    at the start, and again on the first of each month (UTC) where `credits_monthly`: then the home
    plans its snapshots from them."""

    name: str
    seed: int = 1
    teams: int = 30
    calendar: str = "season"
    first_date: date = DEFAULT_FIRST_DATE
    nights: int = 15
    since: date | None = None
    credits: int = 500_000
    credits_monthly: bool = False
    lake: str = "memory"
    drawn: Drawing = Drawing()
    faults: tuple[Fault, ...] = ()
    ours: tuple[OursFault, ...] = ()
    description: str = ""

    @property
    def last_date(self) -> date:
        """The last date of the world."""
        return self.first_date + timedelta(days=self.nights - 1)

    @property
    def begins(self) -> date:
        """The first date of the home."""
        return self.since or self.first_date

    @property
    def nights_played(self) -> int:
        """The dates of the home, off days included."""
        return (self.last_date - self.begins).days + 1

    @property
    def opens_at(self) -> datetime:
        """When the home is made: noon of the eve of its first date."""
        return eastern(self.begins - timedelta(days=1), 12)

    @property
    def ends_at(self) -> datetime:
        """When the world ends: 14:00 after the last date, its grades are due by then."""
        return eastern(self.first_date + timedelta(days=self.nights), 14)

    def league_config(self) -> LeagueConfig:
        """What its league is built from.

        Raises:
            ValueError: `name=value: ...`, the league cannot be.
        """
        return LeagueConfig(
            seed=self.seed,
            teams=self.teams,
            first_date=self.first_date,
            nights=self.nights,
            calendar=Calendar(self.calendar),
        )
