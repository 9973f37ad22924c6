"""The folder of recorded history: what is there, read with errors that name the file.

A file or a whole folder that is absent means "that feed has no recordings"; a file that is there
and cannot be read is a `HistoryBroken`. Layout (all paths below the history folder):

    schedule/scheduleleaguev2_{season}_*.json.gz      the final schedule, CDN form
    schedule/data_nba_{season}_asof_{date}.json       the schedule as known on a date, `lscd` form
    schedule/played_{season}_*.parquet                games played, two rows a game
    stats_nba/boxscoretraditionalv3/*.parquet         box score rows
    stats_nba/leaguegamelog/{season}_players.parquet  official log (here: a game's final score only)
    odds_archive/game_lines_*.parquet                 final scores
    odds_api/events/{season}.zip                      listings, bytes as served
    odds_api/event_odds/{season}.zip                  player props, bytes as served
"""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import msgspec

from fullcourt.errors import FullcourtError, Terminal

_SEASON = r"(?P<season>\d{4}-\d{2})"
_T = TypeVar("_T")


class HistoryBroken(Terminal, FullcourtError):
    """A recorded file is there and cannot be read as what it should be."""

    def __init__(self, path: Path | str, what: str) -> None:
        super().__init__(
            f"recorded history: {path}: {what}",
            next_step="restore this file from its source, or remove it to replay without it.",
        )


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A schedule as known on `as_of` (Eastern date)."""

    path: Path
    as_of: date


class HistoryFolder:
    """What is recorded below `root`. Looks at names once; reads nothing before it is asked."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._zips: dict[Path, zipfile.ZipFile] = {}

    @cached_property
    def final_schedules(self) -> dict[str, Path]:
        """Season to the schedule as served after that season."""
        return self._by_season("schedule", rf"scheduleleaguev2_{_SEASON}_.*\.json\.gz")

    @cached_property
    def plans(self) -> dict[str, PlanFile]:
        """Season to the schedule as known on a date within it."""
        found = {}
        for path in self._files("schedule"):
            match = re.fullmatch(
                rf"data_nba_{_SEASON}_asof_(?P<day>\d{{4}}-\d\d-\d\d)\.json", path.name
            )
            if match:
                found[match["season"]] = PlanFile(path, date.fromisoformat(match["day"]))
        return found

    @cached_property
    def played(self) -> dict[str, tuple[Path, ...]]:
        """Season to its files of games played."""
        found: dict[str, tuple[Path, ...]] = {}
        for path in self._files("schedule"):
            match = re.fullmatch(rf"played_{_SEASON}_.*\.parquet", path.name)
            if match:
                found[match["season"]] = (*found.get(match["season"], ()), path)
        return found

    @cached_property
    def box_scores(self) -> tuple[Path, ...]:
        """Files of box score rows."""
        return self._parquets("stats_nba/boxscoretraditionalv3")

    @cached_property
    def game_logs(self) -> tuple[Path, ...]:
        """Files of the official player log."""
        return self._parquets("stats_nba/leaguegamelog")

    @cached_property
    def score_archives(self) -> tuple[Path, ...]:
        """Files of final scores."""
        return self._parquets("odds_archive")

    @cached_property
    def listing_zips(self) -> tuple[Path, ...]:
        """Zips of recorded event listings."""
        return tuple(p for p in self._files("odds_api/events") if p.suffix == ".zip")

    @cached_property
    def event_odds_zips(self) -> tuple[Path, ...]:
        """Zips of recorded event odds."""
        return tuple(p for p in self._files("odds_api/event_odds") if p.suffix == ".zip")

    def members(self, path: Path) -> list[str]:
        """Names of the files in a zip, sorted."""
        return sorted(name for name in self._zip(path).namelist() if not name.endswith("/"))

    def member(self, path: Path, name: str) -> bytes:
        """The bytes of one file in a zip."""
        try:
            return self._zip(path).read(name)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError) as error:
            raise HistoryBroken(f"{path}!{name}", str(error)) from error

    def gunzipped(self, path: Path) -> bytes:
        """The decompressed bytes of a gzip file."""
        try:
            return gzip.decompress(path.read_bytes())
        except (gzip.BadGzipFile, zlib.error, OSError, EOFError) as error:
            raise HistoryBroken(path, f"not readable as gzip: {error}") from error

    def text(self, path: Path) -> bytes:
        """The bytes of a plain file."""
        try:
            return path.read_bytes()
        except OSError as error:
            raise HistoryBroken(path, str(error)) from error

    def close(self) -> None:
        """Close the zips that are open."""
        for handle in self._zips.values():
            handle.close()
        self._zips.clear()

    def _zip(self, path: Path) -> zipfile.ZipFile:
        if path not in self._zips:
            try:
                self._zips[path] = zipfile.ZipFile(path)
            except (zipfile.BadZipFile, OSError) as error:
                raise HistoryBroken(path, f"not readable as a zip: {error}") from error
        return self._zips[path]

    def _files(self, folder: str) -> list[Path]:
        place = self.root / folder
        return sorted(p for p in place.iterdir() if p.is_file()) if place.is_dir() else []

    def _parquets(self, folder: str) -> tuple[Path, ...]:
        return tuple(p for p in self._files(folder) if p.suffix == ".parquet")

    def _by_season(self, folder: str, pattern: str) -> dict[str, Path]:
        matches = ((re.fullmatch(pattern, path.name), path) for path in self._files(folder))
        return {match["season"]: path for match, path in matches if match}


def decode(body: bytes, kind: type[_T], where: Path | str) -> _T:
    """`body` as JSON of type `kind`; another shape is a `HistoryBroken` naming `where`."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise HistoryBroken(where, str(error)) from error


def query(sql_file: str, files: tuple[Path, ...], **params: object) -> list[tuple[Any, ...]]:
    """Rows of a named query of this package over parquet `files` (no files: no rows)."""
    if not files:
        return []
    sql = resources.files("fullcourt.replay").joinpath(sql_file).read_text(encoding="utf-8")
    bound = {"files": [str(path) for path in files], **params}
    with duckdb.connect(config={"threads": 2}) as connection:
        try:
            return connection.execute(sql, bound).fetchall()
        except duckdb.Error as error:
            raise HistoryBroken(_culprit(files), str(error).splitlines()[0]) from error


def _culprit(files: tuple[Path, ...]) -> str:
    """The first of `files` that is no parquet file at all, else all of them."""
    for path in files:
        try:
            with duckdb.connect(config={"threads": 1}) as connection:
                connection.execute("SELECT 1 FROM read_parquet($path) LIMIT 1", {"path": str(path)})
        except duckdb.Error:
            return str(path)
    return ", ".join(str(path) for path in files)
