from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from fullcourt.nba.props import EventListing, EventProps, PropQuote
from fullcourt.vendors.odds_api import (
    Credits,
    OddsProps,
    credits_of,
    event_odds_request,
    events_request,
    parse_event_props,
    parse_events,
    quote_event_odds,
    quote_events,
)
from fullcourt.vendors.transport import ContractBroken, NotThere, Response
from tests.vendors.bodies import Json, book, encoded, event, historical, outcome

NOW = datetime(2025, 1, 9, 18, 3, tzinfo=UTC)
SNAPSHOT = datetime(2025, 1, 9, 18, 0, 38, tzinfo=UTC)
KEY = "s3cret"


def _props(*books: Json, **changes: Any) -> OddsProps:
    return parse_event_props(encoded(event(bookmakers=list(books), **changes)), False, NOW)


def _pair(over: float, under: float, point: float, player: str = "A Player") -> list[Json]:
    return [outcome("Over", over, point, player), outcome("Under", under, point, player)]


def _lines(props: OddsProps) -> list[tuple[float, float | None, float | None, bool]]:
    return [(q.line, q.over_price, q.under_price, q.is_main) for q in props.quotes]


def test_live_events_are_known_when_they_were_received() -> None:
    """A live listing has no envelope; tricodes and the Eastern date come from names and tip."""
    listing = parse_events(encoded([event()]), False, NOW)
    assert isinstance(listing, EventListing)
    assert listing.snapshot_at == NOW
    [listed] = listing.events
    assert (listed.home_team, listed.away_team) == ("LAL", "CHA")
    assert listed.game_date == date(2025, 1, 9)
    assert listed.tip_at == datetime(2025, 1, 10, 3, 30, tzinfo=UTC)


def test_historical_events_are_known_at_the_envelopes_time() -> None:
    """The snapshot's own timestamp counts, not when it was asked for."""
    assert parse_events(encoded(historical([event()])), True, NOW).snapshot_at == SNAPSHOT


def test_an_all_star_event_breaks_nothing() -> None:
    """An event with a team outside the table is reported, the others are listed."""
    all_star = event("e2", home_team="Team LeBron", away_team="Team Giannis")
    listing = parse_events(encoded([all_star, event()]), False, NOW)
    assert [listed.event_id for listed in listing.events] == ["e1"]
    assert listing.unknown_teams == ("e2: Team Giannis @ Team LeBron",)


@pytest.mark.parametrize("name", ["Los Angeles Clippers", "LA Clippers", " la  clippers "])
def test_both_names_of_the_clippers(name: str) -> None:
    """The spellings that have been served are one team."""
    assert parse_events(encoded([event(home_team=name)]), False, NOW).events[0].home_team == "LAC"


def test_the_caller_may_bring_another_league() -> None:
    """A simulated league's teams replace the NBA's."""
    body = encoded([event(home_team="Duluth Herons", away_team="Reno Comets"), event("e2")])
    listing = parse_events(body, False, NOW, teams={"Duluth Herons": "DUL", "Reno Comets": "REN"})
    assert [(e.home_team, e.away_team) for e in listing.events] == [("DUL", "REN")]
    assert len(listing.unknown_teams) == 1


def test_events_listed_twice() -> None:
    """Equal twins are one event; contradicting ones are left out and named."""
    twice = parse_events(encoded([event(), event()]), False, NOW)
    assert len(twice.events) == 1
    assert "taken once" in twice.rejected[0]
    torn = parse_events(
        encoded([event(), event(commence_time="2025-01-10T00:00:00Z"), event("e2")]), False, NOW
    )
    assert [listed.event_id for listed in torn.events] == ["e2"]
    assert "event e1" in torn.rejected[0]


def test_over_and_under_are_one_quote() -> None:
    """A pair at a point is one line of the book, with its own time of update."""
    props = _props(book("draftkings", _pair(1.87, 1.95, 24.5)))
    assert isinstance(props, EventProps)
    assert props.quotes == (
        PropQuote(
            player_name="A Player",
            bookmaker="draftkings",
            market="player_points",
            line=24.5,
            over_price=1.87,
            under_price=1.95,
            is_main=True,
            book_updated_at=datetime(2025, 1, 9, 18, 0, 20, tzinfo=UTC),
        ),
    )
    assert props.rejected == ()


def test_the_main_line_is_the_evenest_pair() -> None:
    """Among alternates the pair whose implied probabilities differ least is the book's line."""
    props = _props(
        book(
            "betrivers",
            [*_pair(1.4, 2.8, 20.5), *_pair(1.91, 1.83, 24.5), *_pair(2.9, 1.38, 28.5)],
        )
    )
    assert [line for line, _, _, is_main in _lines(props) if is_main] == [24.5]


@pytest.mark.parametrize("flip", [False, True])
def test_a_tie_goes_to_the_lower_line(flip: bool) -> None:
    """Two equally even pairs: the lower point, in whatever order they are served."""
    outcomes = [*_pair(1.8, 2.0, 24.5), *_pair(2.0, 1.8, 25.5)]
    props = _props(book("unibet_us", outcomes[::-1] if flip else outcomes))
    assert [line for line, _, _, is_main in _lines(props) if is_main] == [24.5]


def test_each_book_and_player_has_a_main_line() -> None:
    """Main lines are chosen per book, market and player."""
    outcomes = [*_pair(1.9, 1.9, 24.5), *_pair(1.9, 1.9, 10.5, "B Player")]
    props = _props(book("draftkings", outcomes), book("fanduel", outcomes))
    assert sum(quote.is_main for quote in props.quotes) == 4


def test_a_one_sided_line_is_never_main_beside_a_pair() -> None:
    """An over at even money does not beat a lopsided pair."""
    props = _props(book("bovada", [outcome("Over", 2.0, 25.5), *_pair(1.3, 3.4, 20.5)]))
    assert _lines(props) == [(25.5, 2.0, None, False), (20.5, 1.3, 3.4, True)]


def test_a_lone_one_sided_line_is_main() -> None:
    """The player's only line is his main line, with one side not offered."""
    assert _lines(_props(book("bovada", [outcome("Under", 1.9, 25.5)]))) == [
        (25.5, None, 1.9, True)
    ]


def test_a_ladder_of_overs_has_no_main_line() -> None:
    """Milestones without an under are no main line, and nothing is made up."""
    ladder = [outcome("Over", 1.5, 13.5), outcome("Over", 1.87, 15.5), outcome("Over", 2.1, 17.5)]
    assert not any(main for *_, main in _lines(_props(book("mybookieag", ladder))))


def test_an_alternate_market_has_no_main_line() -> None:
    """`*_alternate` is alternates by name, even where only one is offered."""
    alternate = book("fanduel", _pair(1.9, 1.9, 30.5), "player_points_alternate")
    body = encoded(event(bookmakers=[alternate]))
    props = parse_event_props(body, False, NOW, markets={"player_points_alternate"})
    assert [quote.is_main for quote in props.quotes] == [False]


def test_a_repeated_outcome_is_folded() -> None:
    """The same side at the same price twice is one side."""
    props = _props(book("bovada", _pair(1.9, 1.9, 24.5) * 2))
    assert _lines(props) == [(24.5, 1.9, 1.9, True)]
    assert props.rejected == ()


def test_contradicting_prices_leave_the_line_out() -> None:
    """Two prices for one side: none is chosen, and no alternate takes the main line's place."""
    props = _props(
        book("bovada", [*_pair(1.8, 1.95, 18.5), *_pair(1.87, 1.87, 18.5), *_pair(1.5, 2.5, 16.5)]),
        book("fanduel", _pair(1.9, 1.9, 18.5)),
    )
    assert _lines(props) == [(16.5, 1.5, 2.5, False), (18.5, 1.9, 1.9, True)]
    assert "bovada player_points A Player 18.5" in props.rejected[0]


def test_what_is_no_line_is_skipped_and_counted() -> None:
    """Yes/No outcomes, outcomes without a player and markets not asked for are counted."""
    props = _props(
        book("a", [outcome("Yes", 3.0, None), outcome("No", 1.4, None), *_pair(1.9, 1.9, 24.5)]),
        book("b", [{"name": "Over", "price": 1.9, "point": 220.5}]),
        book("c", [{"name": "Los Angeles Lakers", "price": 1.5}] * 2, "h2h"),
    )
    assert props.skipped == {"player_points": 3, "h2h": 2}
    assert len(props.quotes) == 1


def test_no_books_is_a_valid_answer() -> None:
    """Nobody offers a line yet: an event without quotes."""
    assert _props().quotes == ()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", NotThere),
        (encoded(historical(None)), NotThere),
        (encoded(historical(event(bookmakers=[]), None)), NotThere),
        (encoded(event(bookmakers=[])), ContractBroken),
        (encoded(historical(event(bookmakers=[])))[:-9], ContractBroken),
        (b"<html></html>", ContractBroken),
    ],
)
def test_history_without_the_event(body: bytes, kind: type[Exception]) -> None:
    """A snapshot without the event is nothing there; another form is a broken contract."""
    with pytest.raises(kind, match="odds_api historical_event_odds"):
        parse_event_props(body, True, NOW)


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({"price": "1.9"}, "bookmakers[0].markets[0].outcomes[0].price = '1.9'"),
        ({"price": -110}, "outcomes[0].price = -110"),
        ({"price": None}, "outcomes[0].price = None"),
        ({"point": "24.5"}, "outcomes[0].point = '24.5'"),
        ({"name": 1}, "outcomes[0].name = 1"),
    ],
)
def test_a_bent_outcome_breaks_the_body(row: Json, named: str) -> None:
    """Retyped fields and American prices are named with path and value."""
    with pytest.raises(ContractBroken) as caught:
        _props(book("a", [{**outcome("Over", 1.9), **row}]))
    assert named in str(caught.value)


@pytest.mark.parametrize("field", ["id", "commence_time", "home_team", "away_team"])
def test_a_renamed_event_field_breaks_the_listing(field: str) -> None:
    """A listing without one of its four fields is a broken contract."""
    row = event()
    row[f"{field}_2"] = row.pop(field)
    with pytest.raises(ContractBroken, match=rf"\$\[0\]\.{field} is missing"):
        parse_events(encoded([row]), False, NOW)


def test_a_naive_commence_time_is_broken() -> None:
    """A tip without a zone is nobody's instant."""
    with pytest.raises(ContractBroken, match="commence_time = '2025-01-10T03:30:00'"):
        parse_events(encoded([event(commence_time="2025-01-10T03:30:00")]), False, NOW)


def test_props_of_an_unknown_team_name_it() -> None:
    """An event that was asked for must be in the table."""
    with pytest.raises(ContractBroken, match="Team LeBron"):
        _props(home_team="Team LeBron")


def test_a_live_events_request() -> None:
    """The key goes in the query and never into the shown URL."""
    request = events_request(KEY)
    assert request.url == "https://api.the-odds-api.com/v4/sports/basketball_nba/events"
    assert request.params == (("apiKey", KEY), ("dateFormat", "iso"))
    assert request.endpoint == "events"
    assert KEY not in request.shown_url


def test_a_historical_request_asks_for_whole_seconds_of_utc() -> None:
    """The instant is written in UTC, rounded down."""
    at = datetime(2025, 1, 9, 13, 0, 38, 999999, tzinfo=timezone(timedelta(hours=-5)))
    request = events_request(KEY, at, "http://x/v4")
    assert request.url == "http://x/v4/historical/sports/basketball_nba/events"
    assert request.params[-1] == ("date", "2025-01-09T18:00:38Z")
    assert request.endpoint == "historical_events"


def test_an_event_odds_request() -> None:
    """Decimal prices of some markets, from regions or from named books."""
    request = event_odds_request("a/b", KEY, ["player_points", "player_assists"], regions=["us"])
    assert request.url.endswith("/sports/basketball_nba/events/a%2Fb/odds")
    assert dict(request.params) == {
        "apiKey": KEY,
        "regions": "us",
        "markets": "player_points,player_assists",
        "oddsFormat": "decimal",
        "dateFormat": "iso",
    }
    books = event_odds_request("e", KEY, ["m"], bookmakers=["fanduel", "bovada"])
    assert ("bookmakers", "fanduel,bovada") in books.params


@pytest.mark.parametrize(
    "arguments",
    [
        {"markets": ["m"]},
        {"markets": ["m"], "regions": ["us"], "bookmakers": ["fanduel"]},
        {"markets": [], "regions": ["us"]},
    ],
)
def test_an_ambiguous_odds_request_is_refused(arguments: dict[str, Any]) -> None:
    """No market, no source or two sources are a caller's mistake, found before it costs."""
    with pytest.raises(ValueError, match=r"market|one of them"):
        event_odds_request("e", KEY, **arguments)


def test_credits_are_read_from_the_headers() -> None:
    """What is not reported is None, not 0."""
    headers = {"x-requests-remaining": "19988", "x-requests-used": "12", "x-requests-last": "0"}
    assert credits_of(Response(200, b"", headers)) == Credits(19988, 12, 0)
    assert credits_of(Response(500, b"", {"x-requests-used": "n/a"})) == Credits(None, None, None)


@pytest.mark.parametrize(
    ("arguments", "cost"),
    [
        ({"markets": 5, "regions": 1, "historical": False}, 5),
        ({"markets": 5, "regions": 2, "historical": True}, 100),
        ({"markets": 1, "bookmakers": 10, "historical": False}, 1),
        ({"markets": 1, "bookmakers": 11, "historical": True}, 20),
        ({"markets": 1, "bookmakers": 3, "bookmakers_per_region": 1, "historical": False}, 3),
    ],
)
def test_a_quote_is_markets_times_regions(arguments: dict[str, Any], cost: int) -> None:
    """Live is markets x regions, history ten times that; books count in regions."""
    assert quote_event_odds(**arguments) == cost


def test_listings_are_nearly_free() -> None:
    """Live listings cost nothing, historical ones a credit."""
    assert (quote_events(historical=False), quote_events(historical=True)) == (0, 1)
