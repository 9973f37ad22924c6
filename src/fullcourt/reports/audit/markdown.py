"""An audit as a Markdown document. Foreign text is escaped: it stays text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fullcourt.reports.audit.document import AuditDocument
from fullcourt.reports.audit.parts import Section
from fullcourt.reports.audit.wording import DATE_MEANINGS, RUN_MEANINGS

_ESCAPES = {ord(sign): f"\\{sign}" for sign in "\\`*[]|~"}
_ESCAPES |= {ord("<"): "&lt;", ord(">"): "&gt;", ord("&"): "&amp;"}


def audit_markdown(document: AuditDocument) -> str:
    """The whole document as Markdown, ending in a line break."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: AuditDocument) -> Iterator[str]:
    yield f"# {_text(document.title)}"
    yield ""
    yield f"**{_text(document.decided)}**"
    yield ""
    yield _text(document.subtitle)
    yield ""
    yield from _table(
        ("what", "how many"), (False, False), [(name, text) for name, text in document.headlines]
    )
    for section in document.sections:
        yield from _section(section)
    yield from ("", "## Complaints about the input", "")
    yield from [f"* {_text(text)}" for text in document.complaints] or ["None."]
    if document.more_complaints:
        yield from ("", _text(document.more_complaints))
    yield from ("", "## Next steps", "")
    yield from (f"{place}. {_text(step)}" for place, step in enumerate(document.next_steps, 1))
    yield from ("", "## What the classes mean", "")
    yield "Of a run:"
    yield ""
    yield from (f"* `{each.value}`: {meaning}" for each, meaning in RUN_MEANINGS.items())
    yield from ("", "Of a date:", "")
    yield from (f"* `{each.value}`: {meaning}" for each, meaning in DATE_MEANINGS.items())


def _section(section: Section) -> Iterator[str]:
    yield from ("", f"## {_text(section.title)}", "")
    if not section.rows:
        yield _text(section.nothing)
        return
    yield _text(section.note)
    yield ""
    yield from _table(
        [column.head for column in section.columns],
        [column.is_number for column in section.columns],
        [[cell.text for cell in row] for row in section.rows],
    )
    if section.more:
        yield from ("", section.more)


def _table(
    head: Sequence[str], numbers: Sequence[bool], rows: Sequence[Sequence[str]]
) -> Iterator[str]:
    yield _line([_text(cell) for cell in head])
    yield _line(["---:" if is_number else "---" for is_number in numbers])
    for row in rows:
        yield _line([_text(cell) for cell in row])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _text(text: str) -> str:
    return text.translate(_ESCAPES)
