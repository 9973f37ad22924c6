from __future__ import annotations

import gzip
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.cli.history import is_season
from fullcourt.history import rows as read
from fullcourt.history.pieces import HistoryRefused, Kind, pieces
from tests.history.brought_files import event_odds_body, listing_body, log_body, log_rows

TIP = "2023-01-10T00:30:00Z"
LISTING = listing_body("2023-01-09T11:55:00Z", TIP)
LINES = event_odds_body("2023-01-09T12:30:00Z", TIP)


def game_odds() -> bytes:
    """A historical snapshot of game lines: a list of events with books."""
    envelope = json.loads(LINES)
    return json.dumps(envelope | {"data": [envelope["data"]]}).encode()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (log_body(log_rows()), Kind.GAME_LOG),
        (LISTING, Kind.LISTING),
        (LINES, Kind.EVENT_ODDS),
        (gzip.compress(LINES), Kind.EVENT_ODDS),
        (game_odds(), Kind.GAME_ODDS),
        (b'{"leagueSchedule": {"gameDates": []}}', Kind.SCHEDULE),
        (b'{"boxScoreTraditional": {"gameId": "x"}}', Kind.BOX_BODY),
        (b'{"boxScoreTraditional": ', Kind.UNKNOWN),
        (b"[]", Kind.UNKNOWN),
        (b"", Kind.UNKNOWN),
        (b"\xff\xfe\x00", Kind.UNKNOWN),
        (b"GAME_ID,GAME_DATE,MATCHUP,TEAM_ABBREVIATION\n", Kind.PLAYED),
        (b"\xef\xbb\xbfgame_id,game_date,home_team,away_team\r\n", Kind.SCHEDULE_ROWS),
        (b"date,home,away,score_home,score_away\n", Kind.SCORES),
        (b"game_date,player_name,bookmaker,market,line,snapshot_at\n", Kind.OWN_LINES),
        (b"name,points\n", Kind.UNKNOWN),
    ],
)
def test_content_says_what_a_file_is(tmp_path: Path, body: bytes, kind: Kind) -> None:
    """The same name for all: only the content speaks, in a file and in a zip."""
    (tmp_path / "file").write_bytes(body)
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("member", body)
    (plain,) = pieces([tmp_path / "file"])
    assert plain.kind is kind
    if body[:2] != b"\x1f\x8b":
        (member,) = pieces([tmp_path / "zip"])
        assert (member.kind, member.shown) == (kind, "zip!member")


@pytest.mark.parametrize("body", [b"PK\x03\x04broken", b"PAR1broken", b"\x1f\x8bbroken"])
def test_a_broken_container_is_refused_by_name(tmp_path: Path, body: bytes) -> None:
    """A zip, Parquet or gzip that does not read stops the import, with its name."""
    (tmp_path / "broken").write_bytes(body)
    with pytest.raises(HistoryRefused, match="broken"):
        pieces([tmp_path / "broken"])


@pytest.mark.parametrize(
    ("value", "found"),
    [("0022300001", "0022300001"), ("22300001", "0022300001"), (22300001, "0022300001")],
)
def test_lost_zeros_of_a_game_id_are_put_back(value: Any, found: str) -> None:
    """Ten digits, or the eight a spreadsheet leaves of them."""
    assert read.game_id({"id": value}, "id") == found


@pytest.mark.parametrize("value", ["", None, "223", "1122300001", "00223000012", "0022x00001"])
def test_a_wrong_game_id_is_no_game(value: Any) -> None:
    """Anything else is refused, with its column."""
    with pytest.raises(read.BadValue) as refused:
        read.game_id({"id": value}, "id")
    assert refused.value.column == "id"


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_whole_numbers_are_read_in_every_spelling(number: int) -> None:
    """As a number, as text, and as the float a table of floats makes of it."""
    for value in (number, str(number), f"{number}.0", float(number)):
        assert read.whole({"n": value}, "n") == number


@given(st.text(max_size=8) | st.floats(allow_nan=True, allow_infinity=True) | st.none())
def test_whole_never_rounds(value: Any) -> None:
    """Whatever is accepted is the same number; the rest is refused."""
    try:
        found = read.whole({"n": value}, "n")
    except read.BadValue as error:
        assert error.value is value or error.value == value
    else:
        assert float(str(value)) == found


def test_a_line_needs_a_price() -> None:
    """Neither side priced is no line; a price below 1 is no decimal price."""
    row = {
        "game_date": "2023-01-09",
        "game_id": "0022200010",
        "player_name": "A B",
        "bookmaker": "mine",
        "market": "player_points",
        "line": "10.5",
        "snapshot_at": "2023-01-09T20:00:00Z",
    }
    assert read.line_row(row | {"over_price": "1.9"})["game_date"] == date(2023, 1, 9)
    for prices in ({}, {"over_price": "-110"}):
        with pytest.raises(read.BadValue):
            read.line_row(row | prices)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("2023-24", True), ("1999-00", True), ("2023-25", False), ("2023", False), ("23-24", False)],
)
def test_seasons_are_two_years_that_follow(text: str, is_one: bool) -> None:
    """`2023-24`, and nothing that only looks like it."""
    assert is_season(text) is is_one
