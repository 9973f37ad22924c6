from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from fullcourt.vendors.bettingpros import (
    DEADLINE_S,
    MARKETS,
    BpProps,
    events_request,
    next_page,
    parse_events,
    parse_props,
    props_request,
)
from fullcourt.vendors.outcome import require_ok
from fullcourt.vendors.prices import decimal_of_american
from fullcourt.vendors.transport import ContractBroken, NotThere, Response, VendorBlocked
from tests.vendors.bodies import Json, encoded
from tests.vendors.feed_bodies import bp_event, bp_prop, bp_props

KEY = "s3cret"
DAY = date(2025, 10, 29)
NOW = datetime(2025, 10, 29, 20, tzinfo=UTC)


def _props(*props: Json, **changes: Any) -> BpProps:
    return parse_props([encoded({**bp_props(*props), **changes})])


def test_requests() -> None:
    """The key is in a header alone, markets are joined by colons, and 45 s end the call."""
    request = props_request(KEY, DAY, ["player_points", "player_threes"], page=3)
    assert dict(request.params)["market_id"] == "156:162"
    assert dict(request.params)["page"] == "3"
    assert ("x-api-key", KEY) in request.headers
    assert request.deadline_s == DEADLINE_S == 45.0
    assert KEY not in request.shown_url
    assert events_request(KEY, DAY).shown_url.endswith("/v3/events?sport=NBA&date=2025-10-29")


@pytest.mark.parametrize("markets", [[], ["player_points", "player_dunks"]])
def test_unknown_markets_are_not_asked_for(markets: list[str]) -> None:
    """A market without an id is the caller's mistake."""
    with pytest.raises(ValueError, match="name some of"):
        props_request(KEY, DAY, markets)


def test_a_refusal_is_a_state() -> None:
    """403 is `vendor_blocked`: named, terminal, and not to be evaded."""
    with pytest.raises(VendorBlocked, match="honoured, not evaded") as caught:
        require_ok(events_request(KEY, DAY), Response(403, b"<html>Access Denied</html>"), NOW)
    assert caught.value.cause == "vendor_blocked"


def test_events() -> None:
    """Times are UTC without saying so; an evening in Utah is the day before in UTC."""
    body = parse_events(encoded({"events": [bp_event()], "utc": "2025-10-29 19:54:04"}))
    [event] = body.events
    assert (event.home_team, event.away_team) == ("UTA", "PHX")
    assert (event.game_date, event.tip_at) == (DAY, datetime(2025, 10, 30, 1, tzinfo=UTC))
    assert body.served_at == datetime(2025, 10, 29, 19, 54, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "tricode"), [("UTH", "UTA"), ("PHO", "PHX"), ("NOR", "NOP"), ("BOS", "BOS")]
)
def test_the_codes_that_differ(code: str, tricode: str) -> None:
    """Three teams have another code here."""
    body = parse_events(encoded({"events": [bp_event(home=code)], "utc": "2025-10-29 19:54:04"}))
    assert body.events[0].home_team == tricode


@pytest.mark.parametrize("text", ["2025-10-30T01:00:00Z", "2025-10-30 01:00", ""])
def test_another_time_is_broken(text: str) -> None:
    """A time in another spelling may be of another zone: it is not guessed."""
    with pytest.raises(ContractBroken, match="event 26545 scheduled"):
        parse_events(encoded({"events": [bp_event(scheduled=text)], "utc": "2025-10-29 19:54:04"}))


def test_a_prop() -> None:
    """Over and under are of two books at two lines; prices are decimal, books by their names."""
    body = _props(bp_prop())
    [prop] = body.props
    assert (prop.market, prop.player_name, prop.team) == ("player_points", "A Player", "UTA")
    assert prop.over is not None
    assert prop.under is not None
    assert (prop.over.line, prop.over.book) == (26.5, "draftkings")
    assert prop.over.price == pytest.approx(1 + 100 / 120)
    assert prop.over.consensus_price == pytest.approx(1 + 100 / 110)
    assert (prop.under.line, prop.under.price) == (27.5, 2.5)
    assert (prop.under.book_id, prop.under.book) == (38, None)
    assert body.is_whole


def test_what_is_known_afterwards_is_not_read() -> None:
    """Another past performance and another result change nothing of what is read."""
    changed = bp_prop(performance={"last_5": None}, scoring={"actual": 4})
    assert _props(changed).props == _props(bp_prop()).props


def test_a_side_that_is_not_offered() -> None:
    """A null side is none, and a consensus left out is none."""
    over = {"line": 26.5, "odds": -120, "book": 12}
    [prop] = _props(bp_prop(over=over, under=None)).props
    assert prop.under is None
    assert prop.over is not None
    assert (prop.over.consensus_line, prop.over.consensus_price) == (None, None)


def test_a_player_without_a_team() -> None:
    """`FA` is no team."""
    prop = bp_prop(participant={"id": "1", "name": "A Player", "player": {"team": "FA"}})
    assert _props(prop).props[0].team is None


@pytest.mark.parametrize("odds", [50, 0, -99])
def test_a_price_that_is_none_leaves_the_prop_out(odds: int) -> None:
    """There are no American odds between -100 and 100: named, and not taken for decimal ones."""
    side = {"line": 26.5, "odds": odds, "book": 12}
    body = _props(bp_prop(over=side), bp_prop(2))
    assert [prop.player_id for prop in body.props] == ["2"]
    assert f"over.odds {odds} are no American odds" in body.rejected[0]


def test_other_markets_are_skipped_and_counted() -> None:
    """A market nobody asked for is counted by its id."""
    body = _props(bp_prop(), bp_prop(2, market_id=142), bp_prop(3, market_id=142))
    assert (len(body.props), body.skipped) == (1, {142: 2})


@pytest.mark.parametrize(
    ("bodies", "whole"),
    [
        (
            [bp_props(bp_prop(), pages=2, items=2), bp_props(bp_prop(2), page=2, pages=2, items=2)],
            True,
        ),
        ([bp_props(bp_prop(), pages=2, items=2)], False),
        ([bp_props(bp_prop(2), page=2, pages=2, items=2)], False),
        ([bp_props(bp_prop(), items=2)], False),
        ([bp_props(pages=0)], True),
    ],
)
def test_whole_is_what_the_vendor_counts(bodies: list[Json], whole: bool) -> None:
    """All pages and as many props as the vendor says; a page that ends early is seen."""
    assert parse_props([encoded(body) for body in bodies]).is_whole is whole


@pytest.mark.parametrize(("page", "pages", "following"), [(1, 3, 2), (3, 3, None), (1, 0, None)])
def test_the_page_after_a_page(page: int, pages: int, following: int | None) -> None:
    """Pages count from 1 to the last; a list without props has none to follow."""
    assert next_page(encoded(bp_props(page=page, pages=pages))) == following


def test_a_page_that_is_none_is_broken() -> None:
    """Page 0 would be asked for again and again."""
    with pytest.raises(ContractBroken, match="page 0 of 3 is no page"):
        next_page(encoded(bp_props(page=0, pages=3)))


def test_a_prop_listed_twice() -> None:
    """Equal twins across pages are one prop; with two prices they are none."""
    assert len(_props(bp_prop(), bp_prop()).props) == 1
    torn = _props(bp_prop(), bp_prop(under=None))
    assert torn.props == ()
    assert "event 26545 market 156 player 5084 A Player" in torn.rejected[0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"market_id": "156"}, r"\$\.props\[0\]\.market_id = '156'"),
        ({"over": {"line": "26.5", "odds": -120, "book": 12}}, r"over\.line = '26.5'"),
        ({"over": {"odds": -120, "book": 12}}, r"over\.line is missing"),
        ({"participant": {"id": 1, "name": "A", "player": {}}}, r"participant\.id = 1"),
    ],
)
def test_a_bent_prop_breaks_the_body(changes: Json, said: str) -> None:
    """Retyped and missing fields are named with path and value."""
    with pytest.raises(ContractBroken, match=said):
        _props(bp_prop(**changes))


@pytest.mark.parametrize("field", ["_pagination", "events", "books", "props", "utc"])
def test_a_body_without_what_was_asked_for_is_broken(field: str) -> None:
    """Pages, events and books are asked for with the props: a body without them is another one."""
    body = bp_props(bp_prop())
    del body[field]
    with pytest.raises(ContractBroken, match=rf"\$\.{field} is missing"):
        parse_props([encoded(body)])


def test_no_page_is_no_answer() -> None:
    """An empty page is nothing; no page at all is the caller's mistake."""
    with pytest.raises(NotThere):
        parse_props([b""])
    with pytest.raises(ValueError, match="no page"):
        parse_props([])


@pytest.mark.parametrize(
    ("american", "decimal"), [(-110, 1 + 100 / 110), (100, 2.0), (-100, 2.0), (150, 2.5)]
)
def test_american_prices(american: int, decimal: float) -> None:
    """A price's decimal odds include the stake."""
    assert decimal_of_american(american) == pytest.approx(decimal)


def test_markets_have_ids_of_their_own() -> None:
    """No two markets share an id."""
    assert len(set(MARKETS.values())) == len(MARKETS)
