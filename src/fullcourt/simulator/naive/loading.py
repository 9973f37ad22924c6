"""Phase 2 of the naive pipeline: files into tables, each processor with its own way of counting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from fullcourt.nba.box import BoxScore
from fullcourt.simulator.naive.scraping import MARKETS, Event, counted
from fullcourt.simulator.naive.tables import Row
from fullcourt.simulator.naive.work import Naive, Processor, Work
from fullcourt.vendors.nba_cdn import parse_boxscore, parse_schedule, parse_scoreboard
from fullcourt.vendors.odds_api import parse_event_props, parse_events

SCHEDULE = Processor("load_schedule", 2, "schedule", ("schedule",))
RESULTS = Processor("load_results", 2, "game_results", ("schedule",))
BOXSCORES = Processor("load_boxscores", 2, "player_boxscores", ("player_box_scores",))
ROSTERS = Processor("load_rosters", 2, "team_rosters", ("player_box_scores",))
CHANGES = Processor("load_roster_changes", 2, "roster_changes", ("player_box_scores",))
EVENTS = Processor("load_odds_events", 2, "odds_events", ("odds_events",))
PROPS = Processor("load_player_props", 2, "player_props", ("odds_player_props",))


def load_schedule(work: Work, path: str) -> int:
    """The whole season anew: DELETE, then INSERT; it reports the growth, which is mostly zero."""
    naive = work.naive
    body = naive.bodies[path]
    if not body.strip():
        return 0
    rows: dict[tuple[date, str], Row] = {}
    for game in parse_schedule(body).games:
        rows[game.game_date, game.game_id] = {
            "game_date": game.game_date,
            "game_id": game.game_id,
            "tip_at": game.tip_at,
            "home_team": game.home_team,
            "away_team": game.away_team,
            "status": int(game.status),
            "status_text": game.status_text,
            "loaded_at": naive.now(),
        }
    return work.replace(naive.tables.days("schedule"), list(rows.values()))


def load_results(work: Work, day: date, path: str) -> int:
    """The games a scoreboard calls final: MERGE."""
    body = work.naive.bodies[path]
    if not body.strip():
        return 0
    return work.merge(
        [
            {
                "game_date": day,
                "game_id": game.game_id,
                "home_team": game.home_team,
                "away_team": game.away_team,
                "home_score": game.home_score,
                "away_score": game.away_score,
                "loaded_at": work.naive.now(),
            }
            for game in parse_scoreboard(body).games
            if game.is_final and counted(game.game_id)
        ]
    )


def boxes_of(naive: Naive, day: date, games: Sequence[str]) -> list[BoxScore]:
    """The box scores in the files of these games.

    Raises:
        VendorError: a file is not what a box score looks like.
    """
    paths = [f"boxscores/{day.isoformat()}/{game_id}.json" for game_id in games]
    return [parse_boxscore(naive.bodies[path]) for path in paths if path in naive.bodies]


def load_boxscores(work: Work, day: date, games: Sequence[str]) -> int:
    """The players' lines of new files: INSERT; it reports the rows it sent."""
    return work.insert(
        [
            {
                "game_date": day,
                "game_id": box.game_id,
                "player_id": line.player_id,
                "player_name": line.player_name,
                "team": line.team,
                "opponent": line.opponent,
                "played": line.played,
                "seconds_played": line.seconds_played,
                "points": line.points,
                "rebounds": line.rebounds,
                "assists": line.assists,
                "threes": line.threes,
                "duration_minutes": minutes,
                "loaded_at": work.naive.now(),
            }
            for box in boxes_of(work.naive, day, games)
            for minutes in (_duration(work.naive, day, box.game_id),)
            for line in box.lines
        ]
    )


def _duration(naive: Naive, day: date, game_id: str) -> int | None:
    """Minutes from the tip to the end, as the file says; None where it does not."""
    body = msgspec.json.decode(naive.bodies[f"boxscores/{day.isoformat()}/{game_id}.json"])
    minutes = body["game"].get("duration")
    return minutes if isinstance(minutes, int) else None


def load_rosters(work: Work, day: date, games: Sequence[str]) -> int:
    """Who is on a team, by the date's box scores: MERGE."""
    return work.merge(
        [
            {
                "game_date": day,
                "player_id": line.player_id,
                "player_name": line.player_name,
                "team": line.team,
                "loaded_at": work.naive.now(),
            }
            for box in boxes_of(work.naive, day, games)
            for line in box.lines
        ]
    )


def load_changes(work: Work, day: date, games: Sequence[str]) -> int:
    """Who joined or left a team since its last roster: INSERT of what is not logged yet."""
    naive = work.naive
    logged = {
        (row["team"], row["player_id"], row["change"])
        for row in naive.tables.rows("roster_changes", day)
    }
    found: list[Row] = []
    for team, (after, before) in _rosters(naive, day, games).items():
        if before is None:
            continue
        names = before | after
        moves = [(player, "joined") for player in sorted(after.keys() - before.keys())]
        moves += [(player, "left") for player in sorted(before.keys() - after.keys())]
        found += [
            {
                "game_date": day,
                "player_id": player,
                "player_name": names[player],
                "team": team,
                "change": change,
                "loaded_at": naive.now(),
            }
            for player, change in moves
            if (team, player, change) not in logged
        ]
    return work.insert(found)


Roster = dict[int, str]


def _rosters(
    naive: Naive, day: date, games: Sequence[str]
) -> dict[str, tuple[Roster, Roster | None]]:
    """By team of these games: the roster of the date, and the last one before it, if any."""
    found: dict[str, tuple[Roster, Roster | None]] = {}
    for box in boxes_of(naive, day, games):
        for team in (box.home_team, box.away_team):
            after = {ln.player_id: ln.player_name for ln in box.lines if ln.team == team}
            before: Roster | None = None
            for other in reversed(naive.tables.days("team_rosters")):
                rows = naive.tables.rows("team_rosters", other) if other < day else ()
                mine = {r["player_id"]: r["player_name"] for r in rows if r["team"] == team}
                if mine:
                    before = mine
                    break
            found[team] = (after, before)
    return found


def load_events(work: Work, day: date, path: str) -> int:
    """The events of the date: INSERT; it reports how many the file lists, tomorrow's included."""
    naive = work.naive
    body = naive.bodies[path]
    if not body.strip():
        return 0
    listing = parse_events(body, False, naive.now(), naive.world.team_names)
    games = {
        frozenset((row["home_team"], row["away_team"])): row["game_id"]
        for row in naive.tables.rows("schedule", day)
        if counted(row["game_id"])
    }
    work.insert(
        [
            {
                "game_date": day,
                "game_id": games[pair],
                "event_id": event.event_id,
                "commence_time": event.tip_at,
                "home_team": event.home_team,
                "away_team": event.away_team,
                "loaded_at": naive.now(),
            }
            for event in listing.events
            if event.game_date == day
            and (pair := frozenset((event.home_team, event.away_team))) in games
        ]
    )
    return len(listing.events)


def load_props(work: Work, day: date, event: Event) -> int:
    """The lines of one event: MERGE."""
    naive = work.naive
    path = max(p for p in naive.bodies if p.startswith(f"props/{day}/{event.event_id}/"))
    props = parse_event_props(
        naive.bodies[path], False, naive.now(), naive.world.team_names, MARKETS
    )
    return work.merge(
        [
            {
                "game_date": day,
                "game_id": event.game_id,
                "event_id": event.event_id,
                "player_name": quote.player_name,
                "bookmaker": quote.bookmaker,
                "line": quote.line,
                "over_price": quote.over_price,
                "under_price": quote.under_price,
                "loaded_at": naive.now(),
            }
            for quote in props.quotes
            if quote.is_main
        ]
    )
