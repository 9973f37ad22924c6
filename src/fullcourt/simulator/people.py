"""Who plays: franchises, rosters, the rates behind every box score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from fullcourt.simulator.draws import Purpose, between, pick, shuffled, stream
from fullcourt.simulator.facts import Player, Rates, Role, Team
from fullcourt.simulator.names import (
    FAMILY_NAMES,
    FIRST_NAMES,
    FRANCHISES,
    NICKNAMES,
    VENDOR_CITY_FORMS,
)

FIRST_TEAM_ID = 1_610_619_001
FIRST_PLAYER_ID = 1_900_101

# Latent mean minutes by place in the rotation, and shots per 36 of them: tuned until box scores
# looked like the recorded seasons' (tests/simulator/test_marginals.py).
ROTATION_MINUTES = (35.0, 33.5, 31.5, 29.0, 26.5, 23.0, 19.5, 16.5, 13.0, 10.0)
DEEP_BENCH_MINUTES = 6.0
SHOTS_PER_36 = (12.4, 12.2, 13.6, 12.6, 11.8, 11.6, 11.2, 10.8, 10.6, 10.4)
DEEP_BENCH_SHOTS = 11.0
SHORT_ROSTER = 13
FULL_ROSTER = 15
# Minutes of who comes during a season: some become regulars at once.
FEWEST_MINUTES_OF_A_NEWCOMER, MOST_MINUTES_OF_A_NEWCOMER = 5.0, 26.0
POSITIONS = ("PG", "SG", "SF", "PF", "C")
SURNAME_OF_TWO_TEAMMATES = "Holloway"
FATHER_AND_SON = ("Darnell", "Whitlock")
# About this share of the names books print is none a folding of letters could match.
NICKNAMED_SHARE = 0.015


def build_teams(count: int) -> tuple[Team, ...]:
    """The first `count` franchises, in the order of their ids.

    Raises:
        ValueError: when there are not that many franchises, or fewer than four.
    """
    if not 4 <= count <= len(FRANCHISES):
        raise ValueError(f"teams={count}: the league has between 4 and {len(FRANCHISES)} teams")
    return tuple(
        Team(
            team_id=FIRST_TEAM_ID + index,
            city=city,
            nickname=nickname,
            tricode=tricode,
            state=state,
            zone=zone,
            vendor_city=VENDOR_CITY_FORMS.get(city, city),
        )
        for index, (city, state, tricode, nickname, zone) in enumerate(FRANCHISES[:count])
    )


def build_rosters(
    seed: int, teams: tuple[Team, ...], smallest: int = SHORT_ROSTER
) -> Mapping[str, tuple[Player, ...]]:
    """Players by tricode as of before the first game, best first: `smallest` a team or up to two
    more."""
    rng = stream(seed, Purpose.PEOPLE)
    used: set[tuple[str, str]] = {FATHER_AND_SON}
    names = _names(rng, used)
    sizes = [smallest + int(rng.random() * 3) for _ in teams]
    nicknamed = max(1, round(NICKNAMED_SHARE * sum(sizes)))
    player_id = FIRST_PLAYER_ID
    rosters: dict[str, tuple[Player, ...]] = {}
    for index, (team, size) in enumerate(zip(teams, sizes, strict=True)):
        jerseys = shuffled(rng, ["0", "00", *(str(number) for number in range(1, 56))])
        roster: list[Player] = []
        for place in range(size):
            first, family, suffix = _name_of(index, place, names, rng, used)
            role = Role.STARTER if place < 5 else Role.BENCH if place < 10 else Role.DEEP_BENCH
            position = POSITIONS[place % 5]
            minutes = ROTATION_MINUTES[place] if place < 10 else DEEP_BENCH_MINUTES
            # One starter of each of the first teams is known to the books by another first name.
            nickname = pick(rng, NICKNAMES) if index < nicknamed and place == 2 else None
            roster.append(
                Player(
                    player_id=player_id,
                    first_name=first,
                    family_name=family,
                    suffix=suffix,
                    position=position,
                    jersey=jerseys[place],
                    role=role,
                    seconds=60.0 * minutes * between(rng, 0.93, 1.07),
                    rates=_rates(rng, place, position),
                    odds_name=f"{nickname} {family}" if nickname else None,
                )
            )
            player_id += 1 + int(rng.random() * 7)
        rosters[team.tricode] = tuple(roster)
    return rosters


def newcomers(seed: int, known: Mapping[str, tuple[Player, ...]], season: int) -> Iterator[Player]:
    """Players nobody has an id for yet, without end; names and ids unlike those of `known`.

    `season` sets apart the generations: that of one season is the same whatever came before.
    """
    rng = stream(seed, Purpose.NEWCOMERS, season)
    everybody = [player for roster in known.values() for player in roster]
    used = {(player.first_name, player.family_name) for player in everybody}
    names = _names(rng, used)
    player_id = max(player.player_id for player in everybody) + 100
    while True:
        first, family = next(names)
        player_id += 1 + int(rng.random() * 7)
        minutes = between(rng, FEWEST_MINUTES_OF_A_NEWCOMER, MOST_MINUTES_OF_A_NEWCOMER)
        # What he plays decides his place, and with it how much he shoots.
        place = sum(minutes < usual for usual in ROTATION_MINUTES)
        position = pick(rng, POSITIONS)
        yield Player(
            player_id=player_id,
            first_name=first,
            family_name=family,
            suffix=pick(rng, ("II", "III", "Jr.")) if rng.random() < 0.05 else "",
            position=position,
            jersey=str(56 + int(rng.random() * 43)),
            role=Role.BENCH if place < 10 else Role.DEEP_BENCH,
            seconds=60.0 * minutes,
            rates=_rates(rng, place, position),
            odds_name=None,
        )


def _names(rng: np.random.Generator, used: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Pairs of names without end; no pair twice, families spread before they repeat."""
    while True:
        for family in shuffled(rng, FAMILY_NAMES):
            first = pick(rng, FIRST_NAMES)
            if (first, family) not in used:
                used.add((first, family))
                yield first, family


def _name_of(
    team_index: int,
    place: int,
    names: Iterator[tuple[str, str]],
    rng: np.random.Generator,
    used: set[tuple[str, str]],
) -> tuple[str, str, str]:
    first, family = next(names)
    suffix = pick(rng, ("II", "III", "Jr.")) if rng.random() < 0.05 else ""
    # The identity traps every league has: two of a surname in one team, a son and his father.
    if team_index == 0 and place in (1, 6):
        while family != SURNAME_OF_TWO_TEAMMATES and (first, SURNAME_OF_TWO_TEAMMATES) in used:
            first, family = next(names)
        used.add((first, SURNAME_OF_TWO_TEAMMATES))
        return first, SURNAME_OF_TWO_TEAMMATES, ""
    if team_index == 1 and place == 1:
        return (*FATHER_AND_SON, "Jr.")
    if team_index == 3 and place == 7:
        return (*FATHER_AND_SON, "")
    return first, family, suffix


def _rates(rng: np.random.Generator, place: int, position: str) -> Rates:
    """Per-36-minute rates; the scale follows the recorded seasons' team totals."""
    guard, big = position in ("PG", "SG"), position in ("PF", "C")
    first_option = between(rng, 0.5, 10.5) if place in (0, 1) else 0.0
    usual = SHOTS_PER_36[place] if place < len(SHOTS_PER_36) else DEEP_BENCH_SHOTS
    return Rates(
        shots=usual * between(rng, 0.84, 1.16) + first_option,
        three_share=between(rng, 0.15, 0.40) if big else between(rng, 0.35, 0.58),
        two_chance=between(rng, 0.55, 0.63) if big else between(rng, 0.49, 0.56),
        three_chance=between(rng, 0.32, 0.40),
        free_throws=between(rng, 1.8, 3.8) + first_option * 0.4,
        free_throw_chance=between(rng, 0.62, 0.80) if big else between(rng, 0.74, 0.91),
        offensive_rebounds=between(rng, 2.0, 3.6) if big else between(rng, 0.6, 1.4),
        defensive_rebounds=between(rng, 6.0, 8.5) if big else between(rng, 3.0, 4.8),
        assists=between(rng, 4.4, 7.6) if guard else between(rng, 1.5, 3.2),
        steals=between(rng, 0.6, 1.65),
        blocks=between(rng, 0.9, 2.0) if big else between(rng, 0.2, 0.7),
        turnovers=between(rng, 1.3, 2.6),
        fouls=between(rng, 2.0, 3.8),
    )
