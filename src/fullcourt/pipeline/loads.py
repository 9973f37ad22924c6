"""Phase 2: archived bodies into lake rows. No vendor is called: the repair from the archive too."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from fullcourt.nba.calendar import eastern, raises_cells
from fullcourt.nba.players import PlayerIndex
from fullcourt.nba.schedule import ended_when
from fullcourt.pipeline.everybody import kept_player_index
from fullcourt.pipeline.schedule_versions import (
    add_versions,
    known_schedule,
    sides_and_tips,
)
from fullcourt.pipeline.work import Outcome, Run, Stores
from fullcourt.raw import odds_player_props, player_box_scores, schedule
from fullcourt.raw.columns import (
    ODDS_PLAYER_PROPS,
    PLAYER_BOX_SCORES,
    SCHEDULE,
    arrow_table,
)
from fullcourt.scrape.nba_boxscore import form_of, parse_box_score
from fullcourt.stores.lake import Append, Delete, Replace, Write
from fullcourt.stores.ledger import ManifestRow
from fullcourt.stores.ledger.manifests import manifests_of, mark_loaded
from fullcourt.stores.ledger.runs import holding
from fullcourt.vendors.odds_api import is_historical, parse_event_props
from fullcourt.vendors.transport import VendorError

_COMMIT_ROWS = 40_000

Outcomes = dict[tuple[date, str], tuple[str, str]]


def load_schedule(run: Run, first: date, last: date, keys: Collection[str]) -> Outcome:
    """Schedule bodies no run has taken in, oldest first; asked keys are looked up in the newest."""
    stores = run.stores
    bodies = [
        m
        for m in manifests_of(stores.ledger, "nba_schedule", first, last)
        if m.outcome == "ok" and m.digest is not None
    ]
    waiting = [m for m in bodies if m.loaded_run_id is None]
    outcomes: Outcomes = {}
    if keys and not waiting:
        # Rows are gone although their bodies were loaded: say it again, from the newest body.
        waiting = _newest_season_bodies(stores, first, last)
    if not waiting:
        return Outcome({}, reason="unchanged")
    known = known_schedule(stores.lake, stores.ledger, waiting)
    before = dict(known)
    rows: list[dict[str, Any]] = []
    for manifest in waiting:
        body = _body(stores, manifest)
        if body is None:
            outcomes |= {(first, key): ("archive_lost", f"body {manifest.digest}") for key in keys}
            continue
        rows += add_versions(known, manifest, body, run.run_id)
    if rows:
        _register(stores, "new_rows", rows, SCHEDULE)
        run.claim(len(rows))
        run.commit([Append("schedule", "new_rows")], f"schedule {first}..{last}")
    _loaded(run, waiting)
    counted = {r["game_id"] for r in rows if raises_cells(r["game_id"])}
    outcomes |= {(first, key): ("ok", "") for key in keys if key in counted}
    for key in keys:
        said = ("vendor_empty", "the newest schedule body says nothing new of it")
        outcomes.setdefault((first, key), said)
    run.only_results = all(_is_result(row, before) for row in rows)
    return Outcome(outcomes, None if rows else "unchanged", _inputs(waiting))


def _is_result(row: dict[str, Any], before: dict[tuple[str, date], schedule.Known]) -> bool:
    """Whether a version only adds the result of a game that stands as it stood."""
    known = before.get((row["game_id"], row["game_date"]))
    return known is not None and all(
        row[name] == getattr(known, name)
        for name in (
            "tip_at",
            "home_team",
            "away_team",
            "is_postponed",
            "is_listed",
            "if_necessary",
            "reason",
        )
    )


def _newest_season_bodies(stores: Stores, first: date, last: date) -> list[ManifestRow]:
    found = [
        m
        for m in manifests_of(
            stores.ledger, "nba_schedule", first - timedelta(days=400), last + timedelta(days=400)
        )
        if m.outcome == "ok" and m.key == "schedule" and m.digest is not None
    ]
    return found[-1:]


def load_box_scores(run: Run, first: date, last: date, keys: Collection[str]) -> Outcome:
    """Box score bodies into rows: those not loaded yet, and those of the games asked for."""
    stores = run.stores
    games = {key.split("/", 1)[0] for key in keys}
    newest: dict[str, ManifestRow] = {}
    overtaken: list[ManifestRow] = []
    for manifest in manifests_of(stores.ledger, "nba_boxscore", first, last):
        if manifest.outcome == "ok" and manifest.digest is not None:
            before = newest.get(manifest.key)
            if before is not None and before.loaded_run_id is None:
                overtaken.append(before)
            newest[manifest.key] = manifest
    chosen = [m for m in newest.values() if m.loaded_run_id is None or m.key in games]
    chosen.sort(key=lambda m: (m.game_date, m.key))
    known_at = _final_instants(stores, first, last)
    outcomes: Outcomes = {}
    pending: list[dict[str, Any]] = []
    taken: list[ManifestRow] = []
    for done, manifest in enumerate(chosen, start=1):
        rows = _box_rows(stores, manifest, known_at, run.run_id, outcomes)
        if rows is not None:
            pending += rows
            taken.append(manifest)
        month_ends = done == len(chosen) or _month(chosen[done]) != _month(manifest)
        # A body that lists nobody gives no row, and is taken in all the same.
        if taken and (len(pending) >= _COMMIT_ROWS or month_ends):
            if pending:
                _write_box_rows(run, pending, f"player_box_scores {first}..{last}")
            _loaded(run, taken)
            run.progress(done, len(chosen), "bodies loaded")
            pending, taken = [], []
    if overtaken:
        # A newer body has taken their place before anybody took them in.
        _loaded(run, overtaken)
    reason = None if run.rows_written else "unchanged"
    return Outcome(outcomes, reason, _inputs(chosen))


def _month(manifest: ManifestRow) -> tuple[int, int]:
    return manifest.game_date.year, manifest.game_date.month


def _box_rows(
    stores: Stores,
    manifest: ManifestRow,
    known_at: dict[str, datetime],
    run_id: str,
    outcomes: Outcomes,
) -> list[dict[str, Any]] | None:
    day, game_id = manifest.game_date, manifest.key
    body = _body(stores, manifest)
    if body is None:
        outcomes[(day, game_id)] = ("archive_lost", f"body {manifest.digest}")
        return None
    form = form_of(manifest.endpoint)
    box = parse_box_score(body, form)
    for row in box.rejected:
        outcomes[(day, f"{game_id}/{row.player_id}")] = ("contract_broken", row.reason)
    ended = known_at.get(game_id) or manifest.known_at or manifest.fetched_at
    for line in box.lines:
        outcomes[(day, f"{game_id}/{line.player_id}")] = ("ok", "")
    return player_box_scores.rows(
        box,
        game_date=day,
        form=form,
        digest=manifest.digest or "",
        known_at=min(ended, manifest.fetched_at),
        fetched_at=manifest.fetched_at,
        run_id=run_id,
    )


def _write_box_rows(run: Run, rows: list[dict[str, Any]], note: str) -> None:
    stores = run.stores
    _register(stores, "new_rows", rows, PLAYER_BOX_SCORES)
    run.claim(len(rows))
    stores.lake.execute(
        "CREATE OR REPLACE TEMP TABLE new_games AS SELECT DISTINCT game_date, game_id FROM new_rows"
    )
    days = [row["game_date"] for row in rows]
    gone: Write = Delete(
        "player_box_scores",
        "game_date BETWEEN ? AND ? AND game_id IN (SELECT game_id FROM new_games)",
        (min(days), max(days)),
    )
    held = stores.lake.rows(
        "SELECT count(*) FROM lake.player_box_scores WHERE game_date BETWEEN ? AND ? "
        "AND game_id IN (SELECT game_id FROM new_games)",
        [min(days), max(days)],
    )[0][0]
    # A newer body replaces the game's rows as a whole: a player it no longer lists does not linger.
    writes: list[Write] = [gone] if held else []
    run.commit([*writes, Append("player_box_scores", "new_rows")], note)


def _final_instants(stores: Stores, first: date, last: date) -> dict[str, datetime]:
    """When each game was over: seen to become final, or tip + 2:30 where nobody watched."""
    rows = stores.lake.rows(
        "SELECT game_id, any_value(game_date), max(tip_at), "
        "min(known_at) FILTER (WHERE status = 3 AND NOT is_postponed) "
        "FROM lake.schedule WHERE game_date BETWEEN ? AND ? AND is_listed GROUP BY game_id",
        [first, last],
    )
    found = {}
    for game_id, day, tip, final in rows:
        ended = ended_when(tip, final) if tip is not None else None
        # No tip recorded: the next morning is the first instant everybody knew.
        found[game_id] = ended or eastern(day + timedelta(days=1), 6)
    return found


def load_props(run: Run, first: date, last: date, keys: Collection[str]) -> Outcome:
    """Event odds bodies into lines, names resolved by what was known at each game's tip."""
    stores = run.stores
    bodies = [
        m
        for m in manifests_of(stores.ledger, "odds_event_props", first, last)
        if m.outcome == "ok" and m.digest is not None and (m.loaded_run_id is None or m.key in keys)
    ]
    if not bodies:
        return Outcome({}, reason="unchanged")
    games = sides_and_tips(stores, first, last)
    bodies.sort(key=lambda m: (m.game_date, m.key, m.fetched_at))
    index = kept_player_index(stores)
    outcomes: Outcomes = {}
    pending: list[dict[str, Any]] = []
    taken: list[ManifestRow] = []
    for done, manifest in enumerate(bodies, start=1):
        game = games.get((manifest.game_date, manifest.key))
        rows = _prop_rows(stores, manifest, game, index, run.run_id, outcomes)
        if rows is not None:
            pending += rows
            taken.append(manifest)
        month_ends = done == len(bodies) or _month(bodies[done]) != _month(manifest)
        if taken and (len(pending) >= _COMMIT_ROWS or month_ends):
            if pending:
                _write_prop_rows(run, pending, f"odds_player_props {first}..{last}")
            _loaded(run, taken)
            run.progress(done, len(bodies), "bodies loaded")
            pending, taken = [], []
    reason = None if run.rows_written else "unchanged"
    return Outcome(outcomes, reason, _inputs(bodies))


def _write_prop_rows(run: Run, rows: list[dict[str, Any]], note: str) -> None:
    _register(run.stores, "new_rows", rows, ODDS_PLAYER_PROPS)
    run.claim(len(rows))
    keys = ("game_date", "game_id", "body_digest")
    run.commit([Replace("odds_player_props", "new_rows", keys)], note)


def _prop_rows(
    stores: Stores,
    manifest: ManifestRow,
    game: tuple[str, str, datetime | None] | None,
    index: PlayerIndex,
    run_id: str,
    outcomes: Outcomes,
) -> list[dict[str, Any]] | None:
    day, key = manifest.game_date, manifest.key
    body = _body(stores, manifest)
    if body is None:
        outcomes[(day, key)] = ("archive_lost", f"body {manifest.digest}")
        return None
    odds = stores.settings.odds
    try:
        props = parse_event_props(
            body,
            historical=is_historical(manifest.endpoint),
            received_at=manifest.fetched_at,
            teams=stores.odds_teams,
            markets=odds.markets,
        )
    except VendorError as error:
        outcomes[(day, key)] = (error.cause, str(error))
        return None
    home, away, tip = game or (props.event.home_team, props.event.away_team, props.event.tip_at)
    as_of = tip or props.event.tip_at
    outcomes[(day, key)] = ("ok", "")
    return odds_player_props.rows(
        props,
        lambda name: index.resolve(name, (home, away), as_of),
        game_date=day,
        game_id=key,
        digest=manifest.digest or "",
        fetched_at=manifest.fetched_at,
        run_id=run_id,
    )


def _inputs(bodies: Sequence[ManifestRow]) -> str:
    """The fingerprint of a load's inputs: the bodies it was given, by content."""
    digests = sorted(f"{m.game_date}|{m.key}|{m.digest}" for m in bodies)
    return hashlib.md5("\n".join(digests).encode(), usedforsecurity=False).hexdigest()


def _body(stores: Stores, manifest: ManifestRow) -> bytes | None:
    return stores.archive.get_body(manifest.digest) if manifest.digest else None


def _register(stores: Stores, name: str, rows: Sequence[dict[str, Any]], schema: Any) -> None:
    table = arrow_table(rows, schema)
    connection = stores.lake.connection
    connection.register(f"{name}_arrow", table)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM {name}_arrow")
    connection.unregister(f"{name}_arrow")


def _loaded(run: Run, manifests: Sequence[ManifestRow]) -> None:
    with holding(run.stores.ledger, run.lease):
        ids = [m.manifest_id for m in manifests]
        for start in range(0, len(ids), 500):
            mark_loaded(run.stores.ledger, ids[start : start + 500], run.run_id)
    run.stores.failpoint("ledger.loaded")


LOADS: dict[str, Callable[[Run, date, date, Collection[str]], Outcome]] = {
    "schedule": load_schedule,
    "player_box_scores": load_box_scores,
    "odds_player_props": load_props,
}
