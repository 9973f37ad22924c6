"""Evidence of feeds (bodies in the archive) and of raw datasets (rows in the lake)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from fullcourt.nba.players import UNRESOLVED
from fullcourt.pipeline.allowance import FEED, is_planned
from fullcourt.pipeline.everybody import player_index
from fullcourt.sql_files import sql
from fullcourt.stores.archive import Archive
from fullcourt.stores.ledger import ManifestRow
from fullcourt.stores.ledger.manifests import manifests_of, unloaded_bodies
from fullcourt.stores.ledger.vendors import attempts_between
from fullcourt.trust.content import box_score_suspicions
from fullcourt.trust.expectations import SCHEDULE_RESULT_DUE
from fullcourt.trust.facts import Game
from fullcourt.trust.gather import Gathered, date_ranges
from fullcourt.trust.keys import CLOSING_BEFORE, snapshot_at
from fullcourt.trust.look import HeldKeys, Look, as_tried, attempts_by_date, not_loaded, same_cause
from fullcourt.trust.words import Cause, KeyEvidence

_HELD = {"player_box_scores": "box_scores_held", "odds_player_props": "props_held"}


def feed(
    look: Look, name: str, days: Collection[date], gathered: Gathered, now: datetime
) -> HeldKeys:
    """Evidence of a feed's keys from the archive's index (and a look at the objects)."""
    shared = (name, frozenset(days))
    if shared not in look.once:
        look.once[shared] = _feed(look, name, days)
    # A copy: some datasets go on to add to what they are given.
    return defaultdict(dict, {day: dict(keys) for day, keys in look.once[shared].items()})


def _feed(look: Look, name: str, days: Collection[date]) -> HeldKeys:
    found: HeldKeys = defaultdict(dict)
    for first, last in date_ranges(days):
        attempts = attempts_between(look.ledger, name, first, last)
        newest: dict[tuple[date, str], ManifestRow] = {}
        for manifest in manifests_of(look.ledger, name, first, last):
            # The small scoreboard is a witness on the way, not a key of the morning's cell.
            if (
                manifest.outcome == "ok"
                and manifest.game_date in days
                and manifest.key != "scoreboard"
            ):
                newest[(manifest.game_date, manifest.key)] = manifest
        for day, tried in attempts.items():
            if day in days:
                found[day].update({key: as_tried(a) for key, a in tried.items()})
        for (day, key), manifest in newest.items():
            before = found[day].get(key)
            if manifest.digest is not None and _is_accounted_for(look.archive, manifest.digest):
                found[day][key] = KeyEvidence(
                    held=True,
                    attempts=before.attempts if before else 0,
                    last_attempt_at=before.last_attempt_at if before else None,
                )
            else:
                found[day][key] = KeyEvidence(
                    attempts=before.attempts if before else 0,
                    last_attempt_at=before.last_attempt_at if before else None,
                    cause=Cause.ARCHIVE_LOST,
                    detail=f"body {str(manifest.digest)[:12]} is not in the archive any more",
                )
    return found


def _is_accounted_for(archive: Archive, digest: str) -> bool:
    """What retention removed was had and loaded: it is not lost."""
    return archive.has_body(digest) or archive.was_removed(digest)


def schedule(
    look: Look, name: str, days: Collection[date], gathered: Gathered, now: datetime
) -> HeldKeys:
    """Games held; overdue when neither final nor postponed 5 h after the tip."""
    bodies = feed(look, "nba_schedule", days, gathered, now)
    attempts = attempts_by_date(look, name, days)
    found: HeldKeys = defaultdict(dict)
    for day in days:
        facts = gathered.facts[day]
        tried = bodies.get(day, {}).get("schedule")
        for game in facts.games:
            overdue = (
                not game.is_final
                and game.retired is None
                and game.tip_at is not None
                and now >= game.tip_at + SCHEDULE_RESULT_DUE
            )
            if not game.is_recorded and game.news_since is not None:
                found[day][game.game_id] = not_loaded(attempts.get(day, {}).get(game.game_id))
            elif game.is_recorded and not overdue:
                news = game.news_since is not None
                stale = "a newer word lies in the archive" if news else None
                found[day][game.game_id] = KeyEvidence(held=True, stale=stale)
            elif overdue:
                found[day][game.game_id] = KeyEvidence(
                    attempts=tried.attempts if tried else 0,
                    last_attempt_at=tried.last_attempt_at if tried else None,
                    cause=(tried.cause if tried and tried.cause else Cause.VENDOR_EMPTY),
                    detail="neither final nor postponed 5 h after its tip",
                    # Only the vendor can say more: what the archive holds is loaded.
                    ready=False,
                )
        for game_id in facts.archived_game_ids - {g.game_id for g in facts.games}:
            found[day][game_id] = not_loaded(attempts.get(day, {}).get(game_id))
    return found


def box_scores(
    look: Look, name: str, days: Collection[date], gathered: Gathered, now: datetime
) -> HeldKeys:
    """Players held, with content checks per game against the schedule's final score."""
    shared = ("box_scores", frozenset(days))
    if shared not in look.once:
        look.once[shared] = _box_scores(look, days, gathered, now)
    return look.once[shared]


def _box_scores(look: Look, days: Collection[date], gathered: Gathered, now: datetime) -> HeldKeys:
    bodies = feed(look, "nba_boxscore", days, gathered, now)
    attempts = attempts_by_date(look, "player_box_scores", days)
    found: HeldKeys = defaultdict(dict)
    held: dict[date, dict[str, list[tuple[Any, ...]]]] = defaultdict(lambda: defaultdict(list))
    for first, last in date_ranges(days):
        for day, game_id, *rest in _held_rows(look, "player_box_scores", first, last):
            held[day][game_id].append(tuple(rest))
    for day in days:
        for game in gathered.facts[day].games:
            rows = held[day][game.game_id]
            body = gathered.facts[day].boxes.get(game.game_id)
            suspicions = box_score_suspicions(game, rows, body)
            for player_id, *_ in rows:
                key = f"{game.game_id}/{player_id}"
                reason = suspicions.get(player_id) or suspicions.get(None)
                newer = body is not None and not body.loaded
                tried = attempts.get(day, {}).get(key)
                found[day][key] = KeyEvidence(
                    held=True,
                    attempts=tried.attempts if tried else 0,
                    last_attempt_at=tried.last_at if tried else None,
                    suspect=reason,
                    stale="a newer body lies in the archive" if newer else None,
                )
            if body is not None:
                for player in body.listed:
                    key = f"{game.game_id}/{player}"
                    tried = attempts.get(day, {}).get(key)
                    why = body.rejected.get(player)
                    if why is not None:
                        found[day][key] = KeyEvidence(
                            attempts=1, cause=Cause.CONTRACT_BROKEN, detail=why, ready=False
                        )
                    found[day].setdefault(key, not_loaded(tried))
            else:
                behind = bodies.get(day, {}).get(game.game_id, KeyEvidence())
                for side in (game.home_team or "home", game.away_team or "away"):
                    found[day][f"{game.game_id}/{side}"] = same_cause(behind)
    return found


def _held_rows(look: Look, table: str, first: date, last: date) -> list[tuple[Any, ...]]:
    """What a raw table holds of a range, by key; read again when it changed."""
    query = sql("trust/sql", _HELD[table])
    span = {"first_date": first, "last_date": last}
    token = look.cache.changes.on(table, first, last)
    return look.cache.keep(("held", table, first, last), token, lambda: look.lake.rows(query, span))


def box_bodies(
    look: Look, name: str, days: Collection[date], gathered: Gathered, now: datetime
) -> HeldKeys:
    """The box score feed; a body whose rows are suspect is asked for again, until it changes."""
    found = feed(look, name, days, gathered, now)
    for day, keys in box_scores(look, "player_box_scores", days, gathered, now).items():
        doubts = {
            key.partition("/")[0]: seen.suspect
            for key, seen in keys.items()
            if seen.suspect is not None
        }
        for game_id, box in gathered.facts[day].boxes.items():
            if box.rejected:
                said = "; ".join(sorted(set(box.rejected.values())))
                doubts.setdefault(game_id, f"{len(box.rejected)} break the contract: {said}")
        for game_id, doubt in doubts.items():
            body = found[day].get(game_id)
            if body is not None and body.held:
                found[day][game_id] = replace(body, suspect=f"its rows are suspect: {doubt}")
    return found


def props(
    look: Look, name: str, days: Collection[date], gathered: Gathered, now: datetime
) -> HeldKeys:
    """Games with lines held; stale when a provisional name can be resolved by now."""
    bodies = feed(look, "odds_event_props", days, gathered, now)
    listing = feed(look, "odds_events", days, gathered, now)
    attempts = attempts_by_date(look, name, days)
    found: HeldKeys = defaultdict(dict)
    held: dict[date, dict[str, list[str]]] = defaultdict(dict)
    waiting = {(m.game_date, m.key) for m in unloaded_bodies(look.ledger, "odds_event_props")}
    for first, last in date_ranges(days):
        for day, game_id, _, unresolved in _held_rows(look, "odds_player_props", first, last):
            held[day][game_id] = unresolved or []
    for day in days:
        for game in gathered.facts[day].games:
            key = game.game_id
            behind = bodies.get(day, {}).get(key, KeyEvidence())
            if key in held[day]:
                tried = attempts.get(day, {}).get(key)
                newer = "a newer snapshot lies in the archive" if (day, key) in waiting else None
                found[day][key] = KeyEvidence(
                    held=True,
                    stale=newer or _resolvable(look, game, held[day][key]),
                    attempts=tried.attempts if tried else 0,
                    last_attempt_at=tried.last_at if tried else None,
                )
            elif behind.held:
                found[day][key] = not_loaded(attempts.get(day, {}).get(key))
            elif behind.attempts or behind.cause:
                found[day][key] = same_cause(behind)
            else:
                found[day][key] = same_cause(listing.get(day, {}).get("listing", KeyEvidence()))
    return found


def _resolvable(look: Look, game: Game, names: list[str]) -> str | None:
    """Why a game's lines should be read again: provisional names somebody is known by now."""
    if not names or game.tip_at is None:
        return None
    changed = look.aliases_file.stat().st_mtime_ns if look.aliases_file.exists() else 0
    index = look.cache.keep(
        "everybody",
        (look.cache.changes.total("player_box_scores"), changed),
        lambda: player_index(look.lake, look.aliases_file),
    )
    teams = [team for team in (game.home_team, game.away_team) if team is not None]
    known = [n for n in names if index.resolve(n, teams, game.tip_at).how != UNRESOLVED]
    return f"names that can be resolved now: {', '.join(sorted(known))}" if known else None


def event_props(
    look: Look, name: str, days: Collection[date], gathered: Gathered, now: datetime
) -> HeldKeys:
    """The props feed; a held game is asked for again at its next wanted snapshot before the tip."""
    found = feed(look, name, days, gathered, now)
    if is_planned(look.settings.odds):
        return _planned_props(look, found, days, gathered, now)
    wanted = sorted(look.settings.odds.hours_before_tip, reverse=True)
    for first, last in date_ranges(days):
        asked: dict[tuple[date, str], datetime] = {}
        for manifest in manifests_of(look.ledger, name, first, last):
            asked[(manifest.game_date, manifest.key)] = manifest.checked_at
        for (day, key), last_asked in asked.items():
            held = found.get(day, {}).get(key)
            tips = (
                [g.tip_at for g in gathered.facts[day].games if g.game_id == key]
                if day in days
                else []
            )
            if held is None or not held.held or not tips or tips[0] is None:
                continue
            later = [snapshot_at(tips[0], hours) for hours in wanted]
            following = [at for at in later if at > last_asked and at < tips[0]]
            if following and now < tips[0]:
                found[day][key] = replace(held, next_attempt_at=min(following))
    return found


def _planned_props(
    look: Look, found: HeldKeys, days: Collection[date], gathered: Gathered, now: datetime
) -> HeldKeys:
    """The props feed where credits are planned: asked again as the plan says, held or not."""
    if gathered.planned is None:
        return found
    for day in days:
        asked = {m.key: m.checked_at for m in manifests_of(look.ledger, FEED, day, day)}
        for game in gathered.facts[day].games:
            seen = found[day].get(game.game_id, KeyEvidence())
            share = gathered.planned.of(game.game_id, day)
            tries = (asked.get(game.game_id), seen.last_attempt_at)
            last = max((at for at in tries if at is not None), default=None)
            at = share.next_ask(now, last)
            if at is None and not seen.held and share.given_up and game.tip_at is not None:
                # Asked for once at its closing time: the run writes down that it was given up.
                closing = game.tip_at - CLOSING_BEFORE
                at = closing if last is None or last < closing else None
            if at is not None:
                found[day][game.game_id] = replace(seen, next_attempt_at=at)
    return found
