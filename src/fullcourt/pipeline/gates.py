"""Gates: a processor starts only when its upstream covers the set it needs (law 12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from fullcourt.pipeline.graph import GATE_OPEN, GATE_WARNS_BELOW
from fullcourt.sql_files import sql
from fullcourt.stores.lake import Lake
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.database import text_of
from fullcourt.stores.ledger.schema import gate_log


@dataclass(frozen=True, slots=True)
class Gate:
    """Coverage of the set a slate needs from an upstream. Counts are (team, final game) pairs."""

    upstream: str
    expected: int
    held: int
    missing: tuple[str, ...]

    @property
    def coverage(self) -> float | None:
        """Held over expected; None when nothing is needed (then there is nothing to wait for)."""
        return self.held / self.expected if self.expected else None

    @property
    def is_open(self) -> bool:
        """At least 90 % of the needed set is held."""
        return self.coverage is None or self.coverage >= GATE_OPEN

    @property
    def decision(self) -> str:
        """open, warned (90 to 95 %) or closed."""
        if not self.is_open:
            return "closed"
        return (
            "warned" if self.coverage is not None and self.coverage < GATE_WARNS_BELOW else "open"
        )

    def sentence(self) -> str:
        """The gate in words, missing ones by name."""
        names = ", ".join(self.missing[:6]) + (
            f" and {len(self.missing) - 6} more" if len(self.missing) > 6 else ""
        )
        covers = f"{self.upstream} covers {self.held} of {self.expected} team-games needed"
        return f"{covers}; missing {names}"


def summaries_gate(lake: Lake, first: date, last: date, now: datetime) -> Mapping[date, Gate]:
    """The gate of each slate in a range: which summaries of the last 30 days its teams need."""
    rows = lake.rows(
        f"SELECT slate_date, team, game_id, game_date, held FROM ({sql('precompute', 'gate')})",
        {"first_date": first, "last_date": last, "now": now},
    )
    days: dict[date, list[tuple[str, bool]]] = {}
    for slate_date, team, game_id, game_date, held in rows:
        days.setdefault(slate_date, []).append((f"{team} {game_id} ({game_date})", held))
    return {
        day: Gate(
            "player_game_summary",
            len(pairs),
            sum(held for _, held in pairs),
            tuple(name for name, held in sorted(pairs) if not held),
        )
        for day, pairs in days.items()
    }


def usable_context(lake: Lake, first: date, last: date, now: datetime) -> None:
    """Fill the temp table `context_usable`: context rows that may be read (held, not stale).

    Context of a game that has not started is compared with its inputs as known now; after the tip
    it is frozen and usable as it stands.
    """
    lake.execute(
        "CREATE OR REPLACE TEMP TABLE context_usable AS "
        "WITH current_inputs AS MATERIALIZED (SELECT game_id, player_id, input_fingerprint FROM ("
        + sql("analytics", "upcoming_player_game_context")
        + ")) SELECT c.game_id, c.player_id FROM lake.upcoming_player_game_context AS c "
        "LEFT JOIN current_inputs AS f USING (game_id, player_id) "
        "WHERE c.game_date BETWEEN $first_date AND $last_date AND c.row_status <> 'retired' "
        "AND (c.tip_at <= $now OR f.input_fingerprint = c.input_fingerprint)",
        {"first_date": first, "last_date": last, "now": now},
    )


def log_gate(
    ledger: Ledger,
    run_id: str,
    dataset: str,
    day: date,
    gate: Gate,
    at: datetime,
    override: str | None = None,
) -> None:
    """Write what the gate saw: expected, held, missing by name, decision.

    `override`: the reason a person gave for passing the closed gate.
    """
    with ledger.write():
        ledger.insert(
            gate_log,
            [
                {
                    "run_id": run_id,
                    "dataset": dataset,
                    "game_date": day.isoformat(),
                    "upstream": gate.upstream,
                    "expected": gate.expected,
                    "held": gate.held,
                    "coverage": gate.coverage,
                    "missing": "\n".join(gate.missing),
                    "decision": gate.decision if override is None else "overridden",
                    "override_reason": override,
                    "decided_at": text_of(at),
                }
            ],
        )
