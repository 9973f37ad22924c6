"""What lies in the files that are brought: each piece by its content, never by its name."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from fullcourt.errors import FullcourtError, Terminal
from fullcourt.vendors import nba_game_log

_MOST_BYTES = 512 * 1024 * 1024


class HistoryRefused(Terminal, FullcourtError):
    """A file that is to be brought is not there, not readable, or of no known kind."""


class Kind(StrEnum):
    """What a piece is recognised as."""

    GAME_LOG = "LeagueGameLog, player lines"
    PLAYED = "games played, two rows a game"
    BOX_ROWS = "V3 box score rows"
    BOX_BODY = "V3 box score as served"
    SCHEDULE = "season schedule as served"
    SCHEDULE_ROWS = "schedule as rows"
    SCORES = "final scores"
    LISTING = "Odds API events, historical"
    EVENT_ODDS = "Odds API event odds, historical"
    OWN_LINES = "own lines"
    GAME_ODDS = "Odds API game lines, historical"
    UNKNOWN = "not recognised"


NOT_TAKEN = {Kind.GAME_ODDS: "no dataset of this release holds game lines"}
"""Kinds that are known and have no place yet, with the reason."""

# In this order: the first whose columns are all there.
_COLUMNS: tuple[tuple[Kind, frozenset[str]], ...] = (
    (Kind.GAME_LOG, frozenset(nba_game_log.COLUMNS)),
    (
        Kind.BOX_ROWS,
        frozenset("gameId teamId teamTricode personId comment minutes points date".split()),
    ),
    (
        Kind.OWN_LINES,
        frozenset("game_date player_name bookmaker market line snapshot_at".split()),
    ),
    (Kind.SCHEDULE_ROWS, frozenset(("game_id", "game_date", "home_team", "away_team"))),
    (Kind.SCORES, frozenset(("date", "home", "away", "score_home", "score_away"))),
    (Kind.PLAYED, frozenset(("GAME_ID", "GAME_DATE", "MATCHUP", "TEAM_ABBREVIATION"))),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One file, or one member of a zip. `shown` names it in complaints and manifests."""

    shown: str
    kind: Kind
    path: Path
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """What was left out, or does not fit. `row` counts from 1 below a head (None: no row)."""

    file: str
    row: int | None
    column: str | None
    value: str | None
    why: str

    def __str__(self) -> str:
        where = self.file if self.row is None else f"{self.file} row {self.row}"
        what = "" if self.column is None else f" {self.column} = {self.value!r}"
        return f"{where}{what}: {self.why}"


def pieces(paths: list[Path]) -> list[Piece]:
    """Every file below `paths` and every member of a zip, with its kind, in the order of names.

    Raises:
        HistoryRefused: a path is not there, or a file of a known form does not read.
    """
    found: list[Piece] = []
    for path in paths:
        if path.is_dir():
            for file in sorted(p for p in path.rglob("*") if p.is_file()):
                found += _of_file(file, str(Path(path.resolve().name) / file.relative_to(path)))
        elif path.is_file():
            found += _of_file(path, path.name)
        else:
            raise HistoryRefused(f"{path}: no such file or folder.", next_step="name another path")
    return found


def _of_file(path: Path, shown: str) -> Iterator[Piece]:
    with path.open("rb") as handle:
        head = handle.read(4)
    if head[:2] == b"PK":
        with _zip(path) as archive:
            names = sorted(name for name in archive.namelist() if not name.endswith("/"))
            for name in names:
                where = f"{shown}!{name}"
                yield Piece(where, _kind_of_bytes(_member(archive, name, where)), path, name)
    elif head == b"PAR1":
        yield Piece(shown, _kind_of_columns(_parquet(path, shown).schema_arrow.names), path)
    else:
        yield Piece(shown, _kind_of_bytes(content(Piece(shown, Kind.UNKNOWN, path))), path)


def content(piece: Piece) -> bytes:
    """The bytes of a piece, unpacked.

    Raises:
        HistoryRefused: it does not unpack, or is larger than 512 MB.
    """
    if piece.member is not None:
        with _zip(piece.path) as archive:
            return _member(archive, piece.member, piece.shown)
    body = piece.path.read_bytes()
    return _gunzipped(body, piece.shown) if body[:2] == b"\x1f\x8b" else body


def _gunzipped(body: bytes, shown: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
            text = packed.read(_MOST_BYTES + 1)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise _broken(shown, f"does not unpack ({error})") from error
    if len(text) > _MOST_BYTES:
        raise _broken(shown, f"unpacks to more than {_MOST_BYTES:,} bytes")
    return text


def _zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise _broken(str(path), f"is no readable zip ({error})") from error


def _member(archive: zipfile.ZipFile, name: str, shown: str) -> bytes:
    if archive.getinfo(name).file_size > _MOST_BYTES:
        raise _broken(shown, f"unpacks to more than {_MOST_BYTES:,} bytes")
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise _broken(shown, f"does not unpack ({error})") from error


def _parquet(path: Path, shown: str) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise _broken(shown, f"is no readable Parquet ({error})") from error


def _broken(shown: str, what: str) -> HistoryRefused:
    return HistoryRefused(
        f"{shown}: {what}.", next_step="restore the file from its source, or leave it out"
    )


def _kind_of_bytes(body: bytes) -> Kind:
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] in (b"{", b"["):
        return _kind_of_json(text)
    try:
        line = text[: text.find(b"\n")].decode() if b"\n" in text else text.decode()
    except UnicodeDecodeError:
        return Kind.UNKNOWN
    return _kind_of_columns(next(csv.reader([line.rstrip("\r")]), []))


def _kind_of_columns(names: list[str]) -> Kind:
    have = frozenset(names)
    return next((kind for kind, needed in _COLUMNS if needed <= have), Kind.UNKNOWN)


class _ResultSet(msgspec.Struct):
    name: str = ""
    headers: list[str] = []


class _Event(msgspec.Struct):
    commence_time: str
    home_team: str
    bookmakers: msgspec.Raw = msgspec.Raw()


class _Head(msgspec.Struct):
    """The words by which JSON bodies are told apart."""

    resultSets: list[_ResultSet] = []
    leagueSchedule: msgspec.Raw = msgspec.Raw()
    boxScoreTraditional: msgspec.Raw = msgspec.Raw()
    timestamp: str | None = None
    data: list[_Event] | _Event | None = None


def _kind_of_json(body: bytes) -> Kind:
    try:
        head = msgspec.json.decode(body, type=_Head)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Kind.UNKNOWN
    if len(head.leagueSchedule):
        return Kind.SCHEDULE
    if len(head.boxScoreTraditional):
        return Kind.BOX_BODY
    for table in head.resultSets:
        if table.name == nba_game_log.NAME:
            return _kind_of_columns(table.headers)
    if head.timestamp is None or head.data is None:
        return Kind.UNKNOWN
    if isinstance(head.data, _Event):
        return Kind.EVENT_ODDS if len(head.data.bookmakers) else Kind.UNKNOWN
    return Kind.GAME_ODDS if any(len(e.bookmakers) for e in head.data) else Kind.LISTING


def rows_of(piece: Piece) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows of a table (Parquet, CSV, or a log's JSON) by column name, counted from 1.

    Raises:
        HistoryRefused: it does not read to its end.
    """
    if piece.member is None and piece.path.read_bytes()[:4] == b"PAR1":
        number = 0
        for batch in _parquet(piece.path, piece.shown).iter_batches():
            for row in batch.to_pylist():
                number += 1
                yield number, row
        return
    body = content(piece)
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        yield from enumerate(nba_game_log.parse_game_log(body), start=1)
        return
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _broken(piece.shown, f"is no UTF-8 text ({error})") from error
    yield from enumerate(csv.DictReader(io.StringIO(text)), start=1)
