"""What actions cost, and as much of them as the ceilings of a repair allow. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fullcourt.trust.plan import Action
from fullcourt.trust.refusals import Refusal
from fullcourt.trust.words import Cell


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The most a repair may cost: vendor calls, credits of the odds vendor; None: no ceiling."""

    calls: int | None = None
    credits: int | None = None


NO_CEILING = Ceilings()


def costing(action: Action, keys: Sequence[str], credits_a_key: int) -> Action:
    """The action over these of its keys, at what they cost at the most."""
    calls = len(keys) if action.calls else 0
    return replace(action, keys=tuple(keys), calls=calls, credits=calls * credits_a_key)


def within(
    actions: Iterable[Action], ceilings: Ceilings, calls: int = 0, credits: int = 0
) -> tuple[dict[Cell, Action], dict[Cell, tuple[Refusal, ...]]]:
    """The actions cut to the ceilings (`calls`, `credits`: spent before), and keys held back."""
    kept: dict[Cell, Action] = {}
    back: dict[Cell, tuple[Refusal, ...]] = {}
    for action in actions:
        keys = len(action.keys)
        if action.calls and ceilings.calls is not None:
            keys = min(keys, max(0, ceilings.calls - calls))
        if action.credits and ceilings.credits is not None:
            each = action.credits // len(action.keys)
            keys = min(keys, max(0, ceilings.credits - credits) // each)
        if keys < len(action.keys):
            which = f"--calls {ceilings.calls}" if ceilings.calls is not None else ""
            if ceilings.credits is not None:
                which = f"{which} --credits {ceilings.credits}".strip()
            why = f"beyond the ceiling ({which})"
            back[action.cell] = tuple(Refusal(key, key, why) for key in action.keys[keys:])
        if keys or not action.keys:
            each = action.credits // len(action.keys) if action.keys else 0
            kept[action.cell] = cut = costing(action, action.keys[:keys], each)
            calls, credits = calls + cut.calls, credits + cut.credits
    return kept, back
