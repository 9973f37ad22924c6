from __future__ import annotations

import pytest

from fullcourt.vendors.contract import drift
from fullcourt.vendors.contracts import CONTRACTS
from fullcourt.vendors.espn_summary import EspnSummary, parse_summary, summary_request
from fullcourt.vendors.transport import ContractBroken, NotThere
from tests.vendors.bodies import Json, encoded
from tests.vendors.feed_bodies import SUMMARY_KEYS, espn_row, espn_summary


def _summary(*rows: Json) -> EspnSummary:
    return parse_summary(encoded(espn_summary(*rows)))


def _stats(**changes: str) -> list[str]:
    told = dict(zip(SUMMARY_KEYS, espn_row()["stats"], strict=True))
    return list({**told, **changes}.values())


def test_the_request_names_the_event() -> None:
    """A summary is asked for by the scoreboard's id."""
    assert summary_request("401585183").shown_url.endswith("/nba/summary?event=401585183")


def test_a_players_row() -> None:
    """Figures come by their keys; pairs are taken apart."""
    [line] = _summary(espn_row()).lines
    assert (line.espn_player_id, line.player_name, line.team) == ("1", "First Last1", "GSW")
    assert (line.played, line.is_starter, line.not_playing_reason) == (True, True, None)
    assert (line.seconds_played, line.precision_s) == (2220, 60)
    assert (line.points, line.rebounds, line.assists, line.plus_minus) == (21, 2, 8, 15)
    assert (line.offensive_rebounds, line.defensive_rebounds) == (0, 2)
    assert (line.field_goals, line.field_goals_attempted) == (6, 12)
    assert (line.threes, line.threes_attempted) == (2, 5)
    assert (line.free_throws, line.free_throws_attempted) == (7, 7)
    assert (line.steals, line.blocks, line.turnovers, line.fouls) == (1, 0, 3, 1)


def test_the_order_of_the_keys_does_not_matter() -> None:
    """A column that moves takes its values along; a new one is not read."""
    keys = ["new", *reversed(SUMMARY_KEYS)]
    row = espn_row(stats=["x", *reversed(espn_row()["stats"])])
    moved = parse_summary(encoded(espn_summary(row, keys=keys)))
    assert moved == _summary(espn_row())


def test_minutes_and_seconds_are_told_apart() -> None:
    """Whole minutes say that they are; MM:SS is exact."""
    [line] = _summary(espn_row(stats=_stats(minutes="37:12"))).lines
    assert (line.seconds_played, line.precision_s) == (2232, 1)


@pytest.mark.parametrize("stats", [[], ["0", "0-0", "0-0", "0-0", *"0" * 8, "+0", "0"]])
def test_who_did_not_play_has_no_figures(stats: list[str]) -> None:
    """The reason is kept, and zeros are no counts."""
    row = espn_row(didNotPlay=True, starter=False, reason="COACH'S DECISION", stats=stats)
    [line] = _summary(row).lines
    assert (line.played, line.not_playing_reason) == (False, "COACH'S DECISION")
    assert (line.seconds_played, line.points, line.fouls, line.plus_minus) == (None,) * 4


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (espn_row(didNotPlay=True), "didNotPlay = true, but stats"),
        (espn_row(stats=["37"]), "1 stats under 14 keys"),
        (espn_row(stats=[]), "didNotPlay = false, but there are no stats"),
        (espn_row(stats=["--"] * 14), "didNotPlay = false, but there are no stats"),
        (espn_row(stats=_stats(points="--")), "points = '--' is no count"),
        (espn_row(stats=_stats(rebounds="-2")), "rebounds = '-2'"),
        (espn_row(stats=_stats(minutes="DNP")), "minutes = 'DNP'"),
        (espn_row(stats=_stats(plusMinus="")), "plusMinus = ''"),
        (espn_row(stats=_stats(**{SUMMARY_KEYS[1]: "6/12"})), "is not made-attempted"),
        (espn_row(stats=_stats(**{SUMMARY_KEYS[1]: "13-12"})), "more made than attempted"),
    ],
)
def test_a_row_that_contradicts_itself_is_left_out_and_named(row: Json, said: str) -> None:
    """Team, player, field and value are named, and the other rows stay."""
    body = _summary(row, espn_row(2))
    assert [line.espn_player_id for line in body.lines] == ["2"]
    assert said in body.rejected[0]
    assert body.rejected[0].startswith("GSW player 1 First Last1")


def test_a_placeholder_for_nobody_is_left_out_and_named() -> None:
    """A row without an id is nobody's; where no row has one, the field itself is gone."""
    nobody = espn_row(didNotPlay=True, stats=[], athlete={"shortName": "Olbrich", "links": []})
    body = _summary(nobody, espn_row(2))
    assert [line.espn_player_id for line in body.lines] == ["2"]
    assert body.rejected == ("GSW player None None: no id",)
    with pytest.raises(ContractBroken, match="none of 1 athletes has an id"):
        _summary(nobody)


@pytest.mark.parametrize("gone", SUMMARY_KEYS[:12])
def test_a_statistic_that_is_gone_breaks_the_body(gone: str) -> None:
    """A renamed column would turn every row into unknowns: it is named instead."""
    keys = [f"{key}_2" if key == gone else key for key in SUMMARY_KEYS]
    with pytest.raises(ContractBroken, match=f"has {gone} 0 times"):
        parse_summary(encoded(espn_summary(espn_row(), keys=keys)))


def test_before_the_tip_there_is_nothing() -> None:
    """A summary without rows is not there yet, and no empty game."""
    bodies: tuple[Json, ...] = ({"boxscore": {}}, {"boxscore": {"players": []}}, espn_summary())
    for body in bodies:
        with pytest.raises(NotThere, match="no row yet"):
            parse_summary(encoded(body))


def test_a_summary_of_another_league_is_broken() -> None:
    """A team in no table is named: only the league's games are asked for."""
    with pytest.raises(ContractBroken, match="'EAST' is in no team table"):
        parse_summary(encoded(espn_summary(espn_row(), code="EAST")))


def test_the_contract_knows_the_rows() -> None:
    """A row as public readers describe it is in contract; a retyped flag is named."""
    contract = CONTRACTS["espn", "summary"]
    body = espn_summary(espn_row())
    body["boxscore"]["players"][0]["team"].update(id="9", displayName="Golden State Warriors")
    assert drift(encoded(body), contract) == ()
    table = body["boxscore"]["players"][0]["statistics"][0]
    table["athletes"][0]["didNotPlay"] = "false"
    [found] = drift(encoded(body), contract)
    assert (found.kind, found.path) == (
        "retyped",
        "$.boxscore.players[].statistics[].athletes[].didNotPlay",
    )
