"""What tables owe by each rule, and what the audit says where that cannot be known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from fullcourt.audit.configuration import (
    AuditConfig,
    ProcessorConfig,
    RunsConfig,
    ScheduleConfig,
    Source,
    TableConfig,
)
from fullcourt.audit.foreign import audit_relations
from fullcourt.audit.relations import create_relations
from fullcourt.audit.result import AuditView, RunFinding
from fullcourt.audit.words import DateClass, LossCause, Rule, RunClass
from fullcourt.errors import SettingsError

DAY = date(2025, 12, 1)
TIP = datetime(2025, 12, 2, 0, 30, tzinfo=UTC)
NIGHT = TIP + timedelta(hours=4)
NOW = datetime(2025, 12, 20, tzinfo=UTC)
NOWHERE = Source("parquet", files="/nowhere/*.parquet")
GAMES = (("G1", DAY, TIP, "HOM", "AWY", "final"), ("G2", DAY, TIP, "DEN", "LAL", "final"))


def table(name: str, *unit: str) -> TableConfig:
    """A table with these units."""
    return TableConfig(name, NOWHERE, unit, unit, "game_date", "UTC", "game_id")


def audited(
    processors: Sequence[ProcessorConfig],
    tables: Sequence[TableConfig],
    *,
    games: Sequence[tuple[Any, ...]] = GAMES,
    held: Sequence[tuple[Any, ...]] = (),
    runs: Sequence[tuple[Any, ...]] = (),
    unread: Sequence[str] = (),
    now: datetime = NOW,
    trust_config: bool = False,
) -> AuditView:
    """The audit of these rows. held: target, date, key, game, first_at, last_at; runs: id, target,
    date, started_at, ended_at, state, records."""
    config = AuditConfig(
        name="small",
        path=Path("audit.toml"),
        now=now,
        runs=RunsConfig(NOWHERE, {}, {}, "UTC"),
        schedule=ScheduleConfig(NOWHERE, {}, {}, "UTC"),
        tables=tuple(tables),
        processors=tuple(processors),
    )
    fills = {target: each.name for each in processors for target in each.fills}
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        create_relations(connection)
        for game in games:
            connection.execute("INSERT INTO audit.games VALUES (?, ?, ?, ?, ?, ?, NULL)", game)
        for target, day, key, game_id, first, last in held:
            row = [target, day, key, game_id, 1, 1, first, last]
            connection.execute("INSERT INTO audit.held VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        for number, (run_id, target, day, started, ended, state, records) in enumerate(runs, 1):
            connection.execute(
                "INSERT INTO audit.runs VALUES"
                " (?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?, NULL, NULL, false, NULL)",
                [
                    *(number, number, run_id, fills.get(target, "other"), target, day),
                    *(started, ended, state, records),
                ],
            )
        for target in unread:
            connection.execute(
                "INSERT INTO audit.unread VALUES (?, 'cannot be read', 'the file')", [target]
            )
        return audit_relations(connection, config, all_runs=True, trust_config=trust_config)


def loader(expects: Rule = Rule.GAMES_FINAL, **words: Any) -> ProcessorConfig:
    """A processor that fills table `t` from two and a half hours after the tip on."""
    return ProcessorConfig("load", ("t",), expects, **({"due_hours": 2.5} | words))


def run(
    at: datetime = NIGHT, records: int | None = 0, day: date = DAY, **words: Any
) -> tuple[Any, ...]:
    """A run of table `t` that took a minute."""
    ended = words.get("ended", at + timedelta(minutes=1))
    return ("r", words.get("target", "t"), day, at, ended, words.get("state", "succeeded"), records)


def row(key: str, first: datetime | None = NIGHT, last: datetime | None = None) -> tuple[Any, ...]:
    """A unit of table `t`."""
    return ("t", DAY, key, key.partition("/")[0], first, last or first)


def only(view: AuditView) -> RunFinding:
    """The one row there is."""
    (found,) = view.findings
    return found


def test_lost_games_are_named() -> None:
    """One of two final games is not there: a partial loss, by name."""
    view = audited([loader()], [table("t", "game_id")], held=[row("G1")], runs=[run()])
    assert [(key.key, key.name, key.cause) for key in view.lost] == [
        ("G2", "LAL at DEN", LossCause.UNKNOWN)
    ]
    assert only(view).run_class is RunClass.PARTIAL_LOSS
    assert view.dates[0].date_class is DateClass.PARTIAL_LOSS
    assert view.dates[0].naive_check == "has data"


def test_withdrawn_and_uncounted_games_owe_nothing() -> None:
    """A postponed game and a preseason game are no loss: the zero is legitimate."""
    games = [
        ("G1", DAY, TIP, "HOM", "AWY", "postponed"),
        ("0012500001", DAY, TIP, "HOM", "AWY", "final"),
    ]
    view = audited([loader()], [table("t", "game_id")], games=games, runs=[run()])
    assert only(view).run_class is RunClass.LEGITIMATE_ZERO
    assert view.lost == ()


def test_teams_are_owed_with_or_without_their_game() -> None:
    """The unit of the table says how a team is named."""
    for unit, keys in ((("team",), {"AWY", "HOM", "LAL", "DEN"}), (("game_id", "team"), None)):
        view = audited([loader(Rule.TEAMS)], [table("t", *unit)], runs=[run()])
        assert {key.key for key in view.lost} == (keys or {"G1/AWY", "G1/HOM", "G2/LAL", "G2/DEN"})


def test_players_are_those_another_table_lists() -> None:
    """A game nobody lists owes one key for all; a listed player who is not there is lost."""
    tables = [table("t", "game_id", "player"), table("listed", "game_id", "player")]
    held = [
        row("G1/1"),
        ("listed", DAY, "G1/1", "G1", NIGHT, NIGHT),
        ("listed", DAY, "G1/2", "G1", NIGHT, NIGHT),
    ]
    processor = loader(Rule.PLAYERS_LISTED, listed_in="listed", upstream=("listed",))
    view = audited([processor], tables, held=held, runs=[run()])
    assert {key.key for key in view.lost} == {"G1/2", "G2/*"}


def test_a_change_log_is_the_difference_of_two_whole_snapshots() -> None:
    """The first is a baseline, an equal one owes nothing, a missing one leaves two dates open."""
    days = [DAY + timedelta(days=n) for n in range(5)]
    games = [
        (f"G{n}", day, TIP + timedelta(days=n), "HOM", None, "final") for n, day in enumerate(days)
    ]
    rosters = {0: ("a", "b"), 1: ("a", "b"), 2: ("a", "c"), 4: ("a", "c")}
    held = [
        ("roster", days[n], f"HOM/{name}", None, NIGHT, NIGHT)
        for n, names in rosters.items()
        for name in names
    ]
    tables = [table("t", "team", "player", "change"), table("roster", "team", "player")]
    processor = loader(Rule.EVENT_LOG, listed_in="roster", change_words=("joined", "left"))
    runs = [run(NIGHT + timedelta(days=n), day=day) for n, day in enumerate(days)]
    view = audited([processor], tables, games=games, held=held, runs=runs)
    assert {(key.game_date, key.key) for key in view.lost} == {
        (days[2], "HOM/c/joined"),
        (days[2], "HOM/b/left"),
    }
    assert [found.run_class for found in view.findings] == [
        RunClass.LEGITIMATE_ZERO,
        RunClass.LEGITIMATE_ZERO,
        RunClass.LOSS,
        RunClass.UNVERIFIABLE,
        RunClass.UNVERIFIABLE,
    ]
    assert view.findings[3].settles == f"the roster of HOM on {days[3]}"


def test_a_floor_proves_a_loss_and_no_set() -> None:
    """Below the floor keys are lost; above it the date stays open, and says what settles it."""
    processor = loader(Rule.FLOOR, floor=2)
    below = audited([processor], [table("t", "game_id")], held=[row("X")], runs=[run()])
    assert [key.key for key in below.lost] == ["unit 2 of 2"]
    above = audited([processor], [table("t", "game_id")], held=[row("X"), row("Y")], runs=[run()])
    assert above.dates[0].date_class is DateClass.UNVERIFIABLE
    assert above.dates[0].settles == "a rule that names the keys"


def test_a_query_runs_only_when_it_is_trusted() -> None:
    """Untrusted, what it would owe is open; trusted, its keys are owed."""
    processor = loader(Rule.QUERY, query="SELECT game_date, 'K' AS key FROM audit.games LIMIT 1")
    closed = audited([processor], [table("t", "key")], runs=[run()])
    assert only(closed).run_class is RunClass.UNVERIFIABLE
    trusted = audited([processor], [table("t", "key")], runs=[run()], trust_config=True)
    assert [key.key for key in trusted.lost] == ["K"]


def test_a_rule_that_does_not_fit_its_table_is_refused() -> None:
    """The error names file, processor, table and unit."""
    with pytest.raises(SettingsError, match=r"audit\.toml: processor 'load'.*table 't'"):
        audited([loader()], [table("t", "game_id", "player")])
    with pytest.raises(SettingsError, match="listed_in"):
        audited([loader(Rule.PLAYERS_LISTED, listed_in="no")], [table("t", "game_id", "player")])


def test_a_date_without_schedule_is_open() -> None:
    """A date the schedule does not speak of is no off day."""
    view = audited([loader()], [table("t", "game_id")], runs=[run(day=DAY + timedelta(days=9))])
    found = only(view)
    assert found.run_class is RunClass.UNVERIFIABLE
    assert found.evidence == "the schedule does not speak of this date"
    assert found.settles is not None


@pytest.mark.parametrize("which", ["unread", "not configured", "no date"])
def test_what_cannot_be_looked_at_is_open(which: str) -> None:
    """A table that could not be read, one nobody configured, a row without a date: never a loss."""
    runs = {
        "unread": run(),
        "not configured": run(target="other"),
        "no date": ("r", "t", None, NIGHT, NIGHT, "succeeded", 0),
    }[which]
    view = audited(
        [loader()],
        [table("t", "game_id")],
        held=[row("G1"), row("G2")],
        runs=[runs],
        unread=["t"] if which == "unread" else (),
    )
    assert only(view).run_class is RunClass.UNVERIFIABLE
    assert only(view).settles
    assert view.lost == ()


def test_a_game_that_never_ended_is_open() -> None:
    """Neither final nor postponed five hours after its tip: not lost, and not silently not due."""
    games = [("G1", DAY, TIP, "HOM", "AWY", "live")]
    view = audited([loader()], [table("t", "game_id")], games=games, runs=[run()])
    assert only(view).run_class is RunClass.UNVERIFIABLE
    assert view.lost == ()
    early = audited(
        [loader()],
        [table("t", "game_id")],
        games=games,
        runs=[run(TIP)],
        now=TIP + timedelta(hours=1),
    )
    assert only(early).run_class is RunClass.LEGITIMATE_ZERO


def test_when_rows_came_may_not_be_known() -> None:
    """Only the last write is known: what was not written since stood there, the rest is open."""
    before, after = NIGHT - timedelta(minutes=5), NIGHT + timedelta(days=1)
    stood = [row("G1", None, before), row("G2", None, before)]
    assert only(
        audited([loader()], [table("t", "game_id")], held=stood, runs=[run()])
    ).run_class is (RunClass.TRACKING_FALSE_POSITIVE)
    anew = [row("G1", None, after), row("G2", None, after)]
    found = only(audited([loader()], [table("t", "game_id")], held=anew, runs=[run()]))
    assert found.run_class is RunClass.UNVERIFIABLE
    assert found.held_at_end is None


def test_an_end_nobody_wrote_down_is_open_unless_it_does_not_matter() -> None:
    """Without the run's end only a loss, or a date that owes nothing, can be told."""
    held = [row("G1"), row("G2")]
    one = only(audited([loader()], [table("t", "game_id")], held=held, runs=[run(ended=None)]))
    assert one.run_class is RunClass.UNVERIFIABLE
    off = [("G1", DAY, TIP, "HOM", "AWY", "cancelled")]
    none = audited([loader()], [table("t", "game_id")], games=off, runs=[run(ended=None)])
    assert only(none).run_class is RunClass.LEGITIMATE_ZERO


def test_open_rows_are_stuck_after_the_longest_run() -> None:
    """An open row is at work until no honest run takes so long."""
    for now, expected in (
        (NIGHT + timedelta(minutes=5), RunClass.UNVERIFIABLE),
        (NIGHT + timedelta(minutes=11), RunClass.STUCK_RUN),
    ):
        view = audited(
            [loader(longest_minutes=10.0)],
            [table("t", "game_id")],
            runs=[run(ended=None, state="running", records=None)],
            now=now,
        )
        assert only(view).run_class is expected


def test_a_row_without_target_is_for_all_its_processor_fills() -> None:
    """Its keys are those of both tables together."""
    processor = ProcessorConfig("other", ("t", "u"), Rule.GAMES_FINAL, due_hours=2.5)
    held = [row("G1"), row("G2"), ("u", DAY, "G1", "G1", NIGHT, NIGHT)]
    tables = [table("t", "game_id"), table("u", "game_id")]
    runs = [("r", None, DAY, NIGHT, NIGHT, "succeeded", 3)]
    found = only(audited([processor], tables, held=held, runs=runs))
    assert (found.target, found.owed, found.held_now) == ("t + u", 4, 3)
    assert found.run_class is RunClass.PARTIAL_LOSS
