"""Proposed listings: which part of a path is the date, which a game, which anything."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from fullcourt.audit.draft import Draft
from fullcourt.audit.presets import LISTING_PRESETS, preset_values
from fullcourt.audit.proposed_tables import ProposedTable
from fullcourt.audit.roles import Roles
from fullcourt.audit.sources.reading import literal, quoted
from fullcourt.audit.survey import INSTANT, LOCAL, PATH, WHOLE, Look, toml_text

_DATES: Mapping[str, str] = {
    r"\d{4}-\d{2}-\d{2}": "{date}",
    r"\d{4}/\d{2}/\d{2}": "{date:%Y/%m/%d}",
    r"\d{8}": "{date:%Y%m%d}",
}
_ENOUGH = 0.9
_MOST_FOLDERS = 40


@dataclass(frozen=True, slots=True)
class ProposedListing:
    """A folder of an archive, by the name it has in the configuration."""

    name: str
    folder: str
    pattern: str
    objects: int


def propose_listings(
    connection: duckdb.DuckDBPyConnection,
    roles: Roles,
    tables: Sequence[ProposedTable],
    preset: str | None,
    draft: Draft,
) -> list[ProposedListing]:
    """Write a section for each first folder of each listing; lookups they need before them."""
    found: list[ProposedListing] = []
    targets = _targets(roles)
    for look in roles.listings:
        how = _columns(connection, look, preset)
        if how is None:
            draft.unsure.append(f"{look.name}: lines that are no known listing, and left out")
            continue
        lines, paths = how
        folders = connection.execute(
            f"SELECT split_part(path, '/', 1) AS folder, count(*) FROM {paths} "
            f"WHERE path LIKE '%/%' GROUP BY 1 ORDER BY 1 LIMIT {_MOST_FOLDERS}"
        ).fetchall()
        for folder, objects in folders:
            pattern = _pattern(connection, roles, tables, paths, str(folder), draft)
            if pattern is None:
                draft.unsure.append(f"{look.name}: paths of {folder}/ have no date; left out")
                continue
            name = targets.get(str(folder), f"{look.name}/{folder}")
            if str(folder) in targets:
                draft.sure.append(f"{name}: runs say they fill it, and {folder}/ is so called")
            draft.add("", "[[listing]]", f"name = {toml_text(name)}", *look.lines)
            draft.add(f"pattern = {toml_text(pattern)}", *lines)
            draft.sure.append(f"{name}.pattern: {objects:,} paths are {pattern}")
            found.append(ProposedListing(name, str(folder), pattern, int(objects)))
    return found


def _targets(roles: Roles) -> dict[str, str]:
    """What runs say they fill, by the last part of its name."""
    if roles.runs is None or "target" not in roles.run_columns:
        return {}
    words = roles.runs.columns[roles.run_columns["target"]].words
    return {word.rpartition("/")[2]: word for word in words if "/" in word}


def _columns(
    connection: duckdb.DuckDBPyConnection, look: Look, preset: str | None
) -> tuple[list[str], str] | None:
    """The lines of a listing's columns, and a view of its paths."""
    paths = f"{look.table}_paths"
    if look.source.kind != "lines":
        lines = [f"path = {toml_text(look.of_kind(PATH)[0])}"]
        sizes = [
            name for name in look.of_kind(WHOLE) if name.lower() in ("size", "bytes", "length")
        ]
        lines += [f"bytes = {toml_text(name)}" for name in sizes[:1]]
        lines += [f"written_at = {toml_text(name)}" for name in look.of_kind(INSTANT, LOCAL)[:1]]
        connection.execute(
            f"CREATE TEMP VIEW {paths} AS SELECT {quoted(look.of_kind(PATH)[0])} AS path "
            f"FROM {look.table}"
        )
        return lines, paths
    # `find` takes every line for a path: it comes last.
    names = [name for name in LISTING_PRESETS if name != "find"] + ["find"]
    for name in [preset] if preset in LISTING_PRESETS else names:
        values = preset_values(str(name))
        if "row_pattern" not in values:
            continue
        pattern, ignored = values["row_pattern"], values.get("ignore_pattern", "^$")
        groups = list(re.compile(pattern).groupindex)
        row = connection.execute(
            f"SELECT count(*) FILTER (regexp_matches(line, {literal(pattern)})), count(*) "
            f"FROM {look.table} WHERE line IS NOT NULL "
            f"AND NOT regexp_matches(line, {literal(ignored)})"
        ).fetchone()
        if row is not None and row[1] and row[0] >= _ENOUGH * row[1]:
            connection.execute(
                f"CREATE TEMP VIEW {paths} AS SELECT regexp_extract(line, {literal(pattern)}, "
                f"{groups.index('path') + 1}) AS path FROM {look.table} "
                f"WHERE regexp_matches(line, {literal(pattern)})"
            )
            return [f"preset = {toml_text(str(name))}"], paths
    return None


def _pattern(
    connection: duckdb.DuckDBPyConnection,
    roles: Roles,
    tables: Sequence[ProposedTable],
    paths: str,
    folder: str,
    draft: Draft,
) -> str | None:
    """The pattern of a folder's paths, by the parts of the first of them and what they have in
    common; None: there is no date in them."""
    where = f"split_part(path, '/', 1) = {literal(folder)}"
    row = connection.execute(f"SELECT min(path) FROM {paths} WHERE {where}").fetchone()
    example = str(row[0]) if row else ""
    for regex, token in _DATES.items():
        match = re.search(rf"(?<!\d){regex}(?!\d)", example)
        if match is None:
            continue
        head, tail = example[: match.start()], example[match.end() :]
        at = head.count("/") + 1
        parts = tail.split("/")
        named = False
        for number, part in enumerate(parts):
            if not number:
                continue
            place = at + match[0].count("/") + number
            stem, dot, ending = part.partition(".")
            value = f"split_part(split_part(path, '/', {place}), '.', 1)"
            values = f"(SELECT DISTINCT {value} AS value FROM {paths} WHERE {where})"
            name = None if named else _name(connection, roles, tables, values, draft)
            named = named or name is not None
            if name is None and _is_one(connection, values):
                name = stem
            parts[number] = f"{name or '*'}{dot}{ending}"
        return f"{head}{token}{'/'.join(parts)}"
    return None


def _name(
    connection: duckdb.DuckDBPyConnection,
    roles: Roles,
    tables: Sequence[ProposedTable],
    values: str,
    draft: Draft,
) -> str | None:
    """`{game_id}` where a part's values are games, also by way of another table's ids."""
    if roles.schedule is None:
        return None
    game = roles.game_columns["game_id"]
    if _share(connection, values, roles.schedule.table, game) >= _ENOUGH:
        return "{game_id}"
    for table in tables:
        for column in table.look.columns:
            if table.game is None or column == table.game or not column.endswith("id"):
                continue
            if _share(connection, values, table.look.table, column) >= _ENOUGH:
                name = table.look.name
                if name not in draft.lookups:
                    draft.lookups.add(name)
                    draft.add("", "[[lookup]]", f"name = {toml_text(name)}")
                    draft.add(*table.look.lines, f"match = {toml_text(column)}")
                    draft.add(f"give = {toml_text(table.game)}")
                    draft.sure.append(f"lookup {name}: parts of paths are its {column!r}")
                return f"{{game_id:{name}}}"
    return None


def _share(connection: duckdb.DuckDBPyConnection, values: str, table: str, column: str) -> float:
    row = connection.execute(
        f"SELECT count(*), count(*) FILTER (value IN (SELECT {quoted(column)} FROM {table})) "
        f"FROM {values}"
    ).fetchone()
    return int(row[1]) / int(row[0]) if row and row[0] else 0.0


def _is_one(connection: duckdb.DuckDBPyConnection, values: str) -> bool:
    row = connection.execute(f"SELECT count(*) FROM {values}").fetchone()
    return row is not None and int(row[0]) == 1
