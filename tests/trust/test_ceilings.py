"""Ceilings of a repair: what they cut, and that nothing is planned beyond them."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from fullcourt.trust.ceilings import Ceilings, costing, within
from fullcourt.trust.plan import Action
from fullcourt.trust.words import Cell
from tests.trust.cells import DAY

LIMIT = st.none() | st.integers(0, 40)


def action(place: int, keys: int, cost: int, *, calls: bool = True) -> Action:
    """Work on `keys` keys of one cell, `cost` credits each."""
    name = "odds_event_props" if calls else "odds_player_props"
    names = tuple(f"g{n}" for n in range(keys))
    made = Action(Cell(name, DAY + timedelta(days=place)), names, "", calls=keys if calls else 0)
    return costing(made, names, cost)


@st.composite
def many(draw: st.DrawFn) -> list[Action]:
    """Actions on several cells."""
    shapes = draw(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 12), st.booleans())))
    return [
        action(n, keys, cost, calls=calls and keys > 0)
        for n, (keys, cost, calls) in enumerate(shapes)
    ]


@given(actions=many(), calls=LIMIT, credits=LIMIT, spent=st.integers(0, 30))
def test_nothing_is_planned_beyond_a_ceiling(
    actions: list[Action], calls: int | None, credits: int | None, spent: int
) -> None:
    """Calls and credits keep within what is left; every key is kept or held back, none twice."""
    kept, back = within(actions, Ceilings(calls, credits), spent, spent)
    if calls is not None:
        assert sum(a.calls for a in kept.values()) <= max(0, calls - spent)
    if credits is not None:
        assert sum(a.credits for a in kept.values()) <= max(0, credits - spent)
    for planned in actions:
        cut = kept.get(planned.cell)
        keys = (*(cut.keys if cut else ()), *(r.key for r in back.get(planned.cell, ())))
        assert keys == planned.keys
        if not planned.calls:
            assert cut == planned


def test_a_ceiling_cuts_within_a_cell_and_names_what_it_keeps_back() -> None:
    """Of five games at ten credits, 25 credits buy two; the other three say why."""
    one = action(0, 5, 10)
    kept, back = within([one], Ceilings(credits=25))
    assert (kept[one.cell].keys, kept[one.cell].credits) == (("g0", "g1"), 20)
    assert [r.key for r in back[one.cell]] == ["g2", "g3", "g4"]
    assert {r.why for r in back[one.cell]} == {"beyond the ceiling (--credits 25)"}


def test_without_a_ceiling_nothing_is_kept_back() -> None:
    """No ceiling, no cut."""
    one = action(0, 5, 10)
    assert within([one], Ceilings()) == ({one.cell: one}, {})
