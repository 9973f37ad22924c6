from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from fullcourt.vendors.odds_api import parse_event_props
from fullcourt.vendors.odds_api_games import (
    PLAYER_MARKETS,
    GameLines,
    game_odds_request,
    parse_game_lines,
)
from fullcourt.vendors.transport import ContractBroken, NotThere
from tests.vendors.bodies import Json, book, encoded, event, historical, outcome
from tests.vendors.feed_bodies import GAME_BOOK, odds_book, odds_event, side_outcome

KEY = "s3cret"
NOW = datetime(2024, 1, 25, 3, 16, tzinfo=UTC)
HOME, AWAY = "Golden State Warriors", "Atlanta Hawks"


def _lines(*books: Json) -> GameLines:
    return parse_game_lines(encoded([odds_event(books=books)]), False, NOW)


def test_a_request_for_every_event() -> None:
    """Decimal prices of the three markets, now or of history; the key is not shown."""
    request = game_odds_request(KEY, regions=["us"])
    assert request.url.endswith("/v4/sports/basketball_nba/odds")
    assert dict(request.params)["markets"] == "h2h,spreads,totals"
    assert dict(request.params)["oddsFormat"] == "decimal"
    assert (request.endpoint, KEY in request.shown_url) == ("odds", False)
    past = game_odds_request(KEY, bookmakers=["fanduel"], historical_at=NOW)
    assert "/v4/historical/sports/basketball_nba/odds" in past.url
    assert past.params[-1] == ("date", "2024-01-25T03:16:00Z")
    assert past.endpoint == "historical_odds"


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"regions": ["us"], "bookmakers": ["fanduel"]},
        {"regions": ["us"], "markets": []},
        {"regions": ["us"], "markets": ["h2h", "player_points"]},
    ],
)
def test_an_ambiguous_request_is_refused(arguments: dict[str, Any]) -> None:
    """No source, two sources and a player's market are found before they cost."""
    with pytest.raises(ValueError, match=r"one of them|name some of"):
        game_odds_request(KEY, **arguments)


def test_the_three_lines_of_a_book() -> None:
    """Prices by side; the spread is the points given to the home team, the total is shared."""
    body = _lines(GAME_BOOK)
    assert (body.rejected, body.skipped, body.unknown_teams) == ((), {}, ())
    h2h, spread, total = body.lines
    assert (h2h.market, h2h.line, h2h.home_price, h2h.away_price) == ("h2h", None, 1.32, 3.3)
    assert (spread.line, spread.home_price, spread.away_price) == (-6.5, 1.83, 1.91)
    assert (total.line, total.over_price, total.under_price) == (248.5, 1.87, 1.95)
    assert (h2h.over_price, total.home_price) == (None, None)
    assert total.book_updated_at == datetime(2024, 1, 25, 3, 15, 22, tzinfo=UTC)
    [listed] = body.events
    assert (listed.home_team, listed.away_team, listed.game_date) == (
        "GSW",
        "ATL",
        date(2024, 1, 24),
    )
    assert body.snapshot_at == NOW


def test_history_carries_its_own_time() -> None:
    """A sport's history is a list, an event's history is one event: the same lines."""
    one = odds_event(books=[GAME_BOOK])
    listed = parse_game_lines(encoded(historical([one])), True, NOW)
    single = parse_game_lines(encoded(historical(one)), True, NOW)
    assert listed == single
    assert listed.snapshot_at == datetime(2025, 1, 9, 18, 0, 38, tzinfo=UTC)
    assert len(listed.lines) == 3


def test_american_prices_are_turned_into_decimal_ones() -> None:
    """A body that was asked for in American odds says the same."""
    sides = [side_outcome(AWAY, 230), side_outcome(HOME, -312.5)]
    body = encoded([odds_event(books=[odds_book("a", h2h=sides)])])
    [line] = parse_game_lines(body, False, NOW, prices="american").lines
    assert (line.home_price, line.away_price) == (1.32, 3.3)


@pytest.mark.parametrize(("prices", "price"), [("decimal", -110), ("american", 1.91)])
def test_a_price_of_the_other_form_leaves_its_line_out(prices: Any, price: float) -> None:
    """American odds are not taken for decimal ones, nor the other way round."""
    sides = [side_outcome(AWAY, price), side_outcome(HOME, price)]
    books = [odds_book("a", h2h=sides)]
    body = parse_game_lines(encoded([odds_event(books=books)]), False, NOW, prices=prices)
    assert body.lines == ()
    assert "event e1 a h2h" in body.rejected[0]


def test_a_side_that_is_not_offered_is_none() -> None:
    """One price, one None; the line is the one that is there."""
    [line] = _lines(odds_book("a", spreads=[side_outcome(AWAY, 1.91, 6.5)])).lines
    assert (line.line, line.home_price, line.away_price) == (-6.5, None, 1.91)


def test_an_even_spread() -> None:
    """A pick'em is a line of 0, not no line."""
    sides = [side_outcome(AWAY, 1.9, 0.0), side_outcome(HOME, 1.9, -0.0)]
    [line] = _lines(odds_book("a", spreads=sides)).lines
    assert line.line == 0


@pytest.mark.parametrize(
    ("market", "outcomes", "said"),
    [
        ("h2h", [], "no outcomes"),
        ("h2h", [side_outcome("Draw", 15.0)], "outcome 'Draw' is neither"),
        ("h2h", [side_outcome(HOME, 1.5), side_outcome(HOME, 1.6)], "several prices"),
        ("spreads", [side_outcome(HOME, 1.9)], "an outcome has no point"),
        (
            "spreads",
            [side_outcome(HOME, 1.9, -6.5), side_outcome(AWAY, 1.9, 7.5)],
            "points [-6.5, 7.5] are not of one line",
        ),
        (
            "totals",
            [side_outcome("Over", 1.9, 220.5), side_outcome("Under", 1.9, 221.5)],
            "points [220.5, 221.5] are not of one line",
        ),
    ],
)
def test_a_line_that_contradicts_itself_is_left_out_and_named(
    market: str, outcomes: list[Json], said: str
) -> None:
    """Event, book, market and value are named, and the other books stay."""
    body = _lines(odds_book("a", **{market: outcomes}), GAME_BOOK)
    assert {line.bookmaker for line in body.lines} == {"draftkings"}
    assert said in body.rejected[0]
    assert body.rejected[0].startswith(f"event e1 a {market}: ")


def test_what_is_listed_twice() -> None:
    """Equal twins are folded and noted; different ones are left out and named."""
    equal = _lines(GAME_BOOK, GAME_BOOK)
    assert (len(equal.lines), len(equal.notes), equal.rejected) == (3, 3, ())
    other = odds_book("draftkings", h2h=[side_outcome(HOME, 1.5), side_outcome(AWAY, 2.5)])
    torn = _lines(GAME_BOOK, other)
    assert [line.market for line in torn.lines] == ["spreads", "totals"]
    assert "event e1 draftkings h2h: listed 2 times" in torn.rejected[0]
    events = [odds_event(), odds_event(home_team="Boston Celtics")]
    assert parse_game_lines(encoded(events), False, NOW).events == ()


def test_other_markets_are_skipped_and_counted() -> None:
    """A player's market among the game lines is counted by its key."""
    body = _lines(odds_book("a", player_points=[side_outcome("Over", 1.9, 20.5)] * 2))
    assert (body.lines, body.skipped) == ((), {"player_points": 2})


def test_an_all_star_event_breaks_nothing() -> None:
    """A team in no table leaves its event out by name."""
    events = [odds_event(home_team="Team LeBron"), odds_event("e2", [GAME_BOOK])]
    body = parse_game_lines(encoded(events), False, NOW)
    assert body.unknown_teams == ("e1: Atlanta Hawks @ Team LeBron",)
    assert len(body.lines) == 3


def test_no_events_and_no_books_are_answers() -> None:
    """Nobody offers a line yet: an answer without lines."""
    assert parse_game_lines(b"[]", False, NOW).events == ()
    assert _lines().lines == ()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", NotThere),
        (encoded(historical(None)), NotThere),
        (encoded(historical([], None)), NotThere),
        (encoded([odds_event()]), ContractBroken),
        (encoded(historical([odds_event()]))[:-9], ContractBroken),
        (encoded(historical([odds_event(commence_time="2024-01-25")])), ContractBroken),
    ],
)
def test_history_without_a_snapshot(body: bytes, kind: type[Exception]) -> None:
    """No snapshot is nothing there; another form is a broken contract."""
    with pytest.raises(kind, match="odds_api historical_odds"):
        parse_game_lines(body, True, NOW)


@pytest.mark.parametrize("stat", list(PLAYER_MARKETS))
def test_every_players_market_is_read_alike(stat: str) -> None:
    """Points, rebounds, assists, threes and their sum are lines of the same form."""
    market = PLAYER_MARKETS[stat]
    offered = book("a", [outcome("Over", 1.9, 4.5), outcome("Under", 1.9, 4.5)], market)
    body = encoded(event(bookmakers=[offered]))
    [quote] = parse_event_props(body, False, NOW, markets={market}).quotes
    assert (quote.market, quote.line, quote.is_main) == (market, 4.5, True)
