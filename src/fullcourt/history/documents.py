"""Pieces into documents for the archive: what is paired, rendered, and what is complained of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from fullcourt.clock import iso
from fullcourt.history.archiving import Document
from fullcourt.history.games import meeting_of
from fullcourt.history.pieces import Complaint, Piece, content
from fullcourt.nba.box import BoxScore
from fullcourt.nba.calendar import game_date_of
from fullcourt.nba.props import EventListing
from fullcourt.pipeline.work import Stores
from fullcourt.replay.box_rows import BoxGame, BoxSide, box_body
from fullcourt.replay.recorded import Appearance, Team
from fullcourt.scrape.ask import Testimony
from fullcourt.scrape.nba_boxscore import box_content, form_of, parse_box_score
from fullcourt.scrape.odds import listing_content, props_content
from fullcourt.vendors import nba_game_log, nba_stats, odds_api
from fullcourt.vendors.minutes import seconds_of_clock
from fullcourt.vendors.transport import VendorError

V3, LOG = "boxscoretraditionalv3", "leaguegamelog"
OWN = "own_lines"
_LISTING, _PROPS = "historical_events", "historical_event_odds"


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A game as the lake has it; `tip_at` is None where nobody recorded it."""

    game_id: str
    game_date: date
    home: str
    away: str
    tip_at: datetime | None


def scheduled_games(stores: Stores) -> dict[str, Scheduled]:
    """The games that were or are to be played, by id, on the date where they stand now."""
    rows = stores.lake.rows(
        "SELECT game_id, game_date, home_team, away_team, tip_at FROM schedule_as_of(?) "
        "WHERE is_listed AND NOT is_postponed AND home_team IS NOT NULL AND away_team IS NOT NULL "
        "ORDER BY game_id, game_date",
        [stores.clock.now()],
    )
    return {row[0]: Scheduled(*row) for row in rows}


def boxes_of_rows(rows: Iterable[Mapping[str, Any]]) -> dict[str, BoxGame]:
    """V3 rows as games: sides in recorded order, players as the wire has them."""
    grouped: dict[str, dict[int, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        grouped[row["game_id"]][row["team_id"]].append(row)
    return {
        game_id: BoxGame(
            game_id,
            next(iter(teams.values()))[0]["game_date"],
            tuple(_side(of_team) for of_team in teams.values()),
        )
        for game_id, teams in grouped.items()
    }


def _side(rows: Sequence[Mapping[str, Any]]) -> BoxSide:
    first = rows[0]
    team = Team(first["team_id"], first["team"], first["city"], first["name"], first["slug"])
    figures = [row["player"]["statistics"] for row in rows]
    players = msgspec.json.encode([row["player"] for row in rows]).decode()
    seconds = sum(_seconds(item["minutes"]) for item in figures)
    return BoxSide(team, sum(item["points"] for item in figures), seconds, players)


def _seconds(minutes: str) -> int:
    """Seconds for a team's sum; text that is no clock is named by the body's reader."""
    try:
        return seconds_of_clock(minutes)
    except ValueError:
        return 0


class Pairing:
    """Brought bodies against the schedule: what does not fit is complained of and left out."""

    def __init__(self, stores: Stores, complaints: list[Complaint]) -> None:
        self.stores = stores
        self.complaints = complaints
        self.games = scheduled_games(stores)
        self._by_meeting = {
            (frozenset((game.home, game.away)), game.game_date): game
            for game in self.games.values()
        }
        self._now = stores.clock.now()

    def box_of_rows(self, box: BoxGame, file: str) -> Document | None:
        """A V3 body put together from its rows."""
        sides = {side.tricode: side.team for side in box.sides}
        game = self._game(box.game_id, frozenset(sides), file)
        if game is None:
            return None
        played = Appearance(game.game_date, game.tip_at, 0, "", "", "")
        meeting = meeting_of(game.game_id, sides[game.home], sides[game.away], played)
        body = box_body(meeting, box, played.over_at)
        return self._box(game, V3, file, body, rerendered=True)

    def box_as_served(self, piece: Piece) -> Document | None:
        """A V3 body, byte for byte."""
        body = content(piece)
        box = self._read(piece.shown, lambda: parse_box_score(body, form_of(V3)))
        if box is None:
            return None
        game = self._game(box.game_id, frozenset((box.home_team, box.away_team)), piece.shown)
        return None if game is None else self._box(game, V3, piece.shown, body, rerendered=False)

    def box_of_log(
        self, game_id: str, rows: Sequence[Mapping[str, Any]], file: str
    ) -> Document | None:
        """The rows of one game of a log, in the log's form."""
        game = self._game(game_id, frozenset(row["TEAM_ABBREVIATION"] for row in rows), file)
        if game is None:
            return None
        body = nba_game_log.game_body(game_id, game.home, game.away, tuple(rows))
        return self._box(game, LOG, file, body, rerendered=True)

    def listing(self, piece: Piece) -> tuple[Document, EventListing] | None:
        """An odds listing, byte for byte: the witness of its own Eastern date."""
        body = content(piece)
        listing = self._read(
            piece.shown,
            lambda: odds_api.parse_events(
                body, historical=True, received_at=self._now, teams=self.stores.odds_teams
            ),
        )
        if listing is None or self._is_ahead(piece.shown, "timestamp", listing.snapshot_at):
            return None
        for why in listing.rejected:
            self.complaints.append(Complaint(piece.shown, None, None, None, why))
        at = listing.snapshot_at
        said = Testimony(listing_content(listing), known_at=at, snapshot_at=at)
        document = Document(
            "odds_events",
            "listing",
            game_date_of(at),
            odds_api.VENDOR,
            _LISTING,
            piece.shown,
            body,
            said,
        )
        return document, listing

    def event_odds(self, piece: Piece) -> Document | None:
        """Lines of one event, byte for byte, paired by teams and Eastern date."""
        return self._lines(piece.shown, content(piece), None, odds_api.VENDOR)

    def own_lines(self, rows: Sequence[Mapping[str, Any]], file: str) -> list[Document]:
        """Own lines, a body a game and snapshot, in the form of the historical odds."""
        grouped: dict[tuple[str, datetime], list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            game = self.games.get(row["game_id"] or "") or self._by_meeting.get(
                (row["teams"] or frozenset(), row["game_date"])
            )
            if game is None or game.game_date != row["game_date"] or game.tip_at is None:
                why = "the schedule has no such game on that date, or not its tip"
                column = "game_id" if row["game_id"] else "home_team"
                value = str(row["game_id"] or row["game_date"])
                self.complaints.append(Complaint(file, row["_row"], column, value, why))
                continue
            grouped[game.game_id, row["snapshot_at"]].append(row)
        found = []
        for (game_id, at), lines in sorted(grouped.items()):
            game = self.games[game_id]
            document = self._lines(file, self._own_body(game, at, lines), game, OWN)
            found += [document] if document is not None else []
        return found

    def _own_body(self, game: Scheduled, at: datetime, lines: Sequence[Mapping[str, Any]]) -> bytes:
        names = {code: name for name, code in reversed(list(self.stores.odds_teams.items()))}
        books: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
        for line in lines:
            for side in ("over", "under"):
                if line[f"{side}_price"] is not None:
                    books[line["bookmaker"]][line["market"]].append(
                        {
                            "name": side.title(),
                            "description": line["player_name"],
                            "price": line[f"{side}_price"],
                            "point": line["line"],
                        }
                    )
        return msgspec.json.encode(
            {
                "timestamp": iso(at),
                "data": {
                    "id": f"own-{game.game_id}",
                    "commence_time": iso(game.tip_at) if game.tip_at else None,
                    "home_team": names[game.home],
                    "away_team": names[game.away],
                    "bookmakers": [
                        {
                            "key": book,
                            "markets": [
                                {"key": market, "outcomes": outcomes}
                                for market, outcomes in markets.items()
                            ],
                        }
                        for book, markets in books.items()
                    ],
                },
            }
        )

    def _lines(
        self, file: str, body: bytes, game: Scheduled | None, vendor: str
    ) -> Document | None:
        stores = self.stores
        markets = stores.settings.odds.markets
        props = self._read(
            file,
            lambda: odds_api.parse_event_props(
                body,
                historical=True,
                received_at=self._now,
                teams=stores.odds_teams,
                markets=markets,
            ),
        )
        if props is None or self._is_ahead(file, "timestamp", props.snapshot_at):
            return None
        event = props.event
        pair = frozenset((event.home_team, event.away_team))
        game = game or self._by_meeting.get((pair, event.game_date))
        if game is None:
            why = "the schedule has no such game on that Eastern date"
            value = f"{event.game_date} {event.away_team}@{event.home_team}"
            self.complaints.append(Complaint(file, None, "event", value, why))
            return None
        for why in props.rejected:
            self.complaints.append(Complaint(file, None, None, None, why))
        late = game.tip_at is not None and props.snapshot_at > game.tip_at
        if late or not props.quotes:
            why = "lines of after the tip" if late else f"no line of {', '.join(markets)}"
            self.complaints.append(Complaint(file, None, None, None, f"{why}; left out"))
            return None
        at = props.snapshot_at
        return Document(
            "odds_event_props",
            game.game_id,
            game.game_date,
            vendor,
            _PROPS,
            file,
            body,
            Testimony(props_content(props), known_at=at, snapshot_at=at),
            rerendered=vendor == OWN,
        )

    def _game(self, game_id: str, teams: frozenset[str], file: str) -> Scheduled | None:
        game = self.games.get(game_id)
        if game is None:
            self.complaints.append(
                Complaint(file, None, "game", game_id, "the schedule has no such game; left out")
            )
            return None
        if teams != {game.home, game.away}:
            why = f"teams {', '.join(sorted(teams))}, the schedule has {game.away}@{game.home}"
            self.complaints.append(Complaint(file, None, "game", game_id, f"{why}; left out"))
            return None
        return game

    def _box(
        self, game: Scheduled, endpoint: str, file: str, body: bytes, *, rerendered: bool
    ) -> Document | None:
        played = Appearance(game.game_date, game.tip_at, 0, "", "", "")
        if self._is_ahead(file, f"game {game.game_id}", played.over_at):
            return None
        box = self._read(file, lambda: parse_box_score(body, form_of(endpoint)))
        if box is None:
            return None
        for row in box.rejected:
            self.complaints.append(Complaint(file, None, "player", row.player_name, row.reason))
        if not any(line.played for line in box.lines):
            why = "nobody appeared; left out"
            self.complaints.append(Complaint(file, None, "game", game.game_id, why))
            return None
        return Document(
            "nba_boxscore",
            game.game_id,
            game.game_date,
            nba_stats.VENDOR,
            endpoint,
            file,
            body,
            _said_of_box(box),
            rerendered=rerendered,
            yields_to=frozenset((V3, "boxscore")) if endpoint == LOG else frozenset(),
        )

    def _is_ahead(self, file: str, what: str, at: datetime) -> bool:
        """Whether a body knows what this home's clock has not reached."""
        if at <= self._now:
            return False
        why = f"lies after this home's now, {iso(self._now)}; left out"
        self.complaints.append(Complaint(file, None, what, iso(at), why))
        return True

    def _read(self, file: str, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except VendorError as error:
            self.complaints.append(Complaint(file, None, None, None, f"{error}; left out"))
            return None


def _said_of_box(box: BoxScore) -> Testimony:
    return Testimony(box_content(box), known_at=box.served_at)
