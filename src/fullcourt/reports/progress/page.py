"""A document as one HTML page that stands alone: no script, nothing fetched, all text escaped."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from fullcourt.reports.progress.document import Document, Table
from fullcourt.reports.progress.tones import tone

_TEMPLATE = "page.html.j2"


def page(document: Document) -> str:
    """The whole page as text (UTF-8 is declared in it)."""
    return _template().render(document=document)


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["tone"] = tone
    environment.tests["table"] = lambda block: isinstance(block, Table)
    text = (files("fullcourt") / "reports" / "progress" / _TEMPLATE).read_text(encoding="utf-8")
    return environment.from_string(text)
