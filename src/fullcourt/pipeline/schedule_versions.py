"""Schedule bodies against the versions the lake holds: what they add, loaded or not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from fullcourt.raw import schedule
from fullcourt.raw.schedule import facts_of
from fullcourt.scrape.nba_schedule import read_season
from fullcourt.stores.archive import Archive
from fullcourt.stores.lake import Lake
from fullcourt.stores.ledger import Ledger, ManifestRow
from fullcourt.stores.ledger.manifests import body_contents
from fullcourt.vendors.nba_cdn import parse_scoreboard

Versions = dict[tuple[str, date], schedule.Known]
"""The latest version of each (game, date)."""


def add_versions(
    known: Versions, manifest: ManifestRow, body: bytes, run_id: str
) -> list[dict[str, Any]]:
    """The rows a body adds to `known`, which then has them too."""
    fresh = schedule.versions(known, _parsed(manifest, body), run_id)
    for row in fresh:
        known[(row["game_id"], row["game_date"])] = schedule.Known(
            **{name: row[name] for name in schedule.COLUMNS}
        )
    return fresh


def unloaded_versions(
    lake: Lake, archive: Archive, waiting: Sequence[ManifestRow], ledger: Ledger
) -> tuple[tuple[schedule.Known, datetime], ...]:
    """What the bodies `waiting` say that the lake does not have: the latest version of each (game,
    date) that is news, and when the first body with news of it came (UTC)."""
    known = known_schedule(lake, ledger, waiting)
    before = dict(known)
    since: dict[tuple[str, date], datetime] = {}
    for manifest in waiting:
        body = archive.get_body(manifest.digest) if manifest.digest else None
        if body is not None:
            for row in add_versions(known, manifest, body, ""):
                since.setdefault((row["game_id"], row["game_date"]), manifest.fetched_at)
    return tuple(
        (known[place], at)
        for place, at in since.items()
        if place not in before or facts_of(before[place]) != facts_of(known[place])
    )


def _parsed(manifest: ManifestRow, body: bytes) -> schedule.Body:
    if manifest.key == "schedule":
        parsed = read_season(body)
        games, season, source, served = (
            parsed.games,
            parsed.season,
            "nba_schedule",
            parsed.served_at,
        )
    else:
        board = parse_scoreboard(body)
        games, season, source, served = board.games, None, "nba_scoreboard", board.served_at
    return schedule.Body(
        games=games,
        # The version's own time, never later than our fetch: a vendor's clock may run ahead.
        known_at=min(served, manifest.fetched_at),
        fetched_at=manifest.fetched_at,
        digest=manifest.digest or "",
        source=source,
        season=season,
    )


def known_schedule(lake: Lake, ledger: Ledger, bodies: Sequence[ManifestRow]) -> Versions:
    """The latest versions a body may change: every game for a season's body; for a scoreboard its
    own games (on whatever date they stand) and its date."""
    columns = ", ".join(schedule.COLUMNS)
    near = ""
    parameters: list[Any] = []
    if all(m.key == "scoreboard" for m in bodies):
        days = [m.game_date for m in bodies]
        contents = body_contents(ledger, [m.digest for m in bodies if m.digest])
        games = sorted({g for content in contents.values() for g in content["games"]})
        near = "WHERE game_date BETWEEN ? AND ? OR list_contains(?::VARCHAR[], game_id) "
        parameters = [min(days), max(days), games]
    rows = lake.rows(
        f"SELECT {columns} FROM lake.schedule {near}QUALIFY row_number() OVER "
        "(PARTITION BY game_id, game_date ORDER BY known_at DESC, fetched_at DESC) = 1",
        parameters,
    )
    return {
        (known.game_id, known.game_date): known
        for known in (
            schedule.Known(**dict(zip(schedule.COLUMNS, row, strict=True))) for row in rows
        )
    }
