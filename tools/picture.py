"""Draw docs/grid.svg: the end of the demo as its terminal shows it.

Run as `python tools/picture.py [HOME]`; a HOME the demo has played in saves playing it again.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.rule import Rule
from rich.terminal_theme import MONOKAI

from fullcourt.cli.demo import DemoView, play
from fullcourt.cli.printing import PLAIN_WIDTH, instant_text
from fullcourt.cli.progress import Progress
from fullcourt.cli.show_grid import status_renderable
from fullcourt.cli.show_night import predictions_table, record_lines
from fullcourt.settings import Home

PICTURE = Path(__file__).resolve().parent.parent / "docs/grid.svg"
_PLAYERS = 8


def draw(view: DemoView) -> str:
    """The SVG of the demo's grid, its first predictions and its record; no font is fetched."""
    console = Console(record=True, width=PLAIN_WIDTH, force_terminal=True, file=io.StringIO())
    console.print(Rule(f"tonight, {instant_text(view.clock)}", align="left"))
    console.print(status_renderable(view.status, every_key=False))
    console.print(Rule("tonight's predictions, points", align="left"))
    console.print(predictions_table(view.tonight, most=_PLAYERS))
    console.print(Rule("how the last graded night did", align="left"))
    console.print(record_lines(view.last_night))
    svg = console.export_svg(title="fullcourt demo", theme=MONOKAI, unique_id="fullcourt")
    # rich names web fonts; the reader's own monospace font does, and no page calls elsewhere.
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def main(arguments: list[str]) -> int:
    """Play (or go on in) the demo and write the picture. Returns the exit code."""
    home = Home(Path(arguments[0] if arguments else tempfile.mkdtemp(prefix="fullcourt-picture-")))
    with Progress("the demo", 14) as progress:
        view = play(home, 1, progress)
    PICTURE.write_text(draw(view), encoding="utf-8")
    print(f"wrote {PICTURE}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
