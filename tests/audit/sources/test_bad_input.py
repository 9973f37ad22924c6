"""Bad input: refused by file, column and row, or complained of and left out; never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from fullcourt.audit.configuration import AuditRefused
from fullcourt.audit.foreign import audit_foreign
from fullcourt.audit.toml_config import parse_config
from fullcourt.audit.words import DateClass
from tests.audit.sources.filled import BOXES, CONFIG, RUNS, SCHEDULE, Filled, write


def _changed(text: str, row: int, column: str, value: str) -> str:
    """A CSV text with another value in one row (from 1) of a column."""
    lines = [line.split(",") for line in text.splitlines()]
    lines[row][lines[0].index(column)] = value
    return "\n".join(",".join(line) for line in lines) + "\n"


@pytest.mark.parametrize(
    ("file", "row", "column", "value", "said"),
    [
        ("runs", 2, "day", "01/02/2025", r"runs.csv: column 'day', row 2: '01/02/2025': row 1 is "),
        ("runs", 3, "day", "2025-01-04T08:00:00Z", r"row 3.*dates in two forms"),
        (
            "runs",
            2,
            "started",
            "2025-01-03 08:00:00",
            r"'started', row 2: .*one has none \(2 and 1",
        ),
        ("runs", 2, "started", "1735891200", r"'started', row 2: '1735891200': a number; seconds"),
        ("runs", 3, "status", "lost", r"'status', row 3: 'lost' is mapped to no state \(1 rows\)"),
        ("runs", 3, "status", "", r"'status', row 3: .*mapped to no state"),
        ("runs", 2, "id", "r1", r"'id', row 2: 'r1' stands on row 1 too, both of 'load' \(1 rows"),
        ("schedule", 2, "tip_at", "tonight", r"'tip_at', row 2: 'tonight' is no instant"),
        ("schedule", 2, "game_date", "2025-02-30", r"'game_date', row 2: '2025-02-30' is no date"),
        (
            "schedule",
            2,
            "game_date",
            "",
            r"schedule.csv: column 'game_date', row 2: nothing stands",
        ),
        ("schedule", 2, "game_id", "", r"'game_id', row 2: nothing stands there"),
        ("schedule", 1, "status", "Finale", r"'Finale' is mapped to no state.*\"Finale\" = "),
        ("boxes", 2, "game_date", "1/2/2025", r"boxes.csv: column 'game_date', row 2: '1/2/2025'"),
        ("boxes", 2, "loaded", "2025-01-02 08:00:01", r"'loaded', row 2: .*one has an offset"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(
    tmp_path: Path, file: str, row: int, column: str, value: str, said: str
) -> None:
    """The error names file, column, row and value."""
    texts = {"runs": RUNS, "schedule": SCHEDULE, "boxes": BOXES}
    write(tmp_path, **{file: _changed(texts[file], row, column, value)})
    with pytest.raises(AuditRefused, match=said):
        Filled(tmp_path)


@pytest.mark.parametrize(
    ("row", "column", "value", "said", "left"),
    [
        (2, "rows", "n/a", "'rows', row 2: 'n/a' is no whole number; it counts", "records"),
        (2, "rows", "2.5", "'rows', row 2: '2.5' is no whole number", "records"),
        (2, "started", "soon", "'started', row 2: 'soon' is no instant; it counts", "started_at"),
        (2, "day", "unknown", "'day', row 2: 'unknown' is no date", "game_date"),
        (2, "day", "", "column 'day', row 2: nothing stands there; its date is", "game_date"),
    ],
)
def test_an_unread_value_of_a_run_is_unknown_and_said(
    tmp_path: Path, row: int, column: str, value: str, said: str, left: str
) -> None:
    """The run stays, the value is NULL, and a complaint names file, column and row."""
    write(tmp_path, runs=_changed(RUNS, row, column, value))
    filled = Filled(tmp_path)
    assert any(said in each for each in filled.complaints), filled.complaints
    assert all("runs.csv" in each for each in filled.complaints)
    found = filled.rows(f"SELECT run_id, {left} IS NULL FROM audit.runs WHERE source_row = {row}")
    assert found == [("r2", True)]


def test_a_run_of_nobody_is_left_out_and_said(tmp_path: Path) -> None:
    """A row without a processor cannot be anybody's run; one without an id is called by its row."""
    write(tmp_path, runs=_changed(_changed(RUNS, 1, "job", ""), 2, "id", ""))
    filled = Filled(tmp_path)
    assert filled.rows("SELECT run_id FROM audit.runs ORDER BY row_no") == [("row 2",), ("r3",)]
    assert any("'job', row 1: nothing stands there" in each for each in filled.complaints)
    assert any("'id', row 2: nothing stands there" in each for each in filled.complaints)


def test_a_processor_nobody_configured_is_said(tmp_path: Path) -> None:
    """Its runs are kept; what they owe is unknown."""
    write(tmp_path, runs=_changed(RUNS, 2, "job", "other"))
    filled = Filled(tmp_path)
    assert filled.rows("SELECT count(*) FROM audit.runs") == [(3,)]
    assert filled.complaints == (
        f"{tmp_path}/runs.csv: row 2: no [[processor]] is called 'other' (1 runs); what it owes is "
        "unknown",
    )


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("game_date", "", "column 'game_date', row 2"),
        ("game_date", "never", "'never' names no date"),
        ("player_id", "", "column 'player_id', row 2: 'None' names no key"),
    ],
)
def test_a_row_without_a_unit_proves_nothing_absent(
    tmp_path: Path, column: str, value: str, said: str
) -> None:
    """It is left out with a complaint, and its table goes to the unread ones."""
    write(tmp_path, boxes=_changed(BOXES, 2, column, value))
    filled = Filled(tmp_path)
    assert any(said in each for each in filled.complaints), filled.complaints
    assert filled.rows("SELECT count(*) FROM audit.held") == [(2,)]
    assert filled.rows("SELECT target FROM audit.unread") == [("boxes",)]


def test_game_ids_of_another_kind_prove_nothing(tmp_path: Path) -> None:
    """Ids that lost their zeros on the way are said to be others, not taken for lost games."""
    write(tmp_path, boxes=BOXES.replace(",00224", ",224"))
    filled = Filled(tmp_path)
    assert len(filled.complaints) == 1
    assert (
        "none of its 2 games is of the schedule ('22400001' here, '0022400001'"
        in (filled.complaints[0])
    )
    assert filled.rows("SELECT target FROM audit.unread") == [("boxes",)]


def test_an_unread_instant_makes_the_first_and_last_of_all_unknown(tmp_path: Path) -> None:
    """The least of instants is not known where one of them is not."""
    write(tmp_path, boxes=_changed(BOXES, 2, "loaded", "early"))
    filled = Filled(tmp_path)
    assert filled.rows("SELECT DISTINCT last_at FROM audit.held") == [(None,)]
    assert len(filled.complaints) == 1


def _without(folder: Path, name: str, content: str | None) -> None:
    write(folder)
    if content is None:
        (folder / f"{name}.csv").unlink()
    else:
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")


@pytest.mark.parametrize("content", [None, ""])
def test_a_table_that_is_not_there_is_unread(tmp_path: Path, content: str | None) -> None:
    """A file absent or without a header is no empty table: nothing of it is proved absent."""
    _without(tmp_path, "boxes", content)
    filled = Filled(tmp_path)
    assert len(filled.complaints) == 1
    assert f"{tmp_path}/boxes.csv: " in filled.complaints[0]
    assert [row[0] for row in filled.rows("SELECT target FROM audit.unread")] == ["boxes"]


def test_what_is_unread_is_unverifiable_to_the_end(tmp_path: Path) -> None:
    """The audit goes on, and says of no date of such a table that it was lost."""
    text = "now = 2025-02-01T00:00:00Z\n" + CONFIG.replace(
        "\ndate =", '\nunit = ["game_id"]\ndate ='
    )
    for content, wanted in ((None, {DateClass.UNVERIFIABLE}), (BOXES, {DateClass.COMPLETE})):
        _without(tmp_path, "boxes", content)
        view = audit_foreign(parse_config(text, tmp_path / "audit.toml"), trust_config=False)
        found = {day.date_class for day in view.dates if day.game_date.day < 3}
        assert found == wanted
        assert len(view.complaints) == (content is None)


def test_a_table_with_a_header_alone_is_empty(tmp_path: Path) -> None:
    """It was read, and holds nothing."""
    _without(tmp_path, "boxes", BOXES.splitlines()[0] + "\n")
    filled = Filled(tmp_path)
    assert filled.complaints == ()
    assert filled.rows("SELECT * FROM audit.held") == []
    assert filled.rows("SELECT * FROM audit.unread") == []


@pytest.mark.parametrize("name", ["runs", "schedule"])
@pytest.mark.parametrize(("content", "said"), [(None, "no such file"), ("", "empty")])
def test_without_history_or_schedule_there_is_no_audit(
    tmp_path: Path, name: str, content: str | None, said: str
) -> None:
    """What everything is measured by, and what is measured, must be there."""
    _without(tmp_path, name, content)
    with pytest.raises(AuditRefused, match=rf"{name}.csv: .*{said}"):
        Filled(tmp_path)


@pytest.mark.parametrize(
    ("key", "theirs", "said"),
    [
        (
            'state = "status"',
            'state = "statu"',
            r"audit.toml:\d+: columns.state: .*'statu'.*'status'",
        ),
        ('written_at = "loaded"', 'written_at = "load"', r"audit.toml:\d+: written_at: .*'load'"),
        ('game_id", "player_id"', 'game_id", "player"', r"audit.toml:\d+: key: .*'player'"),
        ('records = "rows"', 'records = "rows.n"', "NULL"),
    ],
)
def test_an_unknown_column_is_refused_with_its_line(
    tmp_path: Path, key: str, theirs: str, said: str
) -> None:
    """The nearest column is proposed; a path into a column that is no JSON finds nothing."""
    write(tmp_path)
    text = CONFIG.replace(key, theirs, 1)
    if said == "NULL":
        assert Filled(tmp_path, text).rows("SELECT DISTINCT records FROM audit.runs") == [(None,)]
        return
    with pytest.raises(AuditRefused, match=said):
        Filled(tmp_path, text)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (RUNS + "r4,load,2025-01-04\n", "Line: 5"),
        (RUNS.replace("id,", "id,id,", 1), "'id' stands there twice"),
        (RUNS.replace("rows\n", "\n", 1), "column 6 has no name"),
        (RUNS.replace("r2", '"r2'), "unterminated quote"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, content: str, said: str) -> None:
    """No row is skipped, padded or mended in silence."""
    write(tmp_path, runs=content)
    with pytest.raises(AuditRefused, match=rf"runs.csv.*{said}"):
        Filled(tmp_path)


def test_rows_of_a_sweeper_may_repeat_an_id(tmp_path: Path) -> None:
    """One row of the run itself and one a sweeper closed are one run; two of its own are not."""
    runs = RUNS.replace("rows\n", "rows,closer\n", 1)
    runs = runs.replace(",2\n", ",2,\n").replace(",0\n", ",0,\n").replace("failed,\n", "failed,,\n")
    runs += "r2,load,2025-01-02,2025-01-03T08:00:00Z,failed,,dog\n"
    write(tmp_path, runs=runs)
    text = CONFIG.replace('records = "rows"', 'records = "rows"\nclosed_by = "closer"')
    with pytest.raises(AuditRefused, match=r"row 4: 'r2' stands on row 2 too"):
        Filled(tmp_path, text)
    swept = text.replace('files = "runs.csv"', 'files = "runs.csv"\nsweepers = ["dog"]')
    assert Filled(tmp_path, swept).rows("SELECT source_row FROM audit.runs WHERE is_swept") == [
        (4,)
    ]
    repeat = text.replace('files = "runs.csv"', 'files = "runs.csv"\nrun_ids_repeat = true')
    assert Filled(tmp_path, repeat).rows("SELECT count(*) FROM audit.runs") == [(4,)]


def test_two_words_of_one_game_are_refused(tmp_path: Path) -> None:
    """A game has one row a date; the same row twice is one row."""
    again = SCHEDULE.splitlines()[1]
    write(tmp_path, schedule=f"{SCHEDULE}{again}\n")
    assert Filled(tmp_path).rows("SELECT count(*) FROM audit.games") == [(3,)]
    write(tmp_path, schedule=f"{SCHEDULE}{again.replace('Final', 'PPD')}\n")
    with pytest.raises(AuditRefused, match="row 4: row 1 says something else of game 0022400001"):
        Filled(tmp_path)


@pytest.mark.parametrize(
    ("form", "first", "second", "found"),
    [
        ("%m/%d/%Y", "01/02/2025", "01/03/2025", ["2025-01-02", "2025-01-03"]),
        ("%d/%m/%Y", "01/02/2025", "01/03/2025", ["2025-02-01", "2025-03-01"]),
        ("%Y%m%d", "20250102", "20250103", ["2025-01-02", "2025-01-03"]),
    ],
)
def test_a_form_of_dates_is_told(
    tmp_path: Path, form: str, first: str, second: str, found: list[str]
) -> None:
    """The same text is another date in another form; without being told none is taken."""
    runs = RUNS.replace(",2025-01-01,", f",{first},").replace(",2025-01-02,", f",{second},")
    runs = runs.replace(",2025-01-03,", f",{second},")
    write(tmp_path, runs=runs)
    with pytest.raises(AuditRefused, match=r"row 1: .*not guessed"):
        Filled(tmp_path)
    text = CONFIG.replace('files = "runs.csv"', f'files = "runs.csv"\ndate_format = "{form}"')
    rows = Filled(tmp_path, text).rows("SELECT DISTINCT game_date FROM audit.runs ORDER BY 1")
    assert [str(row[0]) for row in rows] == found


def test_a_history_without_dates_takes_them_from_its_starts(tmp_path: Path) -> None:
    """The date is that of the start in the zone the dates were meant in."""
    write(tmp_path, runs=RUNS.replace("T08:00:00Z", "T04:00:00Z"))
    text = CONFIG.replace('game_date = "day"\n', "", 1)
    days = "SELECT game_date::VARCHAR FROM audit.runs ORDER BY row_no"
    assert Filled(tmp_path, text).rows(days) == [("2025-01-01",), ("2025-01-02",), ("2025-01-03",)]
    utc = text.replace('files = "runs.csv"', 'files = "runs.csv"\ndate_zone = "UTC"')
    assert Filled(tmp_path, utc).rows(days) == [("2025-01-02",), ("2025-01-03",), ("2025-01-04",)]
