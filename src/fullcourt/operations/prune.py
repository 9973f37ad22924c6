"""Retention: which bodies of the archive may go, which are pinned and why, and their removal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fullcourt.nba.calendar import game_date_of
from fullcourt.pipeline.work import Stores
from fullcourt.settings import RetentionSettings
from fullcourt.sql_files import sql
from fullcourt.stores.archive import Removal
from fullcourt.stores.ledger import ManifestRow
from fullcourt.stores.ledger.manifests import answers_with_bodies
from fullcourt.stores.ledger.removals import removals

RECORD_READS_DAYS = 400
"""How far back the features of a prediction read: a season, its summer, and a margin."""
KEPT_FOR_EVER = "the settings keep it for ever"
TOO_YOUNG = "younger than its retention"
NOT_LOADED = "not loaded yet"
NEWEST = "the newest answer to its question"
HAS_ROWS = "held rows were made from it"
RECORD = "predictions of the record were made with its rows"
_LOADED_FEEDS = frozenset({"nba_schedule", "nba_boxscore", "odds_event_props"})


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer whose body the archive should hold, as the ledger's index knows it."""

    digest: str
    feed: str
    game_date: date
    key: str
    is_good: bool
    is_loaded: bool
    is_newest: bool


@dataclass(frozen=True, slots=True)
class PruneLine:
    """Bodies of one feed with one fate. `pinned_by`: why they stay; null: they may go, because of
    `rule`. Sizes are bytes, packed."""

    feed: str
    rule: str | None
    pinned_by: str | None
    bodies: int
    size: int


@dataclass(frozen=True, slots=True)
class PruneView:
    """What retention removes, or has removed (`applied`), and what is pinned, as of `now` (UTC).

    `snapshots_kept`: newest snapshots of the lake that stay readable; `restore_points`: snapshots
    beyond them that a cleanup can still be undone from. The weekly upkeep forgets the others.
    """

    home: str
    now: datetime
    applied: bool
    settings: RetentionSettings
    lines: tuple[PruneLine, ...]
    bodies: int
    size: int
    removed_before: int
    snapshots_kept: int
    restore_points: tuple[int, ...]


def fate(
    answers: Sequence[Answer],
    newest_row: date | None,
    today: date,
    record: Sequence[date],
    settings: RetentionSettings,
) -> tuple[str | None, str | None]:
    """(rule, None) when a body may go, else (None, why it stays).

    `answers`: all that share the body; it goes only when each of them lets it go. `newest_row`: the
    latest game date of a held row made from it. `record`: dates with predictions made in time.
    """
    rules = []
    for answer in answers:
        rule, pin = _fate_of(answer, newest_row, today, record, settings)
        if pin is not None:
            return None, pin
        rules.append(rule)
    return rules[0], None


def _fate_of(
    answer: Answer,
    newest_row: date | None,
    today: date,
    record: Sequence[date],
    settings: RetentionSettings,
) -> tuple[str | None, str | None]:
    if not answer.is_good:
        return _by_age("bad_answers_days", settings.bad_answers_days, answer.game_date, today)
    if answer.feed in _LOADED_FEEDS and not answer.is_loaded:
        return None, NOT_LOADED
    if newest_row is None and not answer.is_newest:
        return _by_age("superseded_days", settings.superseded_days, answer.game_date, today)
    if settings.loaded_days == 0:
        return None, HAS_ROWS if newest_row is not None else NEWEST
    last = max(answer.game_date, newest_row or answer.game_date)
    if any(timedelta(0) <= day - answer.game_date <= _READS or day == last for day in record):
        return None, RECORD
    return _by_age("loaded_days", settings.loaded_days, last, today)


_READS = timedelta(days=RECORD_READS_DAYS)


def _by_age(name: str, days: int, last: date, today: date) -> tuple[str | None, str | None]:
    if days == 0:
        return None, KEPT_FOR_EVER
    if last > today - timedelta(days=days):
        return None, TOO_YOUNG
    return f"retention.{name} = {days}", None


def prune(stores: Stores, home: str, *, apply: bool) -> PruneView:
    """Say which bodies may go and which are pinned; remove the former when asked to.

    What is removed is recorded in the archive itself: it is never taken for lost.
    """
    archive, settings = stores.archive, stores.settings.retention
    now = stores.clock.now()
    today = game_date_of(now)
    before = sum(1 for _ in archive.removals())
    newest_rows = dict(stores.lake.rows(sql("operations", "pinned")))
    record = [
        row[0]
        for row in stores.lake.rows(
            "SELECT DISTINCT game_date FROM lake.predictions WHERE NOT is_retrospective ORDER BY 1"
        )
    ]
    bodies: Counter[tuple[str, str | None, str | None]] = Counter()
    sizes: Counter[tuple[str, str | None, str | None]] = Counter()
    for digest, answers in sorted(_answers(stores).items()):
        if not archive.has_body(digest):
            continue
        newest_row = newest_rows.get(digest)
        rule, pin = fate(answers, newest_row, today, record, settings)
        size = archive.size_of(digest)
        place = (answers[0].feed, rule, pin)
        bodies[place] += 1
        sizes[place] += size
        if apply and rule is not None:
            gone = Removal(digest, now, rule, size, had_rows=newest_row is not None)
            archive.remove_body(gone)
            stores.failpoint("archive.removed")
    lines = tuple(PruneLine(*place, bodies[place], sizes[place]) for place in _ordered(bodies))
    going = [line for line in lines if line.pinned_by is None]
    since = now - timedelta(days=stores.settings.cleanup.restorable_days)
    points = {run.snapshot_id - 1 for run in removals(stores.ledger) if run.closed_at > since}
    return PruneView(
        home=home,
        now=now,
        applied=apply,
        settings=settings,
        lines=lines,
        bodies=sum(line.bodies for line in going),
        size=sum(line.size for line in going),
        removed_before=before,
        snapshots_kept=stores.settings.lake.keep_snapshots,
        restore_points=tuple(sorted(points)),
    )


def _ordered(
    bodies: Mapping[tuple[str, str | None, str | None], int],
) -> list[tuple[str, str | None, str | None]]:
    return sorted(bodies, key=lambda place: (place[1] is None, *(part or "" for part in place)))


def _answers(stores: Stores) -> dict[str, list[Answer]]:
    """Every answer with a body, by the body's digest."""
    found: dict[str, list[Answer]] = {}
    newest: dict[tuple[str, date | None, str], str] = {}
    rows = answers_with_bodies(stores.ledger)
    for row in rows:
        if row.outcome == "ok":
            newest[_question(row)] = row.manifest_id
    for row in rows:
        assert row.digest is not None
        found.setdefault(row.digest, []).append(
            Answer(
                digest=row.digest,
                feed=row.feed,
                game_date=row.game_date,
                key=row.key,
                is_good=row.outcome == "ok",
                is_loaded=row.loaded_run_id is not None,
                is_newest=newest.get(_question(row)) == row.manifest_id,
            )
        )
    return found


def _question(row: ManifestRow) -> tuple[str, date | None, str]:
    """What an answer answers. A season's schedule speaks of all dates: a later one replaces it."""
    day = None if row.feed == "nba_schedule" else row.game_date
    return row.feed, day, row.key
