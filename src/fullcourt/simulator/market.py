"""The betting market: it knows the latent means, adds noise and a margin, and moves a little.

A line of an instant is drawn from streams keyed by (game, player, hour), so that the lines at one
hour do not depend on any later one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fullcourt.simulator.draws import Purpose, bell, stream
from fullcourt.simulator.facts import OfferedLine, Player, Role, SquadMember
from fullcourt.simulator.names import BOOK_WITH_ALTERNATES, BOOKMAKERS
from fullcourt.simulator.play import expected_seconds, scoring_factor

OPENS_BEFORE_TIP = timedelta(hours=12)
HOURS_OPEN = 12
# Not always the best scorers have lines: the spread of what their means count for.
FAME_SPREAD = 0.22
# How many of a team have lines, and the chance of at most so many (the recorded books).
LINED_A_SIDE = ((3, 0.30), (4, 0.65), (5, 0.90), (6, 1.0))
ALTERNATE_STEPS = (-4.0, -2.0, 2.0, 4.0)
FANDUEL_KEEPS_ACCENTS = "fanduel"
CURLY_APOSTROPHE_BOOK = "williamhill_us"
SUFFIX_DROPPED_BOOK = "betmgm"
# Dropping this one would turn a son into his father.
KEPT_SUFFIX = "Jr."


@dataclass(frozen=True, slots=True)
class Market:
    """One prop market: the scale of a half-point of belief in probability, and its noise."""

    key: str
    slope: float
    noise: float
    lowest_mean: float


MARKETS = (
    Market("player_points", slope=0.045, noise=0.06, lowest_mean=6.0),
    Market("player_rebounds", slope=0.09, noise=0.07, lowest_mean=2.5),
    Market("player_assists", slope=0.10, noise=0.08, lowest_mean=2.0),
    Market("player_threes", slope=0.16, noise=0.08, lowest_mean=1.0),
)
MARKET_KEYS = tuple(market.key for market in MARKETS)


def hour_of(tip_at: datetime, at: datetime) -> int:
    """Whole hours since the market opened, 0 to 11.

    Raises:
        ValueError: when the market is not open at `at` (before tip - 12 h, or from the tip on).
    """
    opened = tip_at - OPENS_BEFORE_TIP
    if not opened <= at < tip_at:
        raise ValueError(f"the market of the {tip_at} tip is not open at {at}")
    return int((at - opened) // timedelta(hours=1))


def latent_mean(player: Player, seconds: float, market: str, factor: float = 1.0) -> float:
    """Expected count of `market` in `seconds` on court; `factor` is his team's scoring factor."""
    rates = player.rates
    per_36 = {
        "player_points": rates.points * factor,
        "player_rebounds": rates.offensive_rebounds + rates.defensive_rebounds,
        "player_assists": rates.assists,
        "player_threes": rates.shots * rates.three_share * rates.three_chance * factor,
    }[market]
    return per_36 * seconds / 2160.0


def offered_lines(
    seed: int, number: int, sides: Sequence[Sequence[SquadMember]], hour: int
) -> tuple[OfferedLine, ...]:
    """What every book offers on game `number` in the market's hour `hour`.

    `sides` are the squads as known then: who is known to be out has no line.
    """
    lines: list[OfferedLine] = []
    for side_index, squad in enumerate(sides):
        seconds = expected_seconds(squad)
        factor = scoring_factor(squad, seconds)
        rng = stream(seed, Purpose.MARKET, number, side_index)
        dice = float(rng.random())
        fame = 1.0 + FAME_SPREAD * bell(rng, len(squad))
        how_many = next(size for size, chance in LINED_A_SIDE if dice < chance)
        means = [
            (
                latent_mean(member.player, float(mine), "player_points", factor) * float(known),
                member.player,
                float(mine),
            )
            for member, mine, known in zip(squad, seconds, fame, strict=True)
            if member.absence is None and member.player.role is not Role.DEEP_BENCH
        ]
        means.sort(key=lambda entry: (-entry[0], entry[1].player_id))
        for _, player, mine in means[:how_many]:
            lines.extend(_player_lines(seed, number, player, mine, factor, hour))
    return tuple(lines)


def _player_lines(
    seed: int, number: int, player: Player, seconds: float, factor: float, hour: int
) -> list[OfferedLine]:
    rng = stream(seed, Purpose.MARKET, number, 10 + player.player_id)
    noise = bell(rng, len(MARKETS))
    opinions = bell(rng, len(MARKETS) * len(BOOKMAKERS))
    margins = rng.random(len(BOOKMAKERS))
    moves = rng.random((HOURS_OPEN, len(MARKETS)))
    names = {book: spelled(player, book) for book, _ in BOOKMAKERS}
    lines: list[OfferedLine] = []
    for index, market in enumerate(MARKETS):
        mean = latent_mean(player, seconds, market.key, factor)
        if mean < market.lowest_mean:
            continue
        so_far = moves[1 : hour + 1, index]
        drift = 0.25 * (int((so_far > 0.75).sum()) - int((so_far < 0.25).sum()))
        believed = mean * (1.0 + market.noise * float(noise[index])) + drift * min(1.0, mean / 10)
        for book_index, (book, _) in enumerate(BOOKMAKERS):
            opinion = (
                0.3 * float(opinions[index * len(BOOKMAKERS) + book_index]) * min(1.0, mean / 10)
            )
            margin = 1.055 + 0.025 * float(margins[book_index])
            main = max(0.5, int(believed + opinion) + 0.5)
            lines.append(
                _line(player, names[book], book, market, main, believed + opinion, margin, True)
            )
            if book == BOOK_WITH_ALTERNATES:
                lines.extend(
                    _line(
                        player,
                        names[book],
                        book,
                        market,
                        main + step,
                        believed + opinion,
                        margin,
                        False,
                    )
                    for step in ALTERNATE_STEPS
                    if main + step > 0
                )
    return lines


def _line(
    player: Player,
    name: str,
    book: str,
    market: Market,
    line: float,
    believed: float,
    margin: float,
    is_main: bool,
) -> OfferedLine:
    over = min(0.90, max(0.10, 0.48 + market.slope * (believed - line)))
    return OfferedLine(
        player_id=player.player_id,
        player_name=name,
        bookmaker=book,
        market=market.key,
        line=line,
        over_price=_price(over * margin),
        under_price=_price((1.0 - over) * margin),
        is_main=is_main,
    )


def _price(probability: float) -> float:
    """Decimal odds to the cent; nothing is sold at evens or below 1.01."""
    return max(1.01, int(100.0 / probability + 0.5) / 100.0)


def spelled(player: Player, book: str) -> str:
    """The player's name as `book` prints it: most drop accents, some the suffix."""
    if player.odds_name is not None:
        return fold_accents(player.odds_name)
    name = player.name
    if book == SUFFIX_DROPPED_BOOK and player.suffix != KEPT_SUFFIX:
        name = f"{player.first_name} {player.family_name}"
    if book == CURLY_APOSTROPHE_BOOK:
        name = name.replace("'", "\u2019")
    return name if book == FANDUEL_KEEPS_ACCENTS else fold_accents(name)


def fold_accents(text: str) -> str:
    """`text` without combining accents (`Šarić` becomes `Saric`; letters like `ø` stay)."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(letter)
    )
