"""Retention: what is pinned never goes, what goes is recorded and is no loss."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.cli.opened import working_on
from fullcourt.operations.prune import (
    HAS_ROWS,
    KEPT_FOR_EVER,
    NEWEST,
    NOT_LOADED,
    RECORD,
    TOO_YOUNG,
    Answer,
    fate,
)
from fullcourt.settings import Home, RetentionSettings
from fullcourt.stores.archive import Archive, Removal
from tests.operations.conftest import Program
from tests.operations.homes import held_by

TODAY = date(2026, 3, 1)
OLD, YOUNG = date(2024, 3, 1), date(2026, 2, 20)
BOX = Answer("d" * 64, "nba_boxscore", OLD, "0022300001", True, True, True)
BAD = replace(BOX, is_good=False, is_loaded=False)
SUPERSEDED = replace(BOX, is_newest=False)
KEEP, SHORT = RetentionSettings(), RetentionSettings(30, 30, 30)


@pytest.mark.parametrize(
    ("answers", "newest_row", "record", "settings", "rule", "pin"),
    [
        ([BAD], None, [], KEEP, None, KEPT_FOR_EVER),
        ([BAD], None, [], SHORT, "retention.bad_answers_days = 30", None),
        ([replace(BAD, game_date=YOUNG)], None, [], SHORT, None, TOO_YOUNG),
        ([SUPERSEDED], None, [], KEEP, None, KEPT_FOR_EVER),
        ([SUPERSEDED], None, [], SHORT, "retention.superseded_days = 30", None),
        ([replace(SUPERSEDED, is_loaded=False)], None, [], SHORT, None, NOT_LOADED),
        ([SUPERSEDED], OLD, [], RetentionSettings(30, 30, 0), None, HAS_ROWS),
        ([BOX], OLD, [], RetentionSettings(30, 30, 0), None, HAS_ROWS),
        ([BOX], None, [], RetentionSettings(30, 30, 0), None, NEWEST),
        ([BOX], OLD, [], SHORT, "retention.loaded_days = 30", None),
        ([BOX], YOUNG, [], SHORT, None, TOO_YOUNG),
        ([BOX], OLD, [OLD + timedelta(days=200)], SHORT, None, RECORD),
        ([BOX], OLD, [OLD + timedelta(days=500)], SHORT, "retention.loaded_days = 30", None),
        ([BOX], OLD, [OLD - timedelta(days=1)], SHORT, "retention.loaded_days = 30", None),
        ([BAD, BOX], OLD, [OLD], SHORT, None, RECORD),
    ],
)
def test_the_fate_of_a_body(
    answers: list[Answer],
    newest_row: date | None,
    record: list[date],
    settings: RetentionSettings,
    rule: str | None,
    pin: str | None,
) -> None:
    """Every pin with its words, and the setting that lets a body go."""
    assert fate(answers, newest_row, TODAY, record, settings) == (rule, pin)


days = st.dates(date(2022, 1, 1), TODAY)
bodies = st.builds(
    Answer,
    st.just("d" * 64),
    st.sampled_from(["nba_boxscore", "nba_schedule", "odds_events", "odds_event_props"]),
    days,
    st.just("k"),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
spans = st.sampled_from([0, 1, 30, 400, 5_000])


@given(
    st.lists(bodies, min_size=1, max_size=3),
    st.none() | days,
    st.lists(days, max_size=3),
    st.builds(RetentionSettings, spans, spans, spans),
)
def test_no_settings_let_a_pinned_body_go(
    answers: list[Answer],
    newest_row: date | None,
    record: list[date],
    settings: RetentionSettings,
) -> None:
    """Bodies of rows go only by `loaded_days`, when all is older and no record read them."""
    rule, pin = fate(answers, newest_row, TODAY, record, settings)
    assert (rule is None) != (pin is None)
    good = [answer for answer in answers if answer.is_good]
    if rule is None or not good or newest_row is None:
        return
    assert settings.loaded_days > 0
    oldest_kept = TODAY - timedelta(days=settings.loaded_days)
    assert newest_row <= oldest_kept
    for answer in good:
        assert answer.game_date <= oldest_kept
        assert not any(0 <= (day - answer.game_date).days <= 400 for day in record)


def set_retention(home: Home, **spans: int) -> None:
    """Write these retention settings into the home."""
    text = home.settings_file.read_text(encoding="utf-8")
    for name, span in spans.items():
        text = text.replace(f"{name} = 0", f"{name} = {span}")
    home.settings_file.write_text(text, encoding="utf-8")


def later(home: Home, span: timedelta) -> None:
    """Let time pass; nobody is asked."""
    with working_on(home) as (opened, controller):
        controller.asks_vendors = False
        opened.stores.clock.sleep(span.total_seconds())


def test_by_default_nothing_goes(fullcourt: Program, home: Home) -> None:
    """Also years later, and also with --apply."""
    later(home, timedelta(days=900))
    before = sorted(home.archive_dir.rglob("*"))
    said = fullcourt("prune", "--home", home.path, "--apply", "--json")
    assert (said.exit_code, json.loads(said.stdout)["bodies"]) == (0, 0)
    assert sorted(home.archive_dir.rglob("*")) == before


def test_what_goes_is_recorded_and_is_no_loss(fullcourt: Program, home: Home) -> None:
    """Exactly what the dry run announced is gone; nothing is called lost and no row changes."""
    later(home, timedelta(days=40))
    # Past the horizons nothing changes any more by time alone.
    assert fullcourt("status", "--home", home.path).exit_code in (0, 1)
    set_retention(home, bad_answers_days=10, superseded_days=10, loaded_days=10)
    before, files = held_by(home), sorted(home.archive_dir.rglob("*.zst"))
    told = json.loads(fullcourt("prune", "--home", home.path, "--json").stdout)
    assert told["bodies"] > 0
    assert sorted(home.archive_dir.rglob("*.zst")) == files
    assert {line["pinned_by"] for line in told["lines"]} >= {RECORD, None}
    shown = fullcourt("prune", "--home", home.path).stdout
    assert max(map(len, shown.splitlines())) <= 100
    done = json.loads(fullcourt("prune", "--home", home.path, "--apply", "--json").stdout)
    assert (done["bodies"], done["size"]) == (told["bodies"], told["size"])
    gone = {removal.digest for removal in Archive(home.archive_dir).removals()}
    assert len(gone) == told["bodies"]
    assert len(sorted(home.archive_dir.rglob("*.zst"))) == len(files) - len(gone)
    with working_on(home) as (_, controller):
        controller.asks_vendors = False
        controller.judge_now()
        wrong = [view for view in controller.grid.views.values() if "archive_lost" in repr(view)]
    assert wrong == []
    assert held_by(home).tables == before.tables
    again = json.loads(fullcourt("prune", "--home", home.path, "--json").stdout)
    assert (again["bodies"], again["removed_before"]) == (0, len(gone))


def test_a_feed_whose_body_was_removed_is_held(home: Home) -> None:
    """Removed on purpose: held. Gone without a record: lost, as ever."""
    digest = newest_box(home)
    body = home.archive_dir / "objects" / digest[:2] / f"{digest}.zst"
    kept = body.read_bytes()
    body.unlink()
    assert lost_feeds(home) == ["nba_boxscore"]
    body.write_bytes(kept)
    assert lost_feeds(home) == []
    with working_on(home) as (opened, _):
        now = opened.stores.clock.now()
        opened.stores.archive.remove_body(Removal(digest, now, "a test", len(kept), True))
    assert not body.exists()
    assert lost_feeds(home) == []


def newest_box(home: Home) -> str:
    """The digest of a good box score."""
    found = [
        manifest.digest
        for manifest in Archive(home.archive_dir).manifests()
        if manifest.feed == "nba_boxscore" and manifest.outcome == "ok"
    ]
    assert found[-1] is not None
    return found[-1]


def lost_feeds(home: Home) -> list[str]:
    """Feeds with a key that is called lost, as judged anew."""
    with working_on(home) as (_, controller):
        controller.asks_vendors = False
        controller.judge_now()
        views = controller.look(controller.grid.memos)
        return sorted(
            {
                view.expectation.cell.dataset
                for view in views
                for key in view.verdict.keys
                if key.cause == "archive_lost" and view.expectation.cell.dataset.startswith("nba_")
            }
        )
