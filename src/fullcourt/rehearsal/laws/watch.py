"""The laws of the house, watched over a whole rehearsal: what no comparison of keys can see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fullcourt.rehearsal.home import RehearsalHome, oracle_policy
from fullcourt.rehearsal.laws.cells import CellLaws
from fullcourt.rehearsal.laws.rows import row_breaches
from fullcourt.rehearsal.laws.runs import RunLaws
from fullcourt.rehearsal.report import Breach
from fullcourt.rehearsal.seen import SaidReader
from fullcourt.simulator.oracle.campaign import given_up_in_vain, unplanned_calls
from fullcourt.simulator.oracle.truth import Oracle
from fullcourt.simulator.oracle.words import Held
from fullcourt.simulator.worldspec import OursFault, WorldSpec
from fullcourt.stores.ledger.vendors import attempts_between


@dataclass(slots=True)
class Laws:
    """Everything that is watched, and what was found broken."""

    home: RehearsalHome
    runs: RunLaws = field(init=False)
    cells: CellLaws = field(default_factory=CellLaws)

    def __post_init__(self) -> None:
        self.runs = RunLaws(self.home.stores, self.home.transport.calls)

    def look(self, said: SaidReader, held: Held, at: datetime, oracle: Oracle) -> None:
        """After a tick, at `at` (the home's clock)."""
        self.runs.look()
        self.cells.look(said, held, at, oracle)

    def found(
        self, spec: WorldSpec, ours: Sequence[OursFault], runs: Mapping[str, int]
    ) -> tuple[Breach, ...]:
        """Every breach, the lowest law first; to be asked once, at the end. `ours`: the faults of
        our own side, those drawn among them; `runs`: by state, as the report counts them."""
        home = self.home
        self.runs.at_the_end(runs)
        found = [*self.runs.breaches, *self.cells.breaches, *self._costs(spec, ours)]
        found += row_breaches(home.stores, home.world.league, self.runs.fingerprints)
        return tuple(sorted(found, key=lambda b: (b.law, b.where, b.what)))

    def _costs(self, spec: WorldSpec, ours: Sequence[OursFault]) -> list[Breach]:
        """Calls no plan allows, and credits that were to be kept (law 8)."""
        home = self.home
        troubled = [(fault.start, fault.end) for fault in ours]
        policy = oracle_policy(spec, home)
        retry = policy.closing_retry if policy.plans_credits else None
        found = [
            Breach(8, call.path, "asked again too soon or too often")
            for call in unplanned_calls(home.transport.calls, troubled, retry)
        ]
        found += self._credits(spec)
        return found

    def _credits(self, spec: WorldSpec) -> list[Breach]:
        """Credits that were to be kept, and games given up that a month could pay for."""
        home, account = self.home, self.home.world.account
        most = max(0, spec.credits - home.stores.settings.odds.keep_credits)
        months = {f" in {month:%Y-%m}": spent for month, spent in sorted(account.spent.items())}
        whole = {"": account.used - home.credits_at_start}
        found = [
            Breach(8, "odds_api", f"{spent} of {spec.credits} credits spent{when}")
            for when, spent in (months or whole).items()
            if spent > most
        ]
        if not spec.credits_monthly or spec.faults or spec.drawn.per_night:
            return found
        if account.refused:
            found.append(Breach(8, "odds_api", f"{account.refused} calls it refused to be paid"))
        tried = attempts_between(
            home.stores.ledger, "odds_event_props", spec.begins, spec.last_date
        )
        given_up = [
            (day, key)
            for day, keys in tried.items()
            for key, attempt in keys.items()
            if attempt.outcome == "quota_spent"
        ]
        league = home.world.league
        return found + [
            Breach(8, f"odds_event_props {day} {key}", "given up, and its month can pay for it")
            for day, key in given_up_in_vain(league, oracle_policy(spec, home), given_up)
        ]
