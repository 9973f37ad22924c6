"""What `make soak` plays: 1,000 nights of the shipped worlds, and what a play must come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files

from fullcourt.rehearsal.play import rehearse
from fullcourt.rehearsal.report import Difference, SimulationReport
from fullcourt.simulator.worldfile import find_world
from fullcourt.simulator.worldspec import WorldSpec

SEEDS_OF_A_SOAK = 1000
"""Soak number S plays the plan's seeds plus (S - 1) times this: no two soaks share a league."""
MOST_CALLS = 1.3
"""Vendor calls of `ordinary` and `rough`, at most so many times those without faults."""
BOUNDED = frozenset({"ordinary", "rough"})
MOST_LISTED = 20
"""Differences (and late keys) that are listed of one play; soak.json holds them all."""
FOLDER = "build/soak"


@dataclass(frozen=True, slots=True)
class Play:
    """One rehearsal: `nights` dates of a shipped world, from its first date or `since` on.

    `has_baseline`: the world is played without its faults too, to compare the vendor calls.
    """

    world: str
    seed: int
    nights: int
    since: date | None = None
    lake: str = "memory"
    has_baseline: bool = False

    @property
    def name(self) -> str:
        """World, seed, date it begins on and lake: its own among the plan's, short on an axis."""
        since = f" from {self.since:%m-%d}" if self.since else ""
        return f"{self.world} {self.seed}{since}" + (", DuckLake" if self.lake != "memory" else "")

    @property
    def command(self) -> str:
        """What a person types to play it again."""
        world = self.world if self.lake == "memory" else f"{FOLDER}/{world_file(self.world)}"
        since = f" --from {self.since}" if self.since else ""
        return f"fullcourt simulate {world} --seed {self.seed}{since} --nights {self.nights}"

    @property
    def expected_s(self) -> float:
        """Core seconds it takes, roughly: what orders the plays and sets their deadlines."""
        a_night = _SECONDS_A_NIGHT.get(self.world, 4.0)
        return self.nights * a_night * (2 if self.lake != "memory" else 1 + 0.6 * self.has_baseline)

    @property
    def deadline_s(self) -> float:
        """Seconds after which it counts as hung: ten times what is expected, and ten minutes."""
        return 600 + 10 * self.expected_s


@dataclass(frozen=True, slots=True)
class Played:
    """A play and its report; or None, and in `error` why there is none."""

    play: Play
    report: SimulationReport | None
    error: str = ""

    @property
    def complaints(self) -> tuple[str, ...]:
        """What fails the soak, in words; empty for a good play."""
        report = self.report
        if report is None:
            return (f"failed: {self.error}",)
        words = [f"{name.replace('_', ' ')} {getattr(report, name):,}" for name in report.failures]
        if report.healed_late:
            words.append(f"healed late {len(report.healed_late):,}")
        ratio = report.vendor_calls_ratio
        if ratio is not None and ratio > MOST_CALLS and self.play.world in BOUNDED:
            words.append(f"vendor calls {ratio:g} times those without faults, above {MOST_CALLS}")
        return tuple(words)


# Core seconds a night of thirty teams; most of a summer's dates have no game.
_SECONDS_A_NIGHT = {"summer": 0.7, "playoffs": 1.8}


def _from_the_start(world: str, seeds: range, nights: int, lake: str = "memory") -> list[Play]:
    return [Play(world, seed, nights, lake=lake) for seed in seeds]


def _later(world: str, seeds: range, nights: int) -> list[Play]:
    """Homes that begin in the middle of a season, each around something of its own."""
    return [
        Play(world, seed, nights, since, has_baseline=index < 2)
        for index, (seed, since) in enumerate(zip(seeds, _DATES, strict=True))
    ]


_DATES = (
    date(2025, 10, 28),  # summer time ends
    date(2025, 11, 20),  # late November: a date without games
    date(2025, 12, 8),  # the Cup's final
    date(2026, 1, 12),
    date(2026, 2, 11),  # the All-Star break
    date(2026, 3, 2),  # summer time begins
)
PLAN: tuple[Play, ...] = (
    # 106 + 106 + 22 nights: whole in one home, whole in four homes, and once more its start.
    Play("january", 1, 106),
    Play("january", 2, 27),
    Play("january", 2, 27, date(2025, 10, 28)),
    Play("january", 2, 26, date(2025, 11, 24)),
    Play("january", 2, 26, date(2025, 12, 20)),
    Play("january", 3, 22),
    # 151 nights.
    Play("summer", 11, 151),
    # 90 + 74 nights: whole, and from the last days of the regular season to the end.
    Play("playoffs", 21, 90),
    Play("playoffs", 22, 74, date(2026, 4, 8)),
    # 21 nights.
    Play("calm", 31, 21),
    # Twice 5 * 21 + 6 * 10 nights.
    *_from_the_start("ordinary", range(41, 46), 21),
    *_later("ordinary", range(51, 57), 10),
    *_from_the_start("rough", range(61, 66), 21),
    *_later("rough", range(71, 77), 10),
    # 100 nights on the real DuckLake.
    *_from_the_start("ordinary", range(81, 83), 10, "ducklake"),
    *_from_the_start("rough", range(84, 86), 10, "ducklake"),
    Play("january", 87, 20, date(2025, 10, 31), "ducklake"),
    Play("playoffs", 88, 20, date(2026, 4, 10), "ducklake"),
    Play("summer", 89, 13, date(2026, 10, 10), "ducklake"),
    Play("calm", 90, 7, lake="ducklake"),
)
"""1,000 nights, seeds for soak number 1; the plays on DuckLake stand together at the end."""
NIGHTS = sum(play.nights for play in PLAN)


def planned(nights: int = NIGHTS, soak: int = 1) -> tuple[Play, ...]:
    """The plan for soak number `soak`, scaled down to `nights` nights spread evenly over it.

    A play to which no night falls is left out.

    Raises:
        ValueError: more nights than the plan has, none, or a soak below 1.
    """
    if not 1 <= nights <= NIGHTS:
        raise ValueError(f"nights={nights} is not within 1 to {NIGHTS}; for more, another seed")
    if soak < 1:
        raise ValueError(f"seed={soak} is below 1")
    shift = (soak - 1) * SEEDS_OF_A_SOAK
    plays = zip(PLAN, _shares([play.nights for play in PLAN], nights), strict=True)
    return tuple(
        replace(play, seed=play.seed + shift, nights=share) for play, share in plays if share
    )


def _shares(sizes: Sequence[int], total: int) -> Iterator[int]:
    """`total` divided like `sizes`, in whole numbers that add up to it."""
    whole, seen = sum(sizes), 0
    for size in sizes:
        yield (seen + size) * total // whole - seen * total // whole
        seen += size


def spec_of(play: Play) -> WorldSpec:
    """The world that is played."""
    spec = find_world(play.world, seed=play.seed, nights=play.nights, since=play.since)
    return replace(spec, lake=play.lake)


def play_through(play: Play) -> SimulationReport:
    """Play it to its end. Runs in a process of its own."""
    return rehearse(spec_of(play), with_baseline=play.has_baseline)


def world_file(world: str) -> str:
    """The name of the file that holds a shipped world on DuckLake."""
    return f"{world}-ducklake.toml"


def ducklake_text(world: str) -> str:
    """A shipped world as a file that plays on DuckLake: how such a play is played again."""
    folder = files("fullcourt.simulator") / "worlds"
    return 'lake = "ducklake"\n' + (folder / f"{world}.toml").read_text(encoding="utf-8")


def listing(played: Played) -> list[str]:
    """What was different, lost, miscounted, against a law or late, in short, one a line."""
    report = played.report
    if report is None:
        return []
    lines = [_difference(difference) for difference in report.differences]
    lines += [f"{x.dataset} {x.game_date} {x.key}: {x.rows} rows lost" for x in report.lost]
    lines += [
        f"{run.dataset} run {run.run_id}: {run.rows_written} rows written and {run.rows_deleted} "
        f"deleted by the ledger, {run.rows_written_true} and {run.rows_deleted_true} by the lake"
        for run in report.miscounted
    ]
    lines += [f"law {breach.law}, {breach.where}: {breach.what}" for breach in report.breaches]
    lines += [
        f"{late.dataset} {late.game_date} {late.key}: healed "
        + (f"{late.healed_at:%m-%d %H:%M}" if late.healed_at else "never")
        + f", due by {late.healable_by:%m-%d %H:%M} UTC"
        for late in report.healed_late
    ]
    more = len(lines) - MOST_LISTED
    return [*lines[:MOST_LISTED], *([f"and {more:,} more, see soak.json"] if more > 0 else [])]


def _difference(difference: Difference) -> str:
    amounts = "".join(
        word
        for word, holds in (
            (", a loss missed", difference.is_loss_missed),
            (", a false alarm", difference.is_false_alarm),
        )
        if holds
    )
    return (
        f"{difference.dataset} {difference.game_date} {difference.key}: "
        f"said {difference.said or 'no key'}, true {' or '.join(difference.true) or 'no key'}"
        f"{amounts}; {difference.times} times, {difference.first_at:%m-%d %H:%M} to "
        f"{difference.last_at:%m-%d %H:%M} UTC ({difference.why})"
    )
