"""DuckDB looks for pandas at every statement with parameters. Where there is none, each look goes
through every folder modules come from: a fortieth of a night. Here the answer is kept."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

_LOOKED_FOR = "pandas"


class _Absent(MetaPathFinder):
    """Says at once, and in the words of Python itself, that a module is not there."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == _LOOKED_FOR:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def remember_absent_modules() -> None:
    """From now on an import of pandas fails at once, where pandas is not installed."""
    known = any(isinstance(finder, _Absent) for finder in sys.meta_path)
    if not known and find_spec(_LOOKED_FOR) is None:
        sys.meta_path.insert(0, _Absent())
