"""The lake on disk and in memory: the same writes, the same true counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import duckdb
import pytest

from fullcourt.errors import StoreFull, StoreUnreadable
from fullcourt.stores.lake import TABLES, Append, Change, Delete, Lake, Replace, Write
from tests.stores.rows import DAY, KEY, NOON, held, stage

NEXT = DAY + timedelta(days=1)


class Stopped(Exception):
    """A test's own reason not to commit."""


def stop() -> None:
    """Refuse the commit."""
    raise Stopped


def count(lake: Lake) -> int:
    """Rows of the schedule, as kept (not as mirrored)."""
    where = "lake" if lake.in_memory else "stored"
    return int(lake.connection.execute(f"SELECT count(*) FROM {where}.schedule").fetchall()[0][0])


def add(lake: Lake, run_id: str, *games: tuple[date, str]) -> None:
    """Append games in a commit of `run_id`."""
    lake.commit(run_id, [Append("schedule", stage(lake, games, "added", run_id))], note="given")


def test_every_table_is_there(lake: Lake) -> None:
    """A new lake holds every table of the release, empty and readable."""
    for table in TABLES:
        assert lake.rows(f"SELECT count(*) FROM lake.{table}") == [(0,)]


def test_a_commit_counts_what_it_changed(lake: Lake) -> None:
    """Rows written and deleted and the dates touched are the database's own, per commit."""
    stage(lake, [(DAY, "a"), (DAY, "b"), (NEXT, "c")], "first")
    made = lake.commit("r1", [Append("schedule", "first")], note="n")
    assert (made.rows_written, made.rows_deleted) == (3, 0)
    assert made.dates == {"schedule": {DAY, NEXT}}
    stage(lake, [(DAY, "b"), (DAY, "d")], "second")
    made = lake.commit("r2", [Replace("schedule", "second", KEY)], note="n")
    assert (made.rows_written, made.rows_deleted) == (2, 1)
    assert made.dates == {"schedule": {DAY}}
    made = lake.commit("r3", [Delete("schedule", "game_date = ?", (NEXT,))], note="n")
    assert (made.rows_written, made.rows_deleted) == (0, 1)
    assert held(lake) == [(DAY, "a"), (DAY, "b"), (DAY, "d")]
    assert count(lake) == 3


def test_rows_that_share_a_key_are_counted_once(lake: Lake) -> None:
    """Replacing three rows of one key by two deletes three, whatever the join finds."""
    add(lake, "share-1", (DAY, "a"), (DAY, "a"), (DAY, "a"), (DAY, "b"))
    stage(lake, [(DAY, "a"), (DAY, "a")], "two")
    made = lake.commit("share-2", [Replace("schedule", "two", KEY)], note="n")
    assert (made.rows_written, made.rows_deleted) == (2, 3)
    told = lake.written_by("share-2")
    assert told is not None
    assert (told.rows_written, told.rows_deleted) == (2, 3)
    assert held(lake) == [(DAY, "a"), (DAY, "a"), (DAY, "b")]


def test_a_null_in_a_key_is_a_value(lake: Lake) -> None:
    """Keys compare NULL with NULL as equal: such a row is replaced, not doubled."""
    add(lake, "r1", (DAY, "a"))
    stage(lake, [(DAY, "a")], "one")
    replace = Replace("schedule", "one", ("game_date", "game_id", "tip_at"))
    made = lake.commit("r2", [replace], note="n")
    assert (made.rows_written, made.rows_deleted) == (1, 1)


def test_nothing_to_write_touches_nothing(lake: Lake) -> None:
    """Empty writes count zero rows, touch no date and tell of no change."""
    before = lake.snapshot_id()
    stage(lake, [], "none")
    writes: list[Write] = [
        Append("schedule", "none"),
        Replace("schedule", "none", KEY),
        Delete("schedule", "game_id = 'nobody'"),
    ]
    made = lake.commit("r1", writes, note="n")
    assert (made.rows_written, made.rows_deleted, made.dates) == (0, 0, {})
    assert lake.changes_between(before, lake.snapshot_id()) == ()


def test_the_lake_tells_what_a_run_wrote(lake: Lake) -> None:
    """`written_by` sums all commits of a run from the lake's own snapshots, and of no other run."""
    add(lake, "told-1", (DAY, "a"), (DAY, "b"))
    add(lake, "told-12", (DAY, "x"))
    stage(lake, [(NEXT, "c"), (DAY, "a")], "more")
    last = lake.commit("told-1", [Replace("schedule", "more", KEY)], note="n")
    told = lake.written_by("told-1")
    assert told is not None
    assert (told.rows_written, told.rows_deleted) == (4, 1)
    assert told.dates == {"schedule": {DAY, NEXT}}
    assert told.snapshot_id == last.snapshot_id
    assert lake.written_by("told-2") is None


def test_counts_add_up(lake: Lake) -> None:
    """Over any mix of commits, rows written less rows deleted are the rows held."""
    draw = Random(7)
    written = deleted = 0
    for n in range(12):
        games = [(DAY + timedelta(days=draw.randrange(40)), draw.choice("abc")) for _ in range(5)]
        stage(lake, games, "drawn")
        writes: list[Write] = [
            Append("schedule", "drawn"),
            Replace("schedule", "drawn", KEY),
            Delete("schedule", "game_id = ?", (draw.choice("abc"),)),
        ]
        made = lake.commit(f"mixed-{n}", [draw.choice(writes)], note="n")
        told = lake.written_by(f"mixed-{n}")
        counted = (made.rows_written, made.rows_deleted)
        assert counted == ((told.rows_written, told.rows_deleted) if told else (0, 0))
        written, deleted = written + made.rows_written, deleted + made.rows_deleted
        assert count(lake) == len(held(lake)) == written - deleted


def test_two_tables_change_together_or_not_at_all(lake: Lake) -> None:
    """What stops a commit leaves every table, and the lake's own account, as they were."""
    add(lake, "stopped-1", (DAY, "a"))
    stage(lake, [(DAY, "b")], "more")
    before = lake.snapshot_id()
    writes: list[Write] = [Delete("schedule", "game_id = 'a'"), Append("schedule", "more")]
    with pytest.raises(Stopped):
        lake.commit("stopped-2", writes, note="n", before_commit=stop)
    assert held(lake) == [(DAY, "a")]
    assert lake.snapshot_id() == before
    assert lake.written_by("stopped-2") is None
    assert lake.commit("stopped-3", writes, note="n").rows_written == 1
    assert held(lake) == [(DAY, "b")]


def test_changes_name_tables_and_dates(lake: Lake) -> None:
    """A range of snapshots tells which tables changed on which dates, and nothing beyond it."""
    marks = [lake.snapshot_id()]
    add(lake, "r1", (DAY, "a"))
    marks.append(lake.snapshot_id())
    add(lake, "r2", (NEXT, "b"), (DAY, "c"))
    marks.append(lake.snapshot_id())
    lake.commit("r3", [Delete("schedule", "game_id = 'b'")], note="n")
    marks.append(lake.snapshot_id())
    told = [lake.changes_between(a, b) for a, b in pairwise(marks)]
    assert told == [
        (Change("schedule", frozenset({DAY})),),
        (Change("schedule", frozenset({DAY, NEXT})),),
        (Change("schedule", frozenset({NEXT})),),
    ]
    assert lake.changes_between(marks[0], marks[-1]) == (
        Change("schedule", frozenset({DAY, NEXT})),
    )
    assert lake.changes_between(marks[-1], marks[-1]) == ()


@pytest.mark.parametrize("said", ["No space left on device", "database or disk is full"])
def test_a_full_disk_is_told_and_leaves_nothing(lake: Lake, said: str) -> None:
    """A disk that fills up during a commit is `StoreFull`; nothing of it is held."""

    def full() -> None:
        raise duckdb.IOException(f"IO Error: Could not write file: {said}")

    add(lake, "r1", (DAY, "a"))
    stage(lake, [(DAY, "b")], "more")
    with pytest.raises(StoreFull, match="free space"):
        lake.commit("r2", [Append("schedule", "more")], note="n", before_commit=full)
    assert held(lake) == [(DAY, "a")]


def test_a_locked_catalog_is_tried_again(lake: Lake) -> None:
    """A commit that met another writer is made again whole, and counted once."""
    met: list[int] = []

    def contended() -> None:
        met.append(1)
        if len(met) < 3:
            raise duckdb.TransactionException("Failed to commit: database is locked")

    stage(lake, [(DAY, "a")], "more")
    made = lake.commit("r1", [Append("schedule", "more")], note="n", before_commit=contended)
    assert (len(met), made.rows_written, held(lake)) == (3, 1, [(DAY, "a")])


def test_an_unreadable_catalog_says_which_and_what_next(tmp_path: Path) -> None:
    """A catalog that is no database is named with its path and a next step."""
    catalog = tmp_path / "catalog.db"
    catalog.write_bytes(b"not a database " * 500)
    for read_only in (False, True):
        with pytest.raises(StoreUnreadable, match="restore it from a backup") as told:
            Lake.open(catalog, tmp_path / "lake", read_only=read_only)
        assert str(catalog) in str(told.value)


def test_reading_makes_no_lake(tmp_path: Path) -> None:
    """Looking at a home that has no lake yet says so and creates none."""
    with pytest.raises(StoreUnreadable, match="fullcourt init"):
        Lake.open(tmp_path / "catalog.db", tmp_path / "lake", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_what_is_kept_is_computed_anew_when_rows_or_the_question_change(lake: Lake) -> None:
    """A kept question answers by the rows and the span of whoever asks, never by an older one's."""
    ask = "SELECT count(*) FROM kept_slate_players"
    noon = datetime(DAY.year, DAY.month, DAY.day, 17, tzinfo=UTC)
    span = {"first_date": DAY, "last_date": DAY, "now": noon}
    assert lake.rows(ask, span) == [(0,)]
    lake.connection.execute("INSERT INTO kept_slate_players (game_id) VALUES ('planted')")
    assert lake.rows(ask, span) == [(1,)], "the same question of the same rows is not computed"
    add(lake, "r1", (DAY, "a"))
    assert lake.rows(ask, span) == [(0,)]


def planted(lake: Lake, now: datetime) -> bool:
    """Whether a row put into the kept answer is still there when it is asked for at `now`."""
    span = {"first_date": DAY, "last_date": DAY, "now": now}
    asked = "SELECT count(*), min(as_of) FROM kept_slate_players WHERE game_id = 'planted'"
    (count, as_of) = lake.rows(asked, span)[0]
    assert as_of in (None, now), "who asks at another instant reads what was known by then"
    if not count:
        lake.connection.execute("INSERT INTO kept_slate_players (game_id) VALUES ('planted')")
    return bool(count)


def test_what_is_kept_stands_until_a_row_that_matters_changes_or_becomes_known(
    lake: Lake,
) -> None:
    """Time alone changes nothing of it, until a row comes to be known; nor do other dates' rows."""
    minute = timedelta(minutes=1)
    noon = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
    assert not planted(lake, noon)
    assert planted(lake, noon + minute)
    add(lake, "r1", (DAY + timedelta(days=1), "another date"))
    assert planted(lake, noon + 2 * minute)
    # Known at NOON Eastern, five hours later.
    add(lake, "r2", (DAY, "a"))
    assert not planted(lake, noon + 3 * minute)
    assert planted(lake, NOON - minute)
    assert not planted(lake, NOON)
    assert not planted(lake, NOON - minute), "a clock that was set back"


def test_the_slates_of_several_spans_are_kept_beside_each_other() -> None:
    """Who asks for tomorrow too does not make tonight's answer be computed again."""
    lake = Lake.in_memory_lake()
    noon = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
    add(lake, "r1", (DAY, "a"))

    def tips(first: date, last: date) -> list[tuple[object, ...]]:
        asked = "SELECT game_id FROM kept_slate_sides"
        return lake.rows(asked, {"first_date": first, "last_date": last, "now": noon})

    tomorrow = DAY + timedelta(days=1)
    assert tips(DAY, DAY) == []
    lake.connection.execute("INSERT INTO kept_slate_sides (game_id) VALUES ('planted')")
    for first, last in ((DAY, tomorrow), (tomorrow, tomorrow)):
        assert tips(first, last) == []
        assert tips(DAY, DAY) == [("planted",)]
    for back in (1, 2, 3):
        assert tips(DAY - timedelta(days=back), DAY) == []
    assert tips(DAY, DAY) == []
    lake.close()


def price(lake: Lake, run_id: str, player: int, at: datetime) -> None:
    """Append one line of a player's game of `DAY`, seen at `at`."""
    lake.execute(
        "CREATE OR REPLACE TEMP TABLE priced_rows AS SELECT ?::DATE AS game_date, 'a' AS game_id, "
        "?::BIGINT AS player_id, 'A. Name' AS player_name, 'exact' AS resolution, "
        "'draftkings' AS bookmaker, 'player_points' AS market, 20.5 AS line, true AS is_main, "
        "'e' AS event_id, 'd' AS body_digest, ? AS run_id, "
        "?::TIMESTAMPTZ AS snapshot_at, ?::TIMESTAMPTZ AS known_at, ?::TIMESTAMPTZ AS fetched_at",
        [DAY, player, run_id, at, at, at],
    )
    lake.commit(run_id, [Append("odds_player_props", "priced_rows")], note="given")


def test_lines_that_price_nobody_new_leave_a_slates_players_as_they_are(lake: Lake) -> None:
    """A second snapshot says nothing of who plays; one who was not priced before does."""
    minute = timedelta(minutes=1)
    assert not planted(lake, NOON)
    price(lake, "r1", 1, NOON)
    assert not planted(lake, NOON + minute)
    price(lake, "r2", 1, NOON + minute)
    assert planted(lake, NOON + 2 * minute)
    price(lake, "r3", 2, NOON + 2 * minute)
    assert not planted(lake, NOON + 3 * minute)
