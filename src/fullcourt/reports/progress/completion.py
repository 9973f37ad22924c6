"""The completion summary: whether everything is done, and what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fullcourt.reports.grid import CellLine
from fullcourt.reports.inventory import GapLine
from fullcourt.reports.progress.checklist import Checklist
from fullcourt.reports.progress.document import Section, counted, facts, listed
from fullcourt.reports.progress.healing import Waiting
from fullcourt.reports.progress.issues import Issue
from fullcourt.reports.progress.unknown import Unknown
from fullcourt.reports.wording import count_text
from fullcourt.trust.gaps import Ending
from fullcourt.trust.words import ALARMS, CellVerdict

COMPLETE, NOT_COMPLETE, UNKNOWN = "complete", "not complete", "unknown"


@dataclass(frozen=True, slots=True)
class Completion:
    """Where it stands. `state`: complete (every task is done, nothing is partial, missing, suspect
    or stale, no noted issue is open), not complete, or unknown (nothing is known to be left, and
    something cannot be told). `left` and `not_known` say what; `cells` counts cells by verdict,
    `gaps` gaps by ending, `lost_keys` the keys lost for good.
    """

    state: str
    left: tuple[str, ...]
    not_known: tuple[str, ...]
    tasks: str | Unknown
    cells: dict[str, int] | Unknown
    expected_keys: int
    held_keys: int
    gaps: dict[str, int]
    lost_keys: int


def completion(
    cells: Sequence[CellLine],
    gaps: Sequence[GapLine],
    checklist: Checklist,
    issues: Sequence[Issue],
    waiting: Sequence[Waiting],
) -> Completion:
    """The summary of the other sections; it decides nothing they have not."""
    alarms = {verdict.value for verdict in ALARMS}
    verdicts = Counter(cell.verdict for cell in cells)
    wrong = [c for c in cells if c.verdict in alarms]
    unsure = [c for c in cells if c.verdict == CellVerdict.UNVERIFIABLE.value]
    noted = [i for i in issues if i.source != "gaps" and i.status == "open"]
    stuck = [w for w in waiting if not w.heals_itself and w.verdict in alarms]
    left = [
        *_named("task not done", [t.id for t in checklist.tasks if t.state == "not done"]),
        *_named("cell not right", [f"{c.dataset} {c.game_date} {c.verdict}" for c in wrong]),
        *_named("cell that does not heal by itself", [f"{w.dataset} {w.game_date}" for w in stuck]),
        *_named("noted issue open", [i.source for i in noted]),
    ]
    not_known = [
        *_named("task unknown", [t.id for t in checklist.tasks if t.state == "unknown"]),
        *_named("cell unverifiable", [f"{c.dataset} {c.game_date}" for c in unsure]),
        *([] if cells else ["no cell is judged on these dates"]),
    ]
    endings = Counter(gap.ending for gap in gaps)
    permanent = [g for g in gaps if g.ending == Ending.PERMANENT.value]
    no_cells = Unknown("no cell is judged on these dates")
    return Completion(
        state=NOT_COMPLETE if left else UNKNOWN if not_known else COMPLETE,
        left=tuple(left) or ("nothing",),
        not_known=tuple(not_known) or ("nothing",),
        tasks=checklist.file
        if isinstance(checklist.file, Unknown)
        else f"{checklist.done} of {count_text(len(checklist.tasks), 'task')} done",
        cells=dict(sorted(verdicts.items())) if verdicts else no_cells,
        expected_keys=sum(cell.expected for cell in cells),
        held_keys=sum(cell.held for cell in cells),
        gaps={ending.value: endings[ending.value] for ending in Ending},
        lost_keys=sum(len(gap.keys) for gap in permanent),
    )


def _named(unit: str, names: Sequence[str]) -> list[str]:
    return [f"{unit}: {len(names)} ({listed(names)})"] if names else []


def completion_section(record: Completion) -> Section:
    """The summary as facts."""
    cells = record.cells
    return Section(
        "Completion summary",
        f"{record.state.capitalize()}.",
        (
            facts(
                "Where it stands",
                (
                    ("state", record.state),
                    ("left to do", " · ".join(record.left)),
                    ("not known", " · ".join(record.not_known)),
                    ("tasks", record.tasks),
                    ("cells", cells if isinstance(cells, Unknown) else counted(cells.items())),
                    (
                        "keys",
                        f"{record.held_keys:,} of "
                        f"{count_text(record.expected_keys, 'key')} expected are held",
                    ),
                    ("gaps", counted(record.gaps.items())),
                    ("lost for good", count_text(record.lost_keys, "key")),
                ),
            ),
        ),
    )
