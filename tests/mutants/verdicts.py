"""Patches of what is expected, seen and judged, and of what is skipped or let through."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest

from fullcourt.pipeline import compute, gates, loads
from fullcourt.pipeline.work import Outcome, Run
from fullcourt.stores.ledger.manifests import manifests_of
from fullcourt.trust import evidence as evidence_room
from fullcourt.trust import expectations, grid, verdict
from fullcourt.trust.facts import DayFacts
from fullcourt.trust.gather import Gathered
from fullcourt.trust.look import HeldKeys, Look
from fullcourt.trust.words import (
    Cell,
    CellVerdict,
    Evidence,
    Expectation,
    KeyEvidence,
    KeyExpectation,
    KeyState,
    KeyVerdict,
    Verdict,
)
from tests.mutants.patching import patch_sql

_ENOUGH_ROWS = 20
_ABSENT = (KeyState.MISSING, KeyState.WAITING, KeyState.NOT_DUE)
Judge = Callable[[Expectation, Evidence, datetime], Verdict]


def _patch_judge(patch: pytest.MonkeyPatch, broken: Callable[[Judge], Judge]) -> None:
    patch.setattr("fullcourt.trust.grid.judge", broken(verdict.judge))


def rows_counted(patch: pytest.MonkeyPatch) -> None:
    """Law 2: a table with enough rows of a date is whole."""

    def broken(judge: Judge) -> Judge:
        def counting(expectation: Expectation, seen: Evidence, now: datetime) -> Verdict:
            said = judge(expectation, seen, now)
            if said.held < _ENOUGH_ROWS:
                return said
            keys = tuple(
                replace(key, state=KeyState.COMPLETE, cause=None) if key.state in _ABSENT else key
                for key in said.keys
            )
            return replace(said, keys=keys, held=said.expected, verdict=CellVerdict.COMPLETE)

        return counting

    _patch_judge(patch, broken)


def half_is_whole(patch: pytest.MonkeyPatch) -> None:
    """Law 2: a cell that holds half of its keys is complete."""
    judge_cell = verdict._judge_cell

    def generous(
        expectation: Expectation, counting: list[KeyVerdict], held: int, now: datetime
    ) -> CellVerdict:
        if counting and held * 2 >= len(counting):
            return CellVerdict.COMPLETE
        return judge_cell(expectation, counting, held, now)

    patch.setattr(verdict, "_judge_cell", generous)


def left_join(patch: pytest.MonkeyPatch) -> None:
    """Law 3: games LEFT JOIN lines, and a count of 1 is proof of a line."""
    patch_sql(
        patch,
        "trust/sql",
        "props_held",
        (
            "FROM lake.odds_player_props\n",
            "FROM (SELECT DISTINCT game_date, game_id FROM lake.schedule WHERE game_type = '002')\n"
            "LEFT JOIN lake.odds_player_props USING (game_date, game_id)\n",
        ),
    )


def unknown_is_none(patch: pytest.MonkeyPatch) -> None:
    """Law 3: a date whose schedule nobody knows has no games."""
    nothing = expectations._nothing

    def sure(cell: Cell, facts: DayFacts) -> Expectation | None:
        return nothing(cell, replace(facts, schedule_known=True))

    patch.setattr(expectations, "_nothing", sure)


def dispute_ignored(patch: pytest.MonkeyPatch) -> None:
    """Law 3: what a witness disputes is judged as if nobody did."""

    def broken(judge: Judge) -> Judge:
        def deaf(expectation: Expectation, seen: Evidence, now: datetime) -> Verdict:
            keys = tuple(replace(key, unverifiable=None) for key in expectation.keys)
            return judge(replace(expectation, keys=keys), seen, now)

        return deaf

    _patch_judge(patch, broken)


def deadline_moves(patch: pytest.MonkeyPatch) -> None:
    """Law 6: each attempt puts the due time off by two hours."""
    judge_key = verdict._judge_key

    def patient(
        key: KeyExpectation, seen: KeyEvidence, evidence: Evidence, now: datetime
    ) -> KeyVerdict:
        if seen.last_attempt_at is not None:
            later = seen.last_attempt_at + timedelta(hours=2)
            key = replace(key, due_at=max(key.due_at, later))
        return judge_key(key, seen, evidence, now)

    patch.setattr(verdict, "_judge_key", patient)


def success_is_complete(patch: pytest.MonkeyPatch) -> None:
    """Law 7: a date that was loaded once is done; a later body is taken for read."""
    load = loads.LOADS["schedule"]

    def once(run: Run, first: date, last: date, keys: Collection[str]) -> Outcome:
        held = run.stores.lake.rows(
            "SELECT count(*) FROM lake.schedule WHERE game_date BETWEEN ? AND ?", [first, last]
        )
        if not held[0][0]:
            return load(run, first, last, keys)
        found = manifests_of(run.stores.ledger, "nba_schedule", first, last)
        loads._loaded(run, [m for m in found if m.outcome == "ok" and m.loaded_run_id is None])
        return Outcome({}, reason="unchanged")

    patch.setitem(loads.LOADS, "schedule", once)


def good_is_asked_again(patch: pytest.MonkeyPatch) -> None:
    """Law 7: a box score that is there is asked for again every hour."""
    box_bodies = evidence_room._LOOK["nba_boxscore"]

    def restless(
        look: Look, name: str, days: Collection[date], gathered: Gathered, now: datetime
    ) -> HeldKeys:
        found = box_bodies(look, name, days, gathered, now)
        for keys in found.values():
            for key, seen in keys.items():
                if seen.held:
                    keys[key] = replace(seen, next_attempt_at=now.replace(minute=0))
        return found

    patch.setitem(evidence_room._LOOK, "nba_boxscore", restless)


def never_given_up(patch: pytest.MonkeyPatch) -> None:
    """Law 8: no key has a horizon."""

    def broken(judge: Judge) -> Judge:
        def hopeful(expectation: Expectation, seen: Evidence, now: datetime) -> Verdict:
            keys = tuple(replace(key, horizon_at=None) for key in expectation.keys)
            return judge(replace(expectation, keys=keys), seen, now)

        return hopeful

    _patch_judge(patch, broken)


def utc_tonight(patch: pytest.MonkeyPatch) -> None:
    """Law 9: cells are raised by the UTC date."""
    patch.setattr(grid, "game_date_of", lambda instant: instant.astimezone(UTC).date())


def fixed_offset(patch: pytest.MonkeyPatch) -> None:
    """Law 9: Eastern is five hours behind UTC, summer or winter."""
    standard = timezone(timedelta(hours=-5))

    def wall(day: date, hour: int = 0, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), standard).astimezone(UTC)

    patch.setattr(expectations, "eastern", wall)


def gate_fails_open(patch: pytest.MonkeyPatch) -> None:
    """Law 12: a gate that finds too little lets everything pass."""
    patch.setattr(gates.Gate, "is_open", property(lambda self: True))


def gate_unsaid(patch: pytest.MonkeyPatch) -> None:
    """Law 12: what a gate saw is written nowhere."""
    patch.setattr(compute, "log_gate", lambda *words: None)


def gate_by_join(patch: pytest.MonkeyPatch) -> None:
    """Law 3: the gate counts the rows of its LEFT JOIN as what is held."""
    patch_sql(patch, "precompute", "gate", ("h.game_id IS NOT NULL AS held", "true AS held"))


def attempts_as_keys(patch: pytest.MonkeyPatch) -> None:
    """Law 13: attempts are added to the keys a cell expects."""

    def broken(judge: Judge) -> Judge:
        def adding(expectation: Expectation, seen: Evidence, now: datetime) -> Verdict:
            said = judge(expectation, seen, now)
            return replace(said, expected=said.expected + _attempts(seen.keys))

        return adding

    _patch_judge(patch, broken)


def _attempts(keys: Mapping[str, Any]) -> int:
    return sum(seen.attempts for seen in keys.values())
