"""Rebuilding: lake and ledger made anew from the archive alone, in the order things came.

The archive's answers are gone through by the instant they were fetched, under a clock that stands
there: what was known then is computed then, so that features as of a tip are what they were.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import msgspec

from fullcourt.clock import SystemClock, VirtualClock, iso, parse_instant
from fullcourt.controller import Controller
from fullcourt.errors import FullcourtError, StoreUnreadable, Terminal
from fullcourt.nba.calendar import game_date_of
from fullcourt.opening import CLOCK, Opened, open_home
from fullcourt.operations.contents import Contents, contents_of, differences
from fullcourt.operations.kept_words import carried_words
from fullcourt.pipeline.execute import InlineExecutor
from fullcourt.settings import Home
from fullcourt.stores.archive import Archive, Manifest
from fullcourt.stores.archive_as_of import ArchiveAsOf
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.vendors import forget_attempts, record_attempts

_OLD = "before-rebuild"
_UPTO = "rebuilt_upto"
LOST = (
    "when and how often runs were tried, their rows in `runs`, gates' and verdicts' history",
    "answers a vendor repeated (counted in the ledger, archived once)",
    "predictions a person had made after their tip (`fullcourt backfill` makes them again)",
    "overrides of gates and of the prediction breaker; alerts already sent",
)
"""What no archive holds, so that it cannot be rebuilt."""


class NothingToRebuildFrom(Terminal, FullcourtError):
    """The archive does not hold what lake and ledger would be rebuilt from."""


class _Plan(msgspec.Struct, frozen=True):
    """A rebuild at work, as `rebuild.json` of the home keeps it."""

    phase: str
    """`moving`: old stores are put aside; `replaying`: new ones grow."""
    until: datetime | None
    """The virtual clock's instant; None: the home lives in real time."""
    aside: str
    """The home's folder the old stores are moved into."""
    before: Contents | None
    """What the old stores held; None: they could not be read."""
    why_unread: str


@dataclass(frozen=True, slots=True)
class RebuildView:
    """A rebuild at its end. `before` is null where the old stores could not be read (`why_unread`);
    `differences` are then unknown (null). `carried`: rows a person wrote that were taken over from
    the old ledger, by table. `lost`: what no archive holds. `old_stores`: where the old ones are.
    """

    home: str
    resumed: bool
    answers: int
    first_fetched_at: datetime
    last_fetched_at: datetime
    before: Contents | None
    why_unread: str
    after: Contents
    differences: tuple[str, ...] | None
    carried: dict[str, int]
    lost: tuple[str, ...]
    old_stores: str
    exit_code: int


def rebuild(
    home: Home,
    on_night: Callable[[date], None],
    *,
    without_removed: bool = False,
    until: datetime | None = None,
    failpoint: Callable[[str], None] = lambda name: None,
) -> RebuildView:
    """Make lake and ledger anew from the archive; the home's lock is held by the caller.

    The old stores are moved into `before-rebuild` and stay there. A rebuild that was interrupted
    goes on where it was. `until`: the instant of a home with a virtual clock whose ledger is lost
    (None: that of its last answer). `failpoint` is called with a name between any two steps.

    Raises:
        NothingToRebuildFrom: the archive holds no answer, or no longer all that rows were made from
            (`without_removed`: those rows may go).
        StoreUnreadable: a manifest of the archive cannot be read.
    """
    plan, resumed = _plan_of(home), True
    if plan is None:
        _check_archive(home, without_removed=without_removed)
        plan, resumed = _planned(home, until), False
        _write_plan(home, plan)
        failpoint("rebuild.planned")
    if plan.phase == "moving":
        _move_aside(home, home.path / plan.aside, failpoint)
        plan = msgspec.structs.replace(plan, phase="replaying")
        _write_plan(home, plan)
    failpoint("rebuild.moved")
    opened, archive, clock = _opened(home)
    try:
        _replay(opened, archive, clock, plan.until, on_night, failpoint)
        carried = carried_words(
            home.path / plan.aside / home.ledger_file.name, opened.stores.ledger
        )
        failpoint("rebuild.carried")
        after = contents_of(opened.stores.lake, opened.stores.ledger)
        span = archive.first_and_last()
        assert span is not None
        answers = len(tuple(archive.manifests()))
    finally:
        opened.close()
    (home.rebuild_file).unlink()
    found = None if plan.before is None else differences(plan.before, after)
    return RebuildView(
        home=str(home.path),
        resumed=resumed,
        answers=answers,
        first_fetched_at=span[0],
        last_fetched_at=span[1],
        before=plan.before,
        why_unread=plan.why_unread,
        after=after,
        differences=found,
        carried=carried,
        lost=LOST,
        old_stores=str(home.path / plan.aside),
        exit_code=1 if found else 0,
    )


def _plan_of(home: Home) -> _Plan | None:
    path = home.rebuild_file
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Plan)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise StoreUnreadable(
            f"{path}: not the state of a rebuild ({error}).",
            next_step=f"delete it; the old stores are in {home.path / _OLD}",
        ) from error


def _write_plan(home: Home, plan: _Plan) -> None:
    path = home.rebuild_file
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(msgspec.json.encode(plan))
    fresh.replace(path)


def _check_archive(home: Home, *, without_removed: bool) -> None:
    if next((home.archive_dir / "manifests").glob("*/*.json"), None) is None:
        raise NothingToRebuildFrom(
            f"{home.archive_dir}: the archive holds no answer of any vendor.",
            next_step="`fullcourt restore` brings a backup back",
        )
    gone = [removal for removal in Archive(home.archive_dir).removals() if removal.had_rows]
    if gone and not without_removed:
        raise NothingToRebuildFrom(
            f"{home.archive_dir}: retention removed {len(gone)} bodies that rows were made from; "
            "a rebuild would lose those rows.",
            next_step="restore a backup instead, or accept it with --without-removed",
        )


def _planned(home: Home, until: datetime | None) -> _Plan:
    """Hash what the old stores hold, where they can be read; remember a virtual clock's instant."""
    virtual, aside = home.settings().clock.kind == "virtual", _free_name(home)
    at = (until or _last_fetch(home)) if virtual else None
    unread = _Plan("moving", at, aside, None, "")
    if not (home.ledger_file.exists() and home.catalog_file.exists()):
        return msgspec.structs.replace(unread, why_unread="ledger or catalog is not there")
    try:
        opened = open_home(home.path, vendors=False)
    except StoreUnreadable as error:
        return msgspec.structs.replace(unread, why_unread=str(error))
    try:
        opened.controller(InlineExecutor()).judge_now()
        before = contents_of(opened.stores.lake, opened.stores.ledger)
        now = opened.stores.clock.now()
    finally:
        opened.close()
    return _Plan("moving", now if virtual else None, aside, before, "")


def _free_name(home: Home) -> str:
    """Nothing that was put aside before is ever overwritten."""
    names = (_OLD if count == 1 else f"{_OLD}-{count}" for count in itertools.count(1))
    return next(name for name in names if not (home.path / name).exists())


def _last_fetch(home: Home) -> datetime:
    span = ArchiveAsOf(home.archive_dir, VirtualClock(_EPOCH)).first_and_last()
    assert span is not None
    return span[1]


_EPOCH = parse_instant("1970-01-01T00:00:00Z")


def _move_aside(home: Home, aside: Path, failpoint: Callable[[str], None]) -> None:
    """Move the old stores away, one rename each; what is gone already was moved before."""
    aside.mkdir(exist_ok=True)
    stores = (home.ledger_file, home.catalog_file)
    files = [path.with_name(path.name + end) for path in stores for end in ("", "-wal", "-shm")]
    for path in (*files, home.lake_dir):
        if path.exists():
            path.rename(aside / path.name)
            failpoint("rebuild.moving")


def _opened(home: Home) -> tuple[Opened, ArchiveAsOf, VirtualClock]:
    """The home with empty (or half rebuilt) stores, its clock at the instant reached."""
    clock = VirtualClock(_EPOCH)
    archive = ArchiveAsOf(home.archive_dir, clock)
    span = archive.first_and_last()
    assert span is not None
    ledger = Ledger.open(home.ledger_file, clock)
    clock.advance_to(parse_instant(ledger.get_meta(_UPTO) or iso(span[0])))
    ledger.close()
    opened = open_home(home.path, vendors=False, rebuilt_at=clock)
    opened.stores.archive = archive
    return opened, archive, clock


def _replay(
    opened: Opened,
    archive: ArchiveAsOf,
    clock: VirtualClock,
    until: datetime | None,
    on_night: Callable[[date], None],
    failpoint: Callable[[str], None],
) -> None:
    """Go through the answers by their instants, and through the instants between at which something
    has to be computed."""
    ledger = opened.stores.ledger
    controller = _controller(opened)
    end = until or SystemClock().now()
    night = game_date_of(clock.now())
    while True:
        now = clock.now()
        _begin(ledger, now, archive.fetched_at(now))
        controller.look_into_archive()
        controller.tick()
        failpoint("rebuild.tick")
        if now >= end:
            # Whatever a process that opens the home now would raise and judge.
            _controller(opened).judge_now()
            break
        later = (archive.fetched_after(now), controller.next_wake(), end)
        clock.advance_to(min(at for at in later if at is not None and at > now))
        if game_date_of(clock.now()) != night:
            on_night(night)
            night = game_date_of(clock.now())
            # As a process that starts: dates before the home's first come with a schedule.
            controller = _controller(opened)
    if until is not None:
        ledger.set_meta(CLOCK, iso(until))


def _controller(opened: Opened) -> Controller:
    controller = Controller(opened.stores, opened.coverage, InlineExecutor())
    controller.asks_vendors = False
    return controller


def _begin(ledger: Ledger, now: datetime, answers: tuple[Manifest, ...]) -> None:
    """An instant is begun, once: what its answers say of tries. A bad one is a try, a good one ends
    the count."""
    with ledger.write():
        if ledger.get_meta(_UPTO) == iso(now):
            return
        ledger.set_meta(_UPTO, iso(now))
        for answer in answers:
            if answer.outcome == "ok":
                forget_attempts(ledger, answer.feed, answer.game_date, [answer.key])
                continue
            tried = {(answer.game_date, answer.key): (answer.outcome, _brief(answer))}
            record_attempts(ledger, answer.feed, tried, answer.fetched_at, answer.run_id)


def _brief(answer: Manifest) -> str:
    """What came of it, in the words its scrape used."""
    if answer.status not in (None, 200):
        return f"{answer.vendor} {answer.endpoint}: HTTP {answer.status}"
    return answer.detail
