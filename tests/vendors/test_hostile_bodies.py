"""Every parser of the feeds against bodies bent at random: no row is lost without a name."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.vendors import bettingpros, espn
from fullcourt.vendors.balldontlie_games import parse_box_scores, parse_games, parse_stats
from fullcourt.vendors.balldontlie_lists import (
    parse_active_players,
    parse_injuries,
    parse_standings,
)
from fullcourt.vendors.espn_summary import parse_summary
from fullcourt.vendors.nba_play_by_play import parse_play_by_play
from fullcourt.vendors.nba_player_index import parse_player_index
from fullcourt.vendors.odds_api_games import parse_game_lines
from fullcourt.vendors.transport import ContractBroken, NotThere
from tests.vendors import balldontlie_bodies as bdl
from tests.vendors import feed_bodies as made
from tests.vendors.bodies import Json, encoded

NOW = datetime(2025, 1, 9, 18, tzinfo=UTC)
OTHERS: tuple[Any, ...] = (None, True, -1, 0.5, "", "x", [], {})
DROPPED = object()


@dataclass(frozen=True)
class Feed:
    """A parser, a good body of it, its named errors' prefix, and how many rows a body has."""

    name: str
    parse: Callable[[bytes], Any]
    tree: Json | list[Any]
    rows: Callable[[Any], int]


def _paged(parse: Callable[[list[bytes]], Any]) -> Callable[[bytes], Any]:
    return lambda body: parse([body])


FEEDS = (
    Feed(
        "balldontlie box_scores",
        parse_box_scores,
        bdl.bdl_box_scores(bdl.bdl_box_game(), bdl.bdl_box_game(date="2025-01-10")),
        lambda body: len(body.lines),
    ),
    Feed(
        "balldontlie games",
        _paged(parse_games),
        bdl.bdl_page([bdl.bdl_listed_game(1), bdl.bdl_listed_game(2)]),
        lambda body: len(body.games),
    ),
    Feed(
        "balldontlie stats",
        _paged(parse_stats),
        bdl.bdl_page([bdl.bdl_stats_row(1), bdl.bdl_stats_row(2, bdl.AWAY)]),
        lambda body: len(body.lines),
    ),
    Feed(
        "balldontlie active_players",
        _paged(parse_active_players),
        bdl.bdl_page([bdl.bdl_active(1), bdl.bdl_active(2)], 277),
        lambda body: len(body.players),
    ),
    Feed(
        "balldontlie player_injuries",
        _paged(parse_injuries),
        bdl.bdl_page([bdl.bdl_injury(1), bdl.bdl_injury(2)]),
        lambda body: len(body.injuries),
    ),
    Feed(
        "balldontlie standings",
        parse_standings,
        {"data": [bdl.bdl_standing(), bdl.bdl_standing(bdl.AWAY)]},
        lambda body: len(body.rows),
    ),
    Feed(
        "espn scoreboard",
        espn.parse_scoreboard,
        made.espn_scoreboard(made.espn_event("1"), made.espn_event("2")),
        lambda body: len(body.games),
    ),
    Feed(
        "espn roster",
        espn.parse_roster,
        made.espn_roster(made.espn_athlete(1), made.espn_athlete(2)),
        lambda body: len(body.players),
    ),
    Feed(
        "espn summary",
        parse_summary,
        made.espn_summary(made.espn_row(1), made.espn_row(2)),
        lambda body: len(body.lines),
    ),
    Feed(
        "nba_stats playerindex",
        parse_player_index,
        made.stats_table([made.index_row(1), made.index_row(2)]),
        lambda body: len(body.players),
    ),
    Feed(
        "nba_cdn playbyplay",
        parse_play_by_play,
        made.play_by_play(made.action(1), made.plain_action(2, "freethrow", shotResult="Missed")),
        lambda body: len(body.shots) + len(body.free_throws),
    ),
    Feed(
        "bettingpros props",
        _paged(bettingpros.parse_props),
        made.bp_props(made.bp_prop(1), made.bp_prop(2)),
        lambda body: len(body.props) + len(body.events),
    ),
    Feed(
        "odds_api odds",
        lambda body: parse_game_lines(body, False, NOW),
        [made.odds_event("e1", [made.GAME_BOOK]), made.odds_event("e2", [made.GAME_BOOK])],
        lambda body: len(body.lines),
    ),
)
every_feed = pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)


def _left_out(read: Any) -> int:
    """How many things a body's record says were left out."""
    unknown = getattr(read, "unknown_teams", ())
    skipped = getattr(read, "skipped", {})
    left_out: int = len(read.rejected) + len(unknown) + sum(skipped.values())
    return left_out


def _zeros(value: Any) -> int:
    """How many numbers of a record are 0."""
    if isinstance(value, dict):
        return sum(map(_zeros, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(_zeros, value))
    return int(type(value) in (int, float) and value == 0)


def _places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value below the root."""
    items: Any = ()
    if isinstance(tree, dict):
        items = tree.items()
    elif isinstance(tree, list):
        items = enumerate(tree)
    for key, below in items:
        yield (*path, key)
        yield from _places(below, (*path, key))


def _at(tree: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        tree = tree[key]
    return tree


def _read(feed: Feed, body: bytes) -> Any | None:
    """What a body is read as; None where it is refused by the name of its feed."""
    try:
        return feed.parse(body)
    except (ContractBroken, NotThere) as error:
        assert str(error).startswith(f"{feed.name}: ")
        assert error.body is not None
        return None


@every_feed
def test_the_good_body_is_whole(feed: Feed) -> None:
    """Nothing of the body the others are bent from is left out."""
    read = feed.parse(encoded(feed.tree))
    assert feed.rows(read) >= 2
    assert (_left_out(read), read.notes) == (0, ())


@every_feed
@given(data=st.data())
def test_a_truncated_body_is_refused(feed: Feed, data: st.DataObject) -> None:
    """Cut anywhere, a body is no body: it is never read as a shorter one."""
    body = encoded(feed.tree)
    assert _read(feed, body[: data.draw(st.integers(0, len(body) - 1))]) is None


def _bent(feed: Feed, *others: Any) -> Iterator[tuple[str, bytes]]:
    """The feed's body with one value left out or replaced, for every place; and what was done."""
    for path in _places(feed.tree):
        value = _at(feed.tree, path)
        for other in (DROPPED, *others):
            if isinstance(value, list | dict) and isinstance(other, list | dict):
                # Emptied, a list says that there is nothing: another body, not a bent one.
                continue
            tree = copy.deepcopy(feed.tree)
            holder = _at(tree, path[:-1])
            if other is not DROPPED:
                holder[path[-1]] = other
            elif isinstance(holder, dict):
                del holder[path[-1]]
            else:
                continue
            yield f"{path} = {other!r}", encoded(tree)


@every_feed
def test_a_retyped_or_dropped_value_is_named(feed: Feed) -> None:
    """Another value anywhere: refused by name, or read with no row gone that is not named."""
    rows = feed.rows(feed.parse(encoded(feed.tree)))
    for bend, body in _bent(feed, *OTHERS):
        read = _read(feed, body)
        assert read is None or feed.rows(read) == rows or _left_out(read), bend


@every_feed
def test_what_is_not_there_is_never_zero(feed: Feed) -> None:
    """A value that is null or left out anywhere makes no 0 that was none before."""
    zeros = _zeros(asdict(feed.parse(encoded(feed.tree))))
    for bend, body in _bent(feed, None):
        read = _read(feed, body)
        assert read is None or _zeros(asdict(read)) <= zeros, bend


@every_feed
@given(data=st.data())
def test_further_fields_change_nothing(feed: Feed, data: st.DataObject) -> None:
    """What a vendor adds to an object is not read."""
    tree = copy.deepcopy(feed.tree)
    objects = [p for p in [(), *_places(tree)] if isinstance(_at(tree, p), dict)]
    path = data.draw(st.sampled_from(objects))
    _at(tree, path)["brandNew"] = data.draw(st.sampled_from(OTHERS))
    assert feed.parse(encoded(tree)) == feed.parse(encoded(feed.tree))


@every_feed
@given(data=st.data())
def test_a_repeated_row_is_never_counted_twice(feed: Feed, data: st.DataObject) -> None:
    """A list that repeats one of its objects has no more rows than before, and says so."""
    tree = copy.deepcopy(feed.tree)
    lists = [
        p
        for p in [(), *_places(tree)]
        if isinstance(_at(tree, p), list) and any(isinstance(x, dict) for x in _at(tree, p))
    ]
    rows = _at(tree, data.draw(st.sampled_from(lists)))
    rows.append(copy.deepcopy(data.draw(st.sampled_from(rows))))
    whole = feed.parse(encoded(feed.tree))
    read = _read(feed, encoded(tree))
    if read is not None:
        assert feed.rows(read) <= feed.rows(whole)


@every_feed
def test_the_order_of_fields_changes_nothing(feed: Feed) -> None:
    """Fields are read by name."""
    turned = json.dumps(feed.tree, sort_keys=True).encode()
    assert feed.parse(turned) == feed.parse(encoded(feed.tree))
