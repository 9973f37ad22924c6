"""`expect` where something is not known or was withdrawn: no tip, no roster, no body, no game."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fullcourt.nba.calendar import eastern
from fullcourt.trust.expectations import expect
from fullcourt.trust.facts import Game, SlatePlayer
from fullcourt.trust.verdict import judge
from fullcourt.trust.words import CellVerdict, Evidence
from tests.trust.nights import (
    NIGHT,
    body,
    facts,
    final,
    game,
    keys_of,
    only,
    players,
    prediction,
)

HOUR, DAYS = timedelta(hours=1), timedelta(days=1)
NEXT = NIGHT + DAYS
SLATE = ("upcoming_player_game_context", "player_composite_factors", "predictions")
NO_TIP = game(1, tip_at=None)


def slate(*games: Game) -> dict[str, tuple[SlatePlayer, ...]]:
    """Two players a game, on the slate and for the predictions."""
    return {"slate_players": players(*games), "prediction_players": players(*games)}


@pytest.mark.parametrize("name", ["odds_event_props", "odds_player_props", *SLATE])
def test_without_a_tip_lines_and_slate_are_due_by_the_end_of_the_date(name: str) -> None:
    """From 06:00, when tips are known, to midnight Eastern; never given up, the tip may come."""
    for key in keys_of(name, facts(NO_TIP, **slate(NO_TIP))):
        assert (key.start_at, key.due_at) == (eastern(NIGHT, 6), eastern(NEXT))
        assert key.horizon_at is None
        assert key.retired is None


@pytest.mark.parametrize("name", ["nba_boxscore", "player_box_scores"])
def test_without_a_tip_a_box_score_is_due_the_next_morning(name: str) -> None:
    """From noon of the date to 06:00 Eastern of the next; never given up."""
    for key in keys_of(name, facts(NO_TIP)):
        assert (key.start_at, key.due_at) == (eastern(NIGHT, 12), eastern(NEXT, 6))
        assert key.horizon_at is None


@pytest.mark.parametrize("name", ["odds_event_props", "odds_player_props", *SLATE])
def test_a_withdrawn_or_disputed_game_needs_no_tip_to_say_so(name: str) -> None:
    """Without a tip a withdrawn game is retired, and a disputed one unverifiable before 06:00."""
    gone = game(1, tip_at=None, retired="postponed")
    assert {k.retired for k in keys_of(name, facts(gone, **slate(gone)))} == {"postponed"}
    split = game(1, tip_at=None, disputed="the witnesses disagree")
    judged = judge(expect(name, facts(split, **slate(split))), Evidence(), eastern(NIGHT, 1))
    assert judged.verdict is CellVerdict.UNVERIFIABLE
    assert {k.reason for k in judged.keys} == {"the witnesses disagree"}


def test_a_game_without_a_tip_keeps_no_other_from_its_keys() -> None:
    """Every game of the slate owes its keys, whichever of them has no tip."""
    games = (NO_TIP, game(2))
    night = facts(*games, **slate(*games))
    for name in ("odds_event_props", "odds_player_props"):
        assert [k.key for k in keys_of(name, night)] == [g.game_id for g in games]
    for name in SLATE:
        owed = keys_of(name, night)
        assert [k.game_id for k in owed] == [p.game_id for p in players(*games)]
        assert owed[-1].due_at < eastern(NIGHT, 19)


def test_a_player_of_a_game_nobody_lists_owes_nothing() -> None:
    """He raises no key, and keeps nobody else from theirs."""
    lost, on = game(9), game(1)
    night = facts(on, **slate(lost, on))
    for name in SLATE:
        assert {k.game_id for k in keys_of(name, night)} == {on.game_id}


def test_a_withdrawn_first_game_does_not_start_the_slate() -> None:
    """Work begins before the first tip of what is played; the withdrawn game keeps its own hour."""
    matinee, late = game(1, 13, retired="postponed"), game(2, 22)
    owed = keys_of("predictions", facts(matinee, late, **slate(matinee, late)))
    assert {k.game_id: k.start_at for k in owed} == {
        matinee.game_id: eastern(NIGHT, 9),
        late.game_id: eastern(NIGHT, 18),
    }


def test_a_game_without_a_roster_is_looked_at_from_six_to_its_tip() -> None:
    """From 06:00 to the tip, or to noon where there is none; unverifiable all along, never lost."""
    for bare, due in ((game(1), eastern(NIGHT, 19)), (NO_TIP, eastern(NIGHT, 12))):
        for name in SLATE[:2]:
            key = only(name, facts(bare, slate_players=()))
            assert (key.start_at, key.due_at, key.horizon_at) == (eastern(NIGHT, 6), due, None)
            assert key.unverifiable == "no roster is known for this game"
    assert keys_of("predictions", facts(game(1), prediction_players=())) == ()


def test_a_withdrawn_game_needs_no_roster() -> None:
    """Only a game that is played is missed on the slate."""
    on, gone = game(1), game(2, retired="postponed")
    owed = keys_of(SLATE[0], facts(on, gone, slate_players=players(on)))
    assert {k.game_id for k in owed} == {on.game_id}


def test_a_slate_withdrawn_whole_names_every_reason_once() -> None:
    """The zero says why, each reason once, in the order of the alphabet."""
    games = (
        game(1, retired="postponed"),
        game(2, retired="moved to 2025-03-17"),
        game(3, retired="postponed"),
    )
    for name in SLATE:
        owed = expect(name, facts(*games, slate_players=(), prediction_players=()))
        assert owed.zero_reason == "all games withdrawn: moved to 2025-03-17, postponed"


def test_the_zero_of_a_played_slate_is_for_predictions_alone() -> None:
    """Context and factors owe at least a roster key a game; their cells give no reason for none."""
    night = facts(game(), **slate(game()))
    reasons = [expect(name, night).zero_reason for name in SLATE]
    assert reasons == [None, None, "no player with a line or in the rotation"]


def test_warnings_about_lines_belong_to_the_predictions() -> None:
    """Names that raise no prediction are listed with the predictions, not with the slate."""
    night = facts(game(), **slate(game()), prediction_warnings=("J. Doe: not resolved",))
    assert [expect(name, night).warnings for name in SLATE] == [(), (), ("J. Doe: not resolved",)]


def test_unknown_players_are_said_to_be_unknown() -> None:
    """The cell says what is missing to know its keys."""
    for name in SLATE:
        owed = expect(name, facts(game()))
        assert (owed.keys, owed.unverifiable) == ((), "the slate's players are not known")


@pytest.mark.parametrize(
    ("games", "last"),
    [
        ((game(1, 13), game(2, 22)), eastern(NIGHT, 22)),
        ((NO_TIP, game(2, 22)), eastern(NIGHT, 22)),
        # 19:00 where nobody names a tip.
        ((NO_TIP,), eastern(NIGHT, 19)),
    ],
)
def test_the_listing_is_of_use_until_the_last_tip(games: tuple[Game, ...], last: object) -> None:
    """A live listing ends with the last tip; one that can be had later ends 14 days after due."""
    live = only("odds_events", facts(*games))
    assert (live.horizon_at, live.ask_once) == (last, False)
    kept = only("odds_events", facts(*games, odds_recoverable=True))
    assert (kept.horizon_at, kept.ask_once) == (kept.due_at + 14 * DAYS, True)


def test_without_any_tip_the_listing_is_due_as_on_any_evening() -> None:
    """From 07:00 to 11:00 Eastern."""
    listing = only("odds_events", facts(NO_TIP))
    assert (listing.start_at, listing.due_at) == (eastern(NIGHT, 7), eastern(NIGHT, 11))


def test_the_schedule_is_looked_for_when_its_body_may_have_come() -> None:
    """The dataset starts with its feed, 05:45 Eastern, for held and for archived games."""
    night = facts(game(), archived_game_ids=frozenset({"0022400999"}))
    assert [k.start_at for k in keys_of("schedule", night)] == 2 * [eastern(NIGHT, 5, 45)]
    assert [k.horizon_at for k in keys_of("schedule", night)] == [None, None]


def test_every_game_owes_its_players() -> None:
    """Box scores and summaries owe the keys of all games, with a body and without."""
    bare, known = (final(1), final(2)), (final(3), final(4))
    night = facts(*bare, *known, boxes={g.game_id: body(eastern(NIGHT, 22)) for g in known})
    teams = [f"{g.game_id}/{team}" for g in bare for team in ("LAL", "CHA")]
    for name, listed in (("player_box_scores", 3), ("player_game_summary", 2)):
        named = [f"{g.game_id}/{n + 1}" for g in known for n in range(listed)]
        assert [k.key for k in keys_of(name, night)] == teams + named


def test_a_withdrawn_slate_can_be_graded_at_once() -> None:
    """No game has to end first: the grades say void from midnight Eastern of the date."""
    gone = game(1, retired="postponed")
    night = facts(gone, predictions=(prediction(gone, 1, "postponed"),))
    assert only("grades", night).start_at == eastern(NIGHT)


def test_a_slate_with_an_open_game_is_graded_by_noon() -> None:
    """A game whose end nobody knows keeps the grades until noon of the next day, no longer."""
    night = facts(final(1), NO_TIP, predictions=(prediction(final(1), 1),))
    key = only("grades", night)
    assert key.start_at == key.due_at == eastern(NEXT, 12)
