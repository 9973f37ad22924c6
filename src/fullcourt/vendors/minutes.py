"""Playing time in the vendors' spellings, as whole seconds.

Each function takes one spelling and raises `ValueError` for any other text: a value that looks
almost right (`-1:0-57` has been served) is a broken row, not a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ISO = re.compile(r"PT(\d{1,3})M([0-5]\d)(?:\.(\d{1,6}))?S", re.ASCII)
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d|60)", re.ASCII)
_WHOLE = re.compile(r"\d{1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Minutes:
    """Time played. `precision_s` is 60 where the vendor sends whole minutes only."""

    seconds: int
    precision_s: int


@dataclass(frozen=True, slots=True)
class Undecided:
    """The text cannot tell whether the player appeared; `reason` says why."""

    reason: str


def seconds_of_iso(text: str) -> int:
    """Whole seconds of the CDN's `PT25M01.00S`.

    Fractions are rounded half up, which is how stats.nba.com makes its `MM:SS` of the same value.

    Raises:
        ValueError: any other text, `45:58` included.
    """
    match = _ISO.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not of the form PT25M01.00S")
    minutes, seconds, fraction = match.groups()
    half_or_more = fraction is not None and fraction[0] >= "5"
    return int(minutes) * 60 + int(seconds) + int(half_or_more)


def seconds_of_clock(text: str) -> int:
    """Whole seconds of stats V3's `MM:SS`.

    `19:60` is twenty minutes: the vendor rounds the seconds without carrying (133 of 75,224 rows of
    2023-25; the game log says 20 for them, and the team's rows sum to the game's length).

    Raises:
        ValueError: any other text.
    """
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not of the form MM:SS")
    return int(match[1]) * 60 + int(match[2])


def parse_minutes_bdl(text: str | None) -> Minutes | Undecided:
    """balldontlie's `min`: `"37"`, `"05"`, `"5"` (whole minutes), `"45:58"`, or undecided.

    `"00"` is served both for a player who did not appear and for one who played some seconds, so a
    zero of any spelling is undecided until a second source speaks.

    Raises:
        ValueError: any other text.
    """
    if text is None or text == "":
        return Undecided("minutes are not given")
    if _WHOLE.fullmatch(text):
        minutes = Minutes(int(text) * 60, 60)
    else:
        minutes = Minutes(seconds_of_clock(text), 1)
    if minutes.seconds == 0:
        return Undecided(f"{text!r} is a DNP or some seconds: this vendor cannot tell")
    return minutes
