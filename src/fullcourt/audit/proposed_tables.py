"""Proposed tables: what joins them to games, what makes rows unique, when they were written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from fullcourt.audit.draft import Draft
from fullcourt.audit.roles import Roles, game_column
from fullcourt.audit.sources.reading import quoted
from fullcourt.audit.survey import DATE, INSTANT, LOCAL, NUMBER, TEXT, WHOLE, Look, toml_text

_FIRST = ("first_loaded_at", "first_written_at", "created_at", "inserted_at", "first_seen_at")
_LAST = (
    "loaded_at", "written_at", "updated_at", "processed_at", "ingested_at", "fetched_at",
    "inserted_at", "created_at",
)  # fmt: skip
_DATES = ("game_date", "date", "data_date", "game_day", "slate_date", "day")
_LATE_PARTS = 4


@dataclass(frozen=True, slots=True)
class ProposedTable:
    """A table and what was found of it.

    `hours`: from the tips to the first rows of their games, the tenth part that came soonest and
    the median; None where a game or an instant is missing. `sides`: of a table of teams without
    games, the share of its (date, team) that play on that date, and of those that play the share
    it has.
    """

    look: Look
    key: tuple[str, ...]
    unit: tuple[str, ...]
    date: str | None
    game: str | None
    hours: tuple[float, float] | None
    sides: tuple[float, float] | None


def propose_tables(
    connection: duckdb.DuckDBPyConnection, roles: Roles, draft: Draft
) -> list[ProposedTable]:
    """Write a section for each table with a date or games; the others are said to be left out."""
    found = []
    for look in roles.tables:
        games = None
        if roles.schedule is not None:
            games = game_column(connection, look, (roles.schedule, roles.game_columns["game_id"]))
        date = next((name for name in _DATES if _is_date(look, name)), None)
        date = date or next(iter(look.of_kind(DATE)), None)
        if date is None and games is None:
            draft.unsure.append(f"{look.name}: it has neither dates nor games, and is left out")
            continue
        found.append(_propose(connection, roles, look, date, games, draft))
    return found


def _is_date(look: Look, name: str) -> bool:
    return name in look.columns and look.columns[name].kind in (DATE, INSTANT, LOCAL)


def _propose(
    connection: duckdb.DuckDBPyConnection,
    roles: Roles,
    look: Look,
    date: str | None,
    games: tuple[str, float] | None,
    draft: Draft,
) -> ProposedTable:
    name = look.name
    game = games[0] if games is not None else None
    draft.add("", "[[table]]", f"name = {toml_text(name)}", *look.lines)
    if games is not None:
        draft.sure.append(f"{name}.game: {games[1]:.0%} of {games[0]!r} are games of the schedule")
    key, doubled = _key(connection, look, date, game)
    draft.add(f"key = {_list(key)}" + ("   # unsure" if doubled else ""))
    if doubled:
        draft.unsure.append(
            f"{name}.key: no columns tell every row apart; with these {doubled:,} rows are double"
        )
    else:
        draft.sure.append(
            f"{name}.key: {', '.join(key)} stand on one row each ({look.rows:,} rows)"
        )
    unit = _unit(key, date, game)
    draft.add(f"unit = {_list(unit)}   # unsure: what a date owes one of")
    rest = [column for column in key if column not in (*unit, date)]
    more = f"; is each of {', '.join(rest)} owed as well?" if rest else ""
    draft.unsure.append(f"{name}.unit: {', '.join(unit) or 'none'}{more}")
    if date is not None:
        draft.add(f"date = {toml_text(date)}")
    if game is not None:
        draft.add(f"game = {toml_text(game)}")
    last = next((each for each in _LAST if _is_time(look, each)), None)
    first = next((each for each in _FIRST if each != last and _is_time(look, each)), None)
    if last is None:
        draft.fill_in("written_at", f"when a row of {name} was last written, if a column says")
    else:
        draft.add(f"written_at = {toml_text(last)}")
    if first is None:
        draft.fill_in("first_written_at", f"when a row of {name} first came, if a column says")
    else:
        draft.add(f"first_written_at = {toml_text(first)}")
    hours = _hours(connection, roles, look, game, first or last)
    sides = None
    if game is None and date is not None and unit and "team" in unit[0].lower():
        sides = _sides(connection, roles, look, date, unit[0])
    return ProposedTable(look, key, unit, date, game, hours, sides)


def _is_time(look: Look, name: str) -> bool:
    return name in look.columns and look.columns[name].kind in (INSTANT, LOCAL)


def _key(
    connection: duckdb.DuckDBPyConnection, look: Look, date: str | None, game: str | None
) -> tuple[tuple[str, ...], int]:
    """The fewest columns, date and game first, that tell the rows apart; rows double with them."""
    team = next((each for each in look.of_kind(TEXT) if "team" in each.lower()), None)
    start = [each for each in (date, game or team) if each is not None]
    named = [
        each for each in look.of_kind(TEXT, WHOLE, DATE, NUMBER)
        if each not in start and look.columns[each].there == look.rows
    ]  # fmt: skip
    ids = [each for each in named if each.endswith("id") or look.columns[each].kind == TEXT]
    # Ids first; measures tell rows apart by chance.
    candidates = sorted(ids, key=lambda each: not each.endswith("id"))
    chosen = list(start)
    while (double := _doubled(connection, look, chosen)) and candidates:
        best = min(
            candidates[: 2 * _LATE_PARTS],
            key=lambda each: _doubled(connection, look, [*chosen, each]),
        )
        if _doubled(connection, look, [*chosen, best]) == double:
            break
        chosen.append(best)
        candidates.remove(best)
    for each in list(chosen):
        fewer = [other for other in chosen if other != each]
        # A column the others determine is none of the key, but for what is owed on a date.
        if each not in start and fewer and _doubled(connection, look, fewer) == double:
            chosen = fewer
    return tuple(chosen), double


def _doubled(connection: duckdb.DuckDBPyConnection, look: Look, columns: Sequence[str]) -> int:
    if not columns:
        return max(look.rows - 1, 0)
    listed = ", ".join(quoted(each) for each in columns)
    row = connection.execute(
        f"SELECT count(*) FROM (SELECT DISTINCT {listed} FROM {look.table})"
    ).fetchone()
    return look.rows - (int(row[0]) if row else 0)


def _unit(key: Sequence[str], date: str | None, game: str | None) -> tuple[str, ...]:
    """The game alone, with the team where the key has one; without games all but the date."""
    if game is not None:
        teams = [each for each in key if "team" in each.lower()]
        return (game, *teams[:1])
    rest = tuple(each for each in key if each != date)
    teams = [each for each in rest if "team" in each.lower()]
    return tuple(teams[:1]) or rest[:1]


def _hours(
    connection: duckdb.DuckDBPyConnection,
    roles: Roles,
    look: Look,
    game: str | None,
    written: str | None,
) -> tuple[float, float] | None:
    tip = roles.game_columns.get("tip_at")
    if game is None or written is None or tip is None or roles.schedule is None:
        return None
    row = connection.execute(
        f"""
        SELECT quantile_cont(hours, 0.1), median(hours) FROM (
            SELECT date_diff('second', any_value(tip), min(written)) / 3600.0 AS hours FROM (
                SELECT {quoted(game)} AS game, TRY_CAST({quoted(written)} AS TIMESTAMPTZ) AS written
                FROM {look.table}
            ) INNER JOIN (
                SELECT {quoted(roles.game_columns["game_id"])} AS game,
                    TRY_CAST({quoted(tip)} AS TIMESTAMPTZ) AS tip FROM {roles.schedule.table}
            ) USING (game) GROUP BY game
        )
        """
    ).fetchone()
    return None if row is None or row[0] is None else (float(row[0]), float(row[1]))


def _sides(
    connection: duckdb.DuckDBPyConnection, roles: Roles, look: Look, date: str, team: str
) -> tuple[float, float] | None:
    """How far its (date, team) are those that play, and those that play are among them."""
    columns = roles.game_columns
    if roles.schedule is None or "game_date" not in columns:
        return None
    played = " UNION ".join(
        f"SELECT {quoted(columns['game_date'])}, {quoted(columns[side])} "
        f"FROM {roles.schedule.table}"
        for side in ("home", "away")
    )
    row = connection.execute(
        f"""
        WITH held AS (SELECT DISTINCT {quoted(date)}, {quoted(team)} FROM {look.table}),
        played AS (
            SELECT * FROM ({played}) AS p(day, side)
            WHERE day BETWEEN (SELECT min({quoted(date)}) FROM held)
                AND (SELECT max({quoted(date)}) FROM held)
        ),
        both_of AS (FROM held INTERSECT FROM played)
        SELECT (SELECT count(*) FROM both_of), (SELECT count(*) FROM held),
            (SELECT count(*) FROM played)
        """
    ).fetchone()
    if row is None or not row[1] or not row[2]:
        return None
    return int(row[0]) / int(row[1]), int(row[0]) / int(row[2])


def _list(names: Sequence[str]) -> str:
    return "[" + ", ".join(toml_text(name) for name in names) + "]"
