"""Make the incident: `python make_incident.py DIR` writes what somebody inherits, and the truth.

106 days in which five processors reported zero records 1,821 times and sixteen others 525 times.
The league, its schedule and every story come from one seed: the same files each time, byte for
byte. No network, no clock.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
from configuration import audit_toml
from plan import FIRST, LAST, PROCESSORS, Part, Processor
from stories import Left, Night, Owed, Run, quiet, tell

from fullcourt.clock import iso
from fullcourt.nba.calendar import dates, raises_cells
from fullcourt.simulator.calendars import Calendar
from fullcourt.simulator.draws import shuffled
from fullcourt.simulator.facts import Game, Withdrawal
from fullcourt.simulator.league import League, LeagueConfig, build_league

SEED = 2346
PLAYERS_OF_A_SIDE = 8
# The newest dates stay quiet, so that what heals does so before the tables are looked at.
QUIET_END = timedelta(days=4)
HISTORY = [each.name for each in fields(Run)][:-2]
KEYS = {"game": ("game_id",), "team": ("game_id", "team"), "player": ("game_id", "player_id")}

Days = dict[date, list[Game]]
Rows = Iterable[Sequence[object]]


def make(folder: Path) -> None:
    """Write the whole incident into a folder.

    Raises:
        FileExistsError: there is something in it already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder}: not empty; name a new folder")
    nights = (LAST - FIRST).days + 1
    league = build_league(LeagueConfig(SEED, 30, FIRST, nights, Calendar.SEASON))
    days: Days = {day: [] for day in dates(FIRST, LAST)}
    for game in league.games:
        if raises_cells(game.game_id) and game.game_date in days and not game.played.withdrawal:
            days[game.game_date].append(game)
    left = Left()
    chosen: dict[tuple[str, str], list[date]] = {}
    for who in PROCESSORS:
        _tell_all(league, left, who, days, chosen)
    _write(folder, league, days, left)


def _tell_all(
    league: League,
    left: Left,
    who: Processor,
    days: Days,
    chosen: dict[tuple[str, str], list[date]],
) -> None:
    """Every date of one processor: those of its plan, and the others quietly."""
    draw = np.random.default_rng([SEED, PROCESSORS.index(who)])
    played = [day for day, games in days.items() if games and day <= LAST - QUIET_END]
    off = [day for day, games in days.items() if not games]
    busy: dict[date, tuple[Part, int]] = {}
    for part in who.parts:
        free = [day for day in (off if part.story == "off" else played) if day not in busy]
        # A date must be left something where only some of its keys are lost.
        free = [day for day in free if part.story != "partial" or len(days[day]) > part.keys + 1]
        mine = chosen[part.after, part.story] if part.after else shuffled(draw, free)[: part.dates]
        chosen[who.name, part.story] = sorted(mine)
        each, rest = divmod(part.zero_runs, part.dates)
        for place, day in enumerate(sorted(mine)):
            busy[day] = part, each + (place < rest)
    for day, games in days.items():
        night = Night(left, who, day, [o for game in games for o in _owed(league, who, game)])
        if day in busy:
            tell(night, *busy[day])
        else:
            quiet(night)


def _owed(league: League, who: Processor, game: Game) -> Iterator[Owed]:
    due = game.tip_at + timedelta(hours=who.hours)
    columns = {"game_id": game.game_id}
    if who.owes == "game":
        yield Owed(game.game_id, columns, due)
    for team in (game.home, game.away) if who.owes == "team" else ():
        yield Owed(team, {**columns, "team": team}, due)
    for player in _listed(league, game) if who.owes == "player" else ():
        yield Owed(f"{game.game_id}/{player}", {**columns, "player_id": player}, due)


def _listed(league: League, game: Game) -> list[str]:
    sides = [
        league.roster(team, game.tip_at)[:PLAYERS_OF_A_SIDE] for team in (game.home, game.away)
    ]
    return [str(player.player_id) for side in sides for player in side]


def _write(folder: Path, league: League, days: Days, left: Left) -> None:
    (folder / "tables").mkdir(parents=True)
    (folder / "truth").mkdir()
    runs = sorted(left.runs, key=lambda run: (run.started_at, run.processor, run.run_id))
    _csv(folder / "runs.csv", HISTORY, ([getattr(r, name) for name in HISTORY] for r in runs))
    _csv(folder / "schedule.csv", SCHEDULE, _schedule(league))
    _csv(folder / "objects.csv", ("path", "size", "created_at"), sorted(left.files))
    for who in PROCESSORS:
        _table(folder / "tables" / f"{who.table}.csv", who, left)
    listed = [
        (day, game.game_id, player, game.tip_at - timedelta(hours=1))
        for day, games in days.items()
        for game in games
        for player in _listed(league, game)
    ]
    head = ("game_date", "game_id", "player_id", "loaded_at")
    _csv(folder / "tables" / "game_rosters.csv", head, listed)
    (folder / "audit.toml").write_text(audit_toml(), encoding="utf-8")
    truth = folder / "truth"
    names = ("row_no", "run_id", "processor", "records", "true_class", "cause")
    rows = ((n, *(getattr(run, name) for name in names[1:])) for n, run in enumerate(runs, start=1))
    _csv(truth / "runs.csv", names, rows)
    _csv(truth / "dates.csv", ("table", "game_date", "true_class"), left.dates)
    _csv(truth / "keys.csv", ("table", "game_date", "key", "cause"), left.lost)
    _csv(truth / "lies.csv", ("kind", "table", "game_date", "run_id"), left.lies)


SCHEDULE = ("game_id", "game_date", "tip_at", "home", "away", "status")


def _schedule(league: League) -> Iterator[Sequence[object]]:
    """Every appointment up to the last date; a moved game is on its new date only."""
    for game in league.games:
        if not raises_cells(game.game_id):
            continue
        for each in game.appointments:
            status = "PPD" if each.withdrawal is Withdrawal.POSTPONED else "Final"
            if each.game_date <= LAST and each.withdrawal in (None, Withdrawal.POSTPONED):
                yield game.game_id, each.game_date, each.tip_at, game.home, game.away, status


def _table(file: Path, who: Processor, left: Left) -> None:
    times = ("first_loaded_at", "loaded_at") if who.has_times else ()
    rows = (
        (day, *owed.columns.values(), number, *(at for _ in times))
        for owed, day, at, number in left.rows.get(who.table, [])
    )
    _csv(file, ("game_date", *KEYS[who.owes], "item", *times), rows)


def _csv(file: Path, head: Sequence[str], rows: Rows) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(head)
        writer.writerows([_text(value) for value in row] for row in rows)


def _text(value: object) -> str:
    if value is None:
        return ""
    return iso(value) if isinstance(value, datetime) else str(value)


def main(arguments: Sequence[str]) -> int:
    """Make it in the folder that is named. Returns the exit code."""
    if len(arguments) != 1:
        print("usage: make_incident.py DIR", file=sys.stderr)
        return 2
    make(Path(arguments[0]))
    print(f"wrote {arguments[0]}: runs.csv, schedule.csv, objects.csv, tables/, audit.toml, truth/")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
