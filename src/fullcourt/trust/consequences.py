"""What follows from a repair: the cells made from a cell that are made again with it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fullcourt.pipeline.graph import BY_NAME, ORDER
from fullcourt.trust.plan import CellView
from fullcourt.trust.refusals import WRONG
from fullcourt.trust.words import Cell, KeyState, KeyVerdict

_TO_BE_MADE = frozenset({KeyState.WAITING, KeyState.MISSING, KeyState.STALE, KeyState.SUSPECT})
_REWRITTEN = frozenset({KeyState.SUSPECT, KeyState.STALE})
AGAIN = "held, made again if its inputs change"


@dataclass(frozen=True, slots=True)
class Consequence:
    """A cell that is made again when another is repaired: how many keys of it, and why."""

    cell: Cell
    verdict: str
    keys: int
    why: str


def consequences(
    repaired: CellView, made_from_it: Iterable[CellView], now: datetime
) -> tuple[Consequence, ...]:
    """Those of the cells `made_from_it` that follow from the repair of a cell, in pipeline order.

    On its own date only keys of the games that are wrong follow; later slates read every date
    before them. What is frozen at its tip does not follow.
    """
    games = {key.game_id for key in repaired.verdict.keys if key.state in WRONG and key.game_id}
    rewrites = any(key.state in _REWRITTEN for key in repaired.verdict.keys)
    found = []
    for view in made_from_it:
        cell = view.expectation.cell
        here = cell.game_date == repaired.expectation.cell.game_date
        keys = [
            key
            for key in view.verdict.keys
            if not (here and games) or key.game_id is None or key.game_id in games
        ]
        made = [key for key in keys if _is_to_be_made(key, view)]
        again = [key for key in keys if _is_made_again(key, view, here and rewrites, now)]
        why = Counter(_said(key) for key in made).most_common(1)[0][0] if made else AGAIN
        if made or again:
            count = len(made) + len(again)
            found.append(Consequence(cell, view.verdict.verdict.value, count, why))
    return tuple(sorted(found, key=lambda c: (c.cell.game_date, ORDER[c.cell.dataset])))


def _is_to_be_made(key: KeyVerdict, view: CellView) -> bool:
    given_up_with_it = (
        key.state is KeyState.UNRECOVERABLE and view.evidence_of(key.key).blocked_by is not None
    )
    return key.state in _TO_BE_MADE or given_up_with_it


def _is_made_again(key: KeyVerdict, view: CellView, rewrites: bool, now: datetime) -> bool:
    declaration = BY_NAME[view.expectation.cell.dataset]
    if key.state is not KeyState.COMPLETE or declaration.is_feed:
        return False
    if not declaration.freezes_at_tip:
        return rewrites
    tips = (k.horizon_at for k in view.expectation.keys if k.key == key.key)
    return any(tip is not None and now < tip for tip in tips)


def _said(key: KeyVerdict) -> str:
    # Without the key's own name, so that keys in the same case count as one.
    words = " ".join(key.reason.split(" ")[:3]) if "blocked upstream" in key.reason else ""
    return f"{key.state.value}: {words}" if words else key.state.value
