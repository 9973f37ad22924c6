"""From a bookmaker's outcomes to over/under lines, with the book's main line marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated

import msgspec

from fullcourt.nba.props import PropQuote
from fullcourt.vendors.wire import Source, utc_instant

_ALTERNATE = "_alternate"


class Outcome(msgspec.Struct, frozen=True):
    """One side of one line. `description` is the player; Yes/No outcomes have no `point`."""

    name: str
    price: Annotated[float, msgspec.Meta(ge=1.0)]
    description: str | None = None
    point: float | None = None


class Market(msgspec.Struct, frozen=True):
    """One market of one book."""

    key: str
    outcomes: list[Outcome]
    last_update: str | None = None


class Bookmaker(msgspec.Struct, frozen=True):
    """One book."""

    key: str
    markets: list[Market]


@dataclass(frozen=True, slots=True)
class Lines:
    """Quotes, the number of outcomes skipped per market, and the lines left out, each named."""

    quotes: tuple[PropQuote, ...]
    skipped: Mapping[str, int]
    rejected: tuple[str, ...]


@dataclass(slots=True)
class _Line:
    updated_at: datetime | None = None
    over: list[float] = field(default_factory=list)
    under: list[float] = field(default_factory=list)


def quotes_of(
    bookmakers: Sequence[Bookmaker], markets: Collection[str], source: Source, body: bytes
) -> Lines:
    """Over and under of a player at the same point, paired, in the body's order.

    Skipped and counted: markets not asked for, and outcomes that are no over or under with a point
    and a player (Yes/No, team totals). An outcome repeated with the same price is one outcome; a
    side with several prices leaves its line out, because nobody can tell which one stands.

    Main line, per book, market and player: of the pairs with both sides, the one whose implied
    probabilities (1/price) differ least, the lower point on a tie. Without any pair, a line that is
    the player's only one. No main line: a ladder of overs, an `*_alternate` market, a player of
    whom a line was left out.

    Raises:
        ContractBroken: `last_update` is no instant.
    """
    skipped: Counter[str] = Counter()
    found: dict[tuple[str, str, str], dict[float, _Line]] = {}
    for book in bookmakers:
        for market in book.markets:
            if market.key not in markets:
                skipped[market.key] += len(market.outcomes)
                continue
            updated_at = _updated_at(book, market, source, body)
            for outcome in market.outcomes:
                side = outcome.name.casefold()
                if (
                    side not in ("over", "under")
                    or outcome.point is None
                    or not outcome.description
                ):
                    skipped[market.key] += 1
                    continue
                group = found.setdefault((book.key, market.key, outcome.description), {})
                line = group.setdefault(outcome.point, _Line())
                line.updated_at = updated_at
                prices = line.over if side == "over" else line.under
                if outcome.price not in prices:
                    prices.append(outcome.price)
    quotes: list[PropQuote] = []
    rejected: list[str] = []
    for (book_key, market_key, player), group in found.items():
        offered: list[PropQuote] = []
        for point, line in group.items():
            if len(line.over) > 1 or len(line.under) > 1:
                rejected.append(
                    f"{book_key} {market_key} {player} {point:g}: several prices at once "
                    f"(over {line.over}, under {line.under}); line left out"
                )
                continue
            offered.append(
                PropQuote(
                    player_name=player,
                    bookmaker=book_key,
                    market=market_key,
                    line=point,
                    over_price=line.over[0] if line.over else None,
                    under_price=line.under[0] if line.under else None,
                    is_main=False,
                    book_updated_at=line.updated_at,
                )
            )
        # A line left out may have been the main one: then the rest must not take its place.
        whole = len(offered) == len(group) and not market_key.endswith(_ALTERNATE)
        main = main_line(offered) if whole else None
        quotes.extend(replace(quote, is_main=quote is main) for quote in offered)
    return Lines(tuple(quotes), dict(skipped), tuple(rejected))


def main_line(quotes: Sequence[PropQuote]) -> PropQuote | None:
    """The main line among one player's quotes of one book and market; see `quotes_of`."""
    pairs = [
        (abs(1 / quote.over_price - 1 / quote.under_price), quote.line, index)
        for index, quote in enumerate(quotes)
        if quote.over_price is not None and quote.under_price is not None
    ]
    if pairs:
        return quotes[min(pairs)[2]]
    return quotes[0] if len(quotes) == 1 else None


def _updated_at(book: Bookmaker, market: Market, source: Source, body: bytes) -> datetime | None:
    """The market's own time; some lie up to two minutes after the envelope's and are kept so."""
    if market.last_update is None:
        return None
    return utc_instant(market.last_update, f"{book.key} {market.key} last_update", source, body)
