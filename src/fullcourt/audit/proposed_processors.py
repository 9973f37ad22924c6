"""Proposed processors: which table each fills, and when what it owes has come so far."""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb

from fullcourt.audit.draft import Draft
from fullcourt.audit.proposed_listings import ProposedListing
from fullcourt.audit.proposed_tables import ProposedTable
from fullcourt.audit.roles import Roles, words_of_runs
from fullcourt.audit.sources.reading import quoted
from fullcourt.audit.survey import toml_text
from fullcourt.audit.words import RunState

_VERBS = frozenset("load scrape build process processor run job fetch ingest make update".split())
_MOST = 200
_MOST_PLAY, _MANY_THERE = 0.9, 0.5


def propose_processors(
    connection: duckdb.DuckDBPyConnection,
    roles: Roles,
    tables: Sequence[ProposedTable],
    listings: Sequence[ProposedListing],
    draft: Draft,
) -> None:
    """Write a section for each processor of the history."""
    if roles.runs is None:
        draft.fill_in("[[processor]]", "one for each: name, fills, expects")
        return
    column = quoted(roles.run_columns["processor"])
    found = connection.execute(
        f"SELECT {column}, count(*) FROM {roles.runs.table} WHERE {column} IS NOT NULL "
        f"GROUP BY 1 ORDER BY min(rowid) LIMIT {_MOST}"
    ).fetchall()
    names = [*(table.look.name for table in tables), *(each.name for each in listings)]
    if found:
        draft.unsure.append(
            "longest_minutes of each processor: from how long on an open run is stuck; how long "
            "those that succeeded took stands beside it"
        )
    of_name = {table.look.name: table for table in tables}
    for name, runs in found:
        draft.add("", f"[[processor]]                   # {runs:,} runs")
        draft.add(f"name = {toml_text(str(name))}")
        target = _target(connection, roles, str(name), names, draft)
        if target is None:
            draft.fill_in("fills", f"no table is called like {name!r}: [TABLE, ...]")
            draft.fill_in("expects", f"what {name!r} owes")
            continue
        draft.add(f"fills = [{toml_text(target)}]")
        table = of_name.get(target)
        if table is None:
            listing = next(each for each in listings if each.name == target)
            _listing_owes(listing, str(name), draft)
        else:
            _table_owes(table, str(name), draft)
        _longest(connection, roles, str(name), draft)


def _target(
    connection: duckdb.DuckDBPyConnection,
    roles: Roles,
    processor: str,
    names: Sequence[str],
    draft: Draft,
) -> str | None:
    """The table a processor fills: the one its runs name, or that which is called most like it."""
    assert roles.runs is not None
    if "target" in roles.run_columns:
        rows = connection.execute(
            f"SELECT DISTINCT {quoted(roles.run_columns['target'])} FROM {roles.runs.table} "
            f"WHERE {quoted(roles.run_columns['processor'])} = ?",
            [processor],
        ).fetchall()
        told = [str(row[0]) for row in rows if row[0] in names]
        if len(told) == 1 == len(rows):
            draft.sure.append(f"{processor}.fills: its runs say {told[0]!r}")
            return told[0]
    scored = sorted(((_likeness(processor, name), name) for name in names), reverse=True)
    if not scored or scored[0][0] == 0:
        return None
    if len(scored) > 1 and scored[1][0] == scored[0][0]:
        draft.unsure.append(
            f"{processor}.fills: {scored[0][1]!r} and {scored[1][1]!r} are called alike"
        )
        return None
    draft.unsure.append(f"{processor}.fills: {scored[0][1]!r}, by its name")
    return scored[0][1]


def _longest(
    connection: duckdb.DuckDBPyConnection, roles: Roles, processor: str, draft: Draft
) -> None:
    """How long honest runs took; how long one may take is for somebody to say who knows."""
    assert roles.runs is not None
    columns = roles.run_columns
    if not {"started_at", "ended_at"} <= columns.keys():
        draft.add("# longest_minutes =           # fill in: no honest run takes longer")
        return
    done = [
        word
        for word, state in words_of_runs(_words_of_state(roles)).items()
        if state == RunState.SUCCEEDED
    ]
    row = connection.execute(
        f"SELECT max(date_diff('second', TRY_CAST({quoted(columns['started_at'])} AS TIMESTAMPTZ), "
        f"TRY_CAST({quoted(columns['ended_at'])} AS TIMESTAMPTZ))) FROM {roles.runs.table} WHERE "
        f"{quoted(columns['processor'])} = ? AND list_contains(?, {quoted(columns['state'])})",
        [processor, done],
    ).fetchone()
    took = (
        "none succeeded"
        if row is None or row[0] is None
        else (f"the longest that succeeded took {int(row[0]) / 60:.1f} min")
    )
    draft.add(f"# longest_minutes =           # fill in: {took}")


def _words_of_state(roles: Roles) -> tuple[str, ...]:
    assert roles.runs is not None
    return roles.runs.columns[roles.run_columns["state"]].words


def _likeness(processor: str, table: str) -> float:
    """The share of words two names have in common, without what processors are called for."""
    mine, theirs = _words(processor) - _VERBS, _words(table)
    return len(mine & theirs) / len(mine | theirs) if mine | theirs else 0.0


def _words(name: str) -> frozenset[str]:
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return frozenset(each.rstrip("s") for each in re.split(r"[^a-z0-9]+", apart) if each)


def _table_owes(table: ProposedTable, processor: str, draft: Draft) -> None:
    if table.sides is not None and table.sides[0] >= _MOST_PLAY and table.sides[1] >= _MANY_THERE:
        draft.add('expects = "teams"   # unsure')
        draft.unsure.append(
            f"{processor}.expects: teams: {table.sides[0]:.0%} of its dates and teams play then, "
            f"and it has {table.sides[1]:.0%} of those that do"
        )
        draft.fill_in("due_hours", f"so many hours after the tip {processor!r} can have written")
        return
    if table.game is None or table.hours is None:
        why = f"what {processor!r} owes: its table has no games, or no instants to tell by"
        draft.fill_in("expects", why)
        return
    earliest, median = table.hours
    rule = "games_final" if median > 0 else "games_scheduled"
    if len(table.unit) > 1:
        rule = "teams"
    side = "after" if median > 0 else "before"
    draft.add(
        f'expects = "{rule}"   # unsure',
        f"due_hours = {earliest:.2f}   # unsure: so soon after the tip came a tenth of its games",
    )
    draft.unsure.append(
        f"{processor}.expects: {rule}, due {earliest:.1f} h after the tip: its rows came "
        f"{abs(median):.1f} h {side} the tip (median), a tenth of them {earliest:+.1f} h"
    )


def _listing_owes(listing: ProposedListing, processor: str, draft: Draft) -> None:
    if "{game_id" in listing.pattern:
        draft.fill_in("expects", f"{processor!r}: games_final, or games_scheduled?")
        return
    draft.add('expects = "floor"   # unsure', "floor = 1")
    draft.unsure.append(f"{processor}.expects: one object a date: is there one every day?")
