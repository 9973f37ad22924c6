"""What an audit is told about a pipeline: the frozen form of `audit.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from fullcourt.audit.words import GameState, Rule, RunState
from fullcourt.toml_lines import TomlRefused


class AuditRefused(TomlRefused):
    """A configuration, or what it leads to, cannot be audited: by file, line, column and row."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from. Exactly one of `files`, `table`, `query` leads to them.

    `kind`: csv, parquet, jsonl, json, lines, sqlite, postgresql, duckdb, or none (there is nothing
    to read: `reason` says why). `files`: a path or glob, absolute. `database`: a file or
    (postgresql) a URL whose password comes from `password_env`. `query`: one SELECT, run only with
    `--trust-config`. `header`: the columns of a CSV file that does not name them. `rows`: of json,
    the path to the list whose members are rows. `row_pattern`: of lines, a regular expression whose
    named groups are columns; `ignore_pattern`: lines that are no rows. `line`: where the file says
    so, for messages.
    """

    kind: str
    files: str | None = None
    database: str | None = None
    table: str | None = None
    query: str | None = None
    password_env: str | None = None
    header: tuple[str, ...] = ()
    rows: str | None = None
    row_pattern: str | None = None
    ignore_pattern: str | None = None
    reason: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """A translation of values: a row of `source` gives `give` for what any of `match` is in it."""

    name: str
    source: Source
    match: tuple[str, ...]
    give: str
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunsConfig:
    """The run history. `columns`: our name to theirs (`a.b` reads into a JSON column).

    Ours: run_id, processor, game_date, game_id, started_at, ended_at, state, records, error,
    closed_by, revision, target. `sweepers`: what `closed_by` says when a sweeper closed the row.
    `date_zone`: the zone their dates were meant in, where they are derived from instants.
    `date_format`: of dates that are text and not YYYY-MM-DD, for strptime. `epoch`: the unit of
    instants that are numbers (s, ms, us). `run_ids_repeat`: a run may have several rows. `only`:
    columns of theirs, and the words (`002*`) of which a row must hold one (`!PPD*`: must not).
    `lines`: of each key of
    the section, for messages.
    """

    source: Source
    columns: Mapping[str, str]
    states: Mapping[str, RunState]
    time_zone: str
    sweepers: frozenset[str] = frozenset()
    date_zone: str = "America/New_York"
    date_format: str | None = None
    epoch: str | None = None
    run_ids_repeat: bool = False
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScheduleConfig:
    """The schedule. Ours: game_id, game_date, tip_at, home, away, state, detail, ended_at (to the
    minute), minutes (from the tip to the end, where that is what is written down).

    `covers`: the first and the last date it speaks of, where that is more than the dates of its
    games: a date outside it is not known to be an off day. `states`: their words (`PPD*` is every
    word that begins so) to ours. `detail` is a second column of words: where one of them is in
    `states`, it counts, not `state`.
    """

    source: Source
    columns: Mapping[str, str]
    states: Mapping[str, GameState]
    time_zone: str
    covers: tuple[date, date] | None = None
    date_zone: str = "America/New_York"
    date_format: str | None = None
    epoch: str | None = None
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableConfig:
    """One table as it stands, or (`is_listing`) the listing of an archive.

    `key`: columns that name a row; `unit`: the columns of `key` that name what is owed (game; game
    and player; team). `first_written_at`, `written_at`: when a row first came, and when it was last
    replaced, where the table knows (of a listing: `written_at` is when an object was created).
    `pattern`: of a listing, the path with `{date}`, `{key}`, `{game_id}` (`{game_id:NAME}` is
    translated by the lookup of that name); `path` and `bytes` are its columns. An empty `date`: the
    one date of the row's `game`.
    """

    name: str
    source: Source
    key: tuple[str, ...]
    unit: tuple[str, ...]
    date: str
    time_zone: str
    game: str | None = None
    written_at: str | None = None
    first_written_at: str | None = None
    is_listing: bool = False
    pattern: str | None = None
    path: str | None = None
    bytes: str | None = None
    date_zone: str = "America/New_York"
    date_format: str | None = None
    epoch: str | None = None
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProcessorConfig:
    """One processor: what it fills, what is owed there and from when, and what it is made from.

    `due_hours`: hours after the tip of a key's game, or, of a key without one (`floor`, teams owed
    every day), after midnight Eastern of the date, from which a key can be there; `due_by_hours`:
    from when it surely can, where that is later. `due_after_end_hours`: hours after the game's
    end, in place of both, where the schedule knows it. `listed_in`: the table of
    `players_listed`, or the snapshots of `event_log` (a unit a member; the first column of its unit
    names the group). `change_words`: of `event_log`, for who came and who went, where the key ends
    in such a word. `archive`: the listing that proves what the scraper brought. `upstream`: tables
    it reads. `longest_minutes`: no honest run takes longer.
    """

    name: str
    fills: tuple[str, ...]
    expects: Rule
    due_hours: float = 0.0
    due_by_hours: float | None = None
    due_after_end_hours: float | None = None
    floor: int | None = None
    query: str | None = None
    listed_in: str | None = None
    change_words: tuple[str, str] | None = None
    archive: str | None = None
    upstream: tuple[str, ...] = ()
    phase: int | None = None
    longest_minutes: float | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class AuditConfig:
    """A whole configuration. `now`: the instant of the tables as they stand (UTC)."""

    name: str
    path: Path
    now: datetime | None
    runs: RunsConfig
    schedule: ScheduleConfig
    tables: tuple[TableConfig, ...]
    processors: tuple[ProcessorConfig, ...]
    teams: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
