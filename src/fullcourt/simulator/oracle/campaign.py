"""Over a whole campaign: until when a loss must be healed, rows lost, rows double, wasted calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from fullcourt.nba.calendar import eastern
from fullcourt.simulator.facts import Appointment, Game
from fullcourt.simulator.league import League
from fullcourt.simulator.oracle.policy import MAX_ATTEMPTS, OraclePolicy, steps_of
from fullcourt.simulator.oracle.words import CellId, Held
from fullcourt.simulator.vendors import faults as scripted
from fullcourt.simulator.vendors.faults import Fault
from fullcourt.simulator.vendors.odds_listing import SPORT, event_id_of

NBA_CDN, ODDS_API = "nba_cdn", "odds_api"
SCHEDULE_PATH = "/static/json/staticData/scheduleLeagueV2.json"
SCOREBOARD_PATH = "/static/json/liveData/scoreboard/todaysScoreboard_00.json"
HARMLESS = "harmless"
# What needs no vendor follows within a few of its own retries.
LOCAL_GRACE = timedelta(minutes=15)
PLANNED_ATTEMPTS = 2
Endpoint = tuple[str, str]
"""(vendor, path)."""
_FROZEN = ("upcoming_player_game_context", "player_composite_factors", "predictions")
_TIP = 3


@dataclass(frozen=True, slots=True)
class Call:
    """One vendor call of a campaign. `outcome` is `ok` or a cause word."""

    vendor: str
    path: str
    at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class RowLoss:
    """Rows of a key that were held and are not any more, or are there too often."""

    cell: CellId
    key: str
    rows: int


def recovered_at(
    endpoint: Endpoint, faults: Sequence[Fault], after: datetime, need: timedelta = timedelta(0)
) -> datetime:
    """The first instant from `after` on at which an endpoint answers well for `need` at least.

    A fault that hits some attempts only counts for its whole time: which attempts those are is not
    known beforehand.
    """
    mine = [f for f in faults if _hits(f, endpoint) and _effect(f) != HARMLESS]
    at = after
    while blocking := [f.end for f in mine if f.end > at and f.start <= at + need]:
        at = max(blocking)
    return at


def _hits(fault: Fault, endpoint: Endpoint) -> bool:
    vendor, path = endpoint
    return fault.vendor == vendor and fnmatchcase(path, fault.endpoint)


def _effect(fault: Fault) -> str:
    effects: Mapping[Any, Any] = getattr(scripted, "FAULT_EFFECTS", {})
    return str(effects.get(fault.kind, "no_answer"))


def healable_by(
    league: League,
    faults: Sequence[Fault],
    policy: OraclePolicy,
    dataset: str,
    day: date,
    key: str,
) -> datetime | None:
    """The instant by which a key must be complete: two planned attempts after the vendor recovered.

    None where it cannot be had: its horizon comes first, its game is not played on that date, or
    the league has no such game.
    """
    if dataset == "nba_schedule":
        return _attempted(
            (NBA_CDN, SCHEDULE_PATH),
            faults,
            policy,
            dataset,
            start=eastern(day, 5, 45),
            due=eastern(day, 6),
            horizon=eastern(day + timedelta(days=1), 6),
        )
    if dataset == "odds_events":
        return _listing_by(league, faults, policy, day)
    game, appointment = _appointed(league, day, key.partition("/")[0])
    if game is None or appointment is None:
        return None
    if dataset in ("odds_event_props", "odds_player_props"):
        props = _props_by(league, faults, policy, day, game, appointment)
        return _later(props, LOCAL_GRACE if dataset == "odds_player_props" else None)
    if dataset == "schedule":
        return _result_by(faults, policy, game)
    if appointment.withdrawal is not None:
        return None
    if dataset in ("nba_boxscore", "player_box_scores", "player_game_summary"):
        body = _box_by(faults, policy, game)
        return _later(body, LOCAL_GRACE if dataset != "nba_boxscore" else None)
    if dataset == "grades":
        box = _box_by(faults, policy, game)
        noon = eastern(day + timedelta(days=1), 12)
        return None if box is None else max(noon, box) + LOCAL_GRACE
    lead = {
        "upcoming_player_game_context": policy.context_due,
        "player_composite_factors": policy.factors_due,
        "predictions": policy.predictions_due,
    }[dataset]
    return appointment.tip_at - lead


def _appointed(league: League, day: date, game_id: str) -> tuple[Game | None, Appointment | None]:
    if not league.has_game(game_id):
        return None, None
    game = league.game(game_id)
    return game, next((a for a in game.appointments if a.game_date == day), None)


def _later(at: datetime | None, by: timedelta | None) -> datetime | None:
    return at if at is None or by is None else at + by


def _listing_by(
    league: League, faults: Sequence[Fault], policy: OraclePolicy, day: date
) -> datetime | None:
    tips = [a.tip_at for g in league.games for a in g.appointments if a.game_date == day]
    if not tips:
        return None
    return _attempted(
        (ODDS_API, f"/v4/sports/{SPORT}/events"),
        faults,
        policy,
        "odds_events",
        start=min(eastern(day, 7), min(tips) - timedelta(hours=6)),
        due=min(eastern(day, 11), min(tips) - policy.odds_due),
        horizon=max(tips),
    )


def _props_by(
    league: League,
    faults: Sequence[Fault],
    policy: OraclePolicy,
    day: date,
    game: Game,
    appointment: Appointment,
) -> datetime | None:
    listing = _listing_by(league, faults, policy, day)
    # Which games a short month gives up is the plan's choice: none of them has to be there.
    if listing is None or _month(policy, appointment) in short_months(league, policy):
        return None
    event = event_id_of(league, game.game_id, game.appointments.index(appointment))
    first = policy.lines_start(day, appointment.tip_at)
    return _attempted(
        (ODDS_API, f"/v4/sports/{SPORT}/events/{event}/odds"),
        faults,
        policy,
        "odds_event_props",
        start=first if _untroubled(faults, ODDS_API, first) else max(first, listing),
        due=policy.lines_due(appointment.tip_at),
        horizon=appointment.tip_at,
    )


def given_up_in_vain(
    league: League, policy: OraclePolicy, given_up: Collection[tuple[date, str]]
) -> list[tuple[date, str]]:
    """Games (date, id) given up for want of credits though their month pays for every game."""
    short = short_months(league, policy)
    found = []
    for day, game_id in sorted(given_up):
        _, appointment = _appointed(league, day, game_id)
        if appointment is not None and _month(policy, appointment) not in short:
            found.append((day, game_id))
    return found


def _month(policy: OraclePolicy, appointment: Appointment) -> date:
    closing = appointment.tip_at - policy.closing_start
    return closing.astimezone(UTC).date().replace(day=1)


def short_months(league: League, policy: OraclePolicy) -> frozenset[date]:
    """The months (first days, UTC) whose credits cannot pay a closing snapshot of every game."""
    if not policy.plans_credits:
        return frozenset()
    closings = Counter(
        _month(policy, appointment) for game in league.games for appointment in game.appointments
    )
    return frozenset(month for month, count in closings.items() if policy.is_short(count))


def _untroubled(faults: Sequence[Fault], vendor: str, at: datetime) -> bool:
    return all(f.vendor != vendor or f.start > at for f in faults)


def _result_by(faults: Sequence[Fault], policy: OraclePolicy, game: Game) -> datetime | None:
    """When the schedule must know a result: by the scoreboard's next polls, or, once it is overdue,
    by two of the season's schedule, which is then asked every hour."""
    poll = timedelta(minutes=15)
    board = recovered_at((NBA_CDN, SCOREBOARD_PATH), faults, game.final_at, 2 * poll)
    # The small scoreboard turns over at five; after it the season's schedule must say it.
    if board + 2 * poll <= eastern(game.game_date + timedelta(days=1), 5):
        return board + 2 * poll + (policy.breaker_pause if board > game.final_at else timedelta(0))
    morning = eastern(game.game_date + timedelta(days=1), 5, 45)
    asks = PLANNED_ATTEMPTS * timedelta(hours=1)
    return (
        recovered_at((NBA_CDN, SCHEDULE_PATH), faults, morning, asks) + asks + policy.breaker_pause
    )


def _box_by(faults: Sequence[Fault], policy: OraclePolicy, game: Game) -> datetime | None:
    known = _result_by(faults, policy, game)
    if known is None:
        return None
    due = game.final_at + policy.box_due
    path = f"/static/json/liveData/boxscore/boxscore_{game.game_id}.json"
    start = game.final_at if known - game.final_at <= timedelta(minutes=30) else known
    return _attempted(
        (NBA_CDN, path), faults, policy, "nba_boxscore", start, due, due + policy.box_horizon
    )


def _attempted(
    endpoint: Endpoint,
    faults: Sequence[Fault],
    policy: OraclePolicy,
    dataset: str,
    start: datetime,
    due: datetime,
    horizon: datetime,
) -> datetime | None:
    """After two planned attempts in a stretch without a fault; None: given up before."""
    at = start
    while True:
        well = recovered_at(endpoint, faults, at)
        by = _two_attempts(dataset, well, due)
        if any(f.vendor == endpoint[0] and f.end > start and f.start <= by for f in faults):
            # Failures of its other endpoints leave the vendor alone for a while, too.
            by += policy.breaker_pause
        again = recovered_at(endpoint, faults, well, by - well)
        if again == well:
            break
        at = again
    return by if by <= horizon else None


def _two_attempts(dataset: str, at: datetime, due: datetime) -> datetime:
    for _ in range(PLANNED_ATTEMPTS):
        at += next(
            (every for until, every in steps_of(dataset) if at + every <= due + until),
            steps_of(dataset)[-1][1],
        )
    return at


def rows_lost(before: Held, after: Held, at: datetime) -> tuple[RowLoss, ...]:
    """Rows that were held and are gone at `at` though nothing allows it.

    Versions, snapshots and box scores never shrink, but a player a newer body no longer lists
    leaves with it. What is computed follows its inputs until its tip; summaries and grades follow
    the box score and the prediction they stand for.
    """
    found: list[RowLoss] = []
    for cell, keys in sorted(before.rows.items()):
        now = after.rows.get(cell, {})
        if now is keys:
            continue
        for key, row in sorted(keys.items()):
            left = now.get(key)
            gone = row.count - row.doubled - (left.count - left.doubled if left else 0)
            if gone > 0 and not _may_go(cell, key, row.values, before, after, at):
                found.append(RowLoss(cell, key, gone))
    return tuple(found)


def _may_go(
    cell: CellId, key: str, values: tuple[Any, ...], before: Held, after: Held, at: datetime
) -> bool:
    dataset, day = cell
    if dataset in _FROZEN:
        return values[_TIP] is None or at < values[_TIP]
    if dataset == "player_game_summary":
        return key not in after.rows.get(("player_box_scores", day), {})
    if dataset == "grades":
        return key not in after.rows.get(("predictions", day), {})
    if dataset == "player_box_scores":
        game = key.partition("/")[0]
        bodies = ("nba_boxscore", day)
        then = before.bodies.get(bodies, {}).get(game, ())
        now = after.bodies.get(bodies, {}).get(game, ())
        listed = {int(key.partition("/")[2])} & {
            line.player_id for body in now[-1:] for line in getattr(body.facts, "lines", ())
        }
        return len(now) > len(then) and not listed
    return False


def duplicates(held: Held) -> tuple[RowLoss, ...]:
    """Keys with rows too many, and how many too many."""
    return tuple(
        RowLoss(cell, key, row.doubled)
        for cell, keys in sorted(held.rows.items())
        for key, row in sorted(keys.items())
        if row.doubled
    )


def counted_calls(calls: Iterable[Call], faults: Sequence[Fault]) -> tuple[Call, ...]:
    """The calls that count against a world's budget: not those of an endpoint while it fails."""
    return tuple(
        call for call in calls if recovered_at((call.vendor, call.path), faults, call.at) == call.at
    )


def wasted_calls(calls: Iterable[Call], faults: Sequence[Fault]) -> tuple[Call, ...]:
    """Calls that could not help: a box score asked for again after a good answer of its own, and
    anything refused twice within a minute, outside the time its endpoint fails."""
    good: set[Endpoint] = set()
    refused: dict[Endpoint, datetime] = {}
    wasted: list[Call] = []
    for call in sorted(counted_calls(calls, faults), key=lambda c: (c.at, c.vendor, c.path)):
        endpoint = (call.vendor, call.path)
        if endpoint in good and "/boxscore/" in call.path:
            wasted.append(call)
        last = refused.get(endpoint)
        if call.outcome == "ok":
            good.add(endpoint)
        else:
            if last is not None and call.at - last < timedelta(minutes=1):
                wasted.append(call)
            refused[endpoint] = call.at
    return tuple(wasted)


def unplanned_calls(
    calls: Iterable[Call],
    troubled: Sequence[tuple[datetime, datetime]],
    closing_retry: timedelta | None = None,
) -> list[Call]:
    """Calls for a box score or a game's lines that no plan allows: sooner after a refusal than the
    shortest retry step, or more than a key may be tried.

    `troubled`: while a fault of our own side lasts, a key may be asked for again at once.
    `closing_retry`: where credits are planned, the shortest step of lines.
    """
    last: dict[Endpoint, Call] = {}
    made: Counter[Endpoint] = Counter()
    found: list[Call] = []
    for call in calls:
        dataset = "nba_boxscore" if "/boxscore/" in call.path else "odds_event_props"
        if dataset == "odds_event_props" and not call.path.endswith("/odds"):
            continue
        endpoint = (call.vendor, call.path)
        before = last.get(endpoint)
        last[endpoint] = call
        made[endpoint] += 1
        shortest = min(every for _, every in steps_of(dataset))
        if dataset == "odds_event_props" and closing_retry is not None:
            shortest = closing_retry
        hasty = before is not None and before.outcome != "ok" and call.at < before.at + shortest
        ours = any(start <= call.at and call.at - shortest < end for start, end in troubled)
        if made[endpoint] > MAX_ATTEMPTS[dataset] or (hasty and not ours):
            found.append(call)
    return found
