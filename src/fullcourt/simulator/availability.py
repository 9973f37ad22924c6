"""Who can play: injuries, late scratches, players left out of the active list, the trade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fullcourt.nba.calendar import eastern
from fullcourt.simulator.draws import Purpose, pick, shuffled, stream
from fullcourt.simulator.facts import Absence, Game, Player, Stint
from fullcourt.simulator.names import INJURIES

# How many of a roster may dress; the others are with the second team.
ACTIVE_LIST, FULL_ACTIVE_LIST = 13, 15
SCRATCH_CHANCE = 0.12
SCRATCH_NOTICE = timedelta(minutes=30)
FEWEST_NIGHTS_WITH_A_TRADE = 6
# The place in the rotation the two traded players hold: good enough to have lines.
TRADED_PLACE = 4


def build_stints(
    seed: int,
    rosters: Mapping[str, tuple[Player, ...]],
    games: Sequence[Game],
    first_date: date,
    nights: int,
) -> tuple[Stint, ...]:
    """Who belongs to whom and when: one trade of two starters in the middle of the league.

    The trade happens at 09:00 Eastern on a day both teams play (against others), so that both
    players are priced before their debut.
    """
    stints = [
        Stint(player.player_id, team, None, None)
        for team, roster in rosters.items()
        for player in roster
    ]
    if nights < FEWEST_NIGHTS_WITH_A_TRADE:
        return tuple(stints)
    rng = stream(seed, Purpose.MOVES)
    one, other, day = _trade_partners(
        shuffled(rng, list(rosters)), games, first_date + timedelta(days=nights // 2)
    )
    at = eastern(day, 9)
    for team, destination in ((one, other), (other, one)):
        player_id = rosters[team][TRADED_PLACE].player_id
        stints.remove(Stint(player_id, team, None, None))
        stints += [Stint(player_id, team, None, at), Stint(player_id, destination, at, None)]
    return tuple(stints)


def _trade_partners(teams: list[str], games: Sequence[Game], middle: date) -> tuple[str, str, date]:
    """Two teams and a date from the middle on (else before it) on which both play others."""
    dates_of_nights = sorted({game.game_date for game in games})
    later = [day for day in dates_of_nights if day >= middle]
    earlier = [day for day in reversed(dates_of_nights) if day < middle]
    for day in later + earlier:
        tonight = [game for game in games if game.game_date == day]
        opponents = {game.home: game.away for game in tonight}
        opponents.update({game.away: game.home for game in tonight})
        playing = [team for team in teams if team in opponents]
        for other in playing[1:]:
            if opponents[playing[0]] != other:
                return playing[0], other, day
    raise ValueError("no date on which two games are played: nobody to trade with")


def build_absences(
    seed: int, rosters: Mapping[str, tuple[Player, ...]], first_date: date, nights: int
) -> tuple[Absence, ...]:
    """Injuries: one or two spells per team and fortnight, known the afternoon before."""
    rng = stream(seed, Purpose.ABSENCES)
    absences: list[Absence] = []
    for roster in rosters.values():
        for fortnight in range(max(1, nights // 14)):
            for _ in range(1 + int(rng.random() * 2)):
                start = first_date + timedelta(days=14 * fortnight + int(rng.random() * 12))
                absences.append(
                    Absence(
                        player_id=pick(rng, roster[:10]).player_id,
                        first_date=start,
                        last_date=start + timedelta(days=2 + int(rng.random() * 7)),
                        known_from=eastern(start - timedelta(days=1), 17, 30),
                        reason="INACTIVE_INJURY",
                        description=pick(rng, INJURIES),
                    )
                )
    return tuple(absences)


@dataclass(frozen=True, slots=True)
class Spells:
    """How long absences are, as (chance, fewest days, most days), and how many are announced."""

    lengths: tuple[tuple[float, int, int], ...]
    announced_chance: float


SEASON_SPELLS = Spells(((0.6, 2, 9), (0.3, 8, 24), (0.1, 25, 60)), 0.85)


def season_absences(
    seed: int,
    rosters: Mapping[str, tuple[Player, ...]],
    games: Sequence[Game],
    first_date: date,
    days: int,
    spells: Spells = SEASON_SPELLS,
) -> tuple[Absence, ...]:
    """Injuries of a full league: one or two new spells per team and fortnight.

    Most are known the afternoon before; of some the world hears at the tip of the first game.
    Each team and fortnight has dice of its own, so that nothing depends on how many are played.
    """
    tips: dict[str, list[tuple[date, datetime]]] = {team: [] for team in rosters}
    for game in games:
        for team in (game.home, game.away):
            if team in tips:
                tips[team].append((game.game_date, game.tip_at))
    absences: list[Absence] = []
    for index, (team, roster) in enumerate(rosters.items()):
        tips[team].sort()
        for fortnight in range(-(-days // 14)):
            rng = stream(seed, Purpose.ABSENCES, 1, index, fortnight)
            for _ in range(1 + int(rng.random() * 2)):
                start = first_date + timedelta(days=14 * fortnight + int(rng.random() * 14))
                known = eastern(start - timedelta(days=1), 17, 30)
                if rng.random() >= spells.announced_chance:
                    known = next((tip for day, tip in tips[team] if day >= start), known)
                dice = rng.random()
                least, most = next(
                    (least, most)
                    for chance, least, most in _cumulated(spells.lengths)
                    if dice < chance
                )
                absences.append(
                    Absence(
                        player_id=pick(rng, roster[:11]).player_id,
                        first_date=start,
                        last_date=start
                        + timedelta(days=least + int(rng.random() * (most - least))),
                        known_from=known,
                        reason="INACTIVE_INJURY",
                        description=pick(rng, INJURIES),
                    )
                )
    return tuple(absences)


def _cumulated(
    lengths: tuple[tuple[float, int, int], ...],
) -> list[tuple[float, int, int]]:
    total = 0.0
    table = []
    for chance, least, most in lengths[:-1]:
        total += chance
        table.append((total, least, most))
    return [*table, (1.0, *lengths[-1][1:])]


def scratches(seed: int, game: Game, team: str, at: datetime) -> tuple[int, str] | None:
    """The place in the roster scratched late and why; None while the world does not know it."""
    if at < game.tip_at - SCRATCH_NOTICE:
        return None
    rng = stream(seed, Purpose.SQUAD, game.number, game.home == team)
    if rng.random() >= SCRATCH_CHANCE:
        return None
    return int(rng.random() * 5), pick(rng, INJURIES)


def absence_of(
    own: Sequence[Absence],
    scratch: tuple[int, str] | None,
    game: Game,
    player: Player,
    place: int,
    at: datetime,
    active_list: int = ACTIVE_LIST,
) -> Absence | None:
    """Why `player`, in `place` of his roster, is known at `at` to miss `game`; None: he is able.

    `own` are his absences, `active_list` is how many of a roster may dress.
    """
    day = game.game_date
    for absence in own:
        if absence.first_date <= day <= absence.last_date and absence.known_from <= at:
            return absence
    known = game.tip_at - SCRATCH_NOTICE
    if scratch is not None and scratch[0] == place:
        return Absence(player.player_id, day, day, known, "INACTIVE_INJURY", scratch[1])
    if place >= active_list:
        return Absence(player.player_id, day, day, known, "INACTIVE_GLEAGUE_TWOWAY", "")
    return None
