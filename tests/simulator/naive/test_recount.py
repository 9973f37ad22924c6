"""The truth's classes, counted again: from what was seen in the tables, by a rule of this file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from fullcourt.simulator.naive.history import RunRow
from fullcourt.simulator.naive.pipeline import play_naive
from fullcourt.simulator.naive.work import Naive
from tests.simulator.naive.left import WORLDS, league, left

# Keys of these tables as this file builds them; the truth's own keys are not used.
TABLES = (
    "game_results",
    "player_boxscores",
    "player_props",
    "odds_events",
    "player_game_summary",
    "team_factors",
    "predictions",
    "grades",
)
Key = tuple[Any, ...]


def key_of(table: str, row: dict[str, Any]) -> Key:
    """What a row stands for."""
    names = {
        "player_boxscores": ("game_id", "player_id"),
        "player_game_summary": ("game_id", "player_id"),
        "team_factors": ("game_id", "team"),
    }.get(table, ("game_id",))
    return tuple(row[name] for name in names)


@cache
def owed(world: str, table: str, day: date) -> dict[Key, datetime]:
    """What the league says a date must hold, and from when it can."""
    found: dict[Key, datetime] = {}
    for game in league(world).games:
        if game.game_date != day or game.game_id[:3] not in ("002", "004", "005", "006"):
            continue
        lines = league(world).box(game.game_id).lines
        opens = game.tip_at - timedelta(hours=12)
        by_table: dict[str, list[tuple[Key, datetime]]] = {
            "player_boxscores": [((game.game_id, n.player_id), game.final_at) for n in lines],
            "player_game_summary": [
                ((game.game_id, n.player_id), game.final_at)
                for n in lines
                if n.seconds_played is not None
            ],
            "team_factors": [((game.game_id, team), opens) for team in (game.home, game.away)],
            "game_results": [((game.game_id,), game.final_at)],
            "grades": [((game.game_id,), game.final_at)],
        }
        found.update(by_table.get(table, [((game.game_id,), opens)]))
    return found


@dataclass(slots=True)
class Witness:
    """What stood in a run's table when it ended, seen by looking at the rows themselves."""

    at: dict[int, frozenset[Key]] = field(default_factory=dict)
    ended: dict[int, datetime] = field(default_factory=dict)

    def look(self, naive: Naive, rows: list[RunRow]) -> None:
        """Look at the tables of these history rows."""
        for row in rows:
            if row.target in TABLES:
                held = naive.tables.rows(row.target, row.game_date)
                self.at[row.row_id] = frozenset(key_of(row.target, each) for each in held)
                self.ended[row.row_id] = naive.world.clock.now()


@pytest.fixture(scope="module", params=sorted(WORLDS))
def world(request: pytest.FixtureRequest) -> str:
    """Each of the worlds."""
    return str(request.param)


@pytest.fixture(scope="module")
def witness(world: str) -> Iterator[Witness]:
    """The same world played again with somebody who looks after every run."""
    seen = Witness()
    run, skip = Naive.run, Naive.skip

    def watched_run(self: Naive, *arguments: Any, **words: Any) -> RunRow:
        before = len(self.history.rows)
        row = run(self, *arguments, **words)
        seen.look(self, self.history.rows[before:])
        return row

    def watched_skip(self: Naive, *arguments: Any, **words: Any) -> RunRow:
        row = skip(self, *arguments, **words)
        seen.look(self, [row])
        return row

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Naive, "run", watched_run)
        patch.setattr(Naive, "skip", watched_skip)
        play_naive(WORLDS[world])
        yield seen


@cache
def at_the_end(world: str, table: str) -> dict[date, frozenset[Key]]:
    """What the Parquet file holds, by date."""
    found: dict[date, set[Key]] = {}
    for row in left(world).table(table):
        found.setdefault(row["game_date"], set()).add(key_of(table, row))
    return {day: frozenset(keys) for day, keys in found.items()}


def recounted(
    world: str, row: dict[str, str], game: str, there: frozenset[Key], ended: datetime
) -> str:
    """The class of a run's keys, told from the other end: what was there, what is there now."""
    day = date.fromisoformat(row["game_date"])
    wanted = {k: at for k, at in owed(world, row["target"], day).items() if game in ("", k[0])}
    now = at_the_end(world, row["target"]).get(day, frozenset()) & wanted.keys()
    is_zero = row["records"] in ("", "0")
    early = all(at > ended for at in wanted.values()) and not there & wanted.keys()
    if is_zero and early:
        return "legitimate_zero"
    if len(now) < len(wanted):
        return "partial_loss" if now else "loss"
    if any(key not in there for key, at in wanted.items() if at <= ended):
        return "healed"
    return "tracking_false_positive" if is_zero else "complete"


def test_every_class_of_a_run_is_found_again(world: str, witness: Witness) -> None:
    """For each run of eight tables this file's rule gives the class the truth gives."""
    said: Counter[str] = Counter()
    for run in left(world).runs:
        number = int(run["row_id"])
        if run["target"] not in TABLES:
            continue
        true = left(world).truth[run["row_id"]]
        if true["worked_until"] == "":
            ended = datetime.fromisoformat(run["started_at"])
        else:
            ended = datetime.fromisoformat(true["worked_until"])
        game = run["parameters"].partition('"game_id": "')[2][:10]
        word = recounted(world, dict(run), game, witness.at[number], ended)
        assert word == true["data_class"], (run, true)
        said[word] += 1
    assert set(said) >= {
        "complete",
        "healed",
        "legitimate_zero",
        "loss",
        "partial_loss",
        "tracking_false_positive",
    }


def test_every_lost_key_is_named_and_no_other(world: str) -> None:
    """Owed by the league minus held in the files is the list of lost keys, by name."""
    for table in TABLES:
        named = {
            (row["game_date"], row["key"]) for row in left(world).keys if row["target"] == table
        }
        gone = {
            (day.isoformat(), "/".join(str(part) for part in key))
            for day in league(world).nights
            for key in owed(world, table, day).keys()
            - at_the_end(world, table).get(day, frozenset())
        }
        assert named == gone, table


def test_an_open_or_swept_row_is_about_itself(world: str) -> None:
    """Stuck and phantom are told by the history alone: who closed it, and what else it has."""
    ends = Counter(run["run_id"] for run in left(world).runs if run["closed_by"] == "worker")
    for run in left(world).runs:
        true = left(world).truth[run["row_id"]]["true_class"]
        if run["closed_by"] == "worker":
            assert true not in ("stuck_run", "phantom_failure")
        elif run["closed_by"] == "watchdog":
            assert true == ("phantom_failure" if ends[run["run_id"]] else "stuck_run")
        else:
            assert (run["status"], true) == ("running", "stuck_run")
