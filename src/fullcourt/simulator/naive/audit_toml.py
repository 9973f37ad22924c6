"""The `audit.toml` a naive pipeline leaves beside its files: what an auditor has to be told.

It says what whoever runs the pipeline knows of it, and nothing of the truth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from fullcourt.clock import iso
from fullcourt.nba.calendar import season_start_year
from fullcourt.simulator.naive import computing, loading, scraping
from fullcourt.simulator.naive.tables import FORMS, TableForm
from fullcourt.simulator.naive.work import Processor
from fullcourt.simulator.worldspec import WorldSpec


@dataclass(frozen=True, slots=True)
class _Duty:
    """What a processor owes, as lines of its section; `why` is the comment before them."""

    processor: Processor
    why: str
    lines: tuple[str, ...]


_BEFORE: Final = ("due_hours = -12.0",)
_AFTER: Final = ("due_hours = 2.25", "due_by_hours = 3.0", "due_after_end_hours = 0.0")
_BOXES: Final = 'upstream = ["player_boxscores"]'
_A_DAY: Final = ('expects = "floor"', "floor = 1")
_FINAL: Final = ('expects = "games_final"', *_AFTER)
_GAMES: Final = ('expects = "games_scheduled"', *_BEFORE)
_TEAMS: Final = 'expects = "teams"'
_DUTIES: Final = (
    _Duty(scraping.SCHEDULE, "one file a day at least", _A_DAY),
    _Duty(scraping.SCOREBOARD, "one file a night at least", _A_DAY),
    _Duty(scraping.BOXSCORES, "a file a final game", (*_FINAL, 'upstream = ["game_results"]')),
    _Duty(scraping.EVENTS, "one file a day at least", _A_DAY),
    _Duty(scraping.PROPS, "a file a game", (*_GAMES, 'upstream = ["odds_events"]')),
    _Duty(loading.SCHEDULE, "the date's games", (*_GAMES, 'archive = "objects/schedule"')),
    _Duty(loading.RESULTS, "a row a final game", (*_FINAL, 'archive = "objects/scoreboard"')),
    _Duty(
        loading.BOXSCORES,
        "a row a player of a game, as far as rosters say who that is",
        (
            'expects = "players_listed"',
            'listed_in = "listed_players"',
            *_AFTER,
            'archive = "objects/boxscores"',
        ),
    ),
    _Duty(loading.ROSTERS, "a roster of each team that played", (_TEAMS, *_AFTER, _BOXES)),
    _Duty(
        loading.CHANGES,
        "who is on a roster and was not on the one before: none is as good as some",
        (
            'expects = "event_log"',
            'listed_in = "roster_members"',
            'change_words = ["joined", "left"]',
            *_AFTER,
            _BOXES,
        ),
    ),
    _Duty(loading.EVENTS, "an event a game", (*_GAMES, 'archive = "objects/events"')),
    _Duty(loading.PROPS, "lines of a game, any", (*_GAMES, 'archive = "objects/props"')),
    _Duty(
        computing.PLAYERS,
        "who has played, by the box scores",
        ('expects = "players_listed"', 'listed_in = "played"', *_AFTER, _BOXES),
    ),
    _Duty(computing.TEAMS, "both teams of a final game", (_TEAMS, *_AFTER, _BOXES)),
    _Duty(
        computing.UPCOMING, "both teams of a game", (_TEAMS, *_BEFORE, 'upstream = ["schedule"]')
    ),
    _Duty(computing.FACTORS, "the same", (_TEAMS, *_BEFORE, 'upstream = ["upcoming_context"]')),
    _Duty(
        computing.PREDICTIONS,
        "predictions of a game, any",
        (*_GAMES, 'upstream = ["team_factors", "player_props"]'),
    ),
    _Duty(
        computing.GRADES,
        "grades of a game, any",
        (*_FINAL, 'upstream = ["predictions", "player_boxscores"]'),
    ),
)
_FOLDERS: Final[Mapping[str, str]] = {
    "objects/schedule": "schedule/{date}/*.json",
    "objects/scoreboard": "scoreboard/{date}/*.json",
    "objects/events": "events/{date}/*.json",
    "objects/boxscores": "boxscores/{date}/{game_id}.json",
    "objects/props": "props/{date}/{game_id:events}/*.json",
}
_HEAD: Final = """\
# What `fullcourt audit` is told about this pipeline. docs/audit-config.md describes every key.
name = "{name}"
now = {now}         # the tables are as they stood then
time_zone = "UTC"               # of instants that carry no offset; here all of them do

[runs]
files = "runs.parquet"          # runs.csv and runs.sqlite hold the same
run_ids_repeat = true           # a run that outlives its message ends in a second row
sweepers = ["watchdog"]         # what `closed_by` says when no worker closed the row

[runs.columns]                  # our name = theirs
run_id = "run_id"
processor = "processor"
target = "target"
game_date = "game_date"
game_id = "parameters.game_id"  # within a JSON column
started_at = "started_at"
ended_at = "finished_at"
state = "status"
records = "records"
error = "error"
closed_by = "closed_by"
revision = "revision"

[runs.states]                   # theirs = ours
running = "running"
success = "succeeded"
failed = "failed"
skipped = "skipped"

[schedule]
files = "tables/schedule.parquet"
covers = [{first}, {last}]   # it is the whole season's: a date without a game is off

[schedule.only]                 # no preseason and no All-Star game is followed
game_id = ["002*", "004*", "005*", "006*"]

[schedule.columns]
game_id = "game_id"
game_date = "game_date"
tip_at = "tip_at"
home = "home_team"
away = "away_team"
state = "status"
detail = "status_text"          # a word of this column that is mapped counts before the state's
minutes = "{{game_id}}/{{game_date}} -> durations"   # translated by a lookup, see below

[schedule.states]
"1" = "scheduled"
"2" = "live"
"3" = "final"
"PPD*" = "postponed"            # every word that begins so

[[lookup]]                      # how long a game took, by its box score
name = "durations"
files = "tables/player_boxscores.parquet"
match = "{{game_id}}/{{game_date}}"
give = "duration_minutes"

[[lookup]]                      # files of lines are named by event; an event is of a game
name = "events"
files = "tables/odds_events.parquet"
match = "event_id"
give = "game_id"

[[lookup]]                      # the game a team plays on a date
name = "playing"
files = "tables/schedule.parquet"
match = ["{{game_date}}/{{home_team}}", "{{game_date}}/{{away_team}}"]
give = "game_id"
only = {{ status_text = ["!PPD*"] }}
"""


_WHO: Final = """\
# Nobody fills these: the same rows read another way, to say who is owed.

[[table]]
name = "played"
files = "tables/player_boxscores.parquet"
only = { played = ["true"] }
key = ["game_id", "player_id"]
date = "game_date"
game = "game_id"

[[table]]
name = "listed_players"
files = "tables/team_rosters.parquet"
key = ["{game_date}/{team} -> playing", "player_id"]
date = "game_date"
game = "{game_date}/{team} -> playing"

[[table]]
name = "roster_members"
files = "tables/team_rosters.parquet"
key = ["team", "player_id"]
date = "game_date"
"""


def audit_toml(spec: WorldSpec) -> str:
    """The text of `audit.toml` for a world's files; instants are UTC."""
    year = season_start_year(spec.begins)
    head = _HEAD.format(
        name=spec.name,
        now=iso(spec.ends_at),
        first=date(year, 7, 1),
        last=date(year + 1, 6, 30),
    )
    parts = [head, "# The tables as they stand. key: what names a row; unit: what a date owes.\n"]
    parts += ["\n".join(_table(name, form)) for name, form in FORMS.items()]
    parts.append(_WHO)
    parts.append("# The bucket's listing, a section for each folder.\n")
    parts += ["\n".join(_listing(name, pattern)) for name, pattern in _FOLDERS.items()]
    parts.append("# What each processor fills, and what it owes there from when.\n")
    parts += ["\n".join(_processor(duty)) for duty in _DUTIES]
    return "\n".join(parts)


def _table(name: str, form: TableForm) -> Iterator[str]:
    yield "[[table]]"
    yield f'name = "{name}"'
    yield f'files = "tables/{name}.parquet"'
    key = [*form.unique, *(each for each in form.key if each not in form.unique)]
    yield f"key = {_list(key)}"
    yield f"unit = {_list(form.key)}"
    yield 'date = "game_date"'
    if "game_id" in form.columns:
        yield 'game = "game_id"'
    yield 'written_at = "loaded_at"'
    yield 'first_written_at = "first_loaded_at"\n'


def _listing(name: str, pattern: str) -> Iterator[str]:
    yield "[[listing]]"
    yield f'name = "{name}"'
    yield 'files = "objects.csv"'
    yield f'pattern = "{pattern}"'
    yield 'path = "path"'
    yield 'bytes = "size"'
    yield 'written_at = "created_at"\n'


def _processor(duty: _Duty) -> Iterator[str]:
    yield "[[processor]]"
    yield f'name = "{duty.processor.name}"'
    yield f"phase = {duty.processor.phase}"
    yield f'fills = ["{duty.processor.target}"]'
    yield f"# {duty.why}"
    yield from duty.lines
    yield "longest_minutes = 10.0\n"


def _list(names: list[str] | tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"
