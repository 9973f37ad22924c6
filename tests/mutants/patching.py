"""How SQL is patched: the text of a statement or of a macro, wherever the house reads it."""

from __future__ import annotations

import sys

import pytest

from fullcourt import sql_files
from fullcourt.stores import lake_tables


def replaced(text: str, old: str, new: str) -> str:
    """`text` with every `old` as `new`.

    Raises:
        ValueError: there is none; the mutant has fallen behind the code.
    """
    if old not in text:
        raise ValueError(f"nothing to patch: {old!r}")
    return text.replace(old, new)


def patch_sql(patch: pytest.MonkeyPatch, room: str, name: str, *changes: tuple[str, str]) -> None:
    """Change the text of one named statement in every module that reads statements."""
    original = sql_files.sql

    def patched(asked_room: str, asked: str) -> str:
        text = original(asked_room, asked)
        for old, new in changes if (asked_room, asked) == (room, name) else ():
            text = replaced(text, old, new)
        return text

    _patch_everywhere(patch, "sql", original, patched)


def patch_macros(patch: pytest.MonkeyPatch, old: str, new: str) -> None:
    """Change the text of the macros that every new connection to a lake learns."""
    scripts = lake_tables.macro_scripts()
    if not any(old in script for script in scripts):
        raise ValueError(f"nothing to patch: {old!r}")
    patched = tuple(script.replace(old, new) for script in scripts)
    _patch_everywhere(patch, "macro_scripts", lake_tables.macro_scripts, lambda: patched)


def _patch_everywhere(patch: pytest.MonkeyPatch, name: str, original: object, new: object) -> None:
    """In every module of the house that took the function by its name."""
    for module in [m for key, m in sys.modules.items() if key.startswith("fullcourt.")]:
        if getattr(module, name, None) is original:
            patch.setattr(module, name, new)
