"""Listings of archives, as the tools print them, and paths that are not of their pattern."""

from __future__ import annotations

from pathlib import Path

import pytest

from fullcourt.audit.configuration import AuditRefused
from fullcourt.audit.presets import LISTING_PRESETS
from tests.audit.sources.filled import CONFIG, Filled, write

AWS = """\
2025-01-02 03:00:00      19679 boxes/2025-01-01/0022400001.json
2025-01-02 03:00:01          0 boxes/2025-01-01/with space.json

Total Objects: 2
   Total Size: 19679
"""
GSUTIL = """\
gs://bucket/boxes/2025-01-01/:
     19679  2025-01-02T08:00:00Z  gs://bucket/boxes/2025-01-01/0022400001.json
         0  2025-01-02T08:00:01Z  gs://bucket/boxes/2025-01-01/with space.json
TOTAL: 2 objects, 19679 bytes (19.22 KiB)
"""
INVENTORY = """\
"bucket","boxes/2025-01-01/0022400001.json","19679","2025-01-02T08:00:00.000Z"
"bucket","boxes/2025-01-01/with%20space.json","0","2025-01-02T08:00:01.000Z"
"""
FIND = """\
1735804800.0000000000 19679 ./boxes/2025-01-01/0022400001.json
1735804801.0000000000 0 ./boxes/2025-01-01/with space.json
"""
FOUND = """\
./boxes/2025-01-01/0022400001.json
./boxes/2025-01-01/with space.json
"""


@pytest.mark.parametrize(
    ("preset", "text", "more", "is_timed"),
    [
        ("aws_s3_ls", AWS, 'time_zone = "America/New_York"', True),
        ("gsutil_ls", GSUTIL, "", True),
        ("s3_inventory", INVENTORY, "", True),
        ("find", FIND, "", True),
        ("find", FOUND, "", False),
    ],
)
def test_a_listing(tmp_path: Path, preset: str, text: str, more: str, is_timed: bool) -> None:
    """Paths, sizes and instants of each tool's listing; its heads and totals are no objects."""
    write(tmp_path)
    (tmp_path / "listing.txt").write_text(text, encoding="utf-8")
    listing = (
        f'[[listing]]\nname = "files"\npreset = "{preset}"\nfiles = "listing.txt"\n'
        f'pattern = "boxes/{{date}}/{{key}}.json"\n{more}\n'
    )
    filled = Filled(tmp_path, CONFIG + listing)
    assert filled.complaints == ()
    rows = filled.rows(
        "SELECT path, game_date::VARCHAR, key, bytes, created_at::VARCHAR FROM audit.objects "
        "ORDER BY path"
    )
    times = [(19679, "2025-01-02 08:00:00+00"), (0, "2025-01-02 08:00:01+00")]
    assert rows == [
        (f"boxes/2025-01-01/{key}.json", "2025-01-01", key, *(time if is_timed else (None, None)))
        for key, time in zip(("0022400001", "with space"), times, strict=True)
    ]


def test_every_listing_preset_is_tested() -> None:
    """None ships without its tool's output above."""
    assert set(LISTING_PRESETS) == {"aws_s3_ls", "gsutil_ls", "s3_inventory", "find"}


LISTING = """
[[listing]]
name = "files"
files = "files.csv"
path = "path"
bytes = "size"
pattern = "boxes/{date}/{game_id}.json"
"""


def _listed(folder: Path, rows: str, more: str = LISTING) -> Filled:
    write(folder)
    (folder / "files.csv").write_text(f"path,size\n{rows}", encoding="utf-8")
    return Filled(folder, CONFIG + more)


def test_a_listing_without_a_path_of_the_pattern_is_refused(tmp_path: Path) -> None:
    """A pattern that is wrong would make every object a loss."""
    with pytest.raises(AuditRefused, match=r"row 1: 'props/1.json': no path .* is of the pattern"):
        _listed(tmp_path, "props/1.json,5\n")
    assert _listed(tmp_path, "").rows("SELECT * FROM audit.objects") == []


def test_a_path_whose_date_is_none_is_said(tmp_path: Path) -> None:
    """It is of the pattern and of no date: nothing of the listing is proved absent."""
    filled = _listed(tmp_path, "boxes/2025-01-01/1.json,5\nboxes/2025-02-30/2.json,5\n")
    assert filled.rows("SELECT path FROM audit.objects") == [("boxes/2025-01-01/1.json",)]
    assert any("row 2: 'boxes/2025-02-30/2.json' names no date" in c for c in filled.complaints)
    assert filled.rows("SELECT target FROM audit.unread") == [("files",)]


def test_a_key_is_translated_by_a_lookup(tmp_path: Path) -> None:
    """What it does not know, and what it knows in two ways, is translated to nothing and said."""
    text = LISTING.replace("{game_id}", "{game_id:events}")
    text += '[[lookup]]\nname = "events"\nfiles = "events.csv"\nmatch = "event"\ngive = "game"\n'
    (tmp_path / "events.csv").write_text(
        "event,game\na,0022400001\na,0022400001\nb,1\nb,2\n", encoding="utf-8"
    )
    rows = "".join(f"boxes/2025-01-01/{event}.json,5\n" for event in "abc")
    filled = _listed(tmp_path, rows, text)
    assert filled.rows("SELECT key, game_id FROM audit.objects") == [("0022400001",) * 2]
    assert "event 'b' gives more than one game (1 such values)" in filled.complaints[0]
    assert "names nothing the lookup 'events' knows (and 1 more rows)" in filled.complaints[-1]


def test_a_line_that_is_no_row_is_said(tmp_path: Path) -> None:
    """A line in another form than the listing's is not skipped in silence."""
    write(tmp_path)
    (tmp_path / "listing.txt").write_text(f"{AWS}access denied\n", encoding="utf-8")
    listing = (
        '[[listing]]\nname = "files"\npreset = "aws_s3_ls"\nfiles = "listing.txt"\n'
        'pattern = "boxes/{date}/{key}.json"\n'
    )
    filled = Filled(tmp_path, CONFIG + listing)
    assert any("listing.txt" in each and "row 6" in each for each in filled.complaints)
    assert filled.rows("SELECT target FROM audit.unread") == [("files",)]
