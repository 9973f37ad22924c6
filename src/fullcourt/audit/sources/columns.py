"""What a configuration calls a column, as an SQL expression over a reading.

Tried in this order: a column of exactly this name; `sql: EXPRESSION` (trusted configurations only);
`x ?`, NULL where there is no x; `a | b`, the first that is there; `x -> NAME`, translated by a
lookup; `url_decode(x)`; `{a}.{b}`, text with columns in it; `column.path.to.value`, a value within
a JSON column (a number is a place in a list, from 0 on).
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from fullcourt.audit.configuration import AuditRefused
from fullcourt.audit.sources.reading import Reading, literal, quoted

SQL_MARK = "sql:"
LOOKUP_PREFIX = "audit_lookup_"
_FILLED_IN = re.compile(r"\{([^{}]+)\}")
_DECODED = re.compile(r"^url_decode\((.+)\)$")
NOTHING = "CAST(NULL AS VARCHAR)"
_NESTED = ("STRUCT", "MAP", "JSON")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of ours in a reading. `sql`: the expression; `kind`: its DuckDB type."""

    name: str
    given: str
    sql: str
    kind: str


@dataclass(frozen=True, slots=True)
class Naming:
    """Resolves a section's columns. `place`: file:line of a key, `lines`: of its keys."""

    connection: duckdb.DuckDBPyConnection
    reading: Reading
    file: str
    lines: Mapping[str, int] = field(default_factory=dict)

    def where(self, key: str) -> str:
        """`audit.toml:12: columns.state`."""
        line = self.lines.get(key)
        return f"{self.file}:{line}: {key}" if line is not None else f"{self.file}: {key}"

    def column(self, key: str, name: str, given: str) -> Column:
        """The column `given` names, under `name`; `key` is where the configuration says so.

        Raises:
            AuditRefused: there is no such column; the nearest one is proposed.
        """
        found = self._find(given.strip())
        if found is None:
            raise self._unknown(key, given)
        sql, kind = found
        return Column(name, given, sql, kind)

    def has(self, given: str) -> bool:
        """Whether `given` names something in the reading."""
        return self._find(given.strip()) is not None

    def _find(self, given: str) -> tuple[str, str] | None:
        columns = self.reading.columns
        if (exact := self._named(given)) is not None:
            return self._plain(exact)
        if given.startswith(SQL_MARK):
            return self._expression(given.removeprefix(SQL_MARK).strip())
        if given.endswith(" ?"):
            return self._find(given.removesuffix(" ?").strip()) or (NOTHING, "VARCHAR")
        if " | " in given:
            tried = (self._find(each.strip()) for each in given.split(" | "))
            return next((each for each in tried if each is not None), None)
        if " -> " in given:
            return self._looked_up(*(part.strip() for part in given.rsplit(" -> ", 1)))
        if (decoded := _DECODED.match(given)) is not None:
            inner = self._find(decoded[1])
            return None if inner is None else (f"url_decode({inner[0]})", "VARCHAR")
        if _FILLED_IN.search(given):
            return self._filled_in(given)
        head, _, path = given.partition(".")
        if path and head in columns:
            return self._within(head, path), "VARCHAR"
        return None

    def _named(self, given: str) -> str | None:
        """A column of this name, letter for letter or else by the only one that differs in case."""
        columns = self.reading.columns
        if given in columns:
            return given
        same = [name for name in columns if name.lower() == given.lower()]
        return same[0] if len(same) == 1 else None

    def _plain(self, name: str) -> tuple[str, str]:
        kind = self.reading.columns[name]
        if kind == "JSON":
            return f"({quoted(name)} ->> '$')", "VARCHAR"
        return quoted(name), kind

    def _within(self, head: str, path: str) -> str:
        kind, column = self.reading.columns[head], quoted(head)
        steps = literal("$" + "".join(_step(step) for step in path.split(".")))
        if kind == "JSON":
            # An object, or a text that holds one.
            text = f"({column} ->> '$')"
            return f"CASE WHEN json_valid({text}) THEN json_extract_string({text}, {steps}) END"
        if kind.startswith(_NESTED):
            return f"json_extract_string(to_json({column}), {steps})"
        return f"CASE WHEN json_valid({column}) THEN json_extract_string({column}, {steps}) END"

    def _filled_in(self, given: str) -> tuple[str, str] | None:
        parts: list[str] = []
        at = 0
        for token in _FILLED_IN.finditer(given):
            inner = self._find(token[1])
            if inner is None:
                return None
            parts += [literal(given[at : token.start()]), f"CAST({inner[0]} AS VARCHAR)"]
            at = token.end()
        # `||` and not concat: a text with a part unknown is unknown.
        return f"({' || '.join([*parts, literal(given[at:])])})", "VARCHAR"

    def _looked_up(self, given: str, lookup: str) -> tuple[str, str] | None:
        inner = self._find(given)
        table = quoted(LOOKUP_PREFIX + lookup)
        known = self.connection.execute(
            "SELECT 1 FROM duckdb_tables() WHERE temporary AND table_name = ?",
            [LOOKUP_PREFIX + lookup],
        ).fetchone()
        if inner is None or known is None:
            return None
        return f"(SELECT gives FROM {table} WHERE value = CAST({inner[0]} AS VARCHAR))", "VARCHAR"

    def _expression(self, text: str) -> tuple[str, str]:
        """An expression over columns: no query within it, nothing after it."""
        # On a line of its own: a comment in it ends there.
        sql = f"({text}\n)"
        row = self.connection.execute("SELECT json_serialize_sql(?)", [f"SELECT {sql}"]).fetchone()
        tree = json.loads(str(row[0])) if row is not None else {}
        nodes = [statement["node"] for statement in tree.get("statements", ())]
        is_one = [node["from_table"]["type"] for node in nodes] == ["EMPTY"]
        if not is_one or "SUBQUERY" in str(tree):
            raise AuditRefused(
                f"{self.file}: `{SQL_MARK} {text}` is not one expression over columns.",
                next_step="write a query as the source, or mend the expression",
            )
        described = self.connection.execute(
            f"DESCRIBE SELECT {sql} AS x FROM {self.reading.relation}"
        ).fetchone()
        assert described is not None
        return sql, str(described[1])

    def _unknown(self, key: str, given: str) -> AuditRefused:
        columns = list(self.reading.columns)
        near = difflib.get_close_matches(given, columns, n=1)
        step = f"did you mean {near[0]!r}? " if near else ""
        shown = ", ".join(columns[:30]) + (", ..." if len(columns) > 30 else "")
        return AuditRefused(
            f"{self.where(key)}: {self.reading.name} has no column {given!r}.",
            next_step=f"{step}its columns are {shown}",
        )


def _step(step: str) -> str:
    return f"[{step}]" if step.isdigit() else f".{json.dumps(step)}"


def is_sql(given: str) -> bool:
    """Whether a column is given as an SQL expression."""
    return given.strip().startswith(SQL_MARK)
