"""What a home holds, as hashes: keys, rows and verdicts, to be compared with another home's."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from fullcourt.pipeline.graph import BY_NAME
from fullcourt.stores.lake import TABLES, Lake
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.verdicts import get_verdicts

# Who made a row and when, which a second making cannot repeat; everything else is content.
_MADE_BY = frozenset({"run_id", "fetched_at", "code_fingerprint"})


@dataclass(frozen=True, slots=True)
class TableContents:
    """One lake table: its rows, and two hashes that know no order. `keys`: of the key columns;
    `content`: of every column but those that say which run made the row and when."""

    table: str
    rows: int
    keys: str
    content: str


@dataclass(frozen=True, slots=True)
class Contents:
    """A home's tables, and its verdicts: `cells` judged, and one hash over the verdict of each and
    the state of each of its keys."""

    tables: tuple[TableContents, ...]
    cells: int
    verdicts: str


def contents_of(lake: Lake, ledger: Ledger) -> Contents:
    """Hash everything a home holds. Verdicts are those stored: judge first."""
    cells, verdicts = _verdicts(ledger)
    return Contents(tuple(_table(lake, name) for name in TABLES), cells, verdicts)


def differences(before: Contents, after: Contents) -> tuple[str, ...]:
    """What differs, in words; empty: nothing."""
    found = []
    known = {table.table: table for table in before.tables}
    for table in after.tables:
        was = known.get(table.table)
        if was is None:
            found.append(f"{table.table}: was not there, {table.rows} rows now")
        elif was.keys != table.keys:
            found.append(f"{table.table}: other keys, {was.rows} rows before, {table.rows} now")
        elif was.content != table.content:
            found.append(f"{table.table}: the same keys with other values, {table.rows} rows")
    if before.verdicts != after.verdicts:
        found.append(f"verdicts: {before.cells} cells before, {after.cells} now")
    return tuple(found)


def _table(lake: Lake, table: str) -> TableContents:
    columns = [row[0] for row in lake.rows(f"DESCRIBE lake.{table}")]
    declared = BY_NAME[table].key_columns
    content = sorted(set(columns) - _MADE_BY)
    source = "lake" if lake.in_memory else "stored"
    row = lake.rows(
        f"""SELECT count(*), {_multiset(declared)}, {_multiset(content)}
            FROM {source}.{table}"""
    )[0]
    return TableContents(table, row[0], _hex(row[1:3]), _hex(row[3:5]))


def _multiset(columns: tuple[str, ...] | list[str]) -> str:
    """SQL of two sums over a hash of each row: the same rows in another order sum up alike."""
    packed = ", ".join(f'"{name}" := "{name}"' for name in columns)
    text = f"to_json(struct_pack({packed}))::VARCHAR"
    return ", ".join(
        f"coalesce(sum(md5_number_{half}({text})::HUGEINT), 0)" for half in ("lower", "upper")
    )


def _hex(sums: tuple[int, ...]) -> str:
    return hashlib.sha256(repr([int(part) for part in sums]).encode()).hexdigest()


def _verdicts(ledger: Ledger) -> tuple[int, str]:
    found = hashlib.sha256()
    stored = sorted(get_verdicts(ledger), key=lambda v: (v.dataset, v.game_date))
    for cell in stored:
        found.update(f"{cell.dataset}|{cell.game_date}|{cell.verdict}\n".encode())
        for key, (state, *_) in sorted(cell.states.items()):
            found.update(f"{key}|{state}\n".encode())
    return len(stored), found.hexdigest()
