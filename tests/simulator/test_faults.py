from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import brotli
import msgspec
import pytest

from fullcourt.nba.calendar import eastern
from fullcourt.simulator.league import DEFAULT_FIRST_DATE
from fullcourt.simulator.vendors.faults import Fault, FaultKind, FaultScript
from fullcourt.simulator.vendors.nba_cdn import schedule_body
from fullcourt.simulator.world import BuiltinWorld
from fullcourt.vendors import nba_cdn
from fullcourt.vendors.transport import (
    BodyTooLarge,
    BodyUndecodable,
    ConnectionFailed,
    ContractBroken,
    DeadlineExceeded,
    NotThere,
)
from tests.simulator.worlds import (
    EVENTS,
    SCHEDULE,
    SCOREBOARD,
    a_world,
    box_url,
    cdn,
    clock_of,
    odds,
    tree,
)

START = eastern(DEFAULT_FIRST_DATE, 5)
END = START + timedelta(days=15)
BOARD = "*/todaysScoreboard_00.json"


def _fault(kind: FaultKind, endpoint: str = BOARD, **more: Any) -> Fault:
    full: dict[str, Any] = {"vendor": "nba_cdn", "start": START, "end": END, **more}
    return Fault(endpoint=endpoint, kind=kind, **full)


def _world(kind: FaultKind, endpoint: str = BOARD, **more: Any) -> BuiltinWorld:
    return a_world(3, _fault(kind, endpoint, **more))


def test_a_refused_connection_is_no_answer() -> None:
    """In process the connection fails; nothing else of the vendor is touched."""
    world = _world(FaultKind.REFUSE)
    with pytest.raises(ConnectionFailed):
        cdn(world, SCOREBOARD)
    assert cdn(world, SCHEDULE).status == 200


@pytest.mark.parametrize("kind", [FaultKind.HANG, FaultKind.DRIP])
def test_a_hang_and_a_drip_end_at_the_deadline(kind: FaultKind) -> None:
    """The clock moves to the request's total deadline, no further, and the call ends there."""
    world = _world(kind)
    before = world.clock.now()
    with pytest.raises(DeadlineExceeded):
        cdn(world, SCOREBOARD)
    assert world.clock.now() - before == timedelta(seconds=30)


@pytest.mark.parametrize("status", [401, 403, 404, 422, 429, 500, 502])
def test_a_status_is_answered(status: int) -> None:
    """The scripted status, HTML by default, with Retry-After where the script says so."""
    answer = cdn(_world(FaultKind.STATUS, status=status, retry_after_s=120), SCOREBOARD)
    assert answer.status == status and b"<HTML>" in answer.body
    assert answer.headers["retry-after"] == "120"
    assert "retry-after" not in cdn(_world(FaultKind.STATUS, status=status), SCOREBOARD).headers


def test_a_status_may_carry_the_vendors_own_code() -> None:
    """401 out of credits is JSON with an error code."""
    code = "OUT_OF_USAGE_CREDITS"
    world = _world(FaultKind.STATUS, "*/events", vendor="odds_api", status=401, code=code)
    answer = odds(world, EVENTS)
    assert answer.status == 401 and tree(answer)["error_code"] == code


@pytest.mark.parametrize(
    ("kind", "more", "error"),
    [
        (FaultKind.TRUNCATED, {}, ContractBroken),
        (FaultKind.EMPTY, {}, NotThere),
        (FaultKind.HTML, {}, ContractBroken),
        (FaultKind.RENAMED_FIELD, {"name": "gameId"}, ContractBroken),
        (FaultKind.RETYPED_FIELD, {"name": "gameStatus"}, ContractBroken),
    ],
)
def test_a_broken_body_is_what_the_client_says_it_is(
    kind: FaultKind, more: dict[str, str], error: type[Exception]
) -> None:
    """Each of these bodies arrives with status 200 and makes the real parser name the break."""
    answer = cdn(_world(kind, **more), SCOREBOARD)
    assert answer.status == 200
    with pytest.raises(error):
        nba_cdn.parse_scoreboard(answer.body)


def test_a_wrong_type_leaves_the_body_whole() -> None:
    """JSON labelled HTML is still the same JSON."""
    answer = cdn(_world(FaultKind.WRONG_TYPE), SCOREBOARD)
    assert answer.headers["content-type"] == "text/html"
    assert answer.body == cdn(a_world(3), SCOREBOARD).body


def test_broken_brotli_does_not_decode() -> None:
    """The transport says undecodable, whether or not brotli was asked for."""
    with pytest.raises(BodyUndecodable):
        cdn(_world(FaultKind.BROKEN_BROTLI), SCOREBOARD)


def test_a_bomb_is_stopped() -> None:
    """A small body that decodes to 160 MiB is refused at the limit."""
    with pytest.raises(BodyTooLarge):
        cdn(_world(FaultKind.BOMB), SCOREBOARD)


def test_duplicates_are_there_twice() -> None:
    """The last row of each list of that name is served twice, equal."""
    games = tree(cdn(_world(FaultKind.DUPLICATE_ROWS, name="games"), SCOREBOARD))["scoreboard"]
    assert games["games"][-1] == games["games"][-2]


def test_a_partial_slate_lacks_games() -> None:
    """Rows are dropped from the named list; a body that is a list itself is called $."""
    whole = tree(cdn(a_world(3), SCOREBOARD))["scoreboard"]["games"]
    part = tree(cdn(_world(FaultKind.PARTIAL_SLATE, name="games"), SCOREBOARD))["scoreboard"]
    assert part["games"] == whole[:-1]
    fault: dict[str, Any] = {"vendor": "odds_api", "name": "$", "rows": 2}
    events = tree(odds(_world(FaultKind.PARTIAL_SLATE, "*/events", **fault), EVENTS))
    assert events == tree(odds(a_world(3), EVENTS))[:-2]


def test_a_pregame_empty_box_score() -> None:
    """A final game answers as if it had not begun: period 0, nobody listed."""
    world = _world(FaultKind.PREGAME_EMPTY, "*/boxscore_*")
    game = next(game for game in world.league.games if game.game_id.startswith("002"))
    clock_of(world).advance_to(game.final_at)
    parsed = nba_cdn.parse_boxscore(cdn(world, box_url(game)).body)
    assert not parsed.lines and parsed.is_final is False


def test_attempts_are_counted_per_path() -> None:
    """A fault on attempts 1 and 2 lets the third through, and starts anew for another path."""
    world = _world(FaultKind.STATUS, "*", status=500, attempts=frozenset({1, 2}))
    assert [cdn(world, SCOREBOARD).status for _ in range(4)] == [500, 500, 200, 200]
    assert [cdn(world, SCHEDULE).status for _ in range(3)] == [500, 500, 200]
    assert [injection.kind for injection in world.script.injected] == [FaultKind.STATUS] * 4


def test_a_fault_is_bounded_in_time() -> None:
    """Before its start and from its end on the vendor is well."""
    start = eastern(DEFAULT_FIRST_DATE, 8)
    world = _world(FaultKind.STATUS, start=start, end=start + timedelta(hours=1))
    said = []
    for at in (start - timedelta(seconds=1), start, start + timedelta(hours=1)):
        clock_of(world).advance_to(at)
        said.append(cdn(world, SCOREBOARD).status)
    assert said == [200, 500, 200]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"start": END, "end": START}, "before it begins"),
        ({"kind": FaultKind.RENAMED_FIELD}, "names a field or a list"),
        ({"attempts": frozenset({0})}, "numbered from 1"),
        ({"kind": FaultKind.POST_TIP_LINES}, "no answer that post_tip_lines could strike"),
        ({"hours": 0.0}, "more than 0 hours old"),
        ({"rows": 0}, "at least one row"),
        ({"start": datetime(2025, 1, 1)}, "naive datetime"),  # noqa: DTZ001
    ],
)
def test_a_fault_that_contradicts_itself_is_refused(wrong: dict[str, Any], message: str) -> None:
    """Ends before it begins, names no field, counts from zero, strikes nothing, has no zone."""
    sound: dict[str, Any] = {"vendor": "nba_cdn", "endpoint": "*", "start": START, "end": END}
    with pytest.raises(ValueError, match=message):
        Fault(**(sound | {"kind": FaultKind.HANG} | wrong))


def test_a_fault_on_an_unknown_vendor_is_refused() -> None:
    """The message names the vendors there are."""
    with pytest.raises(ValueError, match=r"no vendor 'espn'; this world has nba_cdn"):
        FaultScript([_fault(FaultKind.HANG, vendor="espn")], frozenset({"nba_cdn"}))


def test_encodings_follow_the_request() -> None:
    """Brotli where it is accepted; the decoded body is the vendor's own."""
    world = a_world(3)
    answer = cdn(world, SCHEDULE)
    assert answer.encoding == "br" and answer.wire_bytes < len(answer.body) / 4
    assert answer.body == msgspec.json.encode(schedule_body(world.league, world.clock.now()))
    assert brotli.decompress(brotli.compress(answer.body)) == answer.body
    assert world.clock.now().tzinfo is UTC
