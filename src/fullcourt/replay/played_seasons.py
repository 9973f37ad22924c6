"""Seasons of which only the games played are recorded: rebuilt from several witnesses.

Who and when: `schedule/played_*`, and for what those files leave out (All-Star, Cup finals) the box
score rows. Tip: the last odds listing that shows the meeting. Final score: the score archive, else
the official log's team sums, else the box score's sums (exhibitions have no other witness).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fullcourt.nba.calendar import PRESEASON, REGULAR, game_type
from fullcourt.nba.teams import tricode_of
from fullcourt.replay.box_rows import BoxGame
from fullcourt.replay.history import HistoryBroken, HistoryFolder, query
from fullcourt.replay.listings import Listed, Listings, Meeting
from fullcourt.replay.recorded import Appearance, RecordedGame, Season, Team

_REGULATION_SECONDS = 240 * 60
_OVERTIME_SECONDS = 25 * 60


@dataclass(frozen=True, slots=True)
class _Score:
    """A final score by tricode. `went_to_overtime` is None where the witness does not say."""

    points: Mapping[str, int]
    seconds: int | None
    went_to_overtime: bool | None


@dataclass(frozen=True, slots=True)
class _Played:
    game_id: str
    game_date: date
    home: str
    away: str

    @property
    def meeting(self) -> Meeting:
        return frozenset((self.home, self.away)), self.game_date


def read_played_season(
    history: HistoryFolder,
    season: str,
    listings: Listings,
    boxes: Mapping[str, BoxGame],
    teams: Mapping[str, Team],
) -> Season:
    """The games played in `season`.

    `boxes` are the season's recorded box scores; `teams` every team a recording names, by tricode.

    Raises:
        HistoryBroken: a file that is not of its form, or a game whose home team nothing tells.
    """
    archived, archived_home = _archived_scores(history, season)
    logged = _logged_scores(history, season)
    named = dict(teams)
    played = _played_games(history, season, listings, archived_home, boxes, named)
    games = []
    for game in played:
        box = boxes.get(game.game_id)
        witnesses = (
            archived.get(game.meeting),
            logged.get(game.game_id),
            _box_score(box) if box else None,
        )
        score = next(
            (w for w in witnesses if w and {game.home, game.away} <= w.points.keys()), None
        )
        sighting = listings.last_sighting(game.meeting)
        games.append(
            RecordedGame(
                game_id=game.game_id,
                home=named[game.home],
                away=named[game.away],
                played=Appearance(
                    game.game_date, sighting.tip_at if sighting else None, 0, "", "", ""
                ),
                planned=None,
                known_all_season=game_type(game.game_id) in (PRESEASON, REGULAR),
                home_score=score.points.get(game.home) if score else None,
                away_score=score.points.get(game.away) if score else None,
                overtimes=_overtimes(witnesses),
                if_necessary=False,
                series_game_number="",
                label="",
                sub_label="",
                subtype="",
                is_neutral=False,
            )
        )
    games.sort(key=lambda game: game.game_id)
    return Season(season, tuple(games), None)


def _played_games(
    history: HistoryFolder,
    season: str,
    listings: Listings,
    archived_home: Mapping[Meeting, str],
    boxes: Mapping[str, BoxGame],
    named: dict[str, Team],
) -> list[_Played]:
    """Games of the played files and of the box rows; adds teams no other recording names."""
    files = history.played.get(season, ())
    rows = query("played_games.sql", files)
    found = []
    for game_id, day, pair, named_home in rows:
        where = f"{files[0].parent}/played_{season}_*: GAME_ID {game_id}"
        if len(pair) != 2:
            raise HistoryBroken(where, f"{len(pair)} rows, a game has two")
        for side in pair:
            named.setdefault(side["tricode"], Team(0, side["tricode"], "", side["name"], ""))
        tricodes = [side["tricode"] for side in pair]
        meeting = (frozenset(tricodes), _day(day, where))
        home = named_home or _home_of_neutral(
            listings.last_sighting(meeting), archived_home.get(meeting), boxes.get(game_id)
        )
        if home is None or home not in tricodes:
            raise HistoryBroken(where, "MATCHUP names no home team, and no other file does")
        away = next(tricode for tricode in tricodes if tricode != home)
        found.append(_Played(game_id, meeting[1], home, away))
    known = {game.game_id for game in found}
    for game_id, box in boxes.items():
        if game_id not in known and box.home and box.away:
            home, away = box.home.tricode, box.away.tricode
            found.append(_Played(game_id, box.game_date, home, away))
    return found


def _home_of_neutral(
    sighting: Listed | None, archived: str | None, box: BoxGame | None
) -> str | None:
    """The home team of a game on a neutral floor, as the first witness that names one has it."""
    if sighting is not None:
        return sighting.home
    if archived is not None:
        return archived
    return box.home.tricode if box and box.home else None


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise HistoryBroken(where, f"GAME_DATE: {error}") from error


def _archived_scores(
    history: HistoryFolder, season: str
) -> tuple[dict[Meeting, _Score], dict[Meeting, str]]:
    """Scores and home teams by meeting. On neutral floors its home team is not the league's."""
    scores, homes = {}, {}
    end_year = str(int(season[:4]) + 1)
    rows = query("archived_scores.sql", history.score_archives, season=end_year)
    for day, home_text, away_text, home_points, away_points, overtime_points in rows:
        home, away = tricode_of(home_text), tricode_of(away_text)
        if home is None or away is None:
            raise HistoryBroken(
                history.score_archives[0], f"home {home_text!r}, away {away_text!r}: unknown team"
            )
        meeting = (frozenset((home, away)), _day(day, str(history.score_archives[0])))
        scores[meeting] = _Score({home: home_points, away: away_points}, None, overtime_points > 0)
        homes[meeting] = home
    return scores, homes


def _logged_scores(history: HistoryFolder, season: str) -> dict[str, _Score]:
    points: dict[str, dict[str, int]] = {}
    seconds: dict[str, int] = {}
    rows = query("logged_scores.sql", history.game_logs, season=season[2:4])
    for game_id, tricode, team_points, team_minutes in rows:
        points.setdefault(game_id, {})[tricode] = team_points
        seconds[game_id] = team_minutes * 60
    return {game_id: _Score(sides, seconds[game_id], None) for game_id, sides in points.items()}


def _box_score(box: BoxGame) -> _Score:
    return _Score(
        {side.tricode: side.points for side in box.sides}, max(s.seconds for s in box.sides), None
    )


def _overtimes(witnesses: tuple[_Score | None, ...]) -> int:
    """Overtimes from team minutes (240 + 25 each); the archive only says whether there was one."""
    said = next(
        (w.went_to_overtime for w in witnesses if w and w.went_to_overtime is not None), None
    )
    if said is False:
        return 0
    # Box seconds are exact, the log's are rounded by player: the last witness is the better one.
    seconds = next((w.seconds for w in reversed(witnesses) if w and w.seconds is not None), None)
    counted = round((seconds - _REGULATION_SECONDS) / _OVERTIME_SECONDS) if seconds else 0
    return max(counted, 1 if said else 0)
