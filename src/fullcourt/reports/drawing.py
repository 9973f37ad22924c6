"""What every plot of this project shares: its look, and how it becomes SVG text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import altair as alt
import vl_convert

BLUE, RED, INK = "#0072b2", "#c00000", "#222222"
WIDTH: Final = 620
ROW_PX: Final = 17
LOOK: Final[dict[str, Any]] = {
    "background": "white",
    "font": "sans-serif",
    "title": {"anchor": "start", "fontSize": 15, "subtitleFontSize": 12, "subtitleColor": INK},
    "axis": {"labelFontSize": 11, "titleFontSize": 12, "gridColor": "#e4e4e4", "labelLimit": 260},
    "legend": {"labelFontSize": 11, "titleFontSize": 12, "orient": "top"},
    "view": {"stroke": None},
}

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot: a name for its file, what it shows in words, and its SVG."""

    name: str
    words: str
    svg: str


def svg_text(name: str, chart: alt.LayerChart) -> str:
    """The chart as SVG text that may stand with others on one page."""
    text = vl_convert.vegalite_to_svg(chart.to_json())
    # Several drawings share one page: each has its own names for what it refers to.
    text = re.sub(r'\bid="', f'id="{name}-', text)
    return text.replace("url(#", f"url(#{name}-")
