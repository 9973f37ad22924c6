"""Ready mappings of known run histories and listings: what a section says with `preset = "..."`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_ROOM = files("fullcourt.audit") / "mappings"


def _named(folder: str) -> tuple[str, ...]:
    found = (file.name for file in (_ROOM / folder).iterdir())
    return tuple(sorted(n.removesuffix(".toml") for n in found if n.endswith(".toml")))


RUN_PRESETS = _named("runs")
LISTING_PRESETS = _named("listings")


@cache
def preset_values(name: str) -> Mapping[str, Any]:
    """What a preset says, as the keys of its section; `name` is one of the presets above."""
    folder = "runs" if name in RUN_PRESETS else "listings"
    text = (_ROOM / folder / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
