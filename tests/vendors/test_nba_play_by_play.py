from __future__ import annotations

from typing import Any

import pytest

from fullcourt.vendors.nba_play_by_play import (
    FreeThrow,
    PlayByPlay,
    Zone,
    parse_play_by_play,
    play_by_play_request,
)
from fullcourt.vendors.transport import ContractBroken, NotThere
from tests.vendors.bodies import Json, encoded
from tests.vendors.feed_bodies import action, plain_action, play_by_play


def _game(*actions: Json) -> PlayByPlay:
    return parse_play_by_play(encoded(play_by_play(*actions)))


def test_the_request_carries_the_hosts_headers() -> None:
    """The CDN refuses callers without the site's referer."""
    request = play_by_play_request("0022400500")
    assert request.url.endswith("/liveData/playbyplay/playbyplay_0022400500.json")
    assert ("Referer", "https://www.nba.com/") in request.headers


def test_a_shot() -> None:
    """Zone, distance, time left, shooter and passer come through."""
    [shot] = _game(action(7)).shots
    assert (shot.action_number, shot.period, shot.seconds_left) == (7, 1, 702.5)
    assert (shot.team, shot.player_id, shot.assisted_by) == ("LAC", 1627826, 201935)
    assert (shot.zone, shot.is_three, shot.is_made) == (Zone.PAINT, False, True)
    assert shot.distance_ft == 5.57


@pytest.mark.parametrize("zone", list(Zone))
def test_every_zone_is_known(zone: Zone) -> None:
    """Seven zones; a heave from the backcourt is a three."""
    is_three = zone is Zone.BACKCOURT or zone.value.endswith("3")
    [shot] = _game(action(1, area=zone.value, actionType="3pt" if is_three else "2pt")).shots
    assert (shot.zone, shot.is_three) == (zone, is_three)


def test_what_is_not_given_is_none() -> None:
    """A miss has no passer, and a distance left out is no distance of 0."""
    shot = action(1, shotResult="Missed")
    del shot["shotDistance"]
    [read] = _game(shot).shots
    assert (read.is_made, read.distance_ft, read.assisted_by) == (False, None, None)


def test_free_throws_and_the_rest() -> None:
    """Free throws are read beside the shots; rebounds, fouls and the end are counted."""
    game = _game(
        plain_action(1, "period", "start"),
        plain_action(2, "freethrow", shotResult="Made", area="Mid-Range"),
        plain_action(3, "rebound"),
        plain_action(4, "game", "end"),
    )
    assert game.free_throws == (FreeThrow(2, 1, "LAC", 1627826, True),)
    assert (game.shots, game.actions, game.has_ended) == ((), 4, True)


def test_a_running_game_has_not_ended() -> None:
    """Only the last action can say that the game is over."""
    assert not _game(action(1)).has_ended
    assert not _game(plain_action(1, "game", "end"), action(2)).has_ended


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (action(1, area="Half Court"), "area = 'Half Court' is no zone"),
        (action(1, area=None), "area = None is no zone"),
        (action(1, actionType="3pt"), "actionType = '3pt', but area"),
        (action(1, area="Left Corner 3"), "actionType = '2pt', but area"),
        (action(1, actionType="heave"), "isFieldGoal = 1, but actionType = 'heave'"),
        (action(1, shotResult=None), "shotResult is missing"),
        (action(1, personId=0), "personId = 0: whose?"),
        (action(1, teamTricode=None), "teamTricode = None"),
        (action(1, clock="11:42"), "clock = '11:42'"),
        (plain_action(1, "freethrow"), "shotResult is missing"),
        (plain_action(1, "ft", shotResult="Made"), "actionType = 'ft' is no attempt"),
    ],
)
def test_an_action_that_contradicts_itself_is_left_out_and_named(row: Json, said: str) -> None:
    """Game, action, field and value are named, and the other shots stay."""
    game = _game(row, action(2))
    assert [shot.action_number for shot in game.shots] == [2]
    assert said in game.rejected[0]
    assert game.rejected[0].startswith("game 0022400500 action 1: ")


def test_an_action_listed_twice() -> None:
    """Equal twins are one shot; a made and a missed one are none."""
    assert len(_game(action(1), action(1)).shots) == 1
    torn = _game(action(1), action(1, shotResult="Missed"))
    assert torn.shots == ()
    assert "different content" in torn.rejected[0]


def test_a_game_without_actions_is_nothing_yet() -> None:
    """No play is not a game without shots."""
    with pytest.raises(NotThere, match="game 0022400500: no actions yet"):
        _game()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"isFieldGoal": 2}, r"actions\[0\]\.isFieldGoal = 2"),
        ({"shotResult": "Blocked"}, r"actions\[0\]\.shotResult = 'Blocked'"),
        ({"personId": "1627826"}, r"actions\[0\]\.personId = '1627826'"),
        ({"shotDistance": "5.57"}, r"actions\[0\]\.shotDistance = '5.57'"),
    ],
)
def test_a_bent_action_breaks_the_body(changes: dict[str, Any], said: str) -> None:
    """Retyped fields and words nobody knows are named with path and value."""
    with pytest.raises(ContractBroken, match=said):
        _game(action(1, **changes))
