"""What an expected key says to people: its name, its game, and why it is not there yet."""

from __future__ import annotations

import pytest

from fullcourt.nba.calendar import eastern
from fullcourt.pipeline.graph import BY_NAME
from fullcourt.trust.expectations import expect
from fullcourt.trust.facts import DayFacts
from fullcourt.trust.words import Cell, KeyExpectation
from tests.trust.nights import (
    NIGHT,
    body,
    every,
    facts,
    final,
    game,
    keys_of,
    players,
    prediction,
)

PLAYED, OPEN = final(), game()
TEAMLESS = game(home_team=None, away_team=None)
ONE, GONE = PLAYED.game_id, game(9).game_id


def whole() -> DayFacts:
    """A night that was played: a body, a slate, lines and predictions."""
    return facts(
        PLAYED,
        boxes={ONE: body(eastern(NIGHT, 22))},
        slate_players=players(PLAYED),
        prediction_players=players(PLAYED),
        predictions=(prediction(PLAYED, 1), prediction(game(9), 3)),
    )


WITHOUT_TIP = facts(
    game(tip_at=None), slate_players=players(OPEN), prediction_players=players(OPEN)
)
WITHOUT_ROSTER = facts(OPEN, slate_players=())

# What the terminal prints of the first and of the last key.
WORDS = [
    ("nba_schedule", whole(), "schedule", "schedule", "due 06:00 Eastern"),
    ("odds_events", whole(), "listing", "odds listing", "due in the morning of a game day"),
    ("schedule", whole(), ONE, "CHA@LAL", "due 06:00 Eastern, result by 05:00 UTC"),
    ("nba_boxscore", whole(), ONE, "CHA@LAL", "due 3 h after final"),
    ("player_box_scores", whole(), f"{ONE}/1", "CHA@LAL Player 1", "due 3 h after final"),
    ("player_box_scores", facts(PLAYED), f"{ONE}/LAL", "CHA@LAL LAL", "due 3 h after final"),
    ("player_game_summary", whole(), f"{ONE}/1", "CHA@LAL Player 1", "due 1 h after its box score"),
    (
        "player_game_summary",
        facts(PLAYED),
        f"{ONE}/LAL",
        "CHA@LAL LAL",
        "due 1 h after its box score",
    ),
    ("odds_event_props", whole(), ONE, "CHA@LAL", "due 1 h before tip 00:00 UTC"),
    ("odds_player_props", whole(), ONE, "CHA@LAL", "due 1 h before tip 00:00 UTC"),
    (
        "upcoming_player_game_context",
        whole(),
        f"{ONE}/11",
        "CHA@LAL Player 11",
        "due 2 h before tip 00:00 UTC",
    ),
    (
        "player_composite_factors",
        whole(),
        f"{ONE}/11",
        "CHA@LAL Player 11",
        "due 90 min before tip 00:00 UTC",
    ),
    (
        "predictions",
        whole(),
        f"{ONE}/11",
        "CHA@LAL Player 11",
        "due 30 min before tip 00:00 UTC",
    ),
    ("grades", whole(), f"{ONE}/1", "CHA@LAL Player 1", "due 12:00 Eastern the next day"),
    # A game without a result says when it was to start.
    ("nba_boxscore", facts(OPEN), ONE, "CHA@LAL", "not final; tip 00:00 UTC"),
    ("player_box_scores", facts(OPEN), f"{ONE}/LAL", "CHA@LAL LAL", "not final; tip 00:00 UTC"),
    # A team nobody named yet is its side.
    (
        "player_box_scores",
        facts(TEAMLESS),
        f"{ONE}/home",
        "CHA@LAL home",
        "not final; tip 00:00 UTC",
    ),
    (
        "player_game_summary",
        facts(TEAMLESS),
        f"{ONE}/home",
        "CHA@LAL home",
        "due 1 h after its box score",
    ),
    # A tip nobody named.
    ("schedule", WITHOUT_TIP, ONE, "CHA@LAL", "due 06:00 Eastern"),
    ("nba_boxscore", WITHOUT_TIP, ONE, "CHA@LAL", "tip time not known"),
    ("player_box_scores", WITHOUT_TIP, f"{ONE}/LAL", "CHA@LAL LAL", "tip time not known"),
    ("odds_player_props", WITHOUT_TIP, ONE, "CHA@LAL", "tip time not known"),
    ("predictions", WITHOUT_TIP, f"{ONE}/11", "CHA@LAL Player 11", "tip time not known"),
    (
        "upcoming_player_game_context",
        WITHOUT_ROSTER,
        f"{ONE}/roster",
        "CHA@LAL rosters",
        "no roster is known",
    ),
    (
        "schedule",
        facts(archived_game_ids=frozenset({GONE})),
        GONE,
        GONE,
        "the newest archived schedule lists it",
    ),
]


@pytest.mark.parametrize(("dataset", "night", "key", "name", "why"), WORDS)
def test_a_key_says_what_it_is_and_when_it_is_due(
    dataset: str, night: DayFacts, key: str, name: str, why: str
) -> None:
    """Key, name and the reason to wait are words a person reads in `status` and `explain`."""
    first = keys_of(dataset, night)[0]
    assert (first.key, first.name, first.why) == (key, name, why)


def test_the_other_side_is_named_too() -> None:
    """Without a body the away team has a key of its own, by its side where it has no name."""
    for dataset in ("player_box_scores", "player_game_summary"):
        for night, said in ((facts(PLAYED), "CHA"), (facts(TEAMLESS), "away")):
            last = keys_of(dataset, night)[-1]
            assert (last.key, last.name) == (f"{ONE}/{said}", f"CHA@LAL {said}")


def test_a_prediction_of_a_vanished_game_goes_by_the_games_id() -> None:
    """A grade whose game nobody lists any more is still named, by the id."""
    last = keys_of("grades", whole())[-1]
    assert (last.key, last.name) == (f"{GONE}/3", f"{GONE} Player 3")


def game_of(key: KeyExpectation) -> str | None:
    """The game a key's own text names."""
    head = key.key.partition("/")[0]
    return head if head.isdigit() else None


@pytest.mark.parametrize(
    "night",
    [whole(), facts(OPEN), WITHOUT_TIP, WITHOUT_ROSTER, facts(archived_game_ids=frozenset({GONE}))],
)
def test_every_key_of_a_game_names_its_game(night: DayFacts) -> None:
    """Every key but the morning's two bodies can be found by its game."""
    for dataset, owed in every(night).items():
        for key in owed.keys:
            assert key.game_id == game_of(key), (dataset, key)


@pytest.mark.parametrize(
    "night",
    [whole(), facts(), facts(schedule_known=False), facts(OPEN, has_odds=False), facts(OPEN)],
)
def test_every_expectation_is_of_its_own_cell(night: DayFacts) -> None:
    """Whatever is known, an expectation names the cell it was asked for."""
    for dataset in BY_NAME:
        assert expect(dataset, night).cell == Cell(dataset, NIGHT)


def asked_once(night: DayFacts) -> set[str]:
    """The datasets whose keys are not given up before they were asked for once."""
    return {
        name for name, owed in every(night).items() if any(k.ask_once is True for k in owed.keys)
    }


def test_what_a_vendor_keeps_is_asked_for_once_however_late() -> None:
    """Box scores always, lines where the vendor sells old ones; nothing that is made here."""
    boxes = {"nba_boxscore", "player_box_scores"}
    lines = {"odds_events", "odds_event_props", "odds_player_props"}
    for played in (PLAYED, OPEN):
        assert asked_once(facts(played)) == boxes
        assert asked_once(facts(played, odds_recoverable=True)) == boxes | lines
    assert asked_once(whole()) == boxes
    for owed in every(facts(PLAYED)).values():
        assert all(k.ask_once in (True, False) for k in owed.keys)


def test_only_a_game_without_its_result_awaits_one() -> None:
    """The scoreboard is asked while a game has a tip and no result, and for nothing else."""
    for name in ("nba_boxscore", "player_box_scores"):
        assert all(k.awaits_result is True for k in keys_of(name, facts(OPEN)))
    for night in (facts(PLAYED), whole(), WITHOUT_TIP):
        for owed in every(night).values():
            assert all(k.awaits_result is False for k in owed.keys)
