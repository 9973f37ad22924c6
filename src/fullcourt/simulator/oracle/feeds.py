"""What the cells of feeds, and of the datasets loaded from them, must hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from fullcourt.nba.box import BoxScore
from fullcourt.nba.calendar import eastern, full_hour_from
from fullcourt.nba.props import EventProps
from fullcourt.simulator.oracle.checks import box_game, props_row, schedule_row
from fullcourt.simulator.oracle.policy import OraclePolicy
from fullcourt.simulator.oracle.said import GameSaid
from fullcourt.simulator.oracle.table import COMPLETE, Found, Owed
from fullcourt.simulator.oracle.view import View, same
from fullcourt.simulator.oracle.words import BodySeen, RowSeen

Keys = list[tuple[Owed, Found]]
_LOST = frozenset({"archive_lost"})


def nba_schedule(view: View, day: date, at: datetime) -> Keys:
    """One body a morning."""
    owed = Owed(
        "schedule", "", eastern(day, 5, 45), eastern(day, 6), eastern(day + timedelta(days=1), 6)
    )
    return [(owed, _body(view, "nba_schedule", day, "schedule"))]


def _body(view: View, feed: str, day: date, key: str) -> Found:
    """Whether a good body lies in the archive; the newest one counts."""
    bodies = view.bodies(feed, day).get(key, ())
    attempts = view.attempts(feed, day).get(key, 0)
    if not bodies:
        return tried_in_vain(attempts)
    if bodies[-1].digest_ok:
        return COMPLETE
    return Found(attempts=attempts, causes=_LOST, why="its body is not in the archive any more")


def tried_in_vain(attempts: int, word: str = "never_run") -> Found:
    """A key that is not held; one that was never tried has no other cause than `word`."""
    return Found(attempts=attempts, causes=None if attempts else frozenset({word}))


def schedule(view: View, day: date, at: datetime) -> Keys:
    """Every game said for the date, and its result by tip + 5 h."""
    rows = view.rows("schedule", day)
    tried = view.attempts("schedule", day)
    keys: Keys = []
    for game in view.games(day):
        due = eastern(day, 6)
        if game.version is not None and game.version.first_at is not None:
            # A body that has just come is loaded within a quarter of an hour.
            due = max(due, game.version.first_at + timedelta(minutes=15))
        owed = _game(game, game.game_id, min(eastern(day, 5, 45), due), due, None)
        row = rows.get(game.game_id)
        found = Found(attempts=tried.get(game.game_id, 0))
        if row is not None and game.version is not None:
            found = schedule_row(row, game.version)
            if not game.is_final and game.tip_at is not None:
                overdue = game.tip_at + view.policy.result_due
                found = Found(found.states, found.why, until=overdue)
        keys.append((owed, found))
    return keys


def odds_events(view: View, day: date, at: datetime) -> Keys:
    """One listing a game day, until the last tip."""
    games = view.games(day)
    if not games or not view.policy.odds:
        return []
    tips = [game.tip_at for game in games if game.tip_at is not None]
    first = min(tips, default=eastern(day, 19))
    owed = Owed(
        key="listing",
        game_id="",
        start_at=min(eastern(day, 7), first - timedelta(hours=6)),
        due_at=min(eastern(day, 11), first - view.policy.odds_due),
        horizon_at=max(tips, default=first),
        retired=None if any(g.retired is None for g in games) else "all games withdrawn",
    )
    return [(owed, _body(view, "odds_events", day, "listing"))]


def odds_event_props(view: View, day: date, at: datetime) -> Keys:
    """The lines of each game, until its tip."""
    if not view.policy.odds:
        return []
    return [
        (_props_key(game, view.policy), _body(view, "odds_event_props", day, game.game_id))
        for game in view.games(day)
    ]


def odds_player_props(view: View, day: date, at: datetime) -> Keys:
    """The same games, as rows; without a body the feed's own trouble is theirs."""
    if not view.policy.odds:
        return []
    rows = view.rows("odds_player_props", day)
    keys: Keys = []
    for game in view.games(day):
        key = game.game_id
        bodies = view.bodies("odds_event_props", day).get(key, ())
        row = rows.get(key)
        if row is not None:
            tried = view.attempts("odds_player_props", day).get(key, 0)
            against = (row, bodies, tried)
            kept = view.lines_found.get((key, day))
            if kept is None or not same(kept[0], against):
                kept = (against, props_row(row, bodies, _spellings(view, key, bodies), tried))
                view.lines_found[key, day] = kept
            found = kept[1]
        elif bodies and bodies[-1].digest_ok:
            tried = view.attempts("odds_player_props", day).get(key, 0)
            found = tried_in_vain(tried, "archived_not_loaded")
        else:
            tried = view.attempts("odds_event_props", day).get(key, 0)
            tried = tried or view.attempts("odds_events", day).get("listing", 0)
            found = Found(attempts=tried, causes=_LOST if bodies else None)
        keys.append((_props_key(game, view.policy), found))
    return keys


def _spellings(
    view: View, game_id: str, bodies: Sequence[BodySeen]
) -> Mapping[tuple[str, str], frozenset[int]]:
    """Who each book's spelling stands for, by the league that wrote them."""
    if not view.league.has_game(game_id):
        return {}
    found: dict[tuple[str, str], set[int]] = {}
    for body in bodies:
        if isinstance(body.facts, EventProps):
            for line in view.league.lines(game_id, body.facts.snapshot_at):
                name = (line.bookmaker, line.player_name)
                found.setdefault(name, set()).add(line.player_id)
    return {name: frozenset(players) for name, players in found.items()}


def _props_key(game: GameSaid, policy: OraclePolicy) -> Owed:
    tip = game.tip_at
    if tip is None:
        return tip_unknown(game, game.game_id)
    start = policy.lines_start(game.game_date, tip)
    return _game(game, game.game_id, start, policy.lines_due(tip), tip)


def nba_boxscore(view: View, day: date, at: datetime) -> Keys:
    """One body a final game; a body whose rows are in doubt is in doubt."""
    keys: Keys = []
    for game in view.games(day):
        found = _body(view, "nba_boxscore", day, game.game_id)
        if found is COMPLETE:
            doubts = [
                seen for seen in held_boxes(view, day, game).values() if "suspect" in seen.states
            ]
            body = newest_box(view, day, game.game_id)
            if doubts:
                found = Found(frozenset({"suspect"}), f"its rows: {doubts[0].why}")
            elif body is not None and body.rejected:
                # Held, and its content fails: it is asked for again, until it changes.
                found = Found(frozenset({"suspect"}), "rows of it break the contract")
        keys.append((box_key(game, game.game_id, view.policy), found))
    return keys


def player_box_scores(view: View, day: date, at: datetime) -> Keys:
    """Everybody a body lists; without a body one key a team."""
    keys: Keys = []
    tried = view.attempts("player_box_scores", day)
    for game in view.games(day):
        held = held_boxes(view, day, game)
        body = newest_box(view, day, game.game_id)
        if body is None:
            asked = view.attempts("nba_boxscore", day).get(game.game_id, 0)
            for side in sides(game):
                owed = box_key(game, f"{game.game_id}/{side}", view.policy)
                keys.append((owed, Found(attempts=asked)))
            listed: dict[int, bool] = {}
        else:
            listed = {line.player_id: False for line in body.lines}
            listed |= {row.player_id: True for row in body.rejected}
        for player, is_broken in sorted(listed.items()):
            key = f"{game.game_id}/{player}"
            found = held.get(player)
            if found is None:
                # A row that breaks the contract by itself was tried by reading it.
                found = tried_in_vain(tried.get(key, 0), "archived_not_loaded")
                if is_broken:
                    found = Found(attempts=1, causes=frozenset({"contract_broken"}))
            keys.append((box_key(game, key, view.policy), found))
        if game.retired is not None:
            keys += withdrawn_rows(view, "player_box_scores", day, game, set(listed))
    return keys


def newest_box(view: View, day: date, game_id: str) -> BoxScore | None:
    """What the newest body of a game says, whether the archive still has it or not."""
    bodies = view.bodies("nba_boxscore", day).get(game_id, ())
    facts = bodies[-1].facts if bodies else None
    return facts if isinstance(facts, BoxScore) else None


def held_boxes(view: View, day: date, game: GameSaid) -> dict[int, Found]:
    """What the held rows of one game may be called, by player."""
    rows = dict(rows_of(view, "player_box_scores", day, game.game_id))
    bodies = view.bodies("nba_boxscore", day).get(game.game_id, ())
    return box_game(game, rows, bodies, view.policy)


def rows_of(view: View, dataset: str, day: date, game_id: str) -> list[tuple[int, RowSeen]]:
    """A game's rows by player id."""
    found = []
    for key, row in view.rows(dataset, day).items():
        game, _, player = key.partition("/")
        if game == game_id:
            found.append((int(player), row))
    return found


def withdrawn_rows(view: View, dataset: str, day: date, game: GameSaid, named: set[int]) -> Keys:
    """Rows made before their game was withdrawn: retired with it."""
    return [
        (_game(game, f"{game.game_id}/{player}", eastern(day), eastern(day), None), COMPLETE)
        for player, _ in rows_of(view, dataset, day, game.game_id)
        if player not in named
    ]


def sides(game: GameSaid) -> tuple[str, str]:
    """The two teams, or their places while they are to be determined."""
    return game.home or "home", game.away or "away"


def box_key(game: GameSaid, key: str, policy: OraclePolicy) -> Owed:
    """A key that is due once its game is over; neither over nor off 5 h after the tip: disputed."""
    ended, tip = game.ended_at, game.tip_at
    if ended is None:
        noon = eastern(game.game_date, 12)
        return _game(game, key, noon, eastern(game.game_date + timedelta(days=1), 6), None)
    if not game.is_final and tip is not None:
        overdue = tip + policy.result_due
        return Owed(
            key=key,
            game_id=game.game_id,
            start_at=ended,
            due_at=overdue,
            horizon_at=None,
            retired=game.retired,
            disputed=game.disputed or "neither final nor postponed 5 h after its tip",
            disputed_from=None if game.disputed else overdue,
            ask_once=True,
        )
    due = ended + policy.box_due
    # One round an hour for all games that ended since.
    start = full_hour_from(ended)
    return _game(game, key, start, due, due + policy.box_horizon, ask_once=True)


def tip_unknown(game: GameSaid, key: str) -> Owed:
    """A key of a game whose tip is to be determined: nothing is wrong before its own morning."""
    morning = eastern(game.game_date, 6)
    return Owed(
        key=key,
        game_id=game.game_id,
        start_at=morning,
        due_at=eastern(game.game_date + timedelta(days=1)),
        horizon_at=None,
        retired=game.retired,
        disputed=game.disputed or "tip time not known",
        disputed_from=None if game.disputed else morning,
    )


def _game(
    game: GameSaid,
    key: str,
    start: datetime,
    due: datetime,
    horizon: datetime | None,
    *,
    ask_once: bool = False,
) -> Owed:
    return Owed(key, game.game_id, start, due, horizon, game.retired, game.disputed, None, ask_once)


game_key = _game
