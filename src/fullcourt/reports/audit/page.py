"""An audit as one HTML page that needs nothing else: no script, no file, no network."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from fullcourt.reports.audit.document import AuditDocument
from fullcourt.reports.audit.wording import DATE_MEANINGS, RUN_MEANINGS
from fullcourt.reports.drawing import Plot

_TEMPLATE = "page.html.j2"


def audit_page(document: AuditDocument, plots: list[Plot]) -> str:
    """The whole page. Every text is escaped; the plots are this program's own SVG."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = (files("fullcourt") / "reports" / "audit" / _TEMPLATE).read_text(encoding="utf-8")
    # The drawing escapes the names it draws; anything else in it was written here.
    drawn = [(plot.words, Markup(plot.svg)) for plot in plots]  # noqa: S704
    return environment.from_string(text).render(
        document=document,
        plots=drawn,
        run_meanings=[(each.value, text) for each, text in RUN_MEANINGS.items()],
        date_meanings=[(each.value, text) for each, text in DATE_MEANINGS.items()],
    )
