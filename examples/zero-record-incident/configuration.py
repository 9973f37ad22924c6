"""The text of the incident's `audit.toml`: what an auditor who read the pipeline would write."""

from __future__ import annotations

from plan import BEFORE_TIP, PROCESSORS, Processor

_HEAD = """\
# What the audit is told. Every path is relative to this file.
name = "zero-record incident"
now = 2026-01-15T17:00:00Z          # when the tables were exported
time_zone = "UTC"                   # of instants without an offset

[runs]
files = "runs.csv"
sweepers = ["cleanup"]              # who closes rows of others
run_ids_repeat = true               # a sweeper's row stands beside the run's own
columns = { run_id = "run_id", processor = "processor", game_date = "game_date", \
started_at = "started_at", ended_at = "finished_at", state = "status", records = "records", \
error = "error", closed_by = "closed_by" }
states = { success = "succeeded", failed = "failed", running = "running" }

[schedule]
files = "schedule.csv"
covers = [2025-10-01, 2026-01-14]   # dates without a game in here are off days
columns = { game_id = "game_id", game_date = "game_date", tip_at = "tip_at", home = "home", \
away = "away", state = "status" }
states = { Final = "final", PPD = "postponed" }

[[table]]                           # who was dressed: what players are owed is read off it
name = "game_rosters"
files = "tables/game_rosters.csv"
key = ["game_id", "player_id"]
date = "game_date"
game = "game_id"
"""
_RULES = {
    ("game", True): "games_scheduled",
    ("game", False): "games_final",
    ("team", False): "teams",
    ("player", False): "players_listed",
}
_UNITS = {"game": ["game_id"], "team": ["team"], "player": ["game_id", "player_id"]}


def audit_toml() -> str:
    """The whole configuration, a section a table, a listing and a processor."""
    parts = [_HEAD]
    for who in PROCESSORS:
        parts.append(_table(who))
        if who.is_scraped:
            parts += [_listing(who), _scraper(who)]
        parts.append(_processor(who))
    return "\n".join(parts)


def _table(who: Processor) -> str:
    unit = _UNITS[who.owes]
    key = ["game_date", *unit, "item"]
    lines = [
        "[[table]]",
        f'name = "{who.table}"',
        f'files = "tables/{who.table}.csv"',
        f"key = {_list(key)}",
        f"unit = {_list(unit)}",
        'date = "game_date"',
        'game = "game_id"',
    ]
    if who.has_times:
        lines += ['first_written_at = "first_loaded_at"', 'written_at = "loaded_at"']
    return "\n".join(lines) + "\n"


def _listing(who: Processor) -> str:
    return f"""\
[[listing]]
name = "{who.table}_files"
files = "objects.csv"
path = "path"
bytes = "size"
written_at = "created_at"
pattern = "{who.table}/{{date}}/{{game_id}}.json"
"""


def _scraper(who: Processor) -> str:
    return f"""\
[[processor]]
name = "Scrape{who.name}"
fills = ["{who.table}_files"]
expects = "{_RULES[who.owes, who.hours == BEFORE_TIP]}"
due_hours = {who.hours}
longest_minutes = 60
"""


def _processor(who: Processor) -> str:
    lines = [
        "[[processor]]",
        f'name = "{who.name}"',
        f'fills = ["{who.table}"]',
        f'expects = "{_RULES[who.owes, who.hours == BEFORE_TIP]}"',
        f"due_hours = {who.hours}",
    ]
    if who.owes == "player":
        lines.append('listed_in = "game_rosters"')
    if who.is_scraped:
        lines.append(f'archive = "{who.table}_files"')
    if who.upstream:
        lines.append(f'upstream = ["{who.upstream}"]')
    lines.append("longest_minutes = 60")
    return "\n".join(lines) + "\n"


def _list(names: list[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"
