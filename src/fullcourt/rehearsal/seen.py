"""What the stores really hold, read with plain SQL and the vendors' parsers, never by the judge.

Only what changed since the last look is read again; what did not change stays the same object.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import text

from fullcourt.nba.box import BoxScore
from fullcourt.nba.calendar import EASTERN, dates
from fullcourt.nba.props import EventListing, EventProps
from fullcourt.pipeline.work import Stores
from fullcourt.scrape.nba_schedule import read_season
from fullcourt.simulator.oracle.words import (
    COLUMNS,
    IDENTITY,
    KEYS,
    BodySeen,
    CellId,
    Facts,
    Held,
    RowSeen,
    ScheduleSaid,
)
from fullcourt.stores.ledger.database import instant_of, text_of
from fullcourt.vendors.nba_cdn import parse_boxscore, parse_scoreboard
from fullcourt.vendors.odds_api import parse_event_props, parse_events

SaidStates = Mapping[str, tuple[str, str | None]]
_INSTANTS = frozenset({"known_at", "fetched_at", "as_of", "tip_at", "snapshot_at", "line_known_at"})
_WITH_AS_OF = frozenset({"upcoming_player_game_context", "player_composite_factors", "predictions"})
# Several rows a key: versions of a game, lines of a game.
_PROPS = "odds_player_props"
_PROPS_ORDER = itemgetter(0, 2, 4, 5, 6)
# A clock that was set back makes younger rows look older.
_LOOK_BACK = timedelta(hours=13)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Instants(dict[int | None, datetime | None]):
    """Microseconds as UTC instants, each made once: DuckDB's client takes long over each."""

    def __missing__(self, micros: int | None) -> datetime | None:
        found = None if micros is None else _EPOCH + timedelta(microseconds=micros)
        self[micros] = found
        return found


@dataclass(slots=True)
class HeldReader:
    """Reads `Held` again and again. `changed` are the cells that differ since the last read."""

    stores: Stores
    changed: set[CellId] = field(default_factory=set)
    _held: Held = field(default_factory=Held)
    _snapshot: int = -1
    _bodies: dict[str, tuple[str, str, str, str, datetime, datetime]] = field(default_factory=dict)
    _objects: dict[str, BodySeen] = field(default_factory=dict)
    _by_cell: dict[CellId, dict[str, list[str]]] = field(default_factory=dict)
    _facts: dict[tuple[str, str], Facts] = field(default_factory=dict)
    _lost: set[str] = field(default_factory=set)
    _instants: _Instants = field(default_factory=_Instants)
    _newest: datetime | None = None

    def read(self) -> Held:
        """What is held now."""
        self.changed = set()
        rows = self._read_rows()
        bodies = self._read_bodies()
        attempts = self._read_attempts()
        running = self._read_running()
        before = self._held
        if (
            rows is not before.rows
            or bodies is not before.bodies
            or attempts is not before.attempts
            or running != before.running
        ):
            self._held = Held(bodies, rows, attempts, running)
        return self._held

    def body_lost(self, digest: str) -> None:
        """A body was deleted: look whether it is there from now on."""
        self._lost.add(digest)

    # Rows

    def _read_rows(self) -> Mapping[CellId, Mapping[str, RowSeen]]:
        lake = self.stores.lake
        newest = lake.snapshot_id()
        if newest == self._snapshot:
            return self._held.rows
        rows = dict(self._held.rows)
        for change in lake.changes_between(self._snapshot, newest):
            if change.table in COLUMNS:
                self._read_table(rows, change.table, change.dates)
        self._snapshot = newest
        return rows

    def _read_table(
        self, rows: dict[CellId, Mapping[str, RowSeen]], table: str, days: Collection[date]
    ) -> None:
        before = {day: rows.pop((table, day), {}) for day in days}
        self.changed |= {(table, day) for day in days}
        found: dict[date, dict[str, list[tuple[Any, ...]]]] = {}
        for row in self._fetched(table, days):
            found.setdefault(row[0], {}).setdefault(row[1], []).append(row[2:])
        fold = _folded_lines if table == _PROPS else _folded
        for day, keys in found.items():
            known = before[day]
            rows[table, day] = {
                key: old if (old := known.get(key)) == (new := fold(group)) else new
                for key, group in keys.items()
            }

    def _fetched(self, table: str, days: Collection[date]) -> Iterable[tuple[Any, ...]]:
        """Date, key, known_at, fetched_at, as_of, a hash of the identity, and `COLUMNS`."""
        names = ("known_at", "fetched_at", "as_of", "", *COLUMNS[table])
        rows = self.stores.lake.connection.execute(self._query(table, days)).fetchall()
        columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
        for place, name in enumerate(names if rows else (), start=2):
            if name in _INSTANTS:
                columns[place] = map(self._instants.__getitem__, columns[place])
        return zip(*columns, strict=True)

    def _query(self, table: str, days: Collection[date]) -> str:
        database = "lake" if self.stores.lake.in_memory else "stored"
        key = "game_id" if KEYS[table] == "game_id" else "game_id || '/' || player_id"
        as_of = "epoch_us(as_of)" if table in _WITH_AS_OF else "NULL"
        identity = ", ".join(IDENTITY[table])
        listed = ", ".join(f"DATE '{day}'" for day in sorted(days))
        columns = ", ".join(f"epoch_us({c})" if c in _INSTANTS else c for c in COLUMNS[table])
        return (
            f"SELECT game_date, {key}, epoch_us(known_at), epoch_us(fetched_at), {as_of}, "
            f"hash({identity}), {columns} FROM {database}.{table} "
            f"WHERE game_date IN ({listed}) ORDER BY game_date, 2, known_at, fetched_at"
        )

    # Bodies

    def _read_bodies(self) -> Mapping[CellId, Mapping[str, tuple[BodySeen, ...]]]:
        since = "" if self._newest is None else text_of(self._newest - _LOOK_BACK)
        found = self.stores.ledger.execute(
            text(
                "SELECT manifest_id, feed, game_date, key, digest, fetched_at, checked_at "
                "FROM manifests WHERE outcome = 'ok' AND digest IS NOT NULL "
                "AND checked_at >= :since"
            ),
            {"since": since},
        ).all()
        touched: set[tuple[CellId, str]] = set()
        for row in found:
            fetched, checked = _instant(row.fetched_at), _instant(row.checked_at)
            self._newest = max(self._newest or checked, checked)
            entry = (row.feed, row.game_date, row.key, row.digest, fetched, checked)
            known = self._bodies.get(row.manifest_id)
            if known == entry:
                continue
            self._bodies[row.manifest_id] = entry
            cell = (row.feed, date.fromisoformat(row.game_date))
            if known is None:
                self._by_cell.setdefault(cell, {}).setdefault(row.key, []).append(row.manifest_id)
            touched.add((cell, row.key))
        touched |= self._look_for_lost()
        if not touched:
            return self._held.bodies
        bodies = dict(self._held.bodies)
        for cell, key in sorted(touched):
            ids = self._by_cell[cell][key]
            ids.sort(key=lambda name: (self._bodies[name][4], name))
            bodies[cell] = {**bodies.get(cell, {}), key: tuple(map(self._body, ids))}
            self.changed.add(cell)
        return bodies

    def _look_for_lost(self) -> set[tuple[CellId, str]]:
        """Bodies deleted or put back since the last read."""
        touched: set[tuple[CellId, str]] = set()
        for name, (feed, day, key, digest, *_) in self._bodies.items() if self._lost else ():
            body = self._objects.get(name)
            if digest not in self._lost or body is None:
                continue
            if body.digest_ok != self.stores.archive.has_body(digest):
                touched.add(((feed, date.fromisoformat(day)), key))
        return touched

    def _body(self, name: str) -> BodySeen:
        feed, _, key, digest, fetched, checked = self._bodies[name]
        is_there = digest not in self._lost or self.stores.archive.has_body(digest)
        kept = self._objects.get(name)
        # A schedule is folded in the order of its bodies: one that is merely confirmed is no news.
        confirmed = kept is not None and (kept.checked_at == checked or feed == "nba_schedule")
        if kept is not None and kept.digest_ok == is_there and confirmed:
            return kept
        facts = kept.facts if kept is not None else self._said(feed, key, digest, fetched)
        self._objects[name] = BodySeen(fetched, checked, is_there, facts)
        return self._objects[name]

    def _said(self, feed: str, key: str, digest: str, fetched: datetime) -> Facts:
        # A live listing has no instant of its own: it is as old as its fetch.
        token = (digest, text_of(fetched) or "" if feed.startswith("odds") else "")
        if token not in self._facts:
            body = self.stores.archive.get_body(digest)
            if body is None:
                raise RuntimeError(f"{feed} {key}: the body {digest} was gone before it was read")
            self._facts[token] = _parsed(feed, key, body, fetched, self.stores)
        return self._facts[token]

    # What was tried, and what is at work

    def _read_attempts(self) -> Mapping[CellId, Mapping[str, int]]:
        found: dict[CellId, dict[str, int]] = {}
        query = text("SELECT dataset, game_date, key, attempts FROM key_attempts")
        for row in self.stores.ledger.execute(query).all():
            cell = (row.dataset, date.fromisoformat(row.game_date))
            found.setdefault(cell, {})[row.key] = row.attempts
        before = self._held.attempts
        if found == before:
            return before
        self.changed |= {c for c in found.keys() | before.keys() if found.get(c) != before.get(c)}
        return {c: before[c] if before.get(c) == keys else keys for c, keys in found.items()}

    def _read_running(self) -> frozenset[CellId]:
        query = text(
            "SELECT l.dataset, r.first_date, r.last_date FROM leases AS l "
            "JOIN runs AS r ON r.run_id = l.run_id WHERE l.expires_at > :now"
        )
        found = self.stores.ledger.execute(query, {"now": text_of(self.stores.clock.now())}).all()
        running = frozenset(
            (row.dataset, day)
            for row in found
            for day in dates(date.fromisoformat(row.first_date), date.fromisoformat(row.last_date))
        )
        self.changed |= running ^ self._held.running
        return running


def _folded(group: Sequence[tuple[Any, ...]]) -> RowSeen:
    """The rows of one key: the latest counts (they come sorted)."""
    known_at, fetched_at, as_of, _, *values = group[-1]
    count = len(group)
    doubled = count - len({row[3] for row in group}) if count > 1 else 0
    return RowSeen(tuple(values), known_at, fetched_at, as_of, count, doubled)


def _folded_lines(group: Sequence[tuple[Any, ...]]) -> RowSeen:
    """All lines of a game, sorted."""
    last = group[-1]
    lines = sorted((row[4:] for row in group), key=_PROPS_ORDER)
    doubled = len(group) - len({row[3] for row in group})
    return RowSeen(tuple(lines), last[0], last[1], None, len(group), doubled)


def _parsed(feed: str, key: str, body: bytes, fetched: datetime, stores: Stores) -> Facts:
    match feed:
        case "nba_schedule" if key == "scoreboard":
            board = parse_scoreboard(body)
            return ScheduleSaid(board.served_at, board.games, None)
        case "nba_schedule":
            season = read_season(body)
            return ScheduleSaid(season.served_at, season.games, season.season)
        case "nba_boxscore":
            box: BoxScore = parse_boxscore(body)
            return box
        case "odds_events":
            listing = parse_events(body, False, fetched, stores.odds_teams)
            # The date of an event is counted here anew: the parser's is what is looked at.
            events = (
                replace(e, game_date=e.tip_at.astimezone(EASTERN).date()) for e in listing.events
            )
            return EventListing(listing.snapshot_at, tuple(events))
        case _:
            markets = stores.settings.odds.markets
            props = parse_event_props(body, False, fetched, stores.odds_teams, markets)
            return EventProps(props.snapshot_at, props.event, props.quotes)


@dataclass(frozen=True, slots=True)
class CellSaid:
    """The stored verdict of a cell as a whole; `expected` and `held` are keys."""

    verdict: str
    expected: int
    held: int
    reason: str


@dataclass(slots=True)
class SaidReader:
    """The stored verdicts: cell -> key -> (state, cause). `judged` since the last read, `changed`:
    those of them whose keys changed."""

    stores: Stores
    states: dict[CellId, SaidStates] = field(default_factory=dict)
    cells: dict[CellId, CellSaid] = field(default_factory=dict)
    changed: set[CellId] = field(default_factory=set)
    judged: tuple[CellId, ...] = ()
    _seen: dict[CellId, tuple[str, str]] = field(default_factory=dict)
    _newest: datetime | None = None

    def read(self) -> Mapping[CellId, SaidStates]:
        """What is said now; a cell whose keys did not change stays the same object."""
        self.changed = set()
        since = "" if self._newest is None else text_of(self._newest - _LOOK_BACK)
        found = self.stores.ledger.execute(
            text(
                "SELECT dataset, game_date, judged_at, evidence_digest FROM cell_verdicts "
                "WHERE judged_at >= :since"
            ),
            {"since": since},
        ).all()
        fresh = []
        for row in found:
            cell = (row.dataset, date.fromisoformat(row.game_date))
            if self._seen.get(cell) != (row.judged_at, row.evidence_digest):
                self._seen[cell] = (row.judged_at, row.evidence_digest)
                fresh.append(cell)
            at = _instant(row.judged_at)
            self._newest = max(self._newest or at, at)
        self.judged = tuple(fresh)
        for cell in fresh:
            self._read_cell(cell)
        return self.states

    def _read_cell(self, cell: CellId) -> None:
        row = self.stores.ledger.execute(
            text(
                "SELECT states, verdict, expected, held, reason FROM cell_verdicts "
                "WHERE dataset = :name AND game_date = :day"
            ),
            {"name": cell[0], "day": cell[1].isoformat()},
        ).one()
        self.cells[cell] = CellSaid(row.verdict, row.expected, row.held, row.reason)
        states, _ = msgspec.msgpack.decode(row.states)
        said = {key: (state, cause) for key, (state, cause, *_) in states.items()}
        if said != self.states.get(cell):
            self.states[cell] = said
            self.changed.add(cell)


def _instant(stored: str) -> datetime:
    instant = instant_of(stored)
    if instant is None:
        raise ValueError("an instant that is not there")
    return instant
