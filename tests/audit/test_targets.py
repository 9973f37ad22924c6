"""Which table a history row is of, where the history does not say."""

from __future__ import annotations

import duckdb

from fullcourt.audit.engine import Audited, prepare
from fullcourt.audit.relations import create_relations


def test_a_row_that_names_no_table_is_of_the_one_its_processor_fills() -> None:
    """Named rows stay; of a processor with two tables, or an unknown one, nothing is guessed."""
    with duckdb.connect() as connection:
        create_relations(connection)
        rows = [("one", None), ("one", "other"), ("two", None), ("stranger", None)]
        connection.executemany(
            "INSERT INTO audit.runs"
            " (row_no, source_row, run_id, processor, target, state, is_swept)"
            " VALUES (?, ?, 'r', ?, ?, 'succeeded', false)",
            [[n, n, *row] for n, row in enumerate(rows, start=1)],
        )
        prepare(connection, [Audited("one", ("a",)), Audited("two", ("b", "c"))])
        found = connection.execute("SELECT target FROM audit.runs ORDER BY row_no").fetchall()
    assert [target for (target,) in found] == ["a", "other", None, None]
