"""What to do about an audit, in the order in which it helps; and the exit code it gives."""

from __future__ import annotations

from collections import Counter

from fullcourt.audit.result import AuditView
from fullcourt.audit.words import LieKind, RunClass
from fullcourt.reports.audit.losses_sections import settling
from fullcourt.reports.audit.wording import CAUSE_STEPS
from fullcourt.reports.wording import count_text, plain_text

_MOST_TABLES = 4
_MOST_SETTLED = 3
_LIE_STEPS = {
    LieKind.OVER_CLAIMED: "count what the table took, not what the processor says",
    LieKind.SHRINKAGE: "refuse a load that brings fewer keys than are held, until a second agrees",
    LieKind.DUPLICATES: "remove the doubled rows, and write by key so that a second delivery adds "
    "none",
    LieKind.COVERED_BY_COUNT: "compare keys, not counts, before a date is called whole",
}


def has_losses(view: AuditView) -> bool:
    """Whether keys are lost, or something else is untrue of the data."""
    classes = view.total.runs_by_class
    runs_lost = classes.get(RunClass.LOSS, 0) + classes.get(RunClass.PARTIAL_LOSS, 0)
    return bool(view.lost or view.lies or view.total.lost_keys or runs_lost)


def exit_code(view: AuditView) -> int:
    """0 nothing is lost, 1 keys are lost or lies were found, 2 no run could be decided."""
    if has_losses(view):
        return 1
    return 0 if view.total.decided.part else 2


def next_steps(view: AuditView) -> tuple[str, ...]:
    """One sentence a step, each with what it is about and how much; never empty."""
    steps = [*_input_steps(view), *_loss_steps(view), *_row_steps(view), *_lie_steps(view)]
    return tuple(steps) or ("Nothing to do: no key is lost, and every run could be decided.",)


def _input_steps(view: AuditView) -> list[str]:
    steps = []
    if not view.total.runs:
        steps.append("There is no run in the history: look at its source and at the dates asked.")
    if view.complaints:
        said = count_text(len(view.complaints), "complaint")
        steps.append(f"Mend the input: {said} about it, by file, column and row. Audit again.")
    wanted = settling(view)
    for what, runs, days in wanted[:_MOST_SETTLED]:
        counts = [(runs, "run"), (days, "date")]
        sizes = " and ".join(count_text(count, unit) for count, unit in counts if count)
        steps.append(f"To decide {sizes} that are unverifiable: {plain_text(what)}.")
    if len(wanted) > _MOST_SETTLED:
        rest = count_text(len(wanted) - _MOST_SETTLED, "piece")
        steps.append(f"{rest} of evidence more would decide the rest: they have a section.")
    return steps


def _loss_steps(view: AuditView) -> list[str]:
    steps = []
    for cause, action in CAUSE_STEPS.items():
        keys = [key for key in view.lost if key.cause is cause]
        if keys:
            tables = Counter(key.target for key in keys)
            days = len({(key.target, key.game_date) for key in keys})
            where = ", ".join(plain_text(name) for name, _ in tables.most_common(_MOST_TABLES))
            rest = len(tables) - _MOST_TABLES
            where += f" and {count_text(rest, 'table')} more" if rest > 0 else ""
            sizes = f"{count_text(len(keys), 'key')} on {count_text(days, 'date')}"
            steps.append(f"{cause.value}, {sizes} ({where}): {action}.")
    return steps


def _row_steps(view: AuditView) -> list[str]:
    classes = view.total.runs_by_class
    steps = []
    if stuck := classes.get(RunClass.STUCK_RUN, 0):
        steps.append(
            f"{count_text(stuck, 'run')} stuck: give every run a deadline that a clock watches, "
            "and end its process before it is tried again."
        )
    if phantom := classes.get(RunClass.PHANTOM_FAILURE, 0):
        steps.append(
            f"{count_text(phantom, 'phantom failure')}: no failure at all; let the sweeper close "
            "only rows whose run has no end of its own."
        )
    if false := view.total.false_positives.part:
        steps.append(
            f"{count_text(false, 'zero run')} by tracking alone: take the count of records from "
            "what the write changed, and leave it empty where it is not known."
        )
    return steps


def _lie_steps(view: AuditView) -> list[str]:
    kinds = Counter(lie.kind for lie in view.lies)
    return [
        f"{kind.value}, {kinds[kind]:,} found: {_LIE_STEPS[kind]}."
        for kind in _LIE_STEPS
        if kinds[kind]
    ]
