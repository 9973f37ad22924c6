"""The listing of an archive into `audit.objects`."""

from __future__ import annotations

import duckdb

from fullcourt.audit.configuration import AuditConfig, TableConfig
from fullcourt.audit.path_pattern import PathPattern, compile_pattern
from fullcourt.audit.sources import values
from fullcourt.audit.sources.columns import LOOKUP_PREFIX, Naming
from fullcourt.audit.sources.held import unread
from fullcourt.audit.sources.picking import pick
from fullcourt.audit.sources.reading import literal, open_source, quoted
from fullcourt.audit.sources.values import Picked


def fill_listing(
    connection: duckdb.DuckDBPyConnection, config: AuditConfig, listing: TableConfig
) -> tuple[str, ...]:
    """Fill `audit.objects` with the paths of one pattern.

    Complaints: values that are not read, keys no lookup translates. What the objects hold is
    derived with what is owed (`fullcourt.audit.expected`).

    Raises:
        AuditRefused: the listing cannot be read, or no path at all is of the pattern.
    """
    assert listing.pattern is not None
    assert listing.path is not None
    pattern = compile_pattern(listing.pattern)
    reading = open_source(connection, listing.source, config.path.resolve().parent)
    naming = Naming(connection, reading, str(config.path), listing.lines)
    wanted = {"path": ("path", listing.path)}
    for ours, given in (("bytes", listing.bytes), ("written_at", listing.written_at)):
        if given is not None:
            wanted[ours] = (ours, given)
    picked = pick(connection, reading, naming, wanted, listing.only)
    path = values.text(picked, "path").sql
    matches = f"regexp_matches({path}, {literal(pattern.regex)})"
    if not picked.count(matches) and picked.count(f"{path} IS NOT NULL"):
        raise picked.refused(
            "path",
            *picked.first("path", f"{path} IS NOT NULL"),
            f"no path of the listing is of the pattern {listing.pattern!r} "
            f"({naming.where('pattern')})",
            "a pattern is the whole path; ** is anything",
        )
    size = values.whole_number(picked, "bytes")
    created = values.instant(picked, "written_at", listing.time_zone, listing.epoch)
    key = _key(pattern, path)
    text, form = _group(pattern, path, "date"), literal(pattern.date_format)
    day = f"CAST(try_strptime({text}, {form}) AS DATE)"
    connection.execute(
        f"""
        INSERT INTO audit.objects BY NAME
        SELECT {literal(listing.name)} AS listing, game_date, key,
            {"key" if listing.game is not None else "NULL"} AS game_id, path, bytes, created_at
        FROM (
            SELECT {day} AS game_date, {key} AS key, {path} AS path, {size.sql} AS bytes,
                {created.sql} AS created_at
            FROM {picked.table} WHERE {matches}
        ) WHERE game_date IS NOT NULL {"AND key IS NOT NULL" if pattern.names else ""}
        """
    )
    left_out = [
        _left_out(picked, f"{path} IS NULL", "is no path"),
        _left_out(picked, f"{matches} AND {day} IS NULL", "names no date"),
    ]
    if pattern.names:
        what = f"names nothing the lookup {pattern.lookup!r} knows"
        left_out.append(
            _left_out(picked, f"{matches} AND {day} IS NOT NULL AND {key} IS NULL", what)
        )
    for each in left_out:
        if each:
            unread(connection, listing.name, each, "mend these rows of the listing")
    return tuple(each for each in (size.complaint, created.complaint, *left_out) if each)


def _left_out(picked: Picked, condition: str, what: str) -> str:
    """A complaint of the rows that meet a condition; empty when there is none."""
    count = picked.count(condition)
    if not count:
        return ""
    more = f" (and {count - 1:,} more rows)" if count > 1 else ""
    said = picked.said("path", *picked.first("path", condition))
    return f"{said} {what}{more}; what is not held is not proved absent"


def _key(pattern: PathPattern, path: str) -> str:
    if not pattern.names:
        return "CAST(NULL AS VARCHAR)"
    found = _group(pattern, path, pattern.names[0])
    if pattern.lookup is None:
        return found
    table = quoted(LOOKUP_PREFIX + pattern.lookup)
    return f"(SELECT gives FROM {table} WHERE value = {found})"


def _group(pattern: PathPattern, path: str, name: str) -> str:
    names = ["date", *pattern.names]
    names.sort(key=lambda each: pattern.regex.index(f"(?P<{each}>"))
    return f"regexp_extract({path}, {literal(pattern.regex)}, {names.index(name) + 1})"
