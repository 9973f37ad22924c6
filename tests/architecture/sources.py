"""The project's own files, parsed: what the rules of the house are checked against."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("src", "tests", "tools", "bench")


def files(*suffixes: str, below: tuple[str, ...] = FOLDERS) -> list[Path]:
    """Every file with one of `suffixes` below the given folders of the project, sorted."""
    return sorted(
        path
        for folder in below
        for path in (ROOT / folder).rglob("*")
        if path.suffix in suffixes and path.is_file()
    )


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, node: ast.AST) -> str:
    """`src/fullcourt/x.py:12`, as an editor opens it."""
    return f"{path.relative_to(ROOT) if path.is_absolute() else path}:{getattr(node, 'lineno', 1)}"


def imported_names(module: ast.Module) -> dict[str, str]:
    """Local name -> what it stands for: `import time as t` gives `t: time`. Inner imports too."""
    names: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    names[alias.asname] = alias.name
                else:
                    names[alias.name.partition(".")[0]] = alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def dotted(node: ast.expr, names: dict[str, str]) -> str | None:
    """The full dotted name of an imported thing; None where the expression is something else."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        base = dotted(node.value, names)
        return None if base is None else f"{base}.{node.attr}"
    return None


def references(module: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """Every imported thing the module refers to, called or handed on, with its full dotted name."""
    names = imported_names(module)
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute | ast.Name):
            name = dotted(node, names)
            if name is not None:
                yield node, name
