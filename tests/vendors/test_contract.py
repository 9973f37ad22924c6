from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.vendors.contract import Contract, Shape, compared, drift
from fullcourt.vendors.contracts import CONTRACTS
from fullcourt.vendors.stats_table import rows_by_column
from fullcourt.vendors.transport import ContractBroken, NotThere
from tests.vendors.balldontlie_bodies import bdl_box_game, bdl_box_scores, bdl_figures
from tests.vendors.bodies import cdn_box, cdn_player, encoded
from tests.vendors.feed_bodies import stats_table

SHAPE: Shape = {
    "data": [
        {"id": "int", "share": "number", "name?": "text|null", "side": ({"n": "int"}, "null")}
    ],
    "open": {"known": "bool", "*": "any"},
}
GOOD = {
    "data": [
        {"id": 1, "share": 1, "name": None, "side": {"n": 2}},
        {"id": 2, "share": 0.5, "side": None},
    ],
    "open": {"known": True, "other": [1]},
}


def test_a_body_as_declared_has_no_drift() -> None:
    """Optional fields may be absent, whole numbers are numbers, an open object may have more."""
    assert compared(GOOD, SHAPE) == ()


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        (
            {**GOOD, "data": [{"id": 1, "share": 1, "side": None, "sahre": 2}]},
            "$.data[].sahre: added, int such as 2 ($.data[0].sahre)",
        ),
        (
            {**GOOD, "data": [{"id": 1, "side": None}] * 3},
            "$.data[].share: missing, number expected (3 places, first $.data[0])",
        ),
        (
            {**GOOD, "data": [{"id": "1", "share": 1, "side": None}]},
            '$.data[].id: retyped, text such as "1" where int is expected ($.data[0].id)',
        ),
        (
            {**GOOD, "data": [{"id": 1.5, "share": 1, "side": None}]},
            "$.data[].id: retyped, number such as 1.5 where int is expected ($.data[0].id)",
        ),
        (
            {**GOOD, "data": [{"id": True, "share": 1, "side": None}]},
            "$.data[].id: retyped, bool such as true where int is expected ($.data[0].id)",
        ),
        (
            {**GOOD, "data": [{"id": 1, "share": False, "side": None}]},
            "$.data[].share: retyped, bool such as false where number is expected "
            "($.data[0].share)",
        ),
        (
            {**GOOD, "data": [{"id": 1, "share": 1, "side": "home"}]},
            '$.data[].side: retyped, text such as "home" where object|null is expected '
            "($.data[0].side)",
        ),
        (
            {**GOOD, "data": [{"id": 1, "share": 1, "side": {"n": None}}]},
            "$.data[].side.n: retyped, null such as null where int is expected ($.data[0].side.n)",
        ),
        ({**GOOD, "open": {}}, "$.open.known: missing, bool expected ($.open)"),
        (
            {**GOOD, "data": {}},
            "$.data: retyped, object such as {} where list is expected ($.data)",
        ),
        ([], "$: retyped, list such as [] where object is expected ($)"),
    ],
)
def test_each_kind_of_drift_is_named(tree: Any, sentence: str) -> None:
    """Path, kind, types, an example and the first place are told, once for all places."""
    assert [one.sentence for one in compared(tree, SHAPE)] == [sentence]


def test_two_wrong_types_of_a_field_are_two_drifts() -> None:
    """A field that is text here and null there is named with an example of each."""
    rows = [{"id": value, "share": 1, "side": None} for value in ("1", None, "2")]
    found = compared({**GOOD, "data": rows}, SHAPE)
    assert [(one.found, one.places, one.place) for one in found] == [
        ("null", 1, "$.data[1].id"),
        ("text", 2, "$.data[0].id"),
    ]


def test_a_long_example_is_cut() -> None:
    """A whole new subtree does not flood the message."""
    [one] = compared({**GOOD, "new": ["x" * 50] * 9}, SHAPE)
    assert one.example.endswith("...")
    assert len(one.example) < 90


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ("integer", "'integer' is none of"),
        ({"a": ["text", "int"]}, r"\$\.a: a list has one shape"),
        ({"a": [{"b": "int|nul"}]}, r"\$\.a\[\]\.b: 'nul'"),
        (("int",), "a choice has two shapes or more"),
    ],
)
def test_a_misspelt_contract_is_refused(shape: Shape, said: str) -> None:
    """A contract that could never be kept does not come into being."""
    with pytest.raises(ValueError, match=said):
        Contract("v", "e", shape)


def test_a_body_that_is_none_is_an_error_of_its_vendor() -> None:
    """Drift is asked of JSON; truncated and empty bodies are refused by name."""
    contract = CONTRACTS["balldontlie", "box_scores"]
    with pytest.raises(NotThere, match="balldontlie box_scores"):
        drift(b" ", contract)
    with pytest.raises(ContractBroken, match="balldontlie box_scores"):
        drift(b'{"data":[', contract)


def test_both_forms_of_a_box_score_are_in_contract() -> None:
    """What came with 2025 is optional: neither season's body is news."""
    contract = CONTRACTS["balldontlie", "box_scores"]
    old = bdl_box_game()
    new = bdl_box_game(
        home=[bdl_figures(1, plus_minus=17)],
        id=1,
        datetime="2025-01-10T00:30:00.000Z",
        home_q1=37,
        visitor_ot1=None,
        home_in_bonus=True,
    )
    assert drift(encoded(bdl_box_scores(old, new)), contract) == ()
    renamed = bdl_box_game(home=[{**bdl_figures(1), "points": 12}])
    del renamed["home_team"]["players"][0]["pts"]
    assert [(d.path, d.kind) for d in drift(encoded(bdl_box_scores(renamed)), contract)] == [
        ("$.data[].home_team.players[].points", "added"),
        ("$.data[].home_team.players[].pts", "missing"),
    ]


def test_a_flag_of_a_box_score_that_becomes_a_bool_is_named() -> None:
    """Who played is told by a text; the day it is not, the contract says so."""
    played = cdn_player(1, played=True, notPlayingReason=None)
    found = drift(encoded(cdn_box([played], [])), CONTRACTS["nba_cdn", "boxscore"])
    told = {one.path: one.kind for one in found}
    assert told["$.game.homeTeam.players[].played"] == "retyped"
    assert told["$.game.homeTeam.players[].notPlayingReason"] == "retyped"
    assert "$.game.homeTeam.players[].starter" not in told


def test_columns_of_a_table_are_fields() -> None:
    """A table's rows are looked at under their headers; what is no table stays as it is."""
    tree = rows_by_column(stats_table([[1, "a"], [2]], headers=["ID", "NAME"]))
    assert tree["resultSets"] == [
        {"name": "PlayerIndex", "rows": [{"ID": 1, "NAME": "a"}, [2]]},
    ]
    assert rows_by_column([1]) == [1]
    assert rows_by_column({"Message": "An error has occurred."}) == {
        "Message": "An error has occurred."
    }


_LEAVES: dict[str, st.SearchStrategy[Any]] = {
    "int": st.integers(-9, 9),
    "number": st.one_of(st.integers(-9, 9), st.floats(-9, 9)),
    "text": st.text(max_size=3),
    "bool": st.booleans(),
    "null": st.none(),
    "any": st.one_of(st.none(), st.lists(st.integers(), max_size=2)),
}


def _trees(shape: Shape) -> st.SearchStrategy[Any]:
    match shape:
        case str():
            return st.one_of(*(_LEAVES[word] for word in shape.split("|")))
        case list():
            return st.lists(_trees(shape[0]), min_size=1, max_size=2)
        case tuple():
            return st.one_of(*(_trees(one) for one in shape))
        case dict():
            told = {name: below for name, below in shape.items() if name != "*"}
            return st.fixed_dictionaries(
                {name: _trees(below) for name, below in told.items() if name[-1] != "?"},
                optional={
                    name[:-1]: _trees(below) for name, below in told.items() if name[-1] == "?"
                },
            )


@given(_trees(SHAPE))
def test_whatever_fits_the_shape_has_no_drift(tree: Any) -> None:
    """The contract is silent about every body it allows."""
    assert compared(tree, SHAPE) == ()


@given(_trees(SHAPE), st.data())
def test_a_change_is_found_where_it_was_made(tree: Any, data: st.DataObject) -> None:
    """One field dropped, added or retyped in any row is one drift of that kind and place."""
    index = data.draw(st.integers(0, len(tree["data"]) - 1))
    row = tree["data"][index]
    kind = data.draw(st.sampled_from(["missing", "added", "retyped"]))
    if kind == "missing":
        del row["share"]
        expected = ("$.data[].share", f"$.data[{index}]")
    elif kind == "added":
        row["new"] = 1
        expected = ("$.data[].new", f"$.data[{index}].new")
    else:
        row["id"] = str(row["id"])
        expected = ("$.data[].id", f"$.data[{index}].id")
    [found] = compared(tree, SHAPE)
    assert (found.kind, found.path, found.place, found.places) == (kind, *expected, 1)
