"""Archived bodies that give no row, or were overtaken before anybody loaded them, are taken in."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from fullcourt.clock import parse_instant
from fullcourt.nba.calendar import eastern
from fullcourt.pipeline.answers import _ordered_name
from fullcourt.pipeline.execute import InlineExecutor
from fullcourt.pipeline.runner import Task
from fullcourt.stores.archive import Manifest
from fullcourt.stores.ledger.manifests import add_manifests, unloaded_cells
from tests.pipeline.homes import close, stores_at
from tests.simulator.worlds import a_world, box_url, cdn, clock_of


def a_body() -> tuple[str, bytes]:
    """A game that is over, and its box score."""
    world = a_world()
    game = world.league.games[0]
    clock_of(world).advance_to(eastern(game.game_date + timedelta(days=1), 12))
    return game.game_id, cdn(world, box_url(game)).body


def emptied(body: bytes) -> bytes:
    """The same box score, listing nobody."""
    tree = json.loads(body)
    for side in ("homeTeam", "awayTeam"):
        tree["game"][side]["players"] = []
    return json.dumps(tree).encode()


def test_every_good_body_is_taken_in_once(tmp_path: Path) -> None:
    """Neither an overtaken body nor one without rows waits for ever and is loaded at every tick."""
    game_id, body = a_body()
    stores = stores_at(tmp_path)
    day = stores.settings.since
    at = parse_instant("2025-01-07T12:00:00Z")
    # Within one instant only the names tell which body is the newer; the last lists nobody.
    for content in (emptied(body) + b" ", body, emptied(body)):
        manifest = Manifest(
            _ordered_name(at), "nba_boxscore", day, game_id, "nba_cdn", "boxscore", "", "ok", at,
            digest=stores.archive.put_body(content),
        )  # fmt: skip
        add_manifests(stores.ledger, [manifest])
    assert unloaded_cells(stores.ledger, ["nba_boxscore"]) == (("nba_boxscore", day),)
    (report,) = InlineExecutor().run(stores, [Task("player_box_scores", day, day, None)])
    assert report.state == "succeeded"
    assert unloaded_cells(stores.ledger, ["nba_boxscore"]) == ()
    close(stores)


def test_names_of_answers_sort_as_they_were_given() -> None:
    """Also within one instant, and however many there are."""
    at = parse_instant("2025-01-07T12:00:00Z")
    names = [_ordered_name(at) for _ in range(1000)]
    names += [_ordered_name(at + timedelta(microseconds=1))]
    assert names == sorted(names)
    assert len(set(names)) == len(names)
