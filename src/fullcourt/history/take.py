"""`export`: the lake's rows as files for others, without what may not be passed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from fullcourt.clock import iso
from fullcourt.errors import FullcourtError, StoreFull, Terminal, is_full
from fullcourt.history.redistribution import (
    LINE_COLUMNS,
    SOURCE_OF,
    Class,
    SourceClass,
    class_of,
)
from fullcourt.pipeline.work import Stores
from fullcourt.sql_files import sql

NOTICE = "NOTICE.txt"
Format = Literal["parquet", "csv"]


class ExportRefused(Terminal, FullcourtError):
    """The export cannot be written as asked."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was not exported of a dataset: rows of a source, or columns (of `rows` rows)."""

    source: str
    vendor: str
    rows: int
    columns: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Exported:
    """One dataset's file. `sources`: rows written by source."""

    dataset: str
    file: str
    rows: int
    sources: dict[str, int]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. Dates are Eastern game dates, both included (None: no bound); `as_of`:
    only rows the world could know by this instant (UTC)."""

    datasets: tuple[str, ...]
    format: Format = "parquet"
    first: date | None = None
    last: date | None = None
    as_of: datetime | None = None
    own_use: bool = False


def export(stores: Stores, folder: Path, wish: Wish) -> tuple[Exported, ...]:
    """Write a file a dataset, and `NOTICE.txt` with whose data it is. The same lake and wish give
    the same bytes; a file is there whole or not at all.

    Raises:
        ExportRefused: the folder cannot be written.
        StoreFull: the disk is full.
    """
    # Who invented a league may pass it on.
    invented = stores.settings.vendors.binding == "builtin"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        done = tuple(_export(stores, folder, name, wish, invented) for name in wish.datasets)
        _whole(folder / NOTICE, _notice(done, wish, invented).encode())
    except OSError as error:
        if is_full(str(error)):
            raise StoreFull(f"{folder}: {error}.", next_step="free space and export again") from (
                error
            )
        raise ExportRefused(
            f"{folder}: {error}.", next_step="name a folder that can be written with --to"
        ) from error
    return done


def _export(stores: Stores, folder: Path, name: str, wish: Wish, invented: bool) -> Exported:
    source = SOURCE_OF[name]
    parameters: dict[str, Any] = {"first": wish.first, "last": wish.last, "as_of": wish.as_of}
    counts: dict[str, int] = dict(
        stores.lake.rows(
            sql("history", "export_sources").format(table=name, source=source), parameters
        )
    )
    may = {s: wish.own_use or invented or _is_passed_on(class_of(s)) for s in counts}
    left = [_rows_left_out(s, rows) for s, rows in sorted(counts.items()) if not may[s]]
    hidden: tuple[str, ...] = ()
    kept = sum(rows for s, rows in counts.items() if may[s])
    odds = class_of("odds_api")
    if name in LINE_COLUMNS and not (wish.own_use or invented):
        hidden = LINE_COLUMNS[name]
        left.append(LeftOut("odds_api", odds.vendor, kept, hidden, odds.why))
    excluded = f"EXCLUDE ({', '.join(hidden)})" if hidden else ""
    query = sql("history", "export_rows").format(
        table=name,
        source=source,
        columns=f"* {excluded}".strip(),
    )
    parameters["sources"] = sorted(s for s, yes in may.items() if yes)
    table = _table(stores, query, parameters)
    file = f"{name}.{wish.format}"
    _whole(folder / file, _encoded(table, wish.format))
    sources = {s: rows for s, rows in sorted(counts.items()) if may[s]}
    return Exported(name, file, table.num_rows, sources, tuple(left))


def _is_passed_on(source: SourceClass) -> bool:
    return source.data_class is not Class.OWN_USE


def _rows_left_out(source: str, rows: int) -> LeftOut:
    found = class_of(source)
    return LeftOut(source, found.vendor, rows, (), found.why)


def _table(stores: Stores, query: str, parameters: Mapping[str, Any]) -> pa.Table:
    reader = stores.lake.connection.execute(query, parameters).to_arrow_reader()
    return reader.read_all()


def _encoded(table: pa.Table, form: Format) -> bytes:
    sink = pa.BufferOutputStream()
    if form == "parquet":
        pq.write_table(table, sink, compression="zstd")
    else:
        pc.write_csv(table, sink)
    return bytes(sink.getvalue())


def _whole(path: Path, body: bytes) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(body)
    fresh.replace(path)


def _notice(done: Sequence[Exported], wish: Wish, invented: bool) -> str:
    lines = ["Exported by fullcourt.", ""]
    span = f"{wish.first or 'the first date'} to {wish.last or 'the last date'}"
    lines.append(f"Eastern game dates: {span}.")
    if wish.as_of is not None:
        lines.append(f"As known at {iso(wish.as_of)}: rows with known_at up to then.")
    if invented:
        lines.append("An invented league: every row is free.")
    lines.append("")
    for item in done:
        lines.append(f"{item.file}: {item.rows} rows")
        for source, rows in item.sources.items():
            found = class_of(source)
            word = Class.FREE if invented else found.data_class
            lines.append(f"  {source}: {rows} rows, data of {found.vendor}: {word.value}")
        if wish.own_use and not invented and item.dataset in LINE_COLUMNS:
            names = ", ".join(LINE_COLUMNS[item.dataset])
            lines.append(f"  columns {names}: {class_of('odds_api').data_class.value}")
        for left in item.left_out:
            what = f"columns {', '.join(left.columns)}" if left.columns else f"{left.rows} rows"
            lines.append(f"  left out: {what} of {left.vendor} ({left.why})")
    if wish.own_use and not invented:
        lines += ["", "Exported for own use: do not pass these files on."]
    lines += [
        "",
        "The classes are no legal advice. Read the vendors' terms before you pass data on.",
    ]
    return "\n".join(lines) + "\n"
