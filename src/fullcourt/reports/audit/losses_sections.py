"""The sections of what is wrong by name: keys lost, lies, what would settle the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fullcourt.audit.result import AuditView, Lie, LostKey
from fullcourt.reports.audit.parts import (
    Cell,
    Column,
    Limits,
    Section,
    Tone,
    counted,
    folded,
    more_text,
    names_text,
    said,
)
from fullcourt.reports.audit.wording import LIE_MEANINGS


def lost_keys(view: AuditView, limits: Limits) -> Section:
    """Keys lost by name, those of one table, date and cause together, the most first."""
    groups: dict[tuple[object, ...], list[LostKey]] = {}
    for key in view.lost:
        groups.setdefault((key.target, key.game_date, key.cause), []).append(key)
    ranked = sorted(groups.values(), key=lambda g: (-len(g), g[0].game_date, g[0].target))
    shown = folded(ranked, limits.rows)
    hidden = sum(len(group) for group in ranked[len(shown) :])
    return Section(
        "lost",
        "Keys lost, by name",
        "Unit: keys (games, players, teams) of one table: a game that two tables lost is two keys. "
        "The dates that lost most come first.",
        (
            Column("table", "table", is_number=False),
            Column("game date", "game date", is_number=False),
            Column("cause", "cause", is_number=False),
            Column("keys lost", "keys\nlost"),
            Column("which", "which", is_number=False),
        ),
        tuple(_lost_row(group, limits) for group in shown),
        more_text(len(ranked) - len(shown), hidden, "key"),
        nothing="No key is lost.",
    )


def _lost_row(group: Sequence[LostKey], limits: Limits) -> tuple[Cell, ...]:
    first = group[0]
    return (
        said(first.target),
        said(first.game_date),
        said(first.cause.value),
        counted(len(group), Tone.BAD),
        said(names_text([key.name for key in group], limits)),
    )


def lies(view: AuditView, limits: Limits) -> Section:
    """Falsehoods in the other direction, the widest of each kind first."""
    widest = sorted(view.lies, key=lambda lie: -abs(lie.said - lie.true))
    ranked = [
        (place, order, lie)
        for order, kind in enumerate(LIE_MEANINGS)
        for place, lie in enumerate(each for each in widest if each.kind is kind)
    ]
    # Of each kind alike as many are shown: one frequent kind would hide the others.
    chosen = folded(sorted(ranked, key=lambda item: item[:2]), limits.rows)
    shown = [lie for _, _, lie in sorted(chosen, key=lambda item: (item[1], item[0]))]
    there = dict.fromkeys(lie.kind for _, _, lie in ranked)
    return Section(
        "lies",
        "Lies in the other direction",
        "; ".join(f"{kind.value}: {LIE_MEANINGS[kind]}" for kind in there) + ".",
        (
            Column("lie", "lie", is_number=False),
            Column("table", "table", is_number=False),
            Column("game date", "game date", is_number=False),
            Column("run", "run", is_number=False),
            Column("said", "said"),
            Column("true", "true"),
            Column("unit", "unit", is_number=False),
        ),
        tuple(_lie_row(lie) for lie in shown),
        more_text(len(ranked) - len(shown), len(ranked) - len(shown), "lie"),
        nothing="No lie was found.",
    )


def _lie_row(lie: Lie) -> tuple[Cell, ...]:
    return (
        said(lie.kind.value, Tone.BAD),
        said(lie.target),
        said(lie.game_date),
        said(lie.run_id or "no run of its own", Tone.PLAIN if lie.run_id else Tone.QUIET),
        counted(lie.said),
        counted(lie.true),
        said(lie.unit),
    )


def settling(view: AuditView) -> list[tuple[str, int, int]]:
    """What would settle what is unverifiable: (evidence, runs, dates), the most first."""
    runs = Counter(finding.settles for finding in view.findings if finding.settles)
    days = Counter(day.settles for day in view.dates if day.settles)
    wanted = [(what, runs[what], days[what]) for what in {*runs, *days}]
    return sorted(wanted, key=lambda item: (-item[2], -item[1], item[0]))


def settles(view: AuditView, limits: Limits) -> Section:
    """What evidence would decide the unverifiable, with the runs and the dates it would decide."""
    ranked = settling(view)
    shown = folded(ranked, limits.rows)
    hidden = sum(runs for _, runs, _ in ranked[len(shown) :])
    return Section(
        "settles",
        "What would settle the unverifiable",
        "Runs and dates are two units, side by side.",
        (
            Column("evidence that would decide", "evidence that would decide", is_number=False),
            Column("runs", "runs"),
            Column("dates", "dates"),
        ),
        tuple((said(what), counted(runs), counted(days)) for what, runs, days in shown),
        more_text(len(ranked) - len(shown), hidden, "run"),
        nothing="Nothing is unverifiable.",
    )
