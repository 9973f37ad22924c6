"""How counts and instants are written, wherever a person reads them."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from functools import cache

from fullcourt.nba.calendar import EASTERN


def instant_text(instant: datetime | None) -> str:
    """`2025-01-09 18:30 ET`; empty for no instant."""
    return "" if instant is None else f"{instant.astimezone(EASTERN):%Y-%m-%d %H:%M} ET"


def count_text(count: int, unit: str) -> str:
    """`1 key`, `25 keys`: the unit is always written."""
    return f"{count:,} {unit}" if count == 1 else f"{count:,} {_plural(unit)}"


@cache
def _plural(unit: str) -> str:
    return re.sub(r"y$", "ies", unit) if re.search(r"[^aeo]y$", unit) else f"{unit}s"


def plain_text(text: str) -> str:
    """Foreign text on one line, without what steers a terminal or turns the reading direction."""
    words = " ".join(text.split())
    return "".join("\ufffd" if unicodedata.category(sign) in _STEERING else sign for sign in words)


# Control signs, format signs (direction marks among them), halves of surrogate pairs.
_STEERING = frozenset({"Cc", "Cf", "Cs"})
