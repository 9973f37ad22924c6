"""Instants, dates and numbers as they are written somewhere: what each is read as."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fullcourt.audit.configuration import AuditRefused
from fullcourt.audit.sources import values
from fullcourt.audit.sources.values import Picked, Value

EASTERN = "America/New_York"


def _picked(kind: str, written: Sequence[str | None]) -> Picked:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"CREATE TABLE t (source_row BIGINT, x {kind})")
    rows = list(enumerate(written, start=1))
    connection.executemany(f"INSERT INTO t VALUES (?, CAST(? AS {kind}))", rows)
    return Picked(connection, "t", "file", {"x": kind}, {"x": "x"}, {"x": "audit.toml"})


def _read(picked: Picked, value: Value) -> list[str | None]:
    rows = picked.connection.execute(
        f"SELECT CAST({value.sql} AS VARCHAR) FROM t ORDER BY source_row"
    )
    return [row[0] for row in rows.fetchall()]


@pytest.mark.parametrize(
    ("kind", "written", "zone", "read"),
    [
        ("VARCHAR", "2025-01-02T03:04:05Z", "UTC", "2025-01-02 03:04:05+00"),
        ("VARCHAR", "2025-01-02 03:04:05.678 UTC", "UTC", "2025-01-02 03:04:05.678+00"),
        ("VARCHAR", "2025-01-02 03:04:05 UTC", EASTERN, "2025-01-02 03:04:05+00"),
        ("VARCHAR", "2025-01-02 03:04:05+0100", "UTC", "2025-01-02 02:04:05+00"),
        ("VARCHAR", "2025-01-02 03:04:05 -05:00", "UTC", "2025-01-02 08:04:05+00"),
        ("VARCHAR", "2025-01-02 03:04:05,678", "UTC", "2025-01-02 03:04:05.678+00"),
        ("VARCHAR", "2025-01-02T03:04:05", EASTERN, "2025-01-02 08:04:05+00"),
        ("VARCHAR", "2025-07-02 03:04:05", EASTERN, "2025-07-02 07:04:05+00"),
        ("VARCHAR", "2025-11-02 01:30:00", EASTERN, None),
        ("VARCHAR", "2025-03-09 02:30:00", EASTERN, None),
        ("VARCHAR", "2025-11-02 00:59:59", EASTERN, "2025-11-02 04:59:59+00"),
        ("VARCHAR", "2025-01-02", "UTC", None),
        ("VARCHAR", "03:04:05", "UTC", None),
        ("TIMESTAMP", "2025-01-02 03:04:05", EASTERN, "2025-01-02 08:04:05+00"),
        ("TIMESTAMP", "2025-11-02 01:30:00", EASTERN, None),
        ("TIMESTAMP WITH TIME ZONE", "2025-01-02 03:04:05+00", EASTERN, "2025-01-02 03:04:05+00"),
    ],
)
def test_an_instant_is_what_it_says(kind: str, written: str, zone: str, read: str | None) -> None:
    """With an offset it is that instant, without one the zone's wall clock, if that is one."""
    picked = _picked(kind, [written])
    value = values.instant(picked, "x", zone, None)
    assert _read(picked, value) == [read]
    assert bool(value.complaint) == (read is None)


@pytest.mark.parametrize(
    ("kind", "written", "epoch", "read"),
    [
        ("DOUBLE", "1735787045.5", "s", "2025-01-02 03:04:05.5+00"),
        ("BIGINT", "1735787045000", "ms", "2025-01-02 03:04:05+00"),
        ("VARCHAR", "1735787045000000", "us", "2025-01-02 03:04:05+00"),
    ],
)
def test_a_number_is_an_instant_of_its_unit(kind: str, written: str, epoch: str, read: str) -> None:
    """Seconds, milliseconds and microseconds are told, not taken by their size."""
    picked = _picked(kind, [written])
    assert _read(picked, values.instant(picked, "x", "UTC", epoch)) == [read]
    with pytest.raises(AuditRefused, match="seconds or milliseconds"):
        values.instant(picked, "x", "UTC", None)


@pytest.mark.parametrize(
    ("kind", "written", "zone", "read"),
    [
        ("DATE", ["2025-01-02"], "UTC", ["2025-01-02"]),
        ("VARCHAR", ["2025-01-02", None], "UTC", ["2025-01-02", None]),
        # Instants: the date it was in New York.
        ("VARCHAR", ["2025-01-02T03:30:00Z", "2025-01-02T20:00:00Z"], "UTC",
         ["2025-01-01", "2025-01-02"]),
        ("TIMESTAMP", ["2025-01-02 03:30:00", "2025-01-02 20:00:00"], "UTC",
         ["2025-01-01", "2025-01-02"]),
        ("TIMESTAMP WITH TIME ZONE", ["2025-01-02 03:30:00+00"], "UTC", ["2025-01-01"]),
        # All of them midnight of the zone: dates.
        ("VARCHAR", ["2025-01-02 00:00:00", "2025-01-03 00:00:00"], "UTC",
         ["2025-01-02", "2025-01-03"]),
        ("TIMESTAMP", ["2025-01-02 00:00:00"], "UTC", ["2025-01-02"]),
        ("TIMESTAMP WITH TIME ZONE", ["2025-01-02 00:00:00+00"], "UTC", ["2025-01-02"]),
        ("TIMESTAMP WITH TIME ZONE", ["2025-01-02 05:00:00+00"], EASTERN, ["2025-01-02"]),
        ("TIMESTAMP WITH TIME ZONE", ["2025-01-02 05:00:00+00"], "UTC", ["2025-01-02"]),
        ("TIMESTAMP WITH TIME ZONE", ["2025-01-02 00:00:00+00", "2025-01-03 01:00:00+00"], "UTC",
         ["2025-01-01", "2025-01-02"]),
    ],
)  # fmt: skip
def test_a_date_is_a_date_or_that_of_an_instant(
    kind: str, written: list[str | None], zone: str, read: list[str | None]
) -> None:
    """Dates stand as they are; instants fall on New York's date; midnights are dates."""
    picked = _picked(kind, written)
    value = values.game_date(picked, "x", zone, EASTERN, None)
    assert _read(picked, value) == read
    assert not value.complaint


@pytest.mark.parametrize(
    ("kind", "written", "read"),
    [
        ("BIGINT", "12", "12"),
        ("DOUBLE", "12.0", "12"),
        ("DOUBLE", "12.5", None),
        ("VARCHAR", " 12 ", "12"),
        ("VARCHAR", "-3", "-3"),
        ("VARCHAR", "12.00", "12"),
        ("VARCHAR", "1e3", None),
        ("VARCHAR", "12 rows", None),
        ("VARCHAR", "99999999999999999999", None),
        ("DECIMAL(10,2)", "12.00", "12"),
    ],
)
def test_a_whole_number_is_not_rounded(kind: str, written: str, read: str | None) -> None:
    """What is not whole is unread: 12.5 rows are not 12 and not 13."""
    picked = _picked(kind, [written])
    value = values.whole_number(picked, "x")
    assert _read(picked, value) == [read]
    assert value.unread == (read is None)


@pytest.mark.parametrize(
    ("kind", "written", "read"),
    [
        ("VARCHAR", "0022400001", "0022400001"),
        ("BIGINT", "22400001", "22400001"),
        ("DOUBLE", "203999", "203999"),
        ("DOUBLE", "0.5", "0.5"),
        ("VARCHAR", "", None),
    ],
)
def test_a_name_is_its_text(kind: str, written: str, read: str | None) -> None:
    """Zeros stay, and an id that came as a float is written without its fraction."""
    picked = _picked(kind, [written])
    assert _read(picked, values.text(picked, "x")) == [read]


@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - wall clocks
    st.sampled_from(["UTC", EASTERN, "Europe/Berlin", "Asia/Kolkata"]),
)
def test_a_wall_clock_is_read_where_it_was_one_instant(wall: datetime, zone: str) -> None:
    """Of any zone: the instant Python gives, where both folds agree and it exists; else unknown."""
    picked = _picked("TIMESTAMP", [wall.isoformat(sep=" ")])
    (read,) = _read(picked, values.instant(picked, "x", zone, None))
    first, second = (wall.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    if read is not None:
        assert datetime.fromisoformat(read) == first.astimezone(UTC)
    assert (read is None) == (first.utcoffset() != second.utcoffset())
