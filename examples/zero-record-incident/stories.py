"""The stories: what happened on one date of one processor, and what that makes its runs.

Each story knows the class of the runs it makes because it makes them so. Instants are UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from plan import Part, Processor

STEP = timedelta(minutes=15)
RUN = timedelta(seconds=40)
WRITE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Owed:
    """One key a date owes, with its columns and from when it can be there."""

    key: str
    columns: dict[str, str]
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """One row of the history and, after `closed_by`, the truth about it."""

    run_id: str
    processor: str
    game_date: date
    started_at: datetime
    finished_at: datetime | None
    status: str
    records: int | None
    error: str
    closed_by: str
    true_class: str
    cause: str


@dataclass(slots=True)
class Left:
    """What the processors leave: runs, rows (owed key, date, when it came), files, truth."""

    runs: list[Run] = field(default_factory=list)
    rows: dict[str, list[tuple[Owed, date, datetime, int]]] = field(default_factory=dict)
    files: list[tuple[str, int, datetime]] = field(default_factory=list)
    dates: list[tuple[str, date, str]] = field(default_factory=list)
    lost: list[tuple[str, date, str, str]] = field(default_factory=list)
    lies: list[tuple[str, str, date, str]] = field(default_factory=list)


@dataclass(slots=True)
class Night:
    """One processor on one date: makes its runs, rows and files."""

    left: Left
    who: Processor
    day: date
    owed: Sequence[Owed]

    @property
    def first_due(self) -> datetime:
        """From when the first key can be there."""
        return min(each.due_at for each in self.owed)

    @property
    def last_due(self) -> datetime:
        """From when every key can be there."""
        return max(each.due_at for each in self.owed)

    def next_id(self) -> str:
        """The name of this processor's next run."""
        names = {each.run_id for each in self.left.runs if each.processor == self.who.name}
        return f"{self.who.name}-{len(names) + 1:05d}"

    def row(
        self,
        at: datetime,
        said: int | None,
        true_class: str,
        cause: str = "",
        *,
        run_id: str = "",
        status: str = "success",
        closed_by: str = "worker",
        error: str = "",
        took: timedelta = RUN,
    ) -> Run:
        """A row of the history; open where nobody closed it."""
        made = Run(
            run_id=run_id or self.next_id(),
            processor=self.who.name,
            game_date=self.day,
            started_at=at,
            finished_at=at + took if closed_by else None,
            status=status,
            records=said,
            error=error,
            closed_by=closed_by,
            true_class=true_class,
            cause=cause,
        )
        self.left.runs.append(made)
        return made

    def zeros(self, first: datetime, count: int, true_class: str, cause: str = "") -> None:
        """So many runs that say zero, a quarter of an hour apart."""
        for place in range(count):
            self.row(first + place * STEP, 0, true_class, cause)

    def load(self, at: datetime, keys: Iterable[Owed], *, copies: int = 1) -> int:
        """Rows of these keys come at an instant; how many."""
        rows = self.left.rows.setdefault(self.who.table, [])
        before = len(rows)
        for owed in keys:
            numbers = [*range(self.who.rows)] * copies
            rows += [(owed, self.day, at, number) for number in numbers]
        return len(rows) - before

    def scrape(self, keys: Sequence[Owed], *, fails: str = "") -> None:
        """What its scraper brings before it runs, where it has one; `fails`: the cause if not all.

        A scraper that fails is tried three times; one that gets too short an answer is content.
        """
        if not self.who.is_scraped or not self.owed:
            return
        scraper = replace(self.who, name=f"Scrape{self.who.name}", table=f"{self.who.table}_files")
        night = Night(self.left, scraper, self.day, self.owed)
        found = "partial_loss" if keys else "loss"
        lost = [owed for owed in self.owed if owed not in keys]
        at = self.last_due + STEP / 4
        if fails == "scraper_failed":
            for _ in range(3):
                at += STEP / 8
                night.row(at, None, found, fails, status="failed", error="503 from the vendor")
        else:
            night.row(at, len(keys), found if fails else "complete", fails)
        self.left.files += [
            (f"{self.who.table}/{self.day}/{owed.key}.json", 900 + 7 * len(owed.key), at + WRITE)
            for owed in keys
        ]
        night.ends(found if fails else "complete", lost, fails)

    def ends(self, date_class: str, lost: Iterable[Owed] = (), cause: str = "") -> None:
        """What the date came to."""
        self.left.dates.append((self.who.table, self.day, date_class))
        self.left.lost += [(self.who.table, self.day, owed.key, cause) for owed in lost]


def quiet(night: Night) -> None:
    """A usual date: one run that loads all and says so; nothing runs where nothing is owed."""
    if not night.owed:
        night.ends("legitimate_zero")
        return
    night.scrape(night.owed)
    _load_all(night, night.last_due + STEP)
    night.ends("complete")


def _load_all(night: Night, at: datetime) -> Run:
    true_class = "complete" if night.who.has_times else "unverifiable"
    return night.row(at, night.load(at + WRITE, night.owed), true_class)


def tell(night: Night, part: Part, zeros: int) -> None:
    """One date of a part of the plan, with so many zero runs."""
    soon = night.last_due + STEP if night.owed else _noon(night.day)
    match part.story:
        case "unchanged" | "timeless":
            quiet(night)
            known = "unverifiable" if part.story == "timeless" else "tracking_false_positive"
            night.zeros(soon + STEP, zeros, known)
        case "miscounted":
            night.scrape(night.owed)
            night.load(soon + WRITE, night.owed)
            night.zeros(soon, zeros, "tracking_false_positive")
            night.ends("complete")
        case "early":
            night.zeros(night.first_due - (zeros + 1) * STEP, zeros, "legitimate_zero")
            quiet(night)
        case "healed":
            night.scrape(night.owed)
            night.zeros(soon, zeros, "healed")
            _load_all(night, night.last_due + timedelta(hours=26))
            night.ends("complete")
        case "off":
            night.zeros(soon, zeros, "legitimate_zero")
            night.ends("legitimate_zero")
        case "partial":
            _partial(night, part, zeros)
        case "unanswered" | "unloaded":
            cause = part.cause
            night.scrape(night.owed if part.story == "unloaded" else (), fails=part.scrape_fails)
            night.zeros(soon, zeros, "loss", cause)
            night.ends("loss", night.owed, cause)
        case "unasked":
            _nobody_asks(night)
        case "boasted" | "doubled":
            _untrue(night, part.story)
        case "phantom" | "stuck":
            _open_row(night, part.story)
        case unknown:
            raise ValueError(f"no such story: {unknown}")


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 17, tzinfo=UTC)


def _partial(night: Night, part: Part, zeros: int) -> None:
    kept, lost = night.owed[: -part.keys], night.owed[-part.keys :]
    at = night.last_due + STEP
    night.scrape(kept, fails=part.scrape_fails)
    night.row(at, night.load(at + WRITE, kept), "partial_loss", part.cause)
    night.zeros(at + STEP, zeros, "partial_loss", part.cause)
    night.ends("partial_loss", lost, part.cause)
    night.left.lies.append(("covered_by_count", night.who.table, night.day, ""))


def _nobody_asks(night: Night) -> None:
    for table in (night.who.table, f"{night.who.table}_files"):
        night.left.dates.append((table, night.day, "loss"))
        night.left.lost += [(table, night.day, owed.key, "never_run") for owed in night.owed]


def _untrue(night: Night, story: str) -> None:
    """A run that says twice what it wrote, or one whose message came twice."""
    at = night.last_due + STEP
    copies = 2 if story == "doubled" else 1
    written = night.load(at + WRITE, night.owed, copies=copies)
    run = night.row(at, 2 * written // copies, "complete")
    night.ends("complete")
    kind, name = ("duplicates", "") if story == "doubled" else ("over_claimed", run.run_id)
    night.left.lies.append((kind, night.who.table, night.day, name))


def _open_row(night: Night, story: str) -> None:
    """A row the sweeper closed beside its run's own end, or one that is open to this day."""
    at = night.last_due + STEP
    if story == "stuck":
        night.row(at - STEP, None, "stuck_run", status="running", closed_by="")
        quiet(night)
        return
    night.scrape(night.owed)
    ended = _load_all(night, at)
    night.row(
        at,
        None,
        "phantom_failure",
        run_id=ended.run_id,
        status="failed",
        closed_by="cleanup",
        error="no heartbeat for 4 hours",
        took=timedelta(hours=4),
    )
    night.ends("complete")
