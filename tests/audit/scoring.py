"""An audit of what the naive pipeline left behind, beside the truth it is scored against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from fullcourt.audit.foreign import audit_relations
from fullcourt.audit.result import AuditView, DateFinding, RunFinding
from fullcourt.nba.calendar import eastern
from tests.audit.naive_config import naive_config, relations_of
from tests.simulator.naive.left import Row, left, rows_of

Pair = tuple[str, str]
"""What is true, what the audit says."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The view of every row, and the truth's rows by what they are of."""

    view: AuditView
    runs: Mapping[int, Row]
    dates: Mapping[tuple[str, str], Row]
    keys: tuple[Row, ...]
    lies: tuple[Row, ...]

    def wrong_runs(self) -> list[tuple[Pair, RunFinding]]:
        """Rows that are classed otherwise than they are; undecided ones are not among them."""
        return [
            ((truth["true_class"], run.run_class.value), run)
            for run in self.view.findings
            if run.run_class.value
            not in ("unverifiable", (truth := self.runs[run.source_row])["true_class"])
        ]

    def wrong_dates(self) -> list[tuple[Pair, DateFinding]]:
        """Dates that are classed otherwise than they are; undecided ones are not among them."""
        found = []
        for each in self.view.dates:
            truth = self.dates[each.target, each.game_date.isoformat()]["true_class"]
            if each.date_class.value not in ("unverifiable", truth):
                found.append(((truth, each.date_class.value), each))
        return found

    def undecided(self) -> list[RunFinding]:
        """Rows of which the audit says that it cannot say."""
        return [run for run in self.view.findings if run.run_class.value == "unverifiable"]

    def lost(self) -> tuple[dict[Pair, set[str]], dict[Pair, set[str]]]:
        """Causes by (table and date, game) of what is lost: the truth's, the audit's."""
        true: dict[Pair, set[str]] = {}
        for row in self.keys:
            game = row["game_id"] or row["key"]
            true.setdefault((f"{row['target']} {row['game_date']}", game), set()).add(row["cause"])
        said: dict[Pair, set[str]] = {}
        for key in self.view.lost:
            game = key.game_id or key.key
            said.setdefault((f"{key.target} {key.game_date}", game), set()).add(key.cause.value)
        return true, said


def scored_folder(folder: Path) -> Scored:
    """The audit of a folder, at the instant its world ended, over the dates of its truth."""
    dates = {
        (row["target"], row["game_date"]): row for row in rows_of(folder / "truth" / "dates.csv")
    }
    days = sorted(date.fromisoformat(day) for _, day in dates)
    config = replace(naive_config(folder), now=eastern(days[-1] + timedelta(days=1), 14))
    with relations_of(folder, config) as connection:
        # Runs before the first and after the last date are classed as well.
        whole = audit_relations(connection, config, all_runs=True)
    view = replace(
        whole,
        dates=tuple(d for d in whole.dates if days[0] <= d.game_date <= days[-1]),
        lost=tuple(k for k in whole.lost if days[0] <= k.game_date <= days[-1]),
        lies=tuple(x for x in whole.lies if x.run_id or days[0] <= x.game_date <= days[-1]),
    )
    return Scored(
        view,
        {int(row["row_id"]): row for row in rows_of(folder / "truth" / "runs.csv")},
        dates,
        rows_of(folder / "truth" / "keys.csv"),
        rows_of(folder / "truth" / "lies.csv"),
    )


def scored(world: str) -> Scored:
    """The same of a world of the simulator's tests, by its name."""
    return _scored(world)


@cache
def _scored(world: str) -> Scored:
    return scored_folder(left(world).folder)
