"""`history import`: files into the archive, and from there into the lake by the ordinary runs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from fullcourt.campaign import backfill
from fullcourt.controller import Controller
from fullcourt.history import rows as read
from fullcourt.history.archiving import Archived, Document, archive
from fullcourt.history.documents import Pairing, boxes_of_rows
from fullcourt.history.games import Witnesses, season_body
from fullcourt.history.pieces import (
    NOT_TAKEN,
    Complaint,
    HistoryRefused,
    Kind,
    Piece,
    content,
    pieces,
)
from fullcourt.nba.calendar import game_date_of
from fullcourt.pipeline.runner import RunReport, Task
from fullcourt.pipeline.schedule_versions import PLAYED
from fullcourt.replay.box_rows import BoxGame
from fullcourt.replay.recorded import RecordedGame
from fullcourt.scrape.nba_schedule import read_season, schedule_testimony
from fullcourt.stores.archive import digest_of
from fullcourt.stores.ledger.manifests import manifests_of
from fullcourt.trust.gather import date_ranges
from fullcourt.vendors import nba_cdn
from fullcourt.vendors.transport import VendorError

_SEASON = "season_"
_COMPUTED = ("player_box_scores", "player_game_summary")
_EVER = (date(1946, 1, 1), date(2100, 1, 1))


@dataclass(slots=True)
class Brought:
    """What came of it. `kinds`: pieces by kind; `skipped`: pieces of no use, with why; `failed`:
    runs that did not succeed; `first`, `last`: the Eastern dates of what was archived."""

    kinds: dict[str, int] = field(default_factory=dict)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    archived: list[Archived] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    rows_written: dict[str, int] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None


def bring(
    controller: Controller,
    paths: Sequence[Path],
    say: Callable[[str], None],
    *,
    skip_unknown: bool,
) -> Brought:
    """Archive and load everything below `paths` that is not held yet. Safe to repeat and to kill.

    Raises:
        HistoryRefused: a path is absent or a file broken; or, unless `skip_unknown`, a file is of
            no known kind. Nothing was archived then.
    """
    done = Brought()
    found = pieces(list(paths))
    unknown = [piece for piece in found if piece.kind is Kind.UNKNOWN]
    if unknown and not skip_unknown:
        names = ", ".join(piece.shown for piece in unknown[:8])
        more = f" and {len(unknown) - 8} more" if len(unknown) > 8 else ""
        raise HistoryRefused(
            f"{len(unknown)} of {len(found)} files are of no known kind: {names}{more}.",
            next_step="name only what is to be brought, or go on with --skip-unknown",
        )
    done.kinds = dict(Counter(piece.kind.value for piece in found))
    done.skipped = [(piece.shown, "not recognised") for piece in unknown]
    done.skipped += [(p.shown, NOT_TAKEN[p.kind]) for p in found if p.kind in NOT_TAKEN]
    say(f"{len(found):,} files recognised")
    controller.close_dead_runs()
    _Import(controller, done, say).run(found)
    return done


class _Import:
    def __init__(self, controller: Controller, done: Brought, say: Callable[[str], None]) -> None:
        self.controller, self.stores = controller, controller.stores
        self.done, self.say = done, say
        self.checked = read.Checked(done.complaints)
        self.days: set[date] = set()
        self.logs: dict[str, list[dict[str, Any]]] = {}
        self.boxes: dict[str, tuple[BoxGame, str]] = {}
        self.listings: list[Document] = []

    def run(self, found: Sequence[Piece]) -> None:
        by_kind: dict[Kind, list[Piece]] = defaultdict(list)
        for piece in found:
            by_kind[piece.kind].append(piece)
        witnesses = self._witnesses(by_kind)
        planned = self._schedules(by_kind[Kind.SCHEDULE])
        self._played(witnesses, planned)
        self._load("schedule")
        pairing = Pairing(self.stores, self.done.complaints)
        self._boxes(pairing, by_kind[Kind.BOX_BODY])
        self._load("player_box_scores")
        self._archive(self.listings)
        props = [pairing.event_odds(piece) for piece in by_kind[Kind.EVENT_ODDS]]
        for piece in by_kind[Kind.OWN_LINES]:
            props += pairing.own_lines(self.checked.rows(piece, read.line_row), piece.shown)
        taken = [document for document in props if document is not None]
        # Oldest first: the last one archived is the latest word on its game.
        taken.sort(key=lambda document: (str(document.testimony.snapshot_at), document.key))
        self._archive(taken)
        self._load("odds_player_props")
        for first, last in date_ranges(self.days, gap=120):
            backfill(self.controller, first, last, _COMPUTED, self.say)
        if self.days:
            self.done.first, self.done.last = min(self.days), max(self.days)

    def _witnesses(self, by_kind: Mapping[Kind, Sequence[Piece]]) -> Witnesses:
        witnesses = Witnesses(self.done.complaints)
        for piece in by_kind.get(Kind.SCHEDULE_ROWS, ()):
            witnesses.add_schedule(self.checked.rows(piece, read.schedule_row), piece.shown)
        for piece in by_kind.get(Kind.PLAYED, ()):
            witnesses.add_played(self.checked.rows(piece, read.played_row), piece.shown)
        for piece in by_kind.get(Kind.BOX_ROWS, ()):
            for game_id, box in boxes_of_rows(self.checked.rows(piece, read.box_row)).items():
                self.boxes.setdefault(game_id, (box, piece.shown))
                sides = [(side.team, side.points, side.seconds) for side in box.sides]
                witnesses.add_box(game_id, box.game_date, sides, piece.shown)
        for piece in by_kind.get(Kind.GAME_LOG, ()):
            lines = self.checked.rows(piece, read.log_row)
            witnesses.add_log(lines, piece.shown)
            self.logs[piece.shown] = lines
        for piece in by_kind.get(Kind.SCORES, ()):
            witnesses.add_scores(self.checked.rows(piece, read.score_row))
        pairing = Pairing(self.stores, self.done.complaints)
        for piece in by_kind.get(Kind.LISTING, ()):
            brought = pairing.listing(piece)
            if brought is not None:
                self.listings.append(brought[0])
                witnesses.add_listing(brought[1])
        witnesses.add_known(
            self.stores.lake.rows(
                "SELECT game_id, tip_at, home_team, away_team, home_score, away_score, overtimes "
                "FROM schedule_as_of(?) WHERE source = 'played_games'",
                [self.stores.clock.now()],
            )
        )
        return witnesses

    def _schedules(self, found: Sequence[Piece]) -> frozenset[str]:
        """Archive schedules as served; the seasons whose schedule this home knows by then."""
        documents, seasons = [], set()
        for piece in found:
            body = content(piece)
            try:
                parsed, said = read_season(body), schedule_testimony(body)
            except VendorError as error:
                self._complain(piece.shown, f"{error}; left out")
                continue
            if parsed.served_at > self.stores.clock.now():
                self._complain(piece.shown, f"served at {parsed.served_at}, after this home's now")
                continue
            seasons.add(parsed.season)
            documents.append(self._schedule(f"{_SEASON}{parsed.season}", piece.shown, body, said))
            self.days.update(game.game_date for game in parsed.games if game.is_final)
        self._archive(documents)
        known = self.stores.lake.rows(
            "SELECT DISTINCT season FROM lake.schedule WHERE source <> 'played_games'"
        )
        return frozenset(seasons | {season for (season,) in known})

    def _schedule(
        self, key: str, origin: str, body: bytes, said: Any, *, rerendered: bool = False
    ) -> Document:
        day = game_date_of(said.known_at)
        return Document(
            "nba_schedule",
            key,
            day,
            nba_cdn.VENDOR,
            "played_games" if rerendered else "schedule",
            origin,
            body,
            said,
            rerendered=rerendered,
        )

    def _played(self, witnesses: Witnesses, planned: frozenset[str]) -> None:
        """Seasons without a schedule: what was played is archived as their only witness."""
        documents = []
        for season in witnesses.seasons():
            if season in planned:
                continue
            games = [g for g in witnesses.games(season) if not self._is_ahead(witnesses, g)]
            if not games:
                continue
            self.days.update(g.played.game_date for g in games if g.played is not None)
            earlier = [
                m
                for m in manifests_of(self.stores.ledger, "nba_schedule", *_EVER)
                if m.key == f"{PLAYED}{season}"
            ]
            bodies = [season_body(season, games, later)[1] for later in range(len(earlier) + 1)]
            held = {m.digest for m in earlier}
            same = [body for body in bodies[:-1] if digest_of(body) in held]
            body = same[-1] if same else bodies[-1]
            files = sorted({witnesses.file_of(g.game_id).split("!")[0] for g in games})
            origin = files[0] + (f" and {len(files) - 1} more" if len(files) > 1 else "")
            said = schedule_testimony(body)
            documents.append(
                self._schedule(f"{PLAYED}{season}", origin, body, said, rerendered=True)
            )
        self._archive(documents)

    def _is_ahead(self, witnesses: Witnesses, game: RecordedGame) -> bool:
        """Whether a game was over only after this home's now."""
        if game.played is not None and game.played.over_at <= self.stores.clock.now():
            return False
        why = f"game {game.game_id} is not over at this home's now; left out"
        self._complain(witnesses.file_of(game.game_id), why)
        return True

    def _boxes(self, pairing: Pairing, served: Sequence[Piece]) -> None:
        documents = [pairing.box_as_served(piece) for piece in served]
        documents += [pairing.box_of_rows(box, file) for box, file in self.boxes.values()]
        better = {document.key for document in documents if document is not None}
        for file, lines in self.logs.items():
            by_game: dict[str, list[dict[str, Any]]] = defaultdict(list)
            for line in lines:
                by_game[line["GAME_ID"]].append(line)
            for game_id, of_game in by_game.items():
                # In one import the fuller form speaks for its game.
                if game_id not in better:
                    documents.append(pairing.box_of_log(game_id, of_game, file))
        self._archive([document for document in documents if document is not None])

    def _archive(self, documents: Sequence[Document]) -> None:
        if not documents:
            return
        self.done.archived.append(archive(self.stores, documents, self.say))
        if documents[0].feed in ("nba_boxscore", "odds_event_props"):
            self.days.update(document.game_date for document in documents)

    def _load(self, dataset: str) -> None:
        """Load what lies in the archive unloaded, season by season."""
        feed = {"schedule": "nba_schedule", "player_box_scores": "nba_boxscore"}.get(
            dataset, "odds_event_props"
        )
        waiting = sorted(
            {
                m.game_date
                for m in manifests_of(self.stores.ledger, feed, *_EVER)
                if m.outcome == "ok" and m.loaded_run_id is None and m.digest is not None
            }
        )
        # A season's files are loaded together; its schedule stands on one day, after the last game.
        for first, last in date_ranges(waiting, gap=120 if dataset != "schedule" else 10_000):
            self.say(f"{dataset}: loading {first} to {last}")
            reports = self.controller.run_tasks(
                [Task(dataset, first, last, (), trigger="backfill")]
            )
            self._note(reports)

    def _note(self, reports: Sequence[RunReport]) -> None:
        for report in reports:
            if report.state != "succeeded":
                self.done.failed.append(f"{report.dataset}: {report.error}")
            if report.rows_written is not None:
                written = self.done.rows_written.get(report.dataset, 0) + report.rows_written
                self.done.rows_written[report.dataset] = written

    def _complain(self, file: str, why: str) -> None:
        self.done.complaints.append(Complaint(file, None, None, None, why))
