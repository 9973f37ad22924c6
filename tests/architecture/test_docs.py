"""The generated pages."""

from __future__ import annotations

import pytest

from tools.generate_docs import TABLES, stale, tables


def test_generated_pages_say_what_the_code_says() -> None:
    """docs/datasets.md and docs/cli.md are what `make docs` writes."""
    assert stale() == [], "run `make docs`"


def test_every_table_has_its_two_times_and_its_run() -> None:
    """Each lake table ends in known_at, fetched_at and run_id, none of them nullable."""
    found = tables(TABLES.read_text(encoding="utf-8"))
    assert found
    for name, columns in found.items():
        last = [(column.name, column.is_required) for column in columns[-3:]]
        assert last == [("known_at", True), ("fetched_at", True), ("run_id", True)], name


def test_a_line_that_is_no_column_is_named() -> None:
    """A table definition the generator cannot read is refused with its line, not left out."""
    with pytest.raises(ValueError, match=r":2: 'points INT,  # so many'"):
        tables("CREATE TABLE IF NOT EXISTS {lake}.t (\n    points INT,  # so many\n);")
