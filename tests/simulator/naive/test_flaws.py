"""Each flaw of the naive pipeline shows in a short world, and the truth calls it by its name."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from fullcourt.nba.calendar import dates
from tests.simulator.naive.left import (
    BROKEN_OFF,
    EMPTY_LISTING,
    FIRST,
    HANG,
    LATE_GAME,
    NO_CONTEXT,
    NOT_FOUND,
    OFF_DAY,
    PARTIAL_BOARD,
    SERVER_ERROR,
    SPEC,
    WORKER_LOST,
    league,
    left,
)


def test_processors_say_zero_although_they_wrote() -> None:
    """A MERGE that only replaced reports nothing: a false positive, the rows are there."""
    found = [
        (run, true)
        for run in left().runs
        for true in [left().truth[run["row_id"]]]
        if run["processor"] == "load_player_props"
        and run["records"] == "0"
        and int(true["rows_replaced"]) > 0
    ]
    assert len(found) > 20
    assert {true["true_class"] for _, true in found} == {"tracking_false_positive"}
    assert {true["scope"] for _, true in found} == {"game"}


def test_a_wrong_count_is_a_false_positive() -> None:
    """Where a fault makes a processor say zero, its rows are there, and the truth says both."""
    found = [
        (run, left().truth[run["row_id"]])
        for run in left().runs
        if left().truth[run["row_id"]]["fault"] == "wrong_count"
    ]
    assert found
    for run, true in found:
        assert run["records"] == "0"
        assert int(true["rows_inserted"]) > 0
        assert true["true_class"] in ("tracking_false_positive", "healed", "partial_loss")


def test_a_full_file_is_skipped_after_an_empty_one() -> None:
    """The empty listing of the morning "succeeded": the full one is skipped, the date is lost."""
    (first, lost), *later = left().of("load_odds_events", EMPTY_LISTING)
    assert (first["status"], first["records"], lost["true_class"]) == ("success", "0", "loss")
    assert [run["status"] for run, _ in later] == ["skipped", "skipped"]
    assert {true["true_class"] for _, true in later} == {"loss"}
    assert {true["cause"] for _, true in later} == {"processor_failed"}
    scraped = [run["records"] for run, _ in left().of("scrape_odds_events", EMPTY_LISTING)]
    assert scraped == ["0", "1", "1"]
    assert left().date("player_props", EMPTY_LISTING)["true_class"] == "loss"
    assert left().date("predictions", EMPTY_LISTING)["causes"] == "blocked"


def test_late_games_are_not_final_at_the_last_look() -> None:
    """What is over after the last look at a fixed UTC hour is never asked for: some of a slate."""
    late = [
        game
        for game in league().games
        if game.game_date == LATE_GAME and f"{game.final_at:%H:%M}" > "05:55"
    ]
    assert late
    for table in ("game_results", "player_boxscores"):
        true = left().date(table, LATE_GAME)
        assert (true["true_class"], true["causes"]) == ("partial_loss", "never_run")
        names = {
            row["game_id"]
            for row in left().keys
            if (row["target"], row["game_date"]) == (table, LATE_GAME.isoformat())
        }
        assert names == {game.game_id for game in late}
    (last, true) = left().of("load_results", LATE_GAME)[-1]
    assert int(last["records"]) > 0
    assert true["true_class"] == "partial_loss"


def test_a_slate_holds_five_of_seven_games() -> None:
    """A scoreboard without two of its games: the date has data, and is not whole."""
    true = left().date("game_results", PARTIAL_BOARD)
    assert (true["keys_held"], true["keys_owed"]) == ("5", "7")
    assert (true["true_class"], true["causes"]) == ("partial_loss", "upstream_empty")
    assert true["naive_check"] == "has data"
    assert left().date("team_game_summary", PARTIAL_BOARD)["causes"] == "blocked"


def test_an_off_day_is_a_legitimate_zero() -> None:
    """Everything succeeds with nothing where there is nothing."""
    runs = [run for run in left().runs if run["game_date"] == OFF_DAY.isoformat()]
    zeros = [run for run in runs if run["phase"] != "1" and run["records"] == "0"]
    assert len(zeros) > 15
    assert {run["status"] for run in zeros} == {"success", "skipped"}
    other = [run for run in zeros if run["target"] != "schedule"]
    assert {left().truth[run["row_id"]]["true_class"] for run in other} == {"legitimate_zero"}


def test_the_roster_change_log_is_mostly_empty() -> None:
    """Most dates of the change log owe nothing; the first is a baseline and owes nothing either."""
    words = Counter(
        left().date("roster_changes", day)["true_class"]
        for day in dates(SPEC.first_date, SPEC.last_date)
    )
    assert words["legitimate_zero"] > 0.5 * SPEC.nights
    assert left().date("roster_changes", FIRST)["keys_owed"] == "0"
    assert words["legitimate_zero"] < SPEC.nights


def test_one_vendor_times_out() -> None:
    """Runs that wait for a hanging vendor are ended by the platform: open for hours, date lost."""
    found = left().of("scrape_player_props", HANG)
    stuck = [(run, true) for run, true in found if true["true_class"] == "stuck_run"]
    assert len(stuck) == 2
    for run, true in stuck:
        assert (run["status"], run["closed_by"]) == ("failed", "watchdog")
        opened = datetime.fromisoformat(run["started_at"])
        assert datetime.fromisoformat(run["finished_at"]) - opened > timedelta(hours=12)
        assert true["data_class"] == "loss"
    assert "scraper_failed" in left().date("player_props", HANG)["causes"]


def test_the_watchdog_closes_beside_a_terminal_row() -> None:
    """A run that ended in another row is closed again as a failure: a phantom."""
    by_run = defaultdict(list)
    for run in left().runs:
        by_run[run["run_id"]].append(run)
    doubled = [rows for rows in by_run.values() if len(rows) > 1]
    assert doubled
    swept = 0
    for opened, ended in doubled:
        assert ended["closed_by"] == "worker"
        true = left().truth[opened["row_id"]]["true_class"]
        is_swept = opened["closed_by"] == "watchdog"
        assert true == ("phantom_failure" if is_swept else "stuck_run")
        swept += is_swept
    assert swept
    phantoms = [true for true in left().truth.values() if true["true_class"] == "phantom_failure"]
    assert len(phantoms) == swept


def test_a_lost_worker_leaves_its_run_open() -> None:
    """Its row has no other end than the watchdog's, and its fault is known to the truth."""
    stuck = [
        true
        for _, true in left().of("scrape_boxscores", WORKER_LOST)
        if true["true_class"] == "stuck_run"
    ]
    assert [true["fault"] for true in stuck] == ["worker_lost"]


def test_stale_rows_block_the_fallback() -> None:
    """No context was built, rows of earlier dates stand there, so no factors: and no failure."""
    context = left().of("build_upcoming", NO_CONTEXT)
    assert {run["status"] for run, _ in context} == {"failed"}
    factors = left().of("build_factors", NO_CONTEXT)
    assert {(run["status"], run["records"]) for run, _ in factors} == {("success", "0")}
    assert {(true["true_class"], true["cause"]) for _, true in factors} == {("loss", "blocked")}
    stale = [row for row in left().table("upcoming_context") if row["game_date"] < NO_CONTEXT]
    assert stale
    sources = {row["source"] for row in left().table("team_factors")}
    assert sources == {"upcoming"}


def test_a_failed_scrape_is_healed_and_one_that_found_nothing_is_not() -> None:
    """The recovery follows up failures only; a 404 was a success with zero files."""
    failed = left().of("scrape_boxscores", SERVER_ERROR)
    healed = [true for run, true in failed if run["status"] == "failed"]
    recovered = [run for run, _ in failed if run["triggered_by"] == "recovery"]
    assert len(recovered) == 1
    assert int(recovered[0]["records"]) > 0
    # One late game of that night is lost besides: healed or not is the whole date's word.
    assert {true["true_class"] for true in healed} <= {"healed", "partial_loss"}
    nothing = left().of("scrape_boxscores", NOT_FOUND)
    assert {(run["status"], run["records"]) for run, _ in nothing} == {("success", "0")}
    true = left().date("player_boxscores", NOT_FOUND)
    assert (true["true_class"], true["causes"]) == ("loss", "upstream_empty")


def test_yesterday_by_utc_is_tonight() -> None:
    """The evening's grading of "yesterday" meets a slate in play; the one at noon heals it."""
    words = Counter(
        true["true_class"]
        for run in left().runs
        for true in [left().truth[run["row_id"]]]
        if run["processor"] == "grade_predictions" and run["started_at"][11:13] == "04"
    )
    assert words["healed"] + words["partial_loss"] > 0
    healed = [
        true
        for run in left().runs
        for true in [left().truth[run["row_id"]]]
        if run["processor"] == "grade_predictions" and true["true_class"] == "healed"
    ]
    for true in healed:
        by = next(run for run in left().runs if run["row_id"] == true["healed_by_row"])
        assert by["run_id"] == true["healed_by_run"]
        assert int(by["row_id"]) > int(true["row_id"])


def test_a_broken_replacement_shrinks_its_table() -> None:
    """Deleted, not inserted: the run failed, the rows of the date are gone, and it is a lie."""
    failed = [
        run for run, _ in left().of("summarize_players", BROKEN_OFF) if run["status"] == "failed"
    ]
    assert len(failed) == 1
    lies = [lie for lie in left().lies if lie["kind"] == "shrinkage"]
    assert [lie["row_id"] for lie in lies] == [failed[0]["row_id"]]
    assert lies[0]["true"] == "0"
    assert left().date("player_game_summary", BROKEN_OFF)["true_class"] == "loss"


def test_other_lies_are_named() -> None:
    """A listing counts tomorrow's events too; a slate that is not whole is covered by count."""
    over = [lie for lie in left().lies if lie["kind"] == "over_claimed"]
    assert {lie["target"] for lie in over} == {"odds_events"}
    assert all(int(lie["said"]) > int(lie["true"]) for lie in over)
    covered = {
        (lie["target"], lie["game_date"])
        for lie in left().lies
        if lie["kind"] == "covered_by_count"
    }
    assert ("game_results", PARTIAL_BOARD.isoformat()) in covered
