"""Paths of an archive's listing as patterns: `boxscores/{date}/{game_id}.json`.

`{date}` is YYYY-MM-DD, `{date:%Y/%m/%d}` another form of it; `{key}` and `{game_id}` are one part
of the path each, `{game_id:NAME}` one that a lookup translates; `*` is anything but a slash, `**`
anything. A pattern is a whole path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"\{(?P<name>[a-z_]+)(?::(?P<what>[^{}]*))?\}|\*\*|\*")
_DATE_PARTS = {"%Y": r"\d{4}", "%y": r"\d{2}", "%m": r"\d{2}", "%d": r"\d{2}", "%%": "%"}
ISO_DATE = "%Y-%m-%d"


class PatternWrong(ValueError):
    """A pattern means nothing."""


@dataclass(frozen=True, slots=True)
class PathPattern:
    """`regex`: matches whole paths; groups `date` and each of `names` (key, game_id).

    `date_format`: of the date's text, for strptime. `lookup`: translates the values of `names`.
    """

    regex: str
    date_format: str
    names: tuple[str, ...]
    lookup: str | None


def compile_pattern(text: str) -> PathPattern:
    """A pattern as a regular expression.

    Raises:
        PatternWrong: a part is unknown or there twice, or there is no date.
    """
    parts: list[str] = []
    names: list[str] = []
    date_format, lookup, at = "", None, 0
    for token in _TOKEN.finditer(text):
        parts.append(re.escape(text[at : token.start()]))
        at = token.end()
        name, what = token["name"], token["what"]
        if name is None:
            parts.append(".*" if token[0] == "**" else "[^/]*")
        elif name == "date":
            if date_format:
                raise PatternWrong("{date} stands in it twice")
            date_format = what or ISO_DATE
            parts.append(f"(?P<date>{_date_regex(date_format)})")
        elif name in ("key", "game_id"):
            if names:
                raise PatternWrong("it has more than one of {key} and {game_id}")
            names, lookup = [name], what or None
            parts.append(f"(?P<{name}>[^/]+?)")
        else:
            raise PatternWrong(
                f"no such part: {token[0]!r}; known are {{date}}, {{key}}, {{game_id}}"
            )
    if not date_format:
        raise PatternWrong("it has no {date}")
    parts.append(re.escape(text[at:]))
    return PathPattern(f"^{''.join(parts)}$", date_format, tuple(names), lookup)


def _date_regex(form: str) -> str:
    pieces = re.split("(%.)", form)
    if not {"%m", "%d"} <= set(pieces) or not set(pieces[1::2]) <= _DATE_PARTS.keys():
        raise PatternWrong(f"{form!r} is no date of %Y, %m and %d")
    return "".join(_DATE_PARTS.get(piece) or re.escape(piece) for piece in pieces)
