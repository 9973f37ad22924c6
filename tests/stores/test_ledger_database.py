"""The ledger's file: transactions, a full disk, a file that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text

from fullcourt.clock import SystemClock, VirtualClock
from fullcourt.errors import HomeBusy, StoreFull, StoreUnreadable
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.database import instant_of, text_of
from fullcourt.stores.ledger.vendors import Breaker, put_breaker

START = datetime(2025, 1, 9, 12, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A ledger's path with a value in it."""
    path = tmp_path / "home" / "ledger.db"
    ledger = Ledger.open(path, SystemClock())
    ledger.set_meta("known", "before")
    ledger.close()
    return path


@pytest.fixture
def ledger(file: Path) -> Iterator[Ledger]:
    """That ledger, open."""
    opened = Ledger.open(file, SystemClock())
    yield opened
    opened.close()


def test_what_was_written_is_there_when_opened_again(file: Path) -> None:
    """A ledger is created once; opened again it keeps what it holds."""
    again = Ledger.open(file, SystemClock())
    assert again.get_meta("known") == "before"
    assert again.get_meta("unknown") is None
    again.close()


def test_a_transaction_is_whole_or_absent(ledger: Ledger) -> None:
    """An error rolls back the outer transaction with every inner one; the next one works."""
    with pytest.raises(KeyError), ledger.write():
        ledger.set_meta("known", "after")
        with ledger.write():
            ledger.set_meta("other", "x")
        raise KeyError("known")
    assert (ledger.get_meta("known"), ledger.get_meta("other")) == ("before", None)
    with ledger.write(), ledger.write():
        ledger.set_meta("known", "after")
    assert ledger.get_meta("known") == "after"


def test_a_writer_locks_from_the_start(ledger: Ledger, file: Path) -> None:
    """A second writer waits at BEGIN, before it has read anything it might write back."""
    other = Ledger.open(file, SystemClock())
    other.execute_text("PRAGMA busy_timeout = 20")
    with ledger.write():
        with pytest.raises(HomeBusy, match=f"{file}: another process"), other.write():
            raise AssertionError("both wrote")
        assert other.get_meta("known") == "before"
    with other.write():
        other.set_meta("known", "theirs")
    assert ledger.get_meta("known") == "theirs"
    other.close()


def test_a_full_disk_is_told_and_survived(ledger: Ledger) -> None:
    """A disk that fills up is `StoreFull`; with space again the same ledger goes on."""
    ledger.execute_text("PRAGMA max_page_count = 1")
    with pytest.raises(StoreFull, match="free space"), ledger.write():
        for n in range(1000):
            ledger.set_meta(f"big {n}", "x" * 5000)
    assert ledger.get_meta("big 0") is None
    ledger.execute_text("PRAGMA max_page_count = 100000")
    ledger.set_meta("known", "after")
    assert ledger.get_meta("known") == "after"


@pytest.mark.parametrize("damage", ["not a database", "zeros", "half", "garbled", "a folder"])
def test_an_unreadable_ledger_says_which_and_what_next(file: Path, damage: str) -> None:
    """A file that is no ledger is named with its path and a next step, whatever is wrong."""
    good = file.read_bytes()
    file.unlink()
    match damage:
        case "not a database":
            file.write_bytes(b"<html>Bad Gateway</html>" * 100)
        case "zeros":
            file.write_bytes(bytes(len(good)))
        case "half":
            file.write_bytes(good[: len(good) // 2])
        case "garbled":
            file.write_bytes(good[:4096] + b"\x07" * (len(good) - 4096))
        case _:
            file.mkdir()
    with pytest.raises(StoreUnreadable, match="restore it from a backup") as told:
        Ledger.open(file, SystemClock())
    assert str(file) in str(told.value)


def test_instants_sort_as_text() -> None:
    """Instants are stored as UTC text of one width: text order is time order, in any zone."""
    zone = timezone(timedelta(hours=-5))
    instants = [
        START.replace(year=1999, tzinfo=zone),
        START - timedelta(microseconds=1),
        START,
        START + timedelta(microseconds=1),
        START.astimezone(zone) + timedelta(seconds=1),
    ]
    texts = [text_of(instant) for instant in instants]
    assert texts == sorted(texts, key=str)
    assert len({len(str(text)) for text in texts}) == 1
    assert [instant_of(text) for text in texts] == instants
    assert (text_of(None), instant_of(None)) == (None, None)


def test_leases_are_measured_by_one_clock(file: Path) -> None:
    """Under real time the database says what time it is; a virtual home lives in its own."""
    real, virtual = Ledger.open(file, SystemClock()), Ledger.open(file, VirtualClock(START))
    assert abs(real.now() - SystemClock().now()) < timedelta(seconds=5)
    assert virtual.now() == START
    real.close()
    virtual.close()


def test_a_reading_stands_until_its_table_is_written(ledger: Ledger, file: Path) -> None:
    """By us, by another process, by bare text; what a failed transaction has read goes with it."""
    other = Ledger.open(file, SystemClock())
    readings = 0

    def known() -> tuple[str | None, int]:
        nonlocal readings
        before = readings

        def read() -> str | None:
            nonlocal readings
            readings += 1
            return ledger.get_meta("known")

        return ledger.keep("known", ("meta",), read), readings - before

    assert known() == ("before", 1)
    assert known() == ("before", 0)
    put_breaker(ledger, "odds_api", Breaker(), START)
    assert known() == ("before", 0), "another table"
    ledger.set_meta("known", "ours")
    assert known() == ("ours", 1)
    other.set_meta("known", "theirs")
    assert known() == ("theirs", 1)
    with pytest.raises(KeyError), ledger.write():
        ledger.set_meta("known", "never")
        assert known() == ("never", 1)
        raise KeyError("known")
    assert known() == ("theirs", 1)
    ledger.execute(text("UPDATE meta SET value = 'bare' WHERE name = 'known'"))
    assert known() == ("bare", 1)
    other.close()
