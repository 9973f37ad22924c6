from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from fullcourt.nba.calendar import eastern
from fullcourt.replay.world import World
from tests.replay.asking import SCOREBOARD, body, get, one, scheduled, transport_at
from tests.replay.small_history import (
    event,
    final_game,
    write_final,
    write_listings,
    write_plan,
    write_played,
)

DAY = date(2025, 1, 9)
LATER = date(2025, 2, 19)
TIP = eastern(DAY, 22, 30)
NEW_TIP = eastern(LATER, 22, 0)
MORNING = datetime(2025, 1, 9, 11, 55, 38, tzinfo=UTC)
MOVED = "0022400524"
OTHER = "0022400525"


def moved_game(root: Path, listings: dict[str, list[dict[str, str]]]) -> World:
    """CHA@LAL, planned for `DAY`, played on `LATER`; and BOS@NYK, planned and played on `DAY`."""
    write_final(
        root,
        [
            final_game(MOVED, "CHA", "LAL", NEW_TIP, (97, 100)),
            final_game(OTHER, "BOS", "NYK", eastern(DAY, 19, 0), (110, 108), "Final/OT"),
        ],
    )
    write_plan(root, {MOVED: TIP, OTHER: eastern(DAY, 19, 30)})
    write_listings(root, listings)
    return World(root)


def test_a_listed_game_that_is_not_played_is_postponed_at_its_planned_tip(tmp_path: Path) -> None:
    """Listed that morning, not played: PPD with status 3 and no score from the planned tip on."""
    world = moved_game(
        tmp_path, {"2025-01-09T11:55:38Z": [event("a", "CHA", "LAL", TIP + timedelta(minutes=10))]}
    )
    before = one(world, TIP - timedelta(seconds=1), MOVED)
    after = one(world, TIP, MOVED)
    assert before is not None and after is not None
    assert (before["gameStatus"], before["gameStatusText"]) == (1, "10:30 pm ET")
    assert (after["gameStatus"], after["gameStatusText"]) == (3, "PPD")
    assert after["homeTeam"]["score"] is None and after["listed"] == "2025-01-09"


def test_a_planned_game_absent_from_the_listing_is_postponed_by_it(tmp_path: Path) -> None:
    """Gone from that morning's listing: PPD from the listing's own instant on."""
    world = moved_game(
        tmp_path, {"2025-01-09T11:55:38Z": [event("b", "BOS", "NYK", eastern(DAY, 19, 10))]}
    )
    before = one(world, MORNING - timedelta(seconds=1), MOVED)
    after = one(world, MORNING, MOVED)
    assert before is not None and before["gameStatusText"] == "10:30 pm ET"
    assert after is not None and after["gameStatusText"] == "PPD"


def test_without_a_listing_nothing_is_postponed_before_its_tip(tmp_path: Path) -> None:
    """A day without a recorded listing postpones by the planned tip only."""
    world = moved_game(tmp_path, {})
    before = one(world, TIP - timedelta(seconds=1), MOVED)
    after = one(world, TIP, MOVED)
    assert before is not None and before["gameStatus"] == 1
    assert after is not None and after["gameStatusText"] == "PPD"


def test_a_game_that_was_played_is_never_postponed(tmp_path: Path) -> None:
    """A listing that lacks a game played that day postpones nothing."""
    world = moved_game(tmp_path, {"2025-01-09T11:55:38Z": []})
    texts = set()
    for hours in range(48):
        game = one(world, eastern(DAY) + timedelta(hours=hours), OTHER)
        assert game is not None
        texts.add(game["gameStatusText"])
    assert texts == {"7:30 pm ET", "7:00 pm ET", "Live", "Final/OT"}


def test_a_new_date_appears_with_the_first_listing_that_shows_it(tmp_path: Path) -> None:
    """The first listing of the pair on its new date, sides swapped or not, ends the old date."""
    seen = datetime(2025, 2, 14, 11, 55, 38, tzinfo=UTC)
    world = moved_game(
        tmp_path,
        {
            "2025-01-09T11:55:38Z": [event("a", "CHA", "LAL", TIP)],
            "2025-02-14T11:55:38Z": [event("c", "LAL", "CHA", NEW_TIP)],
            "2025-02-15T11:55:38Z": [event("c", "LAL", "CHA", NEW_TIP)],
        },
    )
    before = one(world, seen - timedelta(seconds=1), MOVED)
    after = one(world, seen, MOVED)
    assert before is not None and (before["listed"], before["gameStatusText"]) == (
        "2025-01-09",
        "PPD",
    )
    assert after is not None and (after["listed"], after["gameStatusText"]) == (
        "2025-02-19",
        "10:00 pm ET",
    )
    assert after["gameCode"] == "20250219/CHALAL"


def test_a_new_date_no_listing_shows_appears_at_six_that_morning(tmp_path: Path) -> None:
    """Without any listing the new date is known from 06:00 Eastern of that date."""
    world = moved_game(tmp_path, {})
    before = one(world, eastern(LATER, 6) - timedelta(seconds=1), MOVED)
    after = one(world, eastern(LATER, 6), MOVED)
    assert before is not None and before["listed"] == "2025-01-09"
    assert after is not None and after["listed"] == "2025-02-19"


def test_the_final_tip_is_known_from_six_that_morning(tmp_path: Path) -> None:
    """Before 06:00 of the game date the plan's tip is shown, from then on the true one."""
    world = moved_game(tmp_path, {})
    before = one(world, eastern(DAY, 6) - timedelta(seconds=1), OTHER)
    after = one(world, eastern(DAY, 6), OTHER)
    assert before is not None and before["gameDateTimeEst"] == "2025-01-09T19:30:00Z"
    assert after is not None and after["gameDateTimeEst"] == "2025-01-09T19:00:00Z"
    assert after["gameDateTimeUTC"] == "2025-01-10T00:00:00Z"


def test_before_the_plan_the_final_schedule_is_the_plan(tmp_path: Path) -> None:
    """Until the plan's own date the final dates are shown, without results."""
    world = moved_game(tmp_path, {})
    before = one(world, eastern(date(2024, 12, 18)) - timedelta(seconds=1), MOVED)
    after = one(world, eastern(date(2024, 12, 18)), MOVED)
    assert before is not None and before["listed"] == "2025-02-19"
    assert before["homeTeam"]["score"] == 0
    assert after is not None and after["listed"] == "2025-01-09"


def test_a_score_is_shown_from_tip_plus_two_and_a_half_hours(tmp_path: Path) -> None:
    """Live without a score from tip, final with it from tip + 2:30."""
    world = moved_game(tmp_path, {})
    over = eastern(DAY, 21, 30)
    live = one(world, over - timedelta(seconds=1), OTHER)
    final = one(world, over, OTHER)
    assert live is not None and (live["gameStatus"], live["homeTeam"]["score"]) == (2, None)
    assert final is not None and final["gameStatus"] == 3
    assert (final["awayTeam"]["score"], final["homeTeam"]["score"]) == (110, 108)


@pytest.mark.parametrize("game_id", ["0042400101", "0052400101", "0032400001", "0062400001"])
def test_a_game_decided_by_results_is_not_known_before_it_is_listed(
    tmp_path: Path, game_id: str
) -> None:
    """Playoffs, play-in, All-Star and the Cup final appear with a listing, never from the start."""
    write_final(tmp_path, [final_game(game_id, "BOS", "NYK", TIP, (1, 2))])
    write_listings(tmp_path, {"2025-01-07T11:55:38Z": [event("a", "BOS", "NYK", TIP)]})
    world = World(tmp_path)
    seen = datetime(2025, 1, 7, 11, 55, 38, tzinfo=UTC)
    assert one(world, seen - timedelta(seconds=1), game_id) is None
    assert one(world, seen, game_id) is not None


def test_a_listing_after_the_tip_announces_nothing(tmp_path: Path) -> None:
    """A game first listed after its tip is known from 06:00 of its date, as if never listed."""
    write_final(tmp_path, [final_game("0042400101", "BOS", "NYK", TIP, (1, 2))])
    write_listings(tmp_path, {"2025-01-10T11:55:38Z": [event("a", "BOS", "NYK", TIP)]})
    world = World(tmp_path)
    assert one(world, eastern(DAY, 6) - timedelta(seconds=1), "0042400101") is None
    assert one(world, eastern(DAY, 6), "0042400101") is not None


def test_a_game_without_a_recorded_tip_is_final_at_three_in_the_morning(tmp_path: Path) -> None:
    """Time to be determined all day, then final at 03:00 Eastern of the next day."""
    write_played(
        tmp_path,
        [
            ("BOS", "0022300001", "2024-01-09", "BOS @ NYK"),
            ("NYK", "0022300001", "2024-01-09", "NYK vs. BOS"),
        ],
        "2023-24",
    )
    world = World(tmp_path)
    before = one(world, eastern(date(2024, 1, 10), 3) - timedelta(seconds=1), "0022300001")
    after = one(world, eastern(date(2024, 1, 10), 3), "0022300001")
    assert before is not None
    assert (before["gameStatus"], before["gameStatusText"]) == (1, "TBD")
    assert before["gameDateTimeUTC"] == before["gameDateTimeEst"] == ""
    assert after is not None and after["gameStatusText"] == "Final"
    assert after["homeTeam"]["teamTricode"] == "NYK" and after["homeTeam"]["score"] is None


def test_the_scoreboard_turns_at_five(tmp_path: Path) -> None:
    """The small scoreboard keeps its date until 05:00 Eastern and has that date's games only."""
    world = moved_game(tmp_path, {})
    turn = eastern(date(2025, 1, 10), 5)
    before = body(get(transport_at(world, turn - timedelta(seconds=1)), SCOREBOARD))
    after = body(get(transport_at(world, turn), SCOREBOARD))
    assert before["scoreboard"]["gameDate"] == "2025-01-09"
    assert [game["gameId"] for game in before["scoreboard"]["games"]] == [OTHER, MOVED]
    assert [game["period"] for game in before["scoreboard"]["games"]] == [5, 0]
    assert after["scoreboard"] | {"games": []} == after["scoreboard"]
    assert after["scoreboard"]["gameDate"] == "2025-01-10"


def test_the_schedule_turns_to_the_next_season_in_september(tmp_path: Path) -> None:
    """One season is served until the end of August; a season nobody recorded is a 404."""
    world = moved_game(tmp_path, {})
    turn = eastern(date(2025, 9, 1))
    assert MOVED in scheduled(world, turn - timedelta(seconds=1))
    for url in (SCOREBOARD, SCOREBOARD.replace("todaysScoreboard_00", "other")):
        assert get(transport_at(world, turn), url).status == 404


def test_a_body_says_when_it_last_changed(tmp_path: Path) -> None:
    """Between two changes the body stays the same; `meta.time` is the instant of the last one."""
    world = moved_game(tmp_path, {})
    first = get(transport_at(world, TIP), SCOREBOARD)
    second = get(transport_at(world, TIP + timedelta(minutes=7)), SCOREBOARD)
    assert first.body == second.body and first.rerendered
    assert datetime.fromisoformat(body(first)["meta"]["time"]) == TIP
