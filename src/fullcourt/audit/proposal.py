"""What `audit init` proposes: an `audit.toml` from looking at files, and how sure it is of it.

Nothing is invented: what looking does not tell is a commented line to fill in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from fullcourt.audit.configuration import AuditRefused
from fullcourt.audit.draft import Draft
from fullcourt.audit.presets import LISTING_PRESETS, RUN_PRESETS, preset_values
from fullcourt.audit.proposed_listings import propose_listings
from fullcourt.audit.proposed_processors import propose_processors
from fullcourt.audit.proposed_tables import propose_tables
from fullcourt.audit.roles import (
    SWEEPERS,
    Roles,
    find_roles,
    overlap,
    words_of_games,
    words_of_runs,
)
from fullcourt.audit.sources.columns import Naming
from fullcourt.audit.sources.databases import detach_all
from fullcourt.audit.sources.reading import Reading, quoted
from fullcourt.audit.survey import JSON, LOCAL, Look, survey, toml_text

_MOST_STATES = 12


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed configuration: the text of `audit.toml`, what of it is sure, and what is not, each
    with its reason. What is unsure is to be looked at, or to be filled in."""

    text: str
    sure: tuple[str, ...]
    unsure: tuple[str, ...]


def propose(
    paths: Sequence[Path], preset: str | None = None, folder: Path | None = None
) -> Proposal:
    """Look at files (or all of a folder) and propose how they are audited.

    `preset` names what the history is of; without it a known one is recognised by its columns.
    `folder` is where the configuration will lie (paths in it are relative to that; by default the
    first path, or its folder).

    Raises:
        AuditRefused: a path or preset does not exist, or there is nothing to look at.
    """
    if preset is not None and preset not in (*RUN_PRESETS, *LISTING_PRESETS):
        raise AuditRefused(
            f"no such preset: {preset!r}.",
            next_step=f"known are {', '.join((*RUN_PRESETS, *LISTING_PRESETS))}",
        )
    if not paths:
        raise AuditRefused("no file to look at.", next_step="name files or folders")
    base = folder or (paths[0] if paths[0].is_dir() else paths[0].parent)
    draft = Draft()
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        looks, complaints = survey(connection, paths, base)
        draft.unsure += [f"left out: {each}" for each in complaints]
        roles = find_roles(connection, looks)
        _head(draft, base, looks)
        _history(draft, connection, roles, looks, preset)
        _schedule(draft, roles)
        tables = propose_tables(connection, roles, draft)
        listings = propose_listings(connection, roles, tables, preset, draft)
        propose_processors(connection, roles, tables, listings, draft)
        detach_all(connection)
    return Proposal("\n".join(draft.lines) + "\n", tuple(draft.sure), tuple(draft.unsure))


def _head(draft: Draft, base: Path, looks: Sequence[Look]) -> None:
    draft.add(
        "# Proposed from looking at the files. Check the lines that say `unsure`, complete those",
        "# that say `fill in`. docs/audit-config.md describes every key.",
        f"name = {toml_text(base.resolve().name)}",
    )
    draft.fill_in("now", "the instant the files were exported; without it, the moment of the audit")
    local = [f"{look.name}.{name}" for look in looks for name in look.of_kind(LOCAL)]
    if local:
        shown = ", ".join(local[:4]) + (", ..." if len(local) > 4 else "")
        draft.fill_in("time_zone", f"the zone of instants without an offset ({shown})")
    else:
        draft.add('time_zone = "UTC"               # not used: every instant has its offset')
        draft.sure.append("time_zone: every instant carries its own offset")


def _history(
    draft: Draft,
    connection: duckdb.DuckDBPyConnection,
    roles: Roles,
    looks: Sequence[Look],
    preset: str | None,
) -> None:
    draft.add("", "[runs]")
    known = _known_preset(looks, preset)
    if known is not None:
        look, name = known
        draft.add(f"preset = {toml_text(name)}", *look.lines)
        draft.sure.append(f"runs: {look.name} has the columns of preset {name}")
        return
    runs, columns = roles.runs, roles.run_columns
    if runs is None:
        draft.fill_in("files", "no file has a processor, a state and instants of runs")
        draft.unsure.append("runs: no history was recognised")
        return
    draft.add(*runs.lines)
    for twin in roles.twins:
        said = f"{twin.source.kind} {twin.name} has the same columns and {twin.rows:,} rows"
        draft.unsure.append(f"runs: {said}: taken for the same history, and left out")
    draft.sure.append(
        f"runs: {runs.name} ({runs.source.kind}, {runs.rows:,} runs) has "
        + ", ".join(f"{ours} in {theirs!r}" for ours, theirs in columns.items())
    )
    _repeats(draft, connection, runs, columns)
    _sweepers(draft, runs, columns)
    if "game_date" not in columns:
        draft.fill_in("date_zone", "no column has the game date: it is that of the start, where?")
    within = _within_json(connection, roles)
    draft.add("", "[runs.columns]")
    draft.add(*(f"{ours} = {toml_text(theirs)}" for ours, theirs in columns.items()))
    for ours, (theirs, reason) in within.items():
        draft.add(f"{ours} = {toml_text(theirs)}   # unsure")
        draft.unsure.append(f"runs.columns.{ours}: {theirs!r}, {reason}")
    _states(
        draft, "runs", runs, columns["state"], words_of_runs(runs.columns[columns["state"]].words)
    )


def _known_preset(looks: Sequence[Look], preset: str | None) -> tuple[Look, str] | None:
    """The look a preset is of: it has all of the preset's columns, and its table's name first."""
    # Names such as run tables usually have prove nothing; they are used only when asked for.
    names = [name for name in RUN_PRESETS if name != "bigquery"] if preset is None else [preset]
    for name in names:
        if name not in RUN_PRESETS:
            continue
        values = preset_values(name)
        fitting = [look for look in looks if _fits(look, values["columns"])]
        fitting.sort(key=lambda look: look.name != values.get("table"))
        if fitting:
            return fitting[0], name
    if preset in RUN_PRESETS:
        raise AuditRefused(
            f"no file has the columns of preset {preset!r}: "
            f"{', '.join(preset_values(str(preset))['columns'].values())}.",
            next_step="name its file, or leave out the preset",
        )
    return None


def _fits(look: Look, columns: dict[str, str]) -> bool:
    with duckdb.connect() as connection:
        kinds = dict.fromkeys(look.columns, "VARCHAR")
        naming = Naming(connection, Reading(look.name, look.table, kinds, ""), look.name)
        return all(naming.has(given) for given in columns.values())


def _repeats(
    draft: Draft, connection: duckdb.DuckDBPyConnection, runs: Look, columns: Mapping[str, str]
) -> None:
    if "run_id" not in columns:
        return
    row = connection.execute(
        f"SELECT count(*), any_value(id) FROM (SELECT {quoted(columns['run_id'])} AS id "
        f"FROM {runs.table} GROUP BY ALL HAVING count(*) > 1)"
    ).fetchone()
    if row is not None and row[0]:
        draft.add("run_ids_repeat = true           # unsure")
        draft.unsure.append(
            f"runs.run_ids_repeat: {row[0]:,} run ids stand on several rows ({row[1]}, for one): a "
            "run with two rows, or one exported twice?"
        )


def _sweepers(draft: Draft, runs: Look, columns: Mapping[str, str]) -> None:
    if "closed_by" not in columns:
        return
    words = runs.columns[columns["closed_by"]].words
    sweepers = [word for word in words if any(name in word.lower() for name in SWEEPERS)]
    if sweepers:
        draft.add(f"sweepers = [{', '.join(map(toml_text, sweepers))}]   # unsure")
        others = ", ".join(word for word in words if word not in sweepers)
        draft.unsure.append(f"runs.sweepers: {', '.join(sweepers)} by the name (others: {others})")
    else:
        draft.fill_in("sweepers", f"which of {', '.join(words)} closes rows of others, if any")


def _within_json(connection: duckdb.DuckDBPyConnection, roles: Roles) -> dict[str, tuple[str, str]]:
    """Columns of ours within JSON columns of the history: game ids, by their overlap."""
    runs = roles.runs
    if runs is None or roles.schedule is None or "game_id" in roles.run_columns:
        return {}
    for name in runs.of_kind(JSON):
        keys = connection.execute(
            f"SELECT DISTINCT unnest(json_keys({quoted(name)})) AS key FROM {runs.table} ORDER BY 1"
        ).fetchall()
        for (key,) in keys:
            inner = f"{runs.table}_inner"
            connection.execute(
                f"CREATE OR REPLACE TEMP VIEW {inner} AS SELECT "
                f"{quoted(name)} ->> '{str(key).replace(chr(39), chr(39) * 2)}' AS value "
                f"FROM {runs.table}"
            )
            look = Look(runs.name, runs.source, (), inner, runs.rows, {})
            games = (roles.schedule, roles.game_columns["game_id"])
            share = overlap(connection, (look, "value"), games)
            if share >= 0.9:
                return {"game_id": (f"{name}.{key}", f"{share:.0%} of its values are game ids")}
    return {}


def _schedule(draft: Draft, roles: Roles) -> None:
    draft.add("", "[schedule]")
    schedule, columns = roles.schedule, dict(roles.game_columns)
    if schedule is None:
        draft.fill_in("files", "no file has game ids, two sides and a date or tip")
        draft.unsure.append("schedule: none was recognised")
        return
    draft.add(*schedule.lines)
    draft.unsure.append(
        f"schedule: {schedule.name} ({schedule.rows:,} rows) knows the most of the other files' "
        "games; are games in it that the pipeline does not follow (preseason)? Then [schedule.only]"
    )
    words: dict[str, str] = {}
    for ours in ("state", "detail"):
        if ours not in columns:
            continue
        listed = schedule.columns[columns[ours]].words
        found = words_of_games(listed)
        # Without a known word a column says nothing of states; a lone detail is all there is.
        if not found and (ours == "state" or "state" in columns):
            del columns[ours]
        words |= found
    draft.add("", "[schedule.columns]")
    draft.add(*(f"{ours} = {toml_text(theirs)}" for ours, theirs in columns.items()))
    draft.sure.append(
        "schedule.columns: "
        + ", ".join(f"{ours} in {theirs!r}" for ours, theirs in columns.items())
    )
    if "state" in columns:
        _states(draft, "schedule", schedule, columns["state"], words)


def _states(draft: Draft, section: str, look: Look, column: str, known: dict[str, str]) -> None:
    """The table of states; a word whose meaning is not known is a line to fill in."""
    draft.add("", f"[{section}.states]")
    draft.add(*(f"{toml_text(word)} = {toml_text(state)}" for word, state in known.items()))
    if known:
        said = ", ".join(f"{word!r} is {state}" for word, state in known.items())
        draft.sure.append(f"{section}.states: {said}")
    listed = look.columns[column].words
    if not listed:
        draft.fill_in("WORD", f"{column!r} has {look.columns[column].distinct:,} words: map each")
    for word in listed[:_MOST_STATES]:
        if word not in known:
            draft.fill_in(toml_text(word), f"what state {word!r} of {column!r} is")
