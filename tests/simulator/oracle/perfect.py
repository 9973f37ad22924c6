"""What a flawless home would hold: every body and row of a small league at one instant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from fullcourt.nba.box import BoxScore
from fullcourt.nba.calendar import eastern
from fullcourt.nba.props import EventListing, EventProps, ListedEvent, PropQuote
from fullcourt.nba.schedule import GameListing
from fullcourt.simulator.facts import Game, GameState
from fullcourt.simulator.league import League, LeagueConfig, build_league
from fullcourt.simulator.oracle.checks import box_values, outcome_of
from fullcourt.simulator.oracle.policy import OraclePolicy
from fullcourt.simulator.oracle.truth import Oracle
from fullcourt.simulator.oracle.view import View
from fullcourt.simulator.oracle.words import BodySeen, CellId, Held, RowSeen, ScheduleSaid
from fullcourt.simulator.vendors.odds_listing import known_events, listed_events

Rows = dict[CellId, Mapping[str, RowSeen]]
Bodies = dict[CellId, Mapping[str, tuple[BodySeen, ...]]]
MINUTE = timedelta(minutes=1)


@lru_cache(maxsize=4)
def small_league(seed: int = 3) -> League:
    """Six teams, ten nights; the preseason gives the rosters."""
    return build_league(LeagueConfig(seed, teams=6, nights=10))


def policy_of(league: League) -> OraclePolicy:
    """The default policies from the league's first night on."""
    return OraclePolicy(since=league.config.first_date)


def an_oracle(league: League) -> Oracle:
    """An oracle of a world without faults."""
    return Oracle(league, (), policy_of(league))


@lru_cache(maxsize=40)
def perfect(league_seed: int, at: datetime) -> Held:
    """All that can be held at `at` by a home that never failed."""
    league = small_league(league_seed)
    bodies: Bodies = {}
    rows: Rows = {}
    _schedules(league, at, bodies)
    view = View(league, policy_of(league))
    view.follow(Held(bodies=bodies))
    _boxes(league, view, at, bodies, rows)
    _odds(league, at, bodies, rows)
    view.follow(Held(bodies=bodies, rows=dict(rows)))
    _slates(view, at, rows)
    _schedule_rows(view, rows)
    return Held(bodies=bodies, rows=rows)


def a_body(at: datetime, facts: Any) -> BodySeen:
    """One good answer of that instant."""
    return BodySeen(at, at, True, facts)


def said_at(league: League, at: datetime, on: date | None = None) -> ScheduleSaid:
    """What a truthful schedule (`on`: scoreboard) says."""
    games = tuple(_listing(game, state) for game, state in league.listings(at, on))
    return ScheduleSaid(at, games, None if on else "2025-26")


def _listing(game: Game, state: GameState) -> GameListing:
    over = state.status == 3 and not state.is_postponed
    return GameListing(
        game.game_id,
        state.game_date,
        state.tip_at,
        game.home,
        game.away,
        state.status,
        state.status_text,
        state.is_postponed,
        False,
        state.home_score if over else None,
        state.away_score if over else None,
        game.overtimes if over else None,
    )


def _schedules(league: League, at: datetime, bodies: Bodies) -> None:
    """A body at 05:45 of every morning, and boards: at each end and each withdrawal of a game."""
    days = [league.config.first_date + timedelta(days=n) for n in range(league.config.nights + 12)]
    for day in days:
        keys: dict[str, tuple[BodySeen, ...]] = {}
        if (morning := eastern(day, 5, 45)) <= at:
            keys["schedule"] = (a_body(morning, said_at(league, morning)),)
        instants = {g.final_at for g in league.games if g.game_date == day}
        instants |= {
            a.withdrawn_at
            for g in league.games
            for a in g.appointments
            if a.game_date == day and a.withdrawn_at is not None and a.withdrawn_at > morning
        }
        boards = [a_body(i, said_at(league, i, day)) for i in sorted(instants) if i <= at]
        if boards:
            keys["scoreboard"] = tuple(boards)
        if keys:
            bodies["nba_schedule", day] = keys


def _boxes(league: League, view: View, at: datetime, bodies: Bodies, rows: Rows) -> None:
    by_day: dict[date, list[Game]] = {}
    for game in league.games:
        if game.is_final(at - MINUTE):
            by_day.setdefault(game.game_date, []).append(game)
    for day, games in by_day.items():
        box_rows: dict[str, RowSeen] = {}
        summaries: dict[str, RowSeen] = {}
        answers: dict[str, tuple[BodySeen, ...]] = {}
        for game in games:
            fetched = game.final_at + MINUTE
            box = league.box(game.game_id)
            answers[game.game_id] = (a_body(fetched, box),)
            _box_rows(box, game.final_at, fetched, box_rows, summaries)
        bodies["nba_boxscore", day] = answers
        rows["player_box_scores", day] = box_rows
        rows["player_game_summary", day] = summaries


def _box_rows(
    box: BoxScore,
    known: datetime,
    fetched: datetime,
    rows: dict[str, RowSeen],
    summaries: dict[str, RowSeen],
) -> None:
    for line in box.lines:
        key = f"{box.game_id}/{line.player_id}"
        values = (line.player_name, *box_values(line))
        rows[key] = RowSeen(values, known, fetched)
        if line.played:
            team, opponent, is_home, _, *counts = box_values(line)
            summary = (team, opponent, is_home, *counts, 0, 0)
            summaries[key] = RowSeen(summary, known, fetched + MINUTE)


def _odds(league: League, at: datetime, bodies: Bodies, rows: Rows) -> None:
    events = known_events(league)
    for day in league.nights:
        tonight = [e for e in events.values() if e.appointment.game_date == day]
        if not tonight:
            continue
        morning = eastern(day, 7)
        if morning <= at and any(e.appointment.stands(morning) for e in tonight):
            listed = tuple(
                ListedEvent(
                    e.event_id, e.appointment.game_date, e.announced_at, e.game.home, e.game.away
                )
                for e in listed_events(events, morning)
            )
            listing = a_body(morning, EventListing(morning, listed))
            bodies["odds_events", day] = {"listing": (listing,)}
        answers: dict[str, tuple[BodySeen, ...]] = {}
        lines: dict[str, RowSeen] = {}
        for event in tonight:
            found = []
            held: list[tuple[Any, ...]] = []
            for hours in (8, 2):
                snapshot = event.appointment.tip_at - timedelta(hours=hours)
                if snapshot > at or not event.appointment.stands(snapshot):
                    continue
                offered = [
                    line
                    for line in league.lines(event.game.game_id, snapshot)
                    if line.market == "player_points"
                ]
                quotes = tuple(
                    PropQuote(
                        o.player_name, o.bookmaker, o.market, o.line, o.over_price, o.under_price,
                        o.is_main, snapshot,
                    )
                    for o in offered
                )  # fmt: skip
                about = ListedEvent(
                    event.event_id, day, event.announced_at, event.game.home, event.game.away
                )
                found.append(a_body(snapshot, EventProps(snapshot, about, quotes)))
                held += [
                    (
                        snapshot, o.player_id, o.player_name, "team_roster", o.bookmaker, o.market,
                        o.line, o.over_price, o.under_price, o.is_main,
                    )
                    for o in offered
                ]  # fmt: skip
            if found:
                answers[event.game.game_id] = tuple(found)
                last = found[-1].fetched_at
                lines[event.game.game_id] = RowSeen(tuple(held), last, last, count=len(held))
        if answers:
            bodies["odds_event_props", day] = answers
            rows["odds_player_props", day] = lines


def _slates(view: View, at: datetime, rows: Rows) -> None:
    """Rows of the slate, made just before each tip; predictions and grades with them."""
    policy = view.policy
    for day in view.league.nights:
        players, predicted = view.slate(day, at)
        games = {game.game_id: game for game in view.games(day)}
        tips = [g.tip_at for g in games.values() if g.retired is None and g.tip_at is not None]
        if not tips:
            continue
        context: dict[str, RowSeen] = {}
        factors: dict[str, RowSeen] = {}
        predictions: dict[str, RowSeen] = {}
        for game_id, mine in players.items():
            game = games[game_id]
            assert game.tip_at is not None
            for player, team in mine.items():
                key = f"{game_id}/{player}"
                made = min(at, game.tip_at - MINUTE)
                base = (team, None, None, game.tip_at)
                if at >= min(tips) - policy.context_start:
                    row = (*base, "appearances", "active", False)
                    context[key] = RowSeen(row, made, made, made)
                if at >= min(tips) - policy.factors_start:
                    source = "upcoming_player_game_context"
                    factors[key] = RowSeen((*base, source, 0, 0, False), made, made, made)
                if at >= min(tips) - policy.predictions_start and player in predicted[game_id]:
                    line = _line_of(rows["odds_player_props", day].get(game_id), player)
                    predictions[key] = RowSeen((*base, *line, False), made, made, made)
        rows["upcoming_player_game_context", day] = context
        rows["player_composite_factors", day] = factors
        rows["predictions", day] = predictions
        if at >= eastern(day + timedelta(days=1), 11):
            rows["grades", day] = _grades(view, day, predictions, rows, at)


def _line_of(row: RowSeen | None, player: int) -> tuple[Any, Any, Any]:
    mine = [v for v in (row.values if row else ()) if v[1] == player and v[9]]
    return (mine[-1][6], mine[-1][4], mine[-1][0]) if mine else (None, None, None)


def _grades(
    view: View, day: date, predictions: Mapping[str, RowSeen], rows: Rows, at: datetime
) -> dict[str, RowSeen]:
    found = {}
    summaries = rows.get(("player_game_summary", day), {})
    for key, row in predictions.items():
        points = summaries[key].values[4] if key in summaries else None
        outcome = outcome_of(row.values[4], points, off=False)
        values = (row.values[0], row.values[4], points, outcome, None, False)
        found[key] = RowSeen(values, at, at)
    return found


def _schedule_rows(view: View, rows: Rows) -> None:
    for day, versions in view.said.by_date.items():
        rows["schedule", day] = {
            game_id: RowSeen(
                (
                    v.listing.tip_at, v.listing.home_team, v.listing.away_team,
                    int(v.listing.status), v.listing.is_postponed, v.is_listed,
                    v.listing.if_necessary, v.listing.home_score, v.listing.away_score,
                    v.listing.overtimes, v.reason,
                ),
                v.known_at,
                v.known_at,
            )
            for game_id, v in versions.items()
        }  # fmt: skip


def with_rows(held: Held, cell: CellId, change: Callable[[dict[str, RowSeen]], None]) -> Held:
    """A copy whose cell has other rows."""
    keys = dict(held.rows.get(cell, {}))
    change(keys)
    return replace(held, rows={**held.rows, cell: keys})


def without(held: Held, cell: CellId, key: str) -> Held:
    """A copy that lacks one key's row(s)."""
    keys = {other: row for other, row in held.rows[cell].items() if other != key}
    return replace(held, rows={**held.rows, cell: keys})
