"""Named `.sql` files of the package, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def sql(room: str, name: str) -> str:
    """The text of `fullcourt/<room>/<name>.sql`."""
    folder = files("fullcourt")
    for part in room.split("/"):
        folder = folder / part
    return (folder / f"{name}.sql").read_text(encoding="utf-8")
