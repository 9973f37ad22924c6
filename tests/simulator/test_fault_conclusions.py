"""What the real client concludes of each fault: asked in process, through its own scrape layer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from fullcourt.nba.calendar import REGULAR, eastern, game_type
from fullcourt.scrape.ask import Answer
from fullcourt.scrape.nba_boxscore import fetch_box_score, parse_box_score
from fullcourt.scrape.nba_schedule import fetch_schedule, fetch_scoreboard
from fullcourt.scrape.odds import fetch_listing, fetch_props
from fullcourt.settings import NbaSettings, OddsSettings
from fullcourt.simulator.facts import Game
from fullcourt.simulator.league import DEFAULT_FIRST_DATE
from fullcourt.simulator.vendors.fault_kinds import (
    APPLIES_TO,
    FAULT_EFFECTS,
    FAULT_SIGNS,
    Effect,
    FaultKind,
    effect_of,
)
from fullcourt.simulator.vendors.faults import Fault
from fullcourt.simulator.vendors.odds_listing import event_id_of
from fullcourt.simulator.world import BuiltinWorld
from fullcourt.vendors.nba_cdn import parse_schedule, parse_scoreboard
from fullcourt.vendors.odds_api import parse_event_props, parse_events
from tests.simulator.worlds import a_world, clock_of, tree

START = eastern(DEFAULT_FIRST_DATE, 5) - timedelta(days=20)
END = START + timedelta(days=60)
BEFORE_TIP = timedelta(hours=-2)
AFTER_FINAL = timedelta(minutes=1)
K = FaultKind

GLOBS = {
    "schedule": ("nba_cdn", "*/scheduleLeagueV2.json"),
    "scoreboard": ("nba_cdn", "*/todaysScoreboard_00.json"),
    "boxscore": ("nba_cdn", "*/boxscore_*.json"),
    "listing": ("odds_api", "*/events"),
    "event_odds": ("odds_api", "*/events/*/odds"),
}


def a_fault(kind: FaultKind, endpoint: str, **more: Any) -> Fault:
    """A fault of one endpoint over the whole of the world's time."""
    vendor, glob = GLOBS[endpoint]
    sound: dict[str, Any] = {"start": START, "end": END, **more}
    return Fault(vendor, glob, kind=kind, **sound)


def a_game(world: BuiltinWorld) -> Game:
    """A late game of the first night with two of the regular season."""
    games = [
        game
        for game in world.league.games
        if game_type(game.game_id) == REGULAR and len(game.appointments) == 1
    ]
    day = next(g.game_date for g in games if sum(o.game_date == g.game_date for o in games) > 1)
    return [game for game in games if game.game_date == day][-1]


def asked(world: BuiltinWorld, endpoint: str, game: Game | None = None) -> Answer:
    """One question of the scrape layer, at the instant that suits it."""
    game = game or a_game(world)
    is_odds = endpoint in ("listing", "event_odds")
    due = game.tip_at + BEFORE_TIP if is_odds else game.final_at + AFTER_FINAL
    clock = clock_of(world)
    if clock.now() < due:
        clock.advance_to(due)
    transport, now, day = world.transport(), clock.now(), game.game_date
    nba, odds = NbaSettings(), OddsSettings(mode="live")
    match endpoint:
        case "schedule":
            return fetch_schedule(transport, nba, day, now)
        case "scoreboard":
            return fetch_scoreboard(transport, nba, day, now)
        case "boxscore":
            return fetch_box_score(transport, nba, game.game_id, day, now)
        case "listing":
            return fetch_listing(transport, odds, world.api_key, world.team_names, day, now)
        case _:
            event, tip = event_id_of(world.league, game.game_id), game.tip_at
            return fetch_props(
                transport,
                odds,
                world.api_key,
                world.team_names,
                event,
                game.game_id,
                tip,
                day,
                now,
            )


@dataclass(frozen=True)
class Case:
    """A fault on an endpoint and the word the client has for what comes of it."""

    kind: FaultKind
    endpoint: str
    outcome: str
    more: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind}-{self.endpoint}-{self.outcome}"


CASES = (
    Case(K.REFUSE, "scoreboard", "vendor_failed"),
    Case(K.REFUSE, "event_odds", "vendor_failed"),
    Case(K.HANG, "boxscore", "hung"),
    Case(K.DRIP, "listing", "hung"),
    Case(K.STATUS, "schedule", "vendor_failed", {"status": 503}),
    Case(K.STATUS, "boxscore", "vendor_empty", {"status": 204}),
    Case(K.BAD_KEY, "listing", "vendor_blocked"),
    Case(K.OUT_OF_CREDITS, "event_odds", "quota_spent"),
    Case(K.FORBIDDEN, "boxscore", "vendor_blocked"),
    Case(K.NOT_FOUND, "event_odds", "vendor_empty"),
    Case(K.UNPROCESSABLE, "event_odds", "vendor_failed"),
    Case(K.RATE_LIMITED, "boxscore", "vendor_failed"),
    Case(K.RATE_LIMITED_FOR, "event_odds", "vendor_failed"),
    Case(K.SERVER_ERROR, "schedule", "vendor_failed"),
    Case(K.BAD_GATEWAY, "listing", "vendor_failed"),
    Case(K.TRUNCATED, "boxscore", "contract_broken"),
    Case(K.TRUNCATED, "schedule", "contract_broken"),
    Case(K.EMPTY, "schedule", "vendor_empty"),
    Case(K.EMPTY, "listing", "vendor_empty"),
    Case(K.HTML, "event_odds", "contract_broken"),
    Case(K.WRONG_TYPE, "boxscore", "ok"),
    Case(K.BROKEN_BROTLI, "schedule", "vendor_failed"),
    Case(K.BOMB, "boxscore", "vendor_failed"),
    Case(K.RENAMED_FIELD, "boxscore", "contract_broken", {"name": "played"}),
    Case(K.RENAMED_FIELD, "event_odds", "contract_broken", {"name": "outcomes"}),
    Case(K.RENAMED_FIELD, "boxscore", "ok", {"name": "attendance"}),
    Case(K.RETYPED_FIELD, "schedule", "contract_broken", {"name": "gameStatus"}),
    Case(K.ADDED_FIELD, "schedule", "ok"),
    Case(K.ADDED_FIELD, "scoreboard", "ok"),
    Case(K.ADDED_FIELD, "boxscore", "ok"),
    Case(K.ADDED_FIELD, "listing", "ok"),
    Case(K.ADDED_FIELD, "event_odds", "ok"),
    Case(K.NUMBERS_AS_TEXT, "schedule", "contract_broken"),
    Case(K.NUMBERS_AS_TEXT, "boxscore", "contract_broken"),
    Case(K.NUMBERS_AS_TEXT, "event_odds", "contract_broken"),
    Case(K.NUMBERS_AS_TEXT, "boxscore", "contract_broken", {"name": "points"}),
    Case(K.DUPLICATE_ROWS, "schedule", "ok"),
    Case(K.DUPLICATE_ROWS, "scoreboard", "ok"),
    Case(K.DUPLICATE_ROWS, "boxscore", "ok"),
    Case(K.DUPLICATE_ROWS, "listing", "ok"),
    Case(K.DUPLICATE_ROWS, "event_odds", "ok"),
    Case(K.CONTRADICTING_ROWS, "schedule", "contract_broken"),
    Case(K.CONTRADICTING_ROWS, "scoreboard", "contract_broken"),
    Case(K.CONTRADICTING_ROWS, "boxscore", "ok"),
    Case(K.CONTRADICTING_ROWS, "listing", "ok"),
    Case(K.CONTRADICTING_ROWS, "event_odds", "ok"),
    Case(K.PARTIAL_SLATE, "schedule", "ok"),
    Case(K.PARTIAL_SLATE, "scoreboard", "ok"),
    Case(K.PARTIAL_SLATE, "listing", "ok"),
    Case(K.PREGAME_EMPTY, "boxscore", "vendor_empty"),
    Case(K.NOBODY_LISTED, "boxscore", "vendor_empty"),
    Case(K.ROSTER_ONLY, "boxscore", "vendor_empty"),
    Case(K.ROSTER_ONLY_PREGAME, "boxscore", "vendor_empty"),
    Case(K.YESTERDAYS_ANSWER, "schedule", "ok"),
    Case(K.YESTERDAYS_ANSWER, "scoreboard", "ok"),
    Case(K.YESTERDAYS_ANSWER, "boxscore", "vendor_blocked"),
    Case(K.YESTERDAYS_ANSWER, "boxscore", "vendor_empty", {"hours": 0.5}),
    Case(K.YESTERDAYS_ANSWER, "event_odds", "vendor_empty"),
    Case(K.LATE_DATA, "schedule", "ok", {"hours": 4}),
    Case(K.LATE_DATA, "boxscore", "vendor_empty", {"hours": 0.5}),
    Case(K.LATE_DATA, "listing", "ok", {"hours": 2}),
    Case(K.OTHER_GAMES_BODY, "boxscore", "contract_broken"),
    Case(K.BACKFILLED, "boxscore", "vendor_blocked"),
    Case(K.BACKFILLED, "event_odds", "vendor_empty"),
    Case(K.BACKFILLED_EMPTY, "boxscore", "vendor_empty"),
    Case(K.BACKFILLED_EMPTY, "event_odds", "vendor_empty"),
    Case(K.WRONG_TEAM, "boxscore", "ok"),
    Case(K.ZEROED_TEAM, "boxscore", "ok"),
    Case(K.SWAPPED_SIDES, "schedule", "ok"),
    Case(K.SWAPPED_SIDES, "scoreboard", "ok"),
    Case(K.SWAPPED_SIDES, "boxscore", "ok"),
    Case(K.SWAPPED_SIDES, "listing", "ok"),
    Case(K.SWAPPED_SIDES, "event_odds", "ok"),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_client_has_a_word_for_each_fault(case: Case) -> None:
    """The outcome of the real scrape layer under each fault, which struck exactly once."""
    world = a_world(3, a_fault(case.kind, case.endpoint, **case.more))
    answer = asked(world, case.endpoint)
    assert answer.outcome == case.outcome, answer.detail
    assert [injection.kind for injection in world.script.injected] == [case.kind]
    effect = effect_of(case.kind, GLOBS[case.endpoint][1].replace("*", "0022500001"))
    if answer.outcome == "ok" and "name" not in case.more:
        assert effect is not Effect.NO_ANSWER


def test_every_kind_is_tried_and_explained() -> None:
    """No kind without a case, an effect and a sign; the table of places names known kinds."""
    tried = {case.kind for case in CASES} | {K.POST_TIP_LINES}
    assert tried == set(FaultKind) == set(FAULT_EFFECTS) == set(FAULT_SIGNS)
    assert set(APPLIES_TO) <= set(FaultKind)


@pytest.mark.parametrize("endpoint", GLOBS)
def test_without_a_fault_every_answer_is_good(endpoint: str) -> None:
    """The same questions to a vendor that is well."""
    world = a_world(3)
    answer = asked(world, endpoint)
    assert answer.outcome == "ok", answer.detail
    assert not world.script.injected


def test_a_fault_strikes_only_where_it_means_something() -> None:
    """A box score fault over every path leaves the schedule alone, uncounted."""
    world = a_world(3, Fault("nba_cdn", "*", START, END, K.ZEROED_TEAM))
    assert asked(world, "schedule").outcome == "ok"
    assert not world.script.injected


def test_lines_after_the_tip_are_refused() -> None:
    """A begun event is served with live prices; the client takes them for none."""
    world, well = a_world(3, a_fault(K.POST_TIP_LINES, "event_odds")), a_world(3)
    game = a_game(world)
    for one in (world, well):
        clock_of(one).advance_to(game.tip_at + timedelta(minutes=40))
    answer, usual = asked(world, "event_odds"), asked(well, "event_odds")
    assert answer.outcome == usual.outcome == "vendor_empty"
    assert "after the tip" in answer.detail and answer.response is not None
    books = tree(answer.response)["bookmakers"]
    assert books and usual.response is not None and not tree(usual.response)["bookmakers"]
    assert len(world.script.injected) == 1


def test_before_the_tip_there_are_no_lines_of_after_it() -> None:
    """The fault changes nothing then, and is not counted."""
    world = a_world(3, a_fault(K.POST_TIP_LINES, "event_odds"))
    assert asked(world, "event_odds").outcome == "ok"
    assert not world.script.injected


def test_a_part_of_the_slate_is_the_day_itself() -> None:
    """Schedule, scoreboard and listing lack the league's day's last games, and nothing else."""
    for endpoint, parse in (("schedule", parse_schedule), ("scoreboard", parse_scoreboard)):
        world = a_world(3, a_fault(K.PARTIAL_SLATE, endpoint))
        whole, part = (
            {(game.game_id, game.game_date) for game in parse(asked(w, endpoint).body or b"").games}
            for w in (a_world(3), world)
        )
        assert part < whole and len(whole - part) == 1
        assert {day for _, day in whole - part} == {a_game(world).game_date}
    world = a_world(3, a_fault(K.PARTIAL_SLATE, "listing"))
    days = [
        [event.game_date for event in parse_events(body, False, START, world.team_names).events]
        for body in (asked(w, "listing").body or b"" for w in (a_world(3), world))
    ]
    assert len(days[0]) == len(days[1]) + 1
    assert days[0].count(a_game(world).game_date) == days[1].count(a_game(world).game_date) + 1


def test_an_old_answer_is_the_body_of_then() -> None:
    """Byte for byte what the vendor gave three hours earlier, with its own old time."""
    world, well = a_world(3, a_fault(K.YESTERDAYS_ANSWER, "schedule", hours=3)), a_world(3)
    game = a_game(world)
    answer = asked(world, "schedule")
    clock_of(well).advance_to(clock_of(world).now() - timedelta(hours=3))
    before = fetch_schedule(well.transport(), NbaSettings(), game.game_date, well.clock.now())
    assert answer.body == before.body
    assert answer.testimony is not None
    assert answer.testimony.known_at == clock_of(world).now() - timedelta(hours=3)


def test_late_data_is_old_under_a_new_time() -> None:
    """The schedule says now and shows the game, which is over, as scheduled."""
    world = a_world(3, a_fault(K.LATE_DATA, "schedule", hours=4))
    game = a_game(world)
    body = parse_schedule(asked(world, "schedule").body or b"")
    assert body.served_at == clock_of(world).now()
    shown = next(listed for listed in body.games if listed.game_id == game.game_id)
    assert not shown.is_final and world.league.game(game.game_id).is_final(clock_of(world).now())


def test_what_is_filled_in_later_is_right_then() -> None:
    """A box score is not there for a week, and whole afterwards."""
    sound = a_world(3)
    until = a_game(sound).final_at + timedelta(days=7)
    world = a_world(3, a_fault(K.BACKFILLED, "boxscore", end=until))
    assert asked(world, "boxscore").outcome == "vendor_blocked"
    clock_of(world).advance_to(until)
    answer = asked(world, "boxscore")
    box = parse_box_score(answer.body or b"", "cdn")
    assert set(box.lines) == set(world.league.box(a_game(world).game_id).lines)


def test_a_vendor_is_dead_for_26_days() -> None:
    """One fault with a long interval: every day of it fails, the day after it is well."""
    start = eastern(DEFAULT_FIRST_DATE, 5)
    dead = Fault("nba_cdn", "*", start, start + timedelta(days=26), K.REFUSE)
    world = a_world(3, dead)
    said = []
    for day in range(28):
        clock_of(world).advance_to(start + timedelta(days=day, hours=2))
        at = clock_of(world).now()
        said.append(fetch_schedule(world.transport(), NbaSettings(), at.date(), at).outcome)
    assert said == ["vendor_failed"] * 26 + ["ok"] * 2
    assert len(world.script.injected) == 26


def test_what_is_not_served_is_not_charged() -> None:
    """An empty 200 and an event without books cost no credits; a wrong label costs the call."""
    for kind, cost in ((K.EMPTY, 0), (K.BACKFILLED_EMPTY, 0), (K.WRONG_TYPE, 1)):
        world = a_world(3, a_fault(kind, "event_odds"))
        asked(world, "event_odds")
        assert world.account.used == cost, kind


def test_a_wait_is_told_only_where_it_is_scripted() -> None:
    """429 with and without Retry-After, read by the client's own error."""
    waits = {}
    for kind in (K.RATE_LIMITED, K.RATE_LIMITED_FOR):
        failure = asked(a_world(3, a_fault(kind, "event_odds")), "event_odds").failure
        assert failure is not None
        waits[kind] = failure.retry_after_s
    assert waits == {K.RATE_LIMITED: None, K.RATE_LIMITED_FOR: 120.0}


def test_wrong_bodies_are_wrong_in_the_way_they_say() -> None:
    """Moved players, a team of zeros, sides swapped, against the league's own box score."""
    for kind in (K.WRONG_TEAM, K.ZEROED_TEAM, K.SWAPPED_SIDES):
        world = a_world(3, a_fault(kind, "boxscore"))
        game = a_game(world)
        box = parse_box_score(asked(world, "boxscore").body or b"", "cdn")
        truth = world.league.box(game.game_id)
        teams = {line.player_id: line.team for line in truth.lines}
        strayed = [line for line in box.lines if line.team != teams[line.player_id]]
        away = [line.points for line in box.lines if line.team == game.away and line.played]
        sides = (box.home_team, box.away_team)
        assert (len(strayed) == 1) is (kind is K.WRONG_TEAM)
        assert (set(away) == {0}) is (kind is K.ZEROED_TEAM)
        assert (sides == (game.away, game.home)) is (kind is K.SWAPPED_SIDES)
        own = (truth.home_score, truth.away_score)
        scores = (box.home_score, box.away_score)
        assert scores == (own[::-1] if kind is K.SWAPPED_SIDES else own)


def test_lines_of_swapped_teams_are_the_same_lines() -> None:
    """Home and away change places in the odds vendor's bodies; the quotes stay."""
    world = a_world(3, a_fault(K.SWAPPED_SIDES, "event_odds"))
    swapped, usual = (
        parse_event_props(asked(w, "event_odds").body or b"", False, START, w.team_names)
        for w in (world, a_world(3))
    )
    assert swapped.quotes == usual.quotes
    assert (swapped.event.home_team, swapped.event.away_team) == (
        usual.event.away_team,
        usual.event.home_team,
    )
