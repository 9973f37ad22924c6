"""The first line of a CSV file: which columns, and what stands between them."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from fullcourt.audit.configuration import AuditRefused

_DELIMITERS = (",", ";", "\t", "|")
_LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class CsvHead:
    """The columns of a CSV file in order, and the character between values."""

    columns: tuple[str, ...]
    delimiter: str


def csv_head(path: Path, given: tuple[str, ...]) -> CsvHead:
    """Read the head of a file; `given` are the columns of one that does not name them.

    A reader that guesses may take a line with one value too many for the head and drop all before
    it, so nothing but the first line is looked at.

    Raises:
        AuditRefused: the first line is no text, or names a column twice or not at all.
    """
    try:
        line = _first_line(path)
    except (UnicodeDecodeError, OSError, EOFError, zstandard.ZstdError) as error:
        raise AuditRefused(
            f"{path}: row 0 (the header) cannot be read: {error}.", next_step="save it as UTF-8"
        ) from error
    delimiter = max(_DELIMITERS, key=line.count)
    if given:
        return CsvHead(given, delimiter)
    columns = tuple(next(csv.reader([line], delimiter=delimiter), []))
    for place, name in enumerate(columns):
        if not name or name in columns[:place]:
            what = f"{name!r} stands there twice" if name else f"column {place + 1} has no name"
            raise AuditRefused(
                f"{path}: row 0 (the header): {what}.", next_step="give each column its own name"
            )
    return CsvHead(columns, delimiter)


def _first_line(path: Path) -> str:
    with path.open("rb") as raw:
        stream: BinaryIO = raw
        if path.suffix == ".gz":
            stream = cast("BinaryIO", gzip.GzipFile(fileobj=raw))
        elif path.suffix == ".zst":
            stream = cast("BinaryIO", zstandard.ZstdDecompressor().stream_reader(raw))
        with io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
            line = text.readline(_LONGEST)
            # A quoted column name may hold a line's end.
            while line.count('"') % 2 and (more := text.readline(_LONGEST)):
                line += more
            return line.rstrip("\r\n")
