"""The two windows of game dates a comparison is of: given, or around a deployment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fullcourt.clock import iso
from fullcourt.errors import FullcourtError, Terminal
from fullcourt.nba.calendar import game_date_of
from fullcourt.trust.deployments import DeploymentSeen
from fullcourt.trust.lanes import EARLIEST
from fullcourt.trust.measures import settled_at

_LONGEST_RELEASE = timedelta(days=7)
_FEWEST_DIGITS = 6


class NothingToCompare(Terminal, FullcourtError):
    """A window has no game date, or nobody can say which deployment is meant."""


@dataclass(frozen=True, slots=True)
class Span:
    """Game dates from `first` to `last`, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Release:
    """One deployment, or one release of several services. Instants are UTC."""

    name: str
    lines: tuple[DeploymentSeen, ...]
    began_at: datetime
    through_at: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """The game dates of a home: `games` counts those of a date, `judged` are dates with a verdict.

    No game date before `since` is watched.
    """

    since: date
    games: Mapping[date, int]
    judged: frozenset[date]
    now: datetime

    def nights(self, span: Span) -> tuple[date, ...]:
        """The game dates of a span that can be compared: with games, judged, and settled."""
        return tuple(
            day
            for day in sorted(self.games)
            if max(span.first, self.since) <= day <= span.last
            and day in self.judged
            and settled_at(day) <= self.now
        )


def release_of(found: Sequence[DeploymentSeen], name: str) -> Release:
    """The deployment called `name`: a revision, `service/revision`, or a fingerprint's beginning.

    Raises:
        NothingToCompare: none is called so, or several at different times are.
    """
    lines = [one for one in found if _is_called(one, name)]
    if not lines:
        known = ", ".join(dict.fromkeys(one.after for one in found)) or "none"
        raise NothingToCompare(
            f"no deployment is called {name!r}; there are: {known}.",
            next_step="`fullcourt deployments` lists them; or give --before and --after",
        )
    dated = [one for one in lines if one.at > EARLIEST]
    if not dated:
        raise NothingToCompare(
            f"deployment {name!r}: nobody said when it was, and it never ran.",
            next_step="`fullcourt deployments record ... --finished INSTANT`, or --before, --after",
        )
    began = min(one.started_at or one.at for one in dated)
    through = max(one.at for one in dated)
    if through - began > _LONGEST_RELEASE:
        times = ", ".join(sorted({iso(one.at) for one in dated}))
        raise NothingToCompare(
            f"{name!r} means deployments at different times: {times}.",
            next_step="write service/revision, or give --before and --after",
        )
    return Release(name, tuple(lines), began, through)


def _is_called(one: DeploymentSeen, name: str) -> bool:
    if name in (one.after, f"{one.subject}/{one.after}"):
        return True
    is_digits = re.fullmatch(r"[0-9a-f+]+", name) is not None and len(name) >= _FEWEST_DIGITS
    return is_digits and one.fingerprint is not None and one.fingerprint.startswith(name)


def around(watched: Watched, release: Release, most: int) -> tuple[Span, Span]:
    """Two spans with the same number of game dates, at most `most`: the last before the release and
    the first after it. The dates on which it took place are in neither.

    Raises:
        NothingToCompare: one would have no game date.
    """
    day = timedelta(days=1)
    first, last = game_date_of(release.began_at), game_date_of(release.through_at)
    before = watched.nights(Span(watched.since, first - day))
    after = watched.nights(Span(last + day, game_date_of(watched.now)))
    count = min(len(before), len(after), most)
    if not count:
        side = "after" if not after else "before"
        raise NothingToCompare(
            f"deployment {release.name!r} of {iso(release.through_at)}: no game date {side} it has "
            "settled.",
            next_step="a game date settles at noon Eastern of the next day; or give --before, "
            "--after",
        )
    return Span(before[-count], before[-1]), Span(after[0], after[count - 1])


def check_spans(watched: Watched, before: Span, after: Span) -> None:
    """Whether two given spans can be compared.

    Raises:
        NothingToCompare: they overlap, or one has no game date that can be compared.
    """
    if before.first <= after.last and after.first <= before.last:
        raise NothingToCompare(
            f"{before.first}..{before.last} and {after.first}..{after.last} share game dates.",
            next_step="give windows apart from each other",
        )
    for name, span in (("--before", before), ("--after", after)):
        if not watched.nights(span):
            raise NothingToCompare(
                f"{name} {span.first}..{span.last}: no game date there was watched (this home "
                f"watches from {watched.since} on) and has settled.",
                next_step="give dates with games, until the day before yesterday",
            )
