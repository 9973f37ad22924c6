"""balldontlie's own OpenAPI file against what it serves: each difference, field by field."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from fullcourt.vendors.contract import Shape, compared
from fullcourt.vendors.contracts import CONTRACTS
from tests.vendors.openapi import OpenApi, fields_of

TEAM = "abbreviation city conference division full_name id name".split()
DRAFT = "draft_number draft_round draft_year".split()
NO_PAGES_BEFORE = "$.meta.prev_cursor missing"
LAST_PAGE = "$.meta.next_cursor missing"

# The wire has the team's fields beside `players`, the file puts them one deeper under `team`.
BOX_SCORES = [
    line
    for side in ("home_team", "visitor_team")
    for line in (
        *(f"$.data[].{side}.{name} added" for name in TEAM),
        *(f"$.data[].{side}.players[].player.{name} retyped" for name in DRAFT),
        f"$.data[].{side}.players[].player.team missing",
        f"$.data[].{side}.players[].plus_minus missing",
        f"$.data[].{side}.team missing",
    )
]
GAMES = [
    "$.data[].ist_stage missing",
    "$.data[].period_detail missing",
    LAST_PAGE,
    NO_PAGES_BEFORE,
]
STATS = [
    "$.data[].ft_pct retyped",
    "$.data[].game.home_team missing",
    "$.data[].game.home_team_id added",
    "$.data[].game.ist_stage missing",
    "$.data[].game.period_detail missing",
    "$.data[].game.visitor_team missing",
    "$.data[].game.visitor_team_id added",
    *(f"$.data[].player.{name} retyped" for name in DRAFT),
    "$.data[].player.team missing",
    "$.data[].player.team_id added",
    "$.data[].plus_minus missing",
    LAST_PAGE,
    NO_PAGES_BEFORE,
]
INJURIES = [
    *(f"$.data[].player.{name} retyped" for name in (*DRAFT, "jersey_number")),
    "$.data[].player.team missing",
    "$.data[].player.team_id added",
    NO_PAGES_BEFORE,
]
LAST_INJURIES = [
    "$.data[].player.team missing",
    "$.data[].player.team_id added",
    LAST_PAGE,
    NO_PAGES_BEFORE,
]
ACTIVE = [*(f"$.data[].{name} retyped" for name in DRAFT), NO_PAGES_BEFORE]


@pytest.fixture(scope="module")
def documented(shared: Path) -> OpenApi:
    """The vendor's own file."""
    return OpenApi(shared / "wire/balldontlie/openapi.yml")


@pytest.mark.parametrize(
    ("name", "path", "differences"),
    [
        ("v1_box_scores_2024-01-15", "/nba/v1/box_scores", BOX_SCORES),
        ("v1_box_scores_empty", "/nba/v1/box_scores", []),
        ("v1_games", "/nba/v1/games", GAMES),
        ("v1_stats", "/nba/v1/stats", STATS),
        ("v1_standings", "/nba/v1/standings", []),
        ("v1_player_injuries_page1", "/nba/v1/player_injuries", INJURIES),
        ("v1_player_injuries_last_page", "/nba/v1/player_injuries", LAST_INJURIES),
        ("v1_players_active_page1", "/nba/v1/players/active", ACTIVE),
    ],
)
def test_where_the_wire_differs_from_the_documentation(
    shared: Path, documented: OpenApi, name: str, path: str, differences: list[str]
) -> None:
    """The documentation is wrong in these fields and in no others."""
    body = (shared / f"wire/balldontlie/{name}.json").read_bytes()
    found = compared(msgspec.json.decode(body), documented.answer(path))
    assert [f"{one.path} {one.kind}" for one in found] == differences


@pytest.mark.parametrize(
    ("endpoint", "path", "undocumented"),
    [
        (
            "box_scores",
            "/nba/v1/box_scores",
            {"$.data[].id", "$.data[].datetime", "$.data[].home_q1", "$.data[].home_team.id"},
        ),
        ("games", "/nba/v1/games", {"$.data[].home_q1", "$.data[].visitor_in_bonus"}),
        ("stats", "/nba/v1/stats", {"$.data[].game.home_team_id", "$.data[].player.team_id"}),
        ("player_injuries", "/nba/v1/player_injuries", {"$.data[].player.team_id"}),
        ("active_players", "/nba/v1/players/active", set()),
        ("standings", "/nba/v1/standings", set()),
    ],
)
def test_what_the_contract_has_beyond_the_documentation(
    documented: OpenApi, endpoint: str, path: str, undocumented: set[str]
) -> None:
    """Fields the vendor serves and never documented are in the contract."""
    shape: Shape = CONTRACTS["balldontlie", endpoint].shape
    beyond = set(fields_of(shape)) - set(fields_of(documented.answer(path)))
    assert undocumented <= beyond
    assert bool(undocumented) == bool(beyond)
