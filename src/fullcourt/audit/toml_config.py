"""`audit.toml`: read, and checked to the line. See `docs/audit-config.md` for the format."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fullcourt.audit.configuration import (
    AuditConfig,
    AuditRefused,
    Lookup,
    RunsConfig,
    ScheduleConfig,
    Source,
    TableConfig,
)
from fullcourt.audit.path_pattern import PatternWrong, compile_pattern
from fullcourt.audit.presets import LISTING_PRESETS, RUN_PRESETS, preset_values
from fullcourt.audit.toml_processors import take_processor, take_texts
from fullcourt.audit.toml_source import take_source
from fullcourt.audit.words import GameState, RunState
from fullcourt.toml_lines import Table, TomlText

E = TypeVar("E", bound=Enum)
RUN_COLUMNS = (
    "run_id processor game_date game_id started_at ended_at state records error closed_by revision "
    "target".split()
)
GAME_COLUMNS = "game_id game_date tip_at home away state detail ended_at minutes".split()
_SECTIONS = "name now time_zone teams notes runs schedule table listing lookup processor".split()
EPOCHS = ("s", "ms", "us")


def load_config(path: Path) -> AuditConfig:
    """The configuration in a file; paths in it are relative to its folder.

    Raises:
        AuditRefused: the file cannot be read, is no TOML, or holds an unknown key, a wrong type or
            a contradiction: with file, line, reason and next step.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AuditRefused(
            f"{path}: cannot be read ({error}).",
            next_step="name an audit.toml; `fullcourt audit init` proposes one",
        ) from error
    return parse_config(text, path)


def parse_config(text: str, path: Path) -> AuditConfig:
    """The configuration a TOML text describes; `path` names it in errors (see `load_config`)."""
    top = TomlText.read(text, str(path), AuditRefused).top()
    # A section whose name is wrong is said first: what it lacks elsewhere follows from it.
    top.allow(*_SECTIONS)
    top.nothing_else()
    base = path.resolve().parent
    zone = _zone(top, "time_zone", "") if top.has("time_zone") else ""
    lookups = {each.name: each for each in (_lookup(t, base) for t in top.tables("lookup"))}
    tables = [_table(each, base, zone) for each in top.tables("table")]
    tables += [_listing(each, base, zone, lookups) for each in top.tables("listing")]
    _unique(top, "table", [*top.tables("table"), *top.tables("listing")])
    top.require("runs", "schedule")
    runs, schedule = top.table("runs"), top.table("schedule")
    assert runs is not None and schedule is not None
    found = top.tables("processor")
    _unique(top, "processor", found)
    notes = top.table("notes")
    history = _runs(runs, base, zone)
    lookups = {**_preset_lookup(runs, history.source), **lookups}
    config = AuditConfig(
        name=top.take("name", str, path.stem),
        path=path,
        now=top.take_instant("now") if top.has("now") else None,
        runs=history,
        schedule=_schedule(schedule, base, zone),
        tables=tuple(tables),
        processors=tuple(take_processor(each, tables) for each in found),
        teams=take_texts(top, "teams"),
        notes={k: notes.take(k, str, "") for k in notes.names()} if notes is not None else {},
        lookups=lookups,
    )
    if not found:
        raise top.refused("processor", "there is none", "add a [[processor]] for each to audit")
    return config


def _runs(own: Table, base: Path, zone: str) -> RunsConfig:
    table = _with_preset(own, RUN_PRESETS)
    columns = _columns(table, RUN_COLUMNS, ("processor", "state"))
    if not columns.keys() & {"game_date", "started_at"}:
        raise table.refused("columns", "no run has a date", "name game_date or started_at")
    config = RunsConfig(
        source=take_source(table, base),
        columns=columns,
        states=_states(table, RunState),
        time_zone=_zone(table, "time_zone", zone),
        sweepers=frozenset(take_texts(table, "sweepers")),
        date_zone=_zone(table, "date_zone", "America/New_York"),
        date_format=_date_format(table),
        epoch=_epoch(table),
        run_ids_repeat=table.take("run_ids_repeat", bool, False),
        only=_only(table),
        lines=_lines(table),
    )
    if config.sweepers and "closed_by" not in columns:
        raise table.refused("sweepers", "no column says who closed a row", "name columns.closed_by")
    table.nothing_else()
    return config


def _schedule(own: Table, base: Path, zone: str) -> ScheduleConfig:
    columns = _columns(own, GAME_COLUMNS, ("game_id",))
    if not columns.keys() & {"game_date", "tip_at"}:
        raise own.refused("columns", "no game has a date", "name game_date or tip_at")
    has_words = bool(columns.keys() & {"state", "detail"})
    if has_words != own.has("states"):
        raise own.refused(
            "states",
            "columns.state and the table of states need each other",
            "map each word of the column to scheduled, live, final, postponed or cancelled",
        )
    config = ScheduleConfig(
        source=take_source(own, base),
        columns=columns,
        states=_states(own, GameState) if has_words else {},
        time_zone=_zone(own, "time_zone", zone),
        covers=_covers(own),
        date_zone=_zone(own, "date_zone", "America/New_York"),
        date_format=_date_format(own),
        epoch=_epoch(own),
        only=_only(own),
        lines=_lines(own),
    )
    own.nothing_else()
    return config


def _table(own: Table, base: Path, zone: str) -> TableConfig:
    own.require("name")
    source = take_source(own, base)
    if source.kind == "none":
        config = TableConfig(own.take("name", str, ""), source, (), (), "", "UTC")
        own.nothing_else()
        return config
    own.require("key")
    key, date = take_texts(own, "key"), own.take("date", str, "")
    game = own.take("game", str, "") or None
    if not date and game is None:
        raise own.refused("date", "neither a date nor a game says when a row is of", "name one")
    unit = take_texts(own, "unit") if own.has("unit") else tuple(k for k in key if k != date)
    strange = [each for each in unit if each not in key]
    if strange or not key:
        raise own.refused("unit", f"{strange or unit} is not of key {list(key)}", "add it to key")
    config = TableConfig(
        name=own.take("name", str, ""),
        source=source,
        key=key,
        unit=unit,
        date=date,
        time_zone=_zone(own, "time_zone", zone),
        game=game,
        written_at=own.take("written_at", str, "") or None,
        first_written_at=own.take("first_written_at", str, "") or None,
        date_zone=_zone(own, "date_zone", "America/New_York"),
        date_format=_date_format(own),
        epoch=_epoch(own),
        only=_only(own),
        lines=_lines(own),
    )
    own.nothing_else()
    return config


def _listing(own: Table, base: Path, zone: str, lookups: Mapping[str, Lookup]) -> TableConfig:
    table = _with_preset(own, LISTING_PRESETS)
    table.require("name", "pattern", "path")
    text = table.take("pattern", str, "")
    try:
        pattern = compile_pattern(text)
    except PatternWrong as error:
        raise table.refused("pattern", str(error), "see docs/audit-config.md, listings") from error
    if pattern.lookup is not None and pattern.lookup not in lookups:
        raise table.unknown("pattern", list(lookups), "lookup", value=pattern.lookup)
    config = TableConfig(
        name=table.take("name", str, ""),
        source=take_source(table, base),
        key=("path",),
        unit=pattern.names,
        date="date",
        time_zone=_zone(table, "time_zone", zone),
        game="game_id" if "game_id" in pattern.names else None,
        written_at=table.take("written_at", str, "") or None,
        is_listing=True,
        pattern=text,
        path=table.take("path", str, ""),
        bytes=table.take("bytes", str, "") or None,
        epoch=_epoch(table),
        only=_only(table),
        lines=_lines(table),
    )
    table.nothing_else()
    return config


def _lookup(own: Table, base: Path) -> Lookup:
    own.require("name", "match", "give")
    # One column, or several of which each is matched.
    is_one = isinstance(own.tree["match"], str)
    found = Lookup(
        own.take("name", str, ""),
        take_source(own, base),
        (own.take("match", str, ""),) if is_one else take_texts(own, "match"),
        own.take("give", str, ""),
        _only(own),
    )
    if not found.match:
        raise own.refused("match", "it names no column", "name one")
    own.nothing_else()
    return found


def _unique(top: Table, what: str, tables: Collection[Table]) -> None:
    seen: dict[str, int] = {}
    for each in tables:
        each.require("name")
        name, line = each.take("name", str, ""), each.line_of("name")
        if name in seen:
            raise each.refused(
                "name", f"{name!r} stands on line {seen[name]} too", f"give each {what} one name"
            )
        seen[name] = line


def _with_preset(own: Table, known: Collection[str]) -> Table:
    """The section with what its preset says where it says nothing itself."""
    if not own.has("preset"):
        return own
    values = preset_values(own.take_word("preset", known, ""))
    merged = {**values, **own.tree}
    for name in ("columns", "states", "only"):
        mine, given = own.tree.get(name, {}), values.get(name, {})
        if isinstance(mine, dict) and (mine or given):
            merged[name] = {**given, **mine}
    # A preset names its table; a file or a query stands for it.
    if {"query", "files"} & own.tree.keys() and "table" not in own.tree:
        merged.pop("table", None)
    table = Table(own.source, own.place, merged)
    table.allow("preset", "lookup")
    return table


def _preset_lookup(runs: Table, source: Source) -> dict[str, Lookup]:
    """The lookup a preset brings: another table of the same database."""
    values = preset_values(str(runs.tree["preset"])) if runs.has("preset") else {}
    given = values.get("lookup")
    if given is None or source.database is None:
        return {}
    there = replace(source, table=str(given["table"]), query=None)
    return {given["name"]: Lookup(given["name"], there, (given["match"],), given["give"])}


def _columns(table: Table, known: Collection[str], needed: Collection[str]) -> dict[str, str]:
    table.require("columns")
    columns = table.table("columns")
    assert columns is not None
    for name in columns.names():
        if name not in known:
            raise columns.unknown(name, known, "column of ours")
    found = {name: columns.take(name, str, "") for name in columns.names()}
    columns.require(*needed)
    for name, theirs in found.items():
        if not theirs:
            raise columns.refused(name, "no column is named", "name theirs, or drop the line")
    return found


def _states(table: Table, kind: type[E]) -> dict[str, E]:
    table.require("states")
    states = table.table("states")
    assert states is not None
    return {word: states.take_enum(word, kind) for word in states.names()}


def _only(table: Table) -> dict[str, tuple[str, ...]]:
    found = table.table("only")
    return {name: take_texts(found, name) for name in found.names()} if found is not None else {}


def _covers(table: Table) -> tuple[date, date] | None:
    found = table.take("covers", list, [])
    if not table.has("covers"):
        return None
    if [type(each) for each in found] != [date, date] or found[0] > found[1]:
        raise table.refused("covers", f"{found} is no span", "write [FIRST-DATE, LAST-DATE]")
    return found[0], found[1]


def _zone(table: Table, key: str, default: str) -> str:
    name = table.take(key, str, default)
    if not name:
        raise table.refused(
            key, "it is missing", 'say what instants without an offset mean: time_zone = "UTC"'
        )
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise table.refused(
            key, f"no such time zone: {name!r}", 'write "UTC", "America/New_York", ...'
        ) from error
    return name


def _epoch(table: Table) -> str | None:
    return table.take_word("epoch", EPOCHS, "s") if table.has("epoch") else None


def _date_format(table: Table) -> str | None:
    text = table.take("date_format", str, "")
    if text and not all(re.search(part, text) for part in ("%[Yy]", "%[mbB]", "%d")):
        raise table.refused("date_format", f"{text!r} names no whole date", "write %m/%d/%Y")
    return text or None


def _lines(table: Table) -> dict[str, int]:
    return dict(_each_line(table))


def _each_line(table: Table) -> Iterator[tuple[str, int]]:
    for name, value in table.tree.items():
        yield name, table.line_of(name)
        for inner in value if isinstance(value, dict) else ():
            yield f"{name}.{inner}", table.source.line((*table.place, name, inner))
