"""stats.nba.com's older form: tables of named columns (`resultSets`, `headers`, `rowSet`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from fullcourt.vendors.wire import Source, decode

T = TypeVar("T", bound=msgspec.Struct)


class _ResultSet(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    headers: list[str]
    row_set: list[list[Any]]


class _Form(msgspec.Struct, frozen=True):
    """Both spellings have been served: a list of tables, and a single one."""

    many: list[_ResultSet] | None = msgspec.field(name="resultSets", default=None)
    single: _ResultSet | None = msgspec.field(name="resultSet", default=None)


def table_rows(body: bytes, table: str, form: type[T], source: Source) -> tuple[T, ...]:
    """The rows of one table as `form`, whose field names are columns; other columns are not read.

    Raises:
        NotThere: empty body.
        ContractBroken: no such table, a column that is missing or twice there, a row of another
            length than its headers, or a retyped value.
    """
    found = _table(body, table, source)
    columns = found.headers
    for name in msgspec.structs.fields(form):
        count = columns.count(name.encode_name)
        if count != 1:
            raise source.broken(
                f"table {table}: column {name.encode_name} is there {count} times; found there: "
                f"{', '.join(columns)}",
                body,
            )
    rows: list[T] = []
    for number, values in enumerate(found.row_set):
        if len(values) != len(columns):
            raise source.broken(
                f"table {table} row {number}: {len(values)} values under {len(columns)} headers",
                body,
            )
        named = dict(zip(columns, values, strict=True))
        try:
            rows.append(msgspec.convert(named, form))
        except msgspec.ValidationError as error:
            wrong = _wrong_column(named, form)
            raise source.broken(
                f"table {table} row {number}: {wrong} = {named.get(wrong)!r}: {error}", body
            ) from error
    return tuple(rows)


def rows_by_column(tree: Any) -> Any:
    """A body with its tables as `{"name": ..., "rows": [{column: value}]}`: what a contract reads.

    A body of another form, and rows of another length than their headers, stay as they are.
    """
    if not isinstance(tree, dict):
        return tree
    return {name: _named(value) for name, value in tree.items()}


def _named(value: Any) -> Any:
    if isinstance(value, list):
        return [_named(one) for one in value]
    match value:
        case {"name": name, "headers": list(headers), "rowSet": list(rows)}:
            return {"name": name, "rows": list(_by_column(headers, rows))}
    return value


def _by_column(headers: Sequence[Any], rows: Sequence[Any]) -> Iterator[Any]:
    for row in rows:
        fits = isinstance(row, list) and len(row) == len(headers)
        yield dict(zip(map(str, headers), row, strict=True)) if fits else row


def _table(body: bytes, table: str, source: Source) -> _ResultSet:
    form = decode(body, _Form, source)
    tables = form.many if form.many is not None else [form.single] if form.single else None
    if tables is None:
        raise source.broken("neither resultSets nor resultSet is there", body)
    for one in tables:
        if one.name == table:
            return one
    names = ", ".join(one.name for one in tables) or "none"
    raise source.broken(f"no table {table}; found there: {names}", body)


def _wrong_column(named: dict[str, Any], form: type[T]) -> str:
    """The first column whose value does not fit."""
    for one in msgspec.structs.fields(form):
        try:
            msgspec.convert(named[one.encode_name], one.type)
        except msgspec.ValidationError:
            return one.encode_name
    return "?"
