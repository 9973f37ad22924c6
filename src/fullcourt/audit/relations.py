"""The normal form every audited pipeline is brought into: DuckDB tables of schema `audit`.

`audit.sources` fills them from foreign files, `audit.own` from our ledger; `audit.engine` reads
nothing else. Instants are TIMESTAMPTZ in UTC, game dates Eastern, an unknown value is NULL.
"""

from __future__ import annotations

import duckdb

_TABLES = """
CREATE SCHEMA audit;

-- One a history row. source_row: its place in the file, from 1 on, for messages.
CREATE TABLE audit.runs (
    row_no BIGINT NOT NULL, source_row BIGINT NOT NULL, run_id VARCHAR NOT NULL,
    processor VARCHAR NOT NULL, target VARCHAR, game_date DATE, game_id VARCHAR,
    started_at TIMESTAMPTZ, ended_at TIMESTAMPTZ, state VARCHAR NOT NULL,
    records BIGINT, error VARCHAR, closed_by VARCHAR, is_swept BOOLEAN NOT NULL, revision VARCHAR
);

-- One a game and date it was planned for. ended_at: to the minute, where somebody wrote it down.
CREATE TABLE audit.games (
    game_id VARCHAR NOT NULL, game_date DATE NOT NULL, tip_at TIMESTAMPTZ,
    home VARCHAR, away VARCHAR, state VARCHAR NOT NULL, ended_at TIMESTAMPTZ
);

-- One a unit that is there now: rows, and when it first came and was last written (NULL: unknown).
CREATE TABLE audit.held (
    target VARCHAR NOT NULL, game_date DATE NOT NULL, key VARCHAR NOT NULL, game_id VARCHAR,
    row_count BIGINT NOT NULL, unique_rows BIGINT NOT NULL,
    first_at TIMESTAMPTZ, last_at TIMESTAMPTZ
);

-- One a unit that is owed. due_at: from when it can be there; due_by: the same at the latest, where
-- the instant is not known better. retired: withdrawn, with the reason. unverifiable: nobody can
-- say whether it is owed, with the reason, and what settles it.
CREATE TABLE audit.expected (
    target VARCHAR NOT NULL, game_date DATE NOT NULL, key VARCHAR NOT NULL, game_id VARCHAR,
    name VARCHAR NOT NULL, due_at TIMESTAMPTZ, due_by TIMESTAMPTZ, retired VARCHAR,
    unverifiable VARCHAR, settles VARCHAR
);

-- Dates whose expectation itself could not be derived, and what would settle it.
CREATE TABLE audit.unknown_dates (
    target VARCHAR NOT NULL, game_date DATE NOT NULL,
    reason VARCHAR NOT NULL, settles VARCHAR NOT NULL
);

-- Tables that could not be read, or not all of whose rows could: what they hold is not all known,
-- so that nothing is proved absent.
CREATE TABLE audit.unread (
    target VARCHAR NOT NULL, reason VARCHAR NOT NULL, settles VARCHAR NOT NULL
);

-- One an archived object.
CREATE TABLE audit.objects (
    listing VARCHAR NOT NULL, game_date DATE NOT NULL, key VARCHAR, game_id VARCHAR,
    path VARCHAR NOT NULL, bytes BIGINT, created_at TIMESTAMPTZ
);
"""


def create_relations(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty tables of schema `audit`, in a database of memory alone."""
    # Nothing here outlives the connection: a checkpoint in between would only rewrite it all.
    connection.execute("SET checkpoint_threshold = '1TB'")
    connection.execute(_TABLES)
