"""Gather the facts expectations are derived from: lake, archive index, listings. Never judges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from fullcourt.clock import parse_instant
from fullcourt.nba.calendar import dates, game_date_of
from fullcourt.nba.schedule import ended_when
from fullcourt.pipeline.allowance import Planned
from fullcourt.settings import Settings
from fullcourt.sql_files import sql
from fullcourt.stores.lake import Lake
from fullcourt.stores.ledger import Ledger, ManifestRow
from fullcourt.stores.ledger.manifests import body_contents, latest_manifest, manifests_of
from fullcourt.trust.cache import ReadCache
from fullcourt.trust.facts import BoxBody, DayFacts, Game, PredictionState, SlatePlayer
from fullcourt.trust.lines_plan import LINES, credit_warnings, lines_plan, planned_lines
from fullcourt.trust.news import News, retired_why, with_news

T = TypeVar("T")
SLATE = frozenset({"upcoming_player_game_context", "player_composite_factors"})
_NOBODY: tuple[tuple[SlatePlayer, ...], tuple[str, ...]] = ((), ())


@dataclass(frozen=True, slots=True)
class OddsCoverage:
    """For which dates odds can be had at all. `None` means any date (a live vendor)."""

    listings: frozenset[date] | None = None
    props: frozenset[date] | None = None
    configured: bool = True

    def covers(self, day: date) -> bool:
        """Whether lines of this date can be had."""
        return self.configured and (self.props is None or day in self.props)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Facts of several dates with the raw index entries evidence needs again."""

    facts: Mapping[date, DayFacts]
    box_manifests: Mapping[date, tuple[ManifestRow, ...]] = field(default_factory=dict)
    planned: Planned | None = None
    """What the month's credits buy; None: no allowance is set, or no lines were asked for."""


def gather(
    ledger: Ledger,
    lake: Lake,
    settings: Settings,
    odds: OddsCoverage,
    wanted: Mapping[date, Collection[str]],
    now: datetime,
    cache: ReadCache,
    news: News,
) -> Gathered:
    """Facts for `wanted` dates (and the datasets asked of each), as known at `now`; `news`: what
    schedule bodies say that are not loaded yet."""
    facts: dict[date, DayFacts] = {}
    boxes: dict[date, tuple[ManifestRow, ...]] = {}
    season = _season_body(ledger, cache)
    asks_lines = any(not LINES.isdisjoint(names) for names in wanted.values())
    planned = lines_plan(ledger, lake, settings.odds, cache, now) if asks_lines else None
    for first, last in date_ranges(wanted):
        names = {n for day, asked in wanted.items() if first <= day <= last for n in asked}
        span = {"first_date": first, "last_date": last, "now": now}
        games = cache.keep(
            ("games", first, last),
            cache.changes.on("schedule", first, last),
            partial(_games, lake, span),
        )
        games = with_news(games, news, first, last)
        listings = _listings(ledger, first, last, settings)
        bodies: dict[date, dict[str, BoxBody]] = {}
        if names & {"nba_boxscore", "player_box_scores", "player_game_summary", "grades"}:
            bodies, manifests = _box_bodies(ledger, first, last)
            boxes.update(manifests)
        asked = {day: frozenset(wanted[day]) for day in wanted if first <= day <= last}
        slate = _slates(lake, cache, now, games, _days_of(asked, SLATE), "slate", _slate_players)
        predicted = _slates(
            lake, cache, now, games, _days_of(asked, {"predictions"}), "predicted", _owed_players
        )
        held = _held_predictions(lake, cache, now, _days_of(asked, {"grades"}))
        for day in sorted(d for d in wanted if first <= d <= last):
            known = games.get(day, ())
            facts[day] = DayFacts(
                game_date=day,
                in_charge=day >= settings.since,
                schedule_known=bool(known) or season.covers(day),
                games=_with_witness(known, listings.get(day), now),
                archived_game_ids=season.games_on(day),
                boxes=bodies.get(day, {}),
                slate_players=None if slate is None else tuple(slate.get(day, ())),
                prediction_players=None if predicted is None else predicted.get(day, _NOBODY)[0],
                prediction_warnings=() if predicted is None else predicted.get(day, _NOBODY)[1],
                predictions=None if held is None else tuple(held.get(day, ())),
                has_odds=odds.covers(day),
                odds_recoverable=settings.odds.mode == "historical",
                hours_before_tip=max(settings.odds.hours_before_tip),
                planned_lines=planned_lines(planned, settings.odds, games.get(day, ()), now),
                credit_warnings=credit_warnings(planned, games.get(day, ())),
            )
    return Gathered(facts, boxes, planned)


def _days_of(asked: Mapping[date, frozenset[str]], names: Collection[str]) -> list[date]:
    """The dates of a range for which any of `names` is wanted."""
    return sorted(day for day, wanted in asked.items() if not wanted.isdisjoint(names))


def _slates(
    lake: Lake,
    cache: ReadCache,
    now: datetime,
    games: Mapping[date, tuple[Game, ...]],
    days: Sequence[date],
    name: str,
    read: Callable[[Lake, Mapping[str, Any]], dict[date, T]],
) -> dict[date, T] | None:
    """Slate facts by date (None: not wanted): a slate reads box scores and summaries of earlier
    dates, lines of its own, and its games."""
    if not days:
        return None

    def token(day: date) -> object:
        slate = [
            (g.game_id, g.tip_at, g.home_team, g.away_team, g.retired) for g in games.get(day, ())
        ]
        earlier = (
            cache.changes.before("player_box_scores", day),
            cache.changes.before("player_game_summary", day),
        )
        return earlier, cache.changes.on("odds_player_props", day, day), slate

    first, last = days[0], days[-1]
    span = {"first_date": first, "last_date": last, "now": now}
    tokens = [token(day) for day in dates(first, last)]
    return cache.keep((name, first, last), tokens, lambda: read(lake, span))


def _held_predictions(
    lake: Lake, cache: ReadCache, now: datetime, days: Sequence[date]
) -> dict[date, list[PredictionState]] | None:
    """Held predictions and the state of their games by date; None: not wanted."""
    if not days:
        return None
    first, last = days[0], days[-1]
    span = {"first_date": first, "last_date": last, "now": now}
    tables = ("predictions", "player_game_summary", "player_box_scores", "schedule")
    token = [cache.changes.on(table, first, last) for table in tables]
    return cache.keep(("predictions", first, last), token, partial(_predictions, lake, span))


def date_ranges(days: Iterable[date], gap: int = 3) -> tuple[tuple[date, date], ...]:
    """Dates as few ranges; holes of up to `gap` days are bridged."""
    ranges: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if ranges and (day - ranges[-1][1]).days <= gap:
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    return tuple(ranges)


def _games(lake: Lake, span: Mapping[str, Any]) -> dict[date, tuple[Game, ...]]:
    found: dict[date, list[Game]] = defaultdict(list)
    for row in lake.rows(sql("trust/sql", "games"), span):
        (
            day,
            game_id,
            tip,
            home,
            away,
            final,
            final_known,
            ppd,
            listed,
            reason,
            hs,
            as_,
            ots,
            _,
        ) = row
        found[day].append(
            Game(
                game_id=game_id,
                game_date=day,
                name=f"{away or 'TBD'}@{home or 'TBD'}",
                tip_at=tip,
                home_team=home,
                away_team=away,
                is_final=bool(final),
                final_at=ended_when(tip, final_known) if final else None,
                retired=retired_why(ppd, listed, reason),
                disputed=reason if listed and reason and not ppd and not final else None,
                home_score=hs,
                away_score=as_,
                overtimes=ots,
            )
        )
    return {day: tuple(items) for day, items in found.items()}


def _with_witness(
    games: tuple[Game, ...], listing: _Listing | None, now: datetime
) -> tuple[Game, ...]:
    """Compare the schedule with the odds listing of that date's morning (unordered pairs)."""
    if listing is None:
        return games
    pairs = {frozenset((g.home_team, g.away_team)) for g in games}
    judged = []
    for game in games:
        pair = frozenset((game.home_team, game.away_team))
        unseen = (
            pair not in listing.pairs
            and game.retired is None
            and not game.is_final
            # A listing taken after the tip no longer shows the game: no disagreement.
            and (game.tip_at is None or game.tip_at > listing.snapshot_at)
        )
        if unseen and game.disputed is None:
            text = f"the odds listing of {listing.snapshot_at:%H:%M} UTC does not show it"
            judged.append(replace(game, disputed=text))
        else:
            judged.append(game)
    for pair, (home, away, tip) in listing.pairs.items():
        if pair not in pairs:
            judged.append(
                Game(
                    game_id=f"unlisted-{away}-{home}",
                    game_date=listing.day,
                    name=f"{away}@{home}",
                    tip_at=tip,
                    home_team=home,
                    away_team=away,
                    disputed="only the odds listing shows it; the schedule does not",
                    is_recorded=False,
                )
            )
    return tuple(judged)


@dataclass(frozen=True, slots=True)
class _Listing:
    day: date
    snapshot_at: datetime
    pairs: Mapping[frozenset[str | None], tuple[str, str, datetime]]


def _listings(ledger: Ledger, first: date, last: date, settings: Settings) -> dict[date, _Listing]:
    """The newest listing of each date's own morning."""
    newest: dict[date, ManifestRow] = {}
    for manifest in manifests_of(ledger, "odds_events", first, last):
        if manifest.outcome == "ok" and manifest.digest is not None:
            newest[manifest.game_date] = manifest
    contents = body_contents(ledger, [m.digest for m in newest.values() if m.digest])
    found = {}
    for day, manifest in newest.items():
        content = contents.get(manifest.digest or "")
        if content is None or manifest.snapshot_at is None:
            continue
        pairs: dict[frozenset[str | None], tuple[str, str, datetime]] = {
            frozenset((home, away)): (home, away, parse_instant(tip))
            for event_day, home, away, tip, _ in content["events"]
            if event_day == day.isoformat()
        }
        found[day] = _Listing(day, manifest.snapshot_at, pairs)
    return found


@dataclass(frozen=True, slots=True)
class _SeasonBody:
    """The newest archived schedule body: its games by date, and the season year it speaks for.

    `served_on`: the Eastern date on which the vendor last gave it.
    """

    by_date: Mapping[str, frozenset[str]] = field(default_factory=dict)
    span: tuple[str, str] | None = None
    served_on: date | None = None

    def games_on(self, day: date) -> frozenset[str]:
        return self.by_date.get(day.isoformat(), frozenset())

    def covers(self, day: date) -> bool:
        """Whether it says all there is on a date: one of its season, or of the summer after it."""
        if self.span is None or self.served_on is None:
            return False
        # Until the next season is published the last one stands: who serves it says "no games".
        last = max(self.span[1], (self.served_on + timedelta(days=1)).isoformat())
        return self.span[0] <= day.isoformat() <= last


def _season_body(ledger: Ledger, cache: ReadCache) -> _SeasonBody:
    newest = latest_manifest(ledger, "nba_schedule", key="schedule")
    digest = None if newest is None else newest.digest
    content = None if digest is None else body_contents(ledger, [digest]).get(digest)
    if newest is None or content is None:
        return _SeasonBody()
    body = cache.keep("season body", digest, partial(_as_season, content))
    return replace(body, served_on=game_date_of(newest.checked_at))


def _as_season(content: Mapping[str, Any]) -> _SeasonBody:
    # A season's body speaks for its whole season year, off days included.
    start = int(content["season"][:4])
    return _SeasonBody(
        {day: frozenset(game_ids) for day, game_ids in content["dates"].items()},
        (f"{start}-07-01", f"{start + 1}-06-30"),
    )


def _box_bodies(
    ledger: Ledger, first: date, last: date
) -> tuple[dict[date, dict[str, BoxBody]], dict[date, tuple[ManifestRow, ...]]]:
    by_day: dict[date, list[ManifestRow]] = defaultdict(list)
    newest: dict[tuple[date, str], ManifestRow] = {}
    for manifest in manifests_of(ledger, "nba_boxscore", first, last):
        by_day[manifest.game_date].append(manifest)
        if manifest.outcome == "ok" and manifest.digest is not None:
            newest[(manifest.game_date, manifest.key)] = manifest
    contents = body_contents(ledger, [m.digest for m in newest.values() if m.digest])
    bodies: dict[date, dict[str, BoxBody]] = defaultdict(dict)
    for (day, game_id), manifest in newest.items():
        content = contents.get(manifest.digest or "")
        if content is not None:
            bodies[day][game_id] = BoxBody(
                fetched_at=manifest.fetched_at,
                listed={int(player): name for player, name in content["listed"].items()},
                appeared=frozenset(content["appeared"]),
                rejected={int(player): why for player, why in content["rejected"].items()},
                loaded=manifest.loaded_run_id is not None,
                precision_s=content.get("precision_s", 1),
            )
    return bodies, {day: tuple(items) for day, items in by_day.items()}


def _slate_players(lake: Lake, span: Mapping[str, Any]) -> dict[date, list[SlatePlayer]]:
    found: dict[date, list[SlatePlayer]] = defaultdict(list)
    rows = lake.rows(
        "SELECT game_date, game_id, player_id, player_name FROM kept_slate_players",
        span,
    )
    for day, game_id, player_id, name in rows:
        found[day].append(SlatePlayer(game_id, player_id, name))
    return found


def _owed_players(
    lake: Lake, span: Mapping[str, Any]
) -> dict[date, tuple[tuple[SlatePlayer, ...], tuple[str, ...]]]:
    """By date: who must have a prediction, and the priced names that raise no key."""
    found: dict[date, list[SlatePlayer]] = defaultdict(list)
    left_out: dict[date, list[str]] = defaultdict(list)
    query = (
        "SELECT game_date, game_id, player_id, player_name, no_key_reason FROM ("
        + sql("predict", "prediction_keys")
        + ")"
    )
    for day, game_id, player_id, name, reason in lake.rows(query, span):
        if reason is None:
            found[day].append(SlatePlayer(game_id, player_id, name))
        else:
            left_out[day].append(f"{name}: {reason}")
    return {
        day: (tuple(found.get(day, ())), tuple(sorted(left_out.get(day, ()))))
        for day in found.keys() | left_out.keys()
    }


def _predictions(lake: Lake, span: Mapping[str, Any]) -> dict[date, list[PredictionState]]:
    found: dict[date, list[PredictionState]] = defaultdict(list)
    query = (
        "SELECT game_date, game_id, player_id, player_name, game_state FROM ("
        + sql("predict", "grade_keys")
        + ")"
    )
    for day, game_id, player_id, name, state in lake.rows(query, span):
        found[day].append(PredictionState(game_id, player_id, name, state))
    return found
