"""What is really there: witnesses that do not trust each other, gathered per cell.

Rows in the lake, bodies in the archive, attempts and leases in the ledger. Nothing here decides;
`fullcourt.trust.verdict.judge` does.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from fullcourt.pipeline.gates import usable_context
from fullcourt.sql_files import sql
from fullcourt.stores.archive import Archive
from fullcourt.stores.lake import Lake
from fullcourt.stores.ledger import Ledger, ManifestRow
from fullcourt.stores.ledger.manifests import manifests_of
from fullcourt.stores.ledger.records import Attempt, LeaseRow
from fullcourt.stores.ledger.runs import live_leases
from fullcourt.stores.ledger.vendors import attempts_between
from fullcourt.trust.cache import ReadCache
from fullcourt.trust.content import box_score_suspicions
from fullcourt.trust.expectations import SCHEDULE_RESULT_DUE, expect
from fullcourt.trust.facts import DayFacts, playable
from fullcourt.trust.gather import Gathered, OddsCoverage, date_ranges, gather
from fullcourt.trust.words import Cause, Evidence, Expectation, KeyEvidence, LeaseEvidence

FEED_BEHIND = {
    "schedule": "nba_schedule",
    "odds_player_props": "odds_event_props",
    "player_box_scores": "nba_boxscore",
}
_CAUSES = {cause.value: cause for cause in Cause}

# Tables a computed dataset's inputs come from; of its own dates only, or of any date.
_INPUTS = {
    "player_game_summary": ("player_box_scores",),
    "upcoming_player_game_context": ("schedule", "player_box_scores", "player_game_summary"),
    "player_composite_factors": (
        "schedule",
        "player_box_scores",
        "player_game_summary",
        "upcoming_player_game_context",
    ),
    "predictions": ("schedule", "odds_player_props", "player_composite_factors"),
    "grades": ("predictions", "player_game_summary", "schedule"),
}
_SAME_DATE_INPUTS = frozenset({"odds_player_props", "player_composite_factors", "predictions"})

HeldKeys = dict[date, dict[str, KeyEvidence]]


class Observer:
    """Looks at the stores for whole groups of cells at once."""

    def __init__(
        self, ledger: Ledger, lake: Lake, archive: Archive, settings: Any, odds: OddsCoverage
    ) -> None:
        self._ledger = ledger
        self._lake = lake
        self._archive = archive
        self._settings = settings
        self._odds = odds
        self._cache = ReadCache()

    def note_change(self, table: str, changed: Collection[date]) -> None:
        """Rows of `table` changed on these dates: what was derived from them is read again."""
        self._cache.note_change(table, changed)

    def observe(
        self, wanted: Mapping[date, Collection[str]], now: datetime
    ) -> list[tuple[Expectation, Evidence]]:
        """Expectation and evidence of each wanted cell (date -> datasets), as of `now`."""
        gathered = gather(
            self._ledger, self._lake, self._settings, self._odds, wanted, now, self._cache
        )
        leases = live_leases(self._ledger)
        by_dataset: dict[str, set[date]] = defaultdict(set)
        for day, names in wanted.items():
            for name in names:
                by_dataset[name].add(day)
        # A dataset's evidence needs the feed's own evidence behind it, and box scores their keys.
        seen: dict[str, HeldKeys] = {}
        found = []
        for name, days in by_dataset.items():
            held = self._dataset(name, days, gathered, now, seen)
            for day in days:
                expectation = expect(name, gathered.facts[day])
                keys = held.get(day, {})
                found.append((expectation, self._evidence(expectation, keys, leases)))
        return found

    def _evidence(
        self,
        expectation: Expectation,
        keys: Mapping[str, KeyEvidence],
        leases: tuple[LeaseRow, ...],
    ) -> Evidence:
        cell = expectation.cell
        expected = {key.key for key in expectation.keys}
        lease = next(
            (
                LeaseEvidence(row.lease.run_id, row.expires_at, row.deadline_at, row.progress)
                for row in leases
                if row.lease.dataset == cell.dataset
                and row.first_date <= cell.game_date <= row.last_date
            ),
            None,
        )
        unexpected = tuple(sorted(k for k, e in keys.items() if e.held and k not in expected))
        relevant = {k: e for k, e in keys.items() if k in expected}
        return Evidence(relevant, lease, unexpected, _digest(expectation, relevant, lease))

    def _dataset(
        self,
        name: str,
        days: Collection[date],
        gathered: Gathered,
        now: datetime,
        seen: dict[str, HeldKeys],
    ) -> HeldKeys:
        if name not in seen:
            seen[name] = _LOOK[name](self, name, days, gathered, now)
        return seen[name]

    # Feeds: held means a good body lies in the archive.

    def feed(
        self, name: str, days: Collection[date], gathered: Gathered, now: datetime
    ) -> HeldKeys:
        """Evidence of a feed's keys from the archive's index (and a look at the objects)."""
        found: HeldKeys = defaultdict(dict)
        for first, last in date_ranges(days):
            attempts = attempts_between(self._ledger, name, first, last)
            newest: dict[tuple[date, str], ManifestRow] = {}
            for manifest in manifests_of(self._ledger, name, first, last):
                if manifest.outcome == "ok" and manifest.game_date in days:
                    newest[(manifest.game_date, manifest.key)] = manifest
            for day, tried in attempts.items():
                if day in days:
                    found[day].update({key: _tried(a) for key, a in tried.items()})
            for (day, key), manifest in newest.items():
                before = found[day].get(key)
                if manifest.digest is not None and self._archive.has_body(manifest.digest):
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

    # Raw datasets: held means rows in the lake.

    def schedule(
        self, name: str, days: Collection[date], gathered: Gathered, now: datetime
    ) -> HeldKeys:
        """Games held; overdue when neither final nor postponed 5 h after the tip."""
        feed = self.feed("nba_schedule", days, gathered, now)
        attempts = self._attempts(name, days)
        found: HeldKeys = defaultdict(dict)
        for day in days:
            facts = gathered.facts[day]
            tried = feed.get(day, {}).get("schedule")
            for game in facts.games:
                overdue = (
                    not game.is_final
                    and game.retired is None
                    and game.tip_at is not None
                    and now >= game.tip_at + SCHEDULE_RESULT_DUE
                )
                if game.is_recorded and not overdue:
                    found[day][game.game_id] = KeyEvidence(held=True)
                elif overdue:
                    found[day][game.game_id] = KeyEvidence(
                        attempts=tried.attempts if tried else 0,
                        last_attempt_at=tried.last_attempt_at if tried else None,
                        cause=(tried.cause if tried and tried.cause else Cause.VENDOR_EMPTY),
                        detail="neither final nor postponed 5 h after its tip",
                    )
            for game_id in facts.archived_game_ids - {g.game_id for g in facts.games}:
                found[day][game_id] = _not_loaded(attempts.get(day, {}).get(game_id))
        return found

    def box_scores(
        self, name: str, days: Collection[date], gathered: Gathered, now: datetime
    ) -> HeldKeys:
        """Players held, with content checks per game against the schedule's final score."""
        feed = self.feed("nba_boxscore", days, gathered, now)
        attempts = self._attempts(name, days)
        found: HeldKeys = defaultdict(dict)
        held: dict[date, dict[str, list[tuple[Any, ...]]]] = defaultdict(lambda: defaultdict(list))
        for first, last in date_ranges(days):
            span = {"first_date": first, "last_date": last}
            for day, game_id, *rest in self._lake.rows(sql("trust/sql", "box_scores_held"), span):
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
                    found[day][key] = KeyEvidence(
                        held=True,
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
                        found[day].setdefault(key, _not_loaded(tried))
                else:
                    behind = feed.get(day, {}).get(game.game_id, KeyEvidence())
                    for side in (game.home_team or "home", game.away_team or "away"):
                        found[day][f"{game.game_id}/{side}"] = _same_cause(behind)
        return found

    def props(
        self, name: str, days: Collection[date], gathered: Gathered, now: datetime
    ) -> HeldKeys:
        """Games with lines held; stale when a provisional name can be resolved by now."""
        feed = self.feed("odds_event_props", days, gathered, now)
        listing = self.feed("odds_events", days, gathered, now)
        attempts = self._attempts(name, days)
        found: HeldKeys = defaultdict(dict)
        held: dict[date, set[str]] = defaultdict(set)
        for first, last in date_ranges(days):
            span = {"first_date": first, "last_date": last}
            for day, game_id, _, _ in self._lake.rows(sql("trust/sql", "props_held"), span):
                held[day].add(game_id)
        for day in days:
            for game in gathered.facts[day].games:
                key = game.game_id
                behind = feed.get(day, {}).get(key, KeyEvidence())
                if key in held[day]:
                    found[day][key] = KeyEvidence(held=True)
                elif behind.held:
                    found[day][key] = _not_loaded(attempts.get(day, {}).get(key))
                elif behind.attempts or behind.cause:
                    found[day][key] = _same_cause(behind)
                else:
                    found[day][key] = _same_cause(
                        listing.get(day, {}).get("listing", KeyEvidence())
                    )
        return found

    def event_props(
        self, name: str, days: Collection[date], gathered: Gathered, now: datetime
    ) -> HeldKeys:
        """The props feed; a game without a listed event takes its cause from the listing."""
        found = self.feed(name, days, gathered, now)
        return found

    # Computed datasets: held rows, input fingerprints, what blocks them.

    def summaries(
        self, name: str, days: Collection[date], gathered: Gathered, now: datetime
    ) -> HeldKeys:
        """Summaries held; stale when their box score's values changed; blocked without one."""
        found = self._computed(name, days, now, fresh=sql("analytics", name))
        attempts = self._attempts(name, days)
        boxes = self.box_scores("player_box_scores", days, gathered, now)
        for day in days:
            facts = gathered.facts[day]
            for game in facts.games:
                body = facts.boxes.get(game.game_id)
                if body is None:
                    for side in (game.home_team or "home", game.away_team or "away"):
                        key = f"{game.game_id}/{side}"
                        box = boxes[day].get(key, KeyEvidence())
                        forever = self._given_up(
                            game_key=key, day=day, facts=facts, box=box, now=now
                        )
                        found[day][key] = KeyEvidence(
                            blocked_by=f"player_box_scores {game.name}", blocked_forever=forever
                        )
                    continue
                for player in body.appeared:
                    key = f"{game.game_id}/{player}"
                    if key in found[day]:
                        continue
                    if boxes[day].get(key, KeyEvidence()).held:
                        found[day][key] = _failed(attempts.get(day, {}).get(key))
                    else:
                        blocked = f"player_box_scores {game.name} {body.listed[player]}"
                        found[day][key] = KeyEvidence(blocked_by=blocked)
        return found

    def _given_up(
        self, *, game_key: str, day: date, facts: DayFacts, box: KeyEvidence, now: datetime
    ) -> bool:
        expected = {k.key: k for k in expect("player_box_scores", facts).keys}
        key = expected.get(game_key)
        return (
            key is not None
            and key.horizon_at is not None
            and now >= key.horizon_at
            and box.attempts > 0
        )

    def slate(
        self, name: str, days: Collection[date], gathered: Gathered, now: datetime
    ) -> HeldKeys:
        """Context held; stale only before the tip."""
        room = "analytics" if name == "upcoming_player_game_context" else "precompute"
        found = self._computed(name, days, now, fresh=sql(room, name), gathered=gathered)
        return self._with_attempts(name, found, days)

    def factors(
        self, name: str, days: Collection[date], gathered: Gathered, now: datetime
    ) -> HeldKeys:
        """Factors held; without an open gate the missing ones say so."""
        found = self._computed(
            name,
            days,
            now,
            fresh=sql("precompute", name),
            gathered=gathered,
            prepare=usable_context,
        )
        found = self._with_attempts(name, found, days)
        return found

    def predictions(
        self, name: str, days: Collection[date], gathered: Gathered, now: datetime
    ) -> HeldKeys:
        """Predictions held; blocked by name where the factors are missing."""
        found = self._computed(
            name, days, now, fresh=sql("predict", "prediction_inputs"), gathered=gathered
        )
        factors = self._held_keys("player_composite_factors", days)
        attempts = self._attempts(name, days)
        for day in days:
            games = {g.game_id: g for g in gathered.facts[day].games}
            for player in gathered.facts[day].prediction_players or ():
                key = f"{player.game_id}/{player.player_id}"
                if key in found[day]:
                    continue
                tried = attempts.get(day, {}).get(key)
                if key not in factors[day]:
                    game = games.get(player.game_id)
                    where = f"{game.name} {player.name}" if game else key
                    cause = _CAUSES.get(tried.outcome) if tried else None
                    found[day][key] = KeyEvidence(
                        blocked_by=f"player_composite_factors {where}", cause=cause
                    )
                elif tried is not None:
                    found[day][key] = _tried(tried)
        return found

    def grades(
        self, name: str, days: Collection[date], gathered: Gathered, now: datetime
    ) -> HeldKeys:
        """Grades held; blocked by name while the game has no result or no summaries."""
        found = self._computed(name, days, now, fresh=sql("predict", "grade_inputs"))
        attempts = self._attempts(name, days)
        boxes: HeldKeys | None = None
        for day in days:
            facts = gathered.facts[day]
            games = {g.game_id: g for g in facts.games}
            for held in facts.predictions or ():
                key = f"{held.game_id}/{held.player_id}"
                if key in found[day]:
                    continue
                game = games.get(held.game_id)
                shown = game.name if game else held.game_id
                if held.game_state == "final_without_box" and game is not None:
                    boxes = boxes or self.box_scores("player_box_scores", days, gathered, now)
                    side = f"{held.game_id}/{game.home_team or 'home'}"
                    forever = self._given_up(
                        game_key=side,
                        day=day,
                        facts=facts,
                        box=boxes[day].get(side, KeyEvidence()),
                        now=now,
                    )
                    found[day][key] = KeyEvidence(
                        blocked_by=f"player_game_summary {shown}", blocked_forever=forever
                    )
                elif held.game_state == "pending":
                    found[day][key] = KeyEvidence(blocked_by=f"schedule {shown}: no result yet")
                else:
                    tried = attempts.get(day, {}).get(key)
                    found[day][key] = _tried(tried) if tried else KeyEvidence()
        return found

    def _computed(
        self,
        name: str,
        days: Collection[date],
        now: datetime,
        *,
        fresh: str,
        gathered: Gathered | None = None,
        prepare: Callable[[Lake, date, date, datetime], None] | None = None,
    ) -> HeldKeys:
        """Held rows with their staleness: the fingerprint of today's inputs against the row's own."""
        found: HeldKeys = defaultdict(dict)
        for first, last in date_ranges(days):
            span = {"first_date": first, "last_date": last}
            held = self._lake.rows(sql("trust/sql", "computed_held").format(table=name), span)
            open_games = None if gathered is None else _not_frozen(gathered, first, last, now)
            current: dict[tuple[Any, ...], str] = {}
            if held and (open_games is None or open_games):
                token = [
                    self._cache.on(t, first, last)
                    if t in _SAME_DATE_INPUTS
                    else self._cache.total(t)
                    for t in _INPUTS[name]
                ]
                current = self._cache.keep(
                    ("inputs", name, first, last),
                    token,
                    partial(self._inputs_now, fresh, first, last, now, prepare),
                )
            for day, game_id, player_id, fingerprint, rows in held:
                frozen = open_games is not None and game_id not in open_games
                other = None if frozen else current.get((day, game_id, player_id))
                found[day][f"{game_id}/{player_id}"] = KeyEvidence(
                    held=True,
                    suspect=f"{rows} rows for one key" if rows > 1 else None,
                    stale="an input changed since" if other not in (None, fingerprint) else None,
                )
        return found

    def _inputs_now(
        self,
        fresh: str,
        first: date,
        last: date,
        now: datetime,
        prepare: Callable[[Lake, date, date, datetime], None] | None,
    ) -> dict[tuple[Any, ...], str]:
        """The fingerprint of each key's inputs as they are now."""
        if prepare is not None:
            prepare(self._lake, first, last, now)
        query = f"SELECT game_date, game_id, player_id, input_fingerprint FROM ({fresh})"
        span = {"first_date": first, "last_date": last, "now": now}
        return {(d, g, p): f for d, g, p, f in self._lake.rows(query, span)}

    def _held_keys(self, name: str, days: Collection[date]) -> dict[date, set[str]]:
        found: dict[date, set[str]] = defaultdict(set)
        for first, last in date_ranges(days):
            span = {"first_date": first, "last_date": last}
            for day, game_id, player_id, _, _ in self._lake.rows(
                sql("trust/sql", "computed_held").format(table=name), span
            ):
                found[day].add(f"{game_id}/{player_id}")
        return found

    def _attempts(self, name: str, days: Collection[date]) -> dict[date, dict[str, Attempt]]:
        found: dict[date, dict[str, Attempt]] = {}
        for first, last in date_ranges(days):
            found.update(attempts_between(self._ledger, name, first, last))
        return found

    def _with_attempts(self, name: str, found: HeldKeys, days: Collection[date]) -> HeldKeys:
        for day, tried in self._attempts(name, days).items():
            for key, attempt in tried.items():
                found[day].setdefault(key, _tried(attempt))
        return found


def _not_frozen(gathered: Gathered, first: date, last: date, now: datetime) -> set[str]:
    return {
        game.game_id
        for day, facts in gathered.facts.items()
        if first <= day <= last
        for game in playable(facts.games)
        if game.tip_at is None or game.tip_at > now
    }


def _tried(attempt: Attempt) -> KeyEvidence:
    return KeyEvidence(
        attempts=attempt.attempts,
        last_attempt_at=attempt.last_at,
        cause=_CAUSES.get(attempt.outcome, Cause.PROCESSOR_FAILED),
        detail=attempt.detail,
    )


def _not_loaded(attempt: Attempt | None) -> KeyEvidence:
    """The body is in the archive and its rows are not in the lake."""
    if attempt is None:
        return KeyEvidence(cause=Cause.ARCHIVED_NOT_LOADED, detail="the archive holds it")
    return _tried(attempt)


def _failed(attempt: Attempt | None) -> KeyEvidence:
    return KeyEvidence() if attempt is None else _tried(attempt)


def _same_cause(behind: KeyEvidence) -> KeyEvidence:
    """The feed's word on a key, for the dataset made from it."""
    return KeyEvidence(
        attempts=behind.attempts,
        last_attempt_at=behind.last_attempt_at,
        cause=behind.cause,
        detail=behind.detail,
        ready=False,
    )


def _digest(
    expectation: Expectation, keys: Mapping[str, KeyEvidence], lease: LeaseEvidence | None
) -> str:
    parts = [repr(lease), repr(expectation.unverifiable)]
    parts += [f"{k.key}|{k.retired}|{k.unverifiable}|{k.due_at}" for k in expectation.keys]
    parts += [
        f"{key}|{e.held}|{e.suspect}|{e.stale}|{e.attempts}|{e.cause}|{e.blocked_by}"
        for key, e in sorted(keys.items())
    ]
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()[:16]


_LOOK: dict[str, Callable[[Observer, str, Collection[date], Gathered, datetime], HeldKeys]] = {
    "nba_schedule": Observer.feed,
    "odds_events": Observer.feed,
    "odds_event_props": Observer.event_props,
    "nba_boxscore": Observer.feed,
    "schedule": Observer.schedule,
    "odds_player_props": Observer.props,
    "player_box_scores": Observer.box_scores,
    "player_game_summary": Observer.summaries,
    "upcoming_player_game_context": Observer.slate,
    "player_composite_factors": Observer.factors,
    "predictions": Observer.predictions,
    "grades": Observer.grades,
}
