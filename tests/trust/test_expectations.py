"""`expect`: which keys a night owes, and when, in the design's words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from fullcourt.nba.calendar import eastern
from fullcourt.pipeline.graph import BY_NAME
from fullcourt.trust.expectations import expect, expected_datasets
from fullcourt.trust.facts import Game
from fullcourt.trust.verdict import judge
from fullcourt.trust.words import CellVerdict, Evidence, KeyEvidence, KeyState
from tests.trust.nights import (
    NIGHT,
    body,
    every,
    facts,
    final,
    game,
    keys_of,
    only,
    players,
    prediction,
)

HOUR, MINUTE, DAYS = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
SPRING, AUTUMN = date(2025, 3, 9), date(2024, 11, 3)
"""The nights New York's clocks changed on."""
SLATE = {
    "upcoming_player_game_context": (6 * HOUR, 2 * HOUR),
    "player_composite_factors": (5 * HOUR, 90 * MINUTE),
    "predictions": (4 * HOUR, 30 * MINUTE),
}


def at(text: str) -> datetime:
    """An instant of a table, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# 06:00 Eastern is 11:00 UTC in winter and 10:00 in summer; the change itself is at 02:00.
@pytest.mark.parametrize(
    ("day", "due", "noon_after"),
    [
        (NIGHT, "2025-01-09 11:00", "2025-01-10 17:00"),
        (date(2025, 4, 1), "2025-04-01 10:00", "2025-04-02 16:00"),
        (SPRING - DAYS, "2025-03-08 11:00", "2025-03-09 16:00"),
        (SPRING, "2025-03-09 10:00", "2025-03-10 16:00"),
        (AUTUMN - DAYS, "2024-11-02 10:00", "2024-11-03 17:00"),
        (AUTUMN, "2024-11-03 11:00", "2024-11-04 17:00"),
    ],
)
def test_wall_clock_times_are_eastern(day: date, due: str, noon_after: str) -> None:
    """06:00 and 12:00 mean New York's clocks, through both changes of them."""
    played = final(day=day, hour=19)
    night = facts(played, predictions=(prediction(played, 1),))
    assert only("nba_schedule", night).due_at == at(due)
    assert only("nba_schedule", night).start_at == at(due) - 15 * MINUTE
    assert only("schedule", night).due_at == at(due)
    assert only("grades", night).due_at == at(noon_after)


@pytest.mark.parametrize(
    ("day", "hour", "minute", "tip"),
    [
        (NIGHT, 22, 30, "2025-01-10 03:30"),
        (NIGHT, 12, 0, "2025-01-09 17:00"),
        (SPRING, 15, 30, "2025-03-09 19:30"),
        (SPRING - DAYS, 22, 30, "2025-03-09 03:30"),
        (AUTUMN, 15, 30, "2024-11-03 20:30"),
        (AUTUMN - DAYS, 22, 30, "2024-11-03 02:30"),
    ],
)
def test_due_times_of_a_game(day: date, hour: int, minute: int, tip: str) -> None:
    """Lines 1 h, context 2 h, factors 90 min, predictions 30 min before the tip; box 3 h after."""
    played = final(day=day, hour=hour, minute=minute)
    assert played.tip_at == at(tip)
    assert played.final_at is not None
    night = facts(played, slate_players=players(played), prediction_players=players(played))
    for name in ("odds_event_props", "odds_player_props"):
        assert only(name, night).due_at == at(tip) - HOUR
    for name, (_, before) in SLATE.items():
        assert {k.due_at for k in keys_of(name, night)} == {at(tip) - before}
        assert {k.horizon_at for k in keys_of(name, night)} == {at(tip)}
    box = only("nba_boxscore", night)
    assert timedelta(0) <= box.start_at - played.final_at < HOUR
    assert (box.start_at.minute, box.start_at.second) == (0, 0)
    assert box.due_at == played.final_at + 3 * HOUR
    assert box.horizon_at == played.final_at + 3 * HOUR + 14 * DAYS
    assert box.ask_once
    # However late the game, its cell stays on the Eastern date.
    assert {e.cell.game_date for e in every(night).values()} == {day}


def test_due_is_per_game() -> None:
    """A matinee and a late game of one slate are due apart; work starts with the first tip."""
    early, late = game(1, 12), game(2, 22, 30)
    night = facts(early, late, slate_players=players(early, late))
    assert [k.due_at for k in keys_of("odds_player_props", night)] == [
        eastern(NIGHT, 11),
        eastern(NIGHT, 21, 30),
    ]
    context = keys_of("upcoming_player_game_context", night)
    assert {k.due_at for k in context} == {eastern(NIGHT, 10), eastern(NIGHT, 20, 30)}
    assert {k.start_at for k in context} == {eastern(NIGHT, 6)}


@pytest.mark.parametrize(
    ("hour", "start", "due"), [(19, (7, 0), (11, 0)), (12, (6, 0), (11, 0)), (11, (5, 0), (10, 0))]
)
def test_the_listing_is_due_in_the_morning(
    hour: int, start: tuple[int, int], due: tuple[int, int]
) -> None:
    """The odds listing is due by 11:00 Eastern, an hour before the first tip at the latest."""
    listing = only("odds_events", facts(game(hour=hour), game(2, 22)))
    assert (listing.start_at, listing.due_at) == (eastern(NIGHT, *start), eastern(NIGHT, *due))


def test_live_lines_end_at_the_tip() -> None:
    """Live lines end at the tip; historical ones can be had for 14 days, and are asked for once."""
    live = only("odds_event_props", facts(game()))
    kept = only("odds_event_props", facts(game(), odds_recoverable=True))
    assert (live.horizon_at, live.ask_once) == (eastern(NIGHT, 19), False)
    assert (kept.horizon_at, kept.ask_once) == (eastern(NIGHT, 18) + 14 * DAYS, True)


@pytest.mark.parametrize("hours", [12.0, 8.0, 1.0, 0.25])
def test_a_wanted_snapshot_never_starts_after_it_is_due(hours: float) -> None:
    """However late a home wants its first snapshot, the key starts no later than it is due."""
    props = only("odds_event_props", facts(game(), hours_before_tip=hours))
    assert props.start_at == min(eastern(NIGHT, 19) - hours * HOUR, props.due_at)


def test_without_odds_no_odds_cell_owes_a_key() -> None:
    """An unconfigured odds vendor owes nothing, and the zero says why."""
    night = facts(game(), has_odds=False)
    for name in ("odds_events", "odds_event_props", "odds_player_props"):
        owed = expect(name, night)
        assert (owed.keys, owed.zero_reason) == ((), "no odds vendor for this date")


def test_an_off_day_is_a_legitimate_zero() -> None:
    """On a date without games every cell is zero for the reason "no games", but the schedule's."""
    for name, owed in every(facts()).items():
        verdict = judge(owed, Evidence(), eastern(NIGHT, 5))
        if name == "nba_schedule":
            assert verdict.verdict is CellVerdict.NOT_DUE
        else:
            assert (verdict.verdict, verdict.reason) == (CellVerdict.LEGITIMATE_ZERO, "no games")


def test_an_unknown_schedule_proves_nothing() -> None:
    """Without a schedule no cell claims that there were no games: it is unverifiable."""
    for name, owed in every(facts(schedule_known=False)).items():
        if name == "nba_schedule":
            continue
        verdict = judge(owed, Evidence(), eastern(NIGHT + DAYS, 12))
        assert verdict.verdict is CellVerdict.UNVERIFIABLE
        assert verdict.reason == "no schedule is known for this date"


@pytest.mark.parametrize("reason", ["postponed", "moved to 2025-03-17", "removed"])
def test_a_withdrawn_game_retires_its_keys(reason: str) -> None:
    """Postponed, moved and removed games owe nothing any more; the reason stays with the key."""
    gone, on = game(1, retired=reason), game(2)
    night = facts(gone, on, slate_players=players(gone, on), prediction_players=players(gone, on))
    for name in ("schedule", "nba_boxscore", "odds_event_props", "player_game_summary", *SLATE):
        retired = {k.game_id: k.retired for k in keys_of(name, night)}
        assert retired == {gone.game_id: reason, on.game_id: None}
    listing = only("odds_events", night)
    assert listing.retired is None


def test_a_slate_withdrawn_whole_is_zero() -> None:
    """When every game was withdrawn, the night's cells are zero and say so."""
    night = facts(
        game(1, retired="postponed"),
        game(2, retired="postponed"),
        slate_players=(),
        prediction_players=(),
    )
    for name in ("odds_events", "odds_player_props", "player_box_scores", *SLATE):
        verdict = judge(expect(name, night), Evidence(), eastern(NIGHT, 23))
        assert verdict.verdict is CellVerdict.LEGITIMATE_ZERO
        said = "all games withdrawn" if name == "odds_events" else "postponed"
        assert verdict.reason.endswith(said)


def test_a_disputed_game_is_unverifiable() -> None:
    """Where the witnesses disagree the key is unverifiable at once, whatever the hour."""
    said = "the odds listing does not show this game"
    split = game(disputed=said)
    night = facts(split, slate_players=players(split), prediction_players=players(split))
    for name in ("schedule", "nba_boxscore", "odds_event_props", "player_box_scores", *SLATE):
        verdict = judge(expect(name, night), Evidence(), eastern(NIGHT, 5))
        assert (verdict.verdict, verdict.reason) == (CellVerdict.UNVERIFIABLE, said)


def test_an_unknown_tip_is_wrong_from_six_in_the_morning() -> None:
    """The tip is known from 06:00 of the date: before it not due, after it unverifiable."""
    open_game = game(tip_at=None)
    night = facts(open_game, slate_players=players(open_game))
    for name in ("odds_event_props", "odds_player_props", "upcoming_player_game_context"):
        owed = expect(name, night)
        before = judge(owed, Evidence(), eastern(NIGHT, 5, 59))
        after = judge(owed, Evidence(), eastern(NIGHT, 6))
        assert (before.verdict, after.verdict) == (
            CellVerdict.NOT_DUE,
            CellVerdict.UNVERIFIABLE,
        )
        assert before.next_change_at == eastern(NIGHT, 6)
        assert after.reason == "tip time not known"


def test_a_game_without_a_result_is_never_silently_not_due() -> None:
    """Neither final nor postponed by tip + 5 h: its box score is unverifiable from then on."""
    running = game(hour=22, minute=30)
    tip = eastern(NIGHT, 22, 30)
    owed = expect("nba_boxscore", facts(running))
    (key,) = owed.keys
    assert key.start_at == tip + timedelta(hours=2, minutes=30)
    for now, state in (
        (tip + 5 * HOUR - MINUTE, KeyState.NOT_DUE),
        (tip + 5 * HOUR, KeyState.UNVERIFIABLE),
        (tip + 30 * DAYS, KeyState.UNVERIFIABLE),
    ):
        assert judge(owed, Evidence(), now).keys[0].state is state
    schedule = only("schedule", facts(running))
    assert schedule.review_at == tip + 5 * HOUR
    assert schedule.horizon_at is None


def test_the_schedule_of_a_morning_cannot_be_had_later() -> None:
    """The schedule feed is given up at 06:00 of the next day; the dataset never is."""
    night = facts(game())
    assert only("nba_schedule", night).horizon_at == eastern(NIGHT + DAYS, 6)
    assert only("schedule", night).horizon_at is None


def test_box_score_keys_are_teams_until_a_body_says_who_is_listed() -> None:
    """Without a body a game is one key per team; with one it is every listed player."""
    played = final()
    bare = keys_of("player_box_scores", facts(played))
    assert [k.key for k in bare] == ["0022400001/LAL", "0022400001/CHA"]
    known = facts(played, boxes={played.game_id: body(eastern(NIGHT, 22))})
    listed = keys_of("player_box_scores", known)
    assert [k.key for k in listed] == [f"0022400001/{n}" for n in (1, 2, 3)]
    assert {(k.due_at, k.horizon_at) for k in listed} == {(bare[0].due_at, bare[0].horizon_at)}
    tbd = final(2, home_team=None, away_team=None)
    assert [k.key for k in keys_of("player_box_scores", facts(tbd))] == [
        "0022400002/home",
        "0022400002/away",
    ]


def test_summaries_are_due_an_hour_after_their_box_score() -> None:
    """Only who appeared owes a summary, an hour after the body; none is given up by itself."""
    played, fetched = final(), eastern(NIGHT, 22, 5)
    with_body = facts(played, boxes={played.game_id: body(fetched)})
    owed = keys_of("player_game_summary", with_body)
    assert [k.key for k in owed] == ["0022400001/1", "0022400001/2"]
    assert {(k.start_at, k.due_at, k.horizon_at) for k in owed} == {(fetched, fetched + HOUR, None)}
    assert played.final_at is not None
    without = keys_of("player_game_summary", facts(played))
    assert [k.key for k in without] == ["0022400001/LAL", "0022400001/CHA"]
    assert {(k.due_at, k.horizon_at) for k in without} == {(played.final_at + 4 * HOUR, None)}


def test_summaries_without_a_box_score_are_given_up_with_it() -> None:
    """What waits for a lost box score waits, and is unrecoverable when the box score is."""
    owed = expect("player_game_summary", facts(final()))
    late = eastern(NIGHT, 12) + 20 * DAYS
    upstream = "player_box_scores CHA@LAL"
    for forever, verdict in (
        (False, CellVerdict.WAITING),
        (True, CellVerdict.UNRECOVERABLE),
    ):
        seen = KeyEvidence(blocked_by=upstream, blocked_forever=forever)
        judged = judge(owed, Evidence({k.key: seen for k in owed.keys}), late)
        assert judged.verdict is verdict
        assert {k.reason for k in judged.keys} == {f"blocked upstream: {upstream}"}


@pytest.mark.parametrize("name", list(SLATE))
def test_slate_keys_are_players_per_game(name: str) -> None:
    """A slate's keys name game and player; work starts hours before the first tip of the slate."""
    early, late = game(1, 13), game(2, 22)
    night = facts(early, late, slate_players=players(early, late), prediction_players=players(late))
    owed = keys_of(name, night)
    wanted = players(late) if name == "predictions" else players(early, late)
    assert [k.key for k in owed] == [f"{p.game_id}/{p.player_id}" for p in wanted]
    assert {k.start_at for k in owed} == {eastern(NIGHT, 13) - SLATE[name][0]}


@pytest.mark.parametrize("name", list(SLATE))
def test_unknown_players_are_no_empty_slate(name: str) -> None:
    """A slate whose players nobody knows is unverifiable, never complete."""
    owed = expect(name, facts(game()))
    verdict = judge(owed, Evidence(), eastern(NIGHT, 18, 45))
    assert verdict.verdict is CellVerdict.UNVERIFIABLE


def test_a_game_without_a_roster_is_named() -> None:
    """A game of the slate with no known player is one unverifiable key, not silence."""
    full, bare = game(1), game(2)
    night = facts(full, bare, slate_players=players(full))
    owed = keys_of("upcoming_player_game_context", night)
    assert owed[-1].key == f"{bare.game_id}/roster"
    assert owed[-1].unverifiable == "no roster is known for this game"


def test_nobody_to_predict_is_a_zero_with_its_warnings() -> None:
    """No line and no rotation is a named zero; names that raise no key are listed."""
    night = facts(game(), prediction_players=(), prediction_warnings=("J. Doe: not resolved",))
    judged = judge(expect("predictions", night), Evidence(), eastern(NIGHT, 18, 45))
    assert judged.verdict is CellVerdict.LEGITIMATE_ZERO
    assert judged.reason == "no player with a line or in the rotation"
    assert judged.warnings == ("J. Doe: not resolved",)


def test_every_held_prediction_is_graded() -> None:
    """Grades owe every held prediction, those of withdrawn and vanished games too."""
    played, gone = final(1), game(2, retired="postponed")
    lost = game(9)
    held = (prediction(played, 1), prediction(gone, 2, "postponed"), prediction(lost, 3))
    owed = keys_of("grades", facts(played, gone, predictions=held))
    assert [k.key for k in owed] == ["0022400001/1", "0022400002/2", "0022400009/3"]
    noon = eastern(NIGHT + DAYS, 12)
    assert {k.due_at for k in owed} == {noon}
    # Once a slate, when the last game that is played is over.
    assert {k.start_at for k in owed} == {played.final_at}
    assert {(k.retired, k.horizon_at) for k in owed} == {(None, None)}
    none = judge(expect("grades", facts(played, predictions=())), Evidence(), noon)
    assert (none.verdict, none.reason) == (CellVerdict.LEGITIMATE_ZERO, "no prediction held")


def test_dates_before_the_home_owe_box_scores_and_summaries_only() -> None:
    """Before a home's `since` only box scores and summaries raise cells."""
    assert set(expected_datasets(NIGHT - DAYS, NIGHT)) == {
        "nba_boxscore",
        "player_box_scores",
        "player_game_summary",
    }
    assert set(expected_datasets(NIGHT, NIGHT)) == set(BY_NAME)


VARIANTS = [
    *(game(hour=hour) for hour in (11, 12, 19, 22)),
    *(final(hour=hour) for hour in (12, 22)),
    game(tip_at=None),
    game(disputed="the witnesses disagree"),
]


@pytest.mark.parametrize("recoverable", [True, False])
@pytest.mark.parametrize("one", VARIANTS)
def test_instants_are_in_order(one: Game, recoverable: bool) -> None:
    """Every key starts before it is due and is given up no sooner; every instant is UTC."""
    night = facts(
        one,
        slate_players=players(one),
        prediction_players=players(one),
        predictions=(prediction(one, 1),),
        odds_recoverable=recoverable,
    )
    for owed in every(night).values():
        for key in owed.keys:
            assert key.start_at <= key.due_at
            assert key.horizon_at is None or key.due_at <= key.horizon_at
            assert key.due_at.utcoffset() == timedelta(0)


def test_a_game_only_the_archive_lists_is_owed_by_its_id() -> None:
    """From 06:00 Eastern; never by the rows alone."""
    held = game()
    listed = frozenset({held.game_id, "0022400999"})
    owed = {key.key: key for key in keys_of("schedule", facts(held, archived_game_ids=listed))}
    assert set(owed) == listed
    assert owed["0022400999"].due_at == eastern(NIGHT, 6)


def test_a_game_of_a_body_that_has_just_come_has_time_to_be_loaded() -> None:
    """Due at 06:00 Eastern or a quarter of an hour after its body came; what is held, at 06:00."""
    morning = eastern(NIGHT, 6)
    for since, due in (
        (morning - HOUR, morning),
        (morning + 4 * HOUR, morning + 4 * HOUR + 15 * MINUTE),
    ):
        fresh, held = (game(is_recorded=is_held, news_since=since) for is_held in (False, True))
        assert only("schedule", facts(fresh)).due_at == due
        assert only("schedule", facts(held)).due_at == morning
