"""A document as Markdown. What it quotes is escaped: no note becomes markup or HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fullcourt.reports.progress.document import Document, Facts, Section, Table

# Code in backticks stays code where nothing inside it could end a cell or open a tag.
_CODE = re.compile(r"(`[^`<>&|\\]+`)")
_SIGNS = re.compile(r"([\\`*\[\]|~])|(?<!\w)_|_(?!\w)")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def markdown(document: Document) -> str:
    """The whole document, with a line break at its end."""
    lines = [f"# {escaped(document.title)}", "", escaped(document.says)]
    for section in document.sections:
        lines += ["", *_section(section)]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is; code in backticks stays code."""
    parts = _CODE.split(text)
    return "".join(part if place % 2 else _plain(part) for place, part in enumerate(parts))


def _plain(text: str) -> str:
    html = "".join(_HTML.get(sign, sign) for sign in text)
    return _SIGNS.sub(lambda match: f"\\{match[0]}", html)


def _section(section: Section) -> Iterator[str]:
    yield f"## {escaped(section.title)}"
    yield ""
    yield escaped(section.says)
    for block in section.blocks:
        yield ""
        yield from _table(block) if isinstance(block, Table) else _facts(block)


def _table(block: Table) -> list[str]:
    return [_line(block.head), _line(["---"] * len(block.head)), *map(_cells, block.rows)]


def _cells(row: Sequence[str]) -> str:
    return _line([escaped(cell) for cell in row])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _facts(block: Facts) -> Iterator[str]:
    yield f"### {escaped(block.title)}"
    yield ""
    for name, text in block.facts:
        yield f"* **{escaped(name)}**: {escaped(text)}"
