"""Schedule bodies against the versions the lake holds: what they add, loaded or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from fullcourt.pipeline.work import Stores
from fullcourt.raw import schedule
from fullcourt.raw.schedule import facts_of
from fullcourt.scrape.nba_schedule import read_season
from fullcourt.stores.archive import Archive
from fullcourt.stores.lake import Lake
from fullcourt.stores.ledger import Ledger, ManifestRow
from fullcourt.stores.ledger.manifests import body_contents
from fullcourt.vendors.nba_cdn import parse_scoreboard

PLAYED = "played_"
"""How the key of a brought body begins that knows the games played, and not what was planned."""
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


@dataclass(slots=True)
class Reading:
    """What bodies that no run has taken in add to the lake's versions, read so far.

    `taken` are the bodies read, oldest first; `since`: when the first body with news of a (game,
    date) came (UTC). `is_whole`: `before` has every game, not only those near some scoreboards.
    """

    before: Versions
    known: Versions
    is_whole: bool
    taken: list[str] = field(default_factory=list)
    since: dict[tuple[str, date], datetime] = field(default_factory=dict)

    def news(self) -> tuple[tuple[schedule.Known, datetime], ...]:
        """The latest version of each (game, date) that is news, and since when it is."""
        return tuple(
            (self.known[place], at)
            for place, at in self.since.items()
            if place not in self.before
            or facts_of(self.before[place]) != facts_of(self.known[place])
        )


def read_unloaded(
    lake: Lake,
    archive: Archive,
    waiting: Sequence[ManifestRow],
    ledger: Ledger,
    earlier: Reading | None = None,
) -> Reading:
    """What the bodies `waiting` say that the lake does not have. `earlier`: a reading of the same
    rows; where it read the first of them, only the others are read."""
    ids = [manifest.manifest_id for manifest in waiting]
    if earlier is not None and earlier.is_whole and ids[: len(earlier.taken)] == earlier.taken:
        reading = earlier
    else:
        before = known_schedule(lake, ledger, waiting)
        reading = Reading(before, dict(before), any(m.key != "scoreboard" for m in waiting))
    for manifest in waiting[len(reading.taken) :]:
        body = archive.get_body(manifest.digest) if manifest.digest else None
        if body is not None:
            for row in add_versions(reading.known, manifest, body, ""):
                place = (row["game_id"], row["game_date"])
                reading.since.setdefault(place, manifest.fetched_at)
        reading.taken.append(manifest.manifest_id)
    return reading


def _parsed(manifest: ManifestRow, body: bytes) -> schedule.Body:
    season: str | None = None
    if manifest.key != "scoreboard":
        parsed = read_season(body)
        games, source, served = parsed.games, "nba_schedule", parsed.served_at
        if manifest.key.startswith(PLAYED):
            # What was played is no plan: a game it lacks is not withdrawn.
            source = "played_games"
        else:
            season = parsed.season
    else:
        board = parse_scoreboard(body)
        games, source, served = board.games, "nba_scoreboard", board.served_at
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


def sides_and_tips(
    stores: Stores, first: date, last: date
) -> Mapping[tuple[date, str], tuple[str, str, datetime | None]]:
    """Home, away and tip (UTC) of each (date, game) as known now; kept: a fetch and its load ask
    at the same instant."""
    now = stores.clock.now()
    asked = (first, last, now, stores.lake.changes.on("schedule", first, last))
    kept = stores.kept.get("sides and tips")
    if kept is None or kept[0] != asked:
        rows = stores.lake.rows(
            "SELECT game_date, game_id, home_team, away_team, tip_at FROM schedule_as_of(?) "
            "WHERE game_date BETWEEN ? AND ?",
            [now, first, last],
        )
        kept = (asked, {(day, game): (home, away, tip) for day, game, home, away, tip in rows})
        stores.kept["sides and tips"] = kept
    found: Mapping[tuple[date, str], tuple[str, str, datetime | None]] = kept[1]
    return found
