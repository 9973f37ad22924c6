"""The faces of an audit: the same facts on a terminal, in Markdown and on a page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree

import msgspec
import pytest
from rich.console import Console

from fullcourt.audit.result import AuditView
from fullcourt.audit.words import DateClass, LieKind, LossCause, RunClass
from fullcourt.cli.show_audit import show_audit
from fullcourt.reports.audit.document import audit_document
from fullcourt.reports.audit.markdown import audit_markdown
from fullcourt.reports.audit.next_steps import exit_code, next_steps
from fullcourt.reports.audit.page import audit_page
from fullcourt.reports.audit.parts import EVERYTHING, PAGE, PAPER, TERMINAL, Limits
from fullcourt.reports.audit.plots import MOST_ROWS, plots
from fullcourt.reports.audit.wording import (
    CAUSE_STEPS,
    DATE_CLASSES,
    DATE_MEANINGS,
    LIE_MEANINGS,
    RUN_CLASSES,
    RUN_MEANINGS,
    percent,
    share_text,
)
from tests.reports.audit.views import FIRST, UNKNOWN, audit_of, day_of, finding, share, small_audit

EVIL = "<script>alert('x')</script>"
DECIDED = "Decided: 37 of 38 runs, 97.4 % (95 % interval 92.4 to 100.0 %)."


def terminal(view: AuditView, limits: Limits = TERMINAL, width: int = 100) -> str:
    """What a terminal of this width shows."""
    console = Console(width=width, highlight=False, color_system=None, force_terminal=False)
    with console.capture() as shown:
        show_audit(console, audit_document(view, limits))
    return shown.get()


def page(view: AuditView, limits: Limits = PAGE) -> str:
    """The page with its plots."""
    return audit_page(audit_document(view, limits), plots(view))


def test_what_was_decided_comes_first_on_every_face() -> None:
    """Before any other number stands the share of runs that could be decided."""
    view = small_audit()
    assert terminal(view).splitlines()[0] == DECIDED
    assert audit_markdown(audit_document(view, PAPER)).splitlines()[2] == f"**{DECIDED}**"
    body = page(view).partition("<body>")[2]
    assert re.sub(r"<[^>]*>", "\n", body).split("\n\n\n", 2)[1].strip() == DECIDED


def test_both_units_stand_in_their_own_tables() -> None:
    """Runs and dates by class, false positives with an interval, the naive check beside them."""
    sections = {each.name: each for each in audit_document(small_audit(), EVERYTHING).sections}
    by_head = {
        name: [
            dict(zip([c.head for c in section.columns], [c.text for c in row], strict=True))
            for row in section.rows
        ]
        for name, section in sections.items()
    }
    zero = {row["processor"]: row for row in by_head["zero_runs"]}
    assert zero["odds"]["runs"] == "32"
    assert zero["odds"]["tracking_false_positive"] == "30"
    assert zero["odds"]["partial_loss"] == "2"
    assert zero["total"]["stuck_run"] == "1"
    rates = {row["processor"]: row for row in by_head["false_positives"]}
    assert rates["odds"]["rate"] == "93.8 %"
    assert rates["odds"]["95 % interval"] == "88.8 to 98.8 %"
    days = {row["processor"]: row for row in by_head["dates"]}
    assert (days["total"]["dates"], days["total"]["of them with zero runs"]) == ("6", "5")
    assert days["grades"]['naive check: "no data"'] == "2"
    naive = {row["table"]: row for row in by_head["naive_check"]}
    assert naive["odds_table"]["losses it misses"] == "1"
    assert naive["odds_table"]["false alarms"] == "1"
    assert naive["grades_table"]["of these really lost"] == "1"
    assert naive["total"]["cannot be known"] == "1"
    assert [row["runs"] for row in by_head["settles"]] == ["1"]
    assert all("run" in sections[name].note for name in ("zero_runs", "all_runs"))
    assert "Unit: dates" in sections["dates"].note


def test_keys_are_lost_by_name_and_the_rest_is_counted() -> None:
    """Names are cut after so many, rows too; what is left out is said with its number."""
    few = audit_document(small_audit(), Limits(rows=1, names=2, processors=9))
    lost = next(each for each in few.sections if each.name == "lost")
    (row,) = lost.rows
    assert row[-1].text == "NYK@BOS grade 0, NYK@BOS grade 1 and 4 more"
    assert lost.more == (
        "and 1 row more with 2 keys: `--all` (text, Markdown) and `--json` list them"
    )
    every = audit_document(small_audit(), EVERYTHING)
    assert not any(each.more for each in every.sections)
    assert terminal(small_audit(), EVERYTHING, width=400).count("NYK@BOS grade") == 6


def test_a_frequent_lie_does_not_hide_a_rare_one() -> None:
    """Of each kind as many are shown as of the others, the widest first, in the order of kinds."""
    view = small_audit()
    boast = next(lie for lie in view.lies if lie.kind is LieKind.OVER_CLAIMED)
    many = tuple(replace(boast, said=60 + n) for n in range(1, 30))
    document = audit_document(replace(view, lies=view.lies + many), Limits(3, None, None))
    (lies,) = [each for each in document.sections if each.name == "lies"]
    assert [(row[0].text, row[4].text) for row in lies.rows] == [
        ("over_claimed", "120"),
        ("over_claimed", "89"),
        ("duplicates", "180"),
    ]
    assert "and 28 rows more with 28 lies" in lies.more


def test_no_folding_hides_a_number() -> None:
    """What is shown and what is counted as folded away come to all findings, however few rows."""
    view = small_audit()
    for most in range(9):
        sections = audit_document(view, Limits(rows=most, names=None, processors=most)).sections
        (why,) = [each for each in sections if each.name == "evidence"]
        hidden = re.search(r"with ([\d,]+) run", why.more)
        shown = sum(int(row[2].text) for row in why.rows)
        assert shown + (int(hidden[1]) if hidden else 0) == len(view.findings)


@pytest.mark.parametrize("limits", [TERMINAL, EVERYTHING])
def test_a_terminal_of_100_columns_is_wide_enough(limits: Limits) -> None:
    """No line is longer, and no heading or number is cut."""
    view = small_audit("phase_3_player_game_summary")
    shown = terminal(view, limits)
    assert max(map(len, shown.splitlines())) <= 100
    assert "…" not in shown
    assert "phase_3_player_game_summary" in shown


def test_vendor_text_is_text_on_the_page() -> None:
    """Scripts in names of processors, tables, players, sources and complaints stay words."""
    view = small_audit(EVIL, names=f"{EVIL}&\"'")
    view = replace(view, name=EVIL, source=EVIL, complaints=(EVIL,))
    view = replace(view, findings=tuple(replace(f, evidence=EVIL) for f in view.findings))
    text = page(view)
    assert "<script" not in text.lower()
    assert "&lt;script&gt;" in text
    for plot in plots(view):
        drawn = "".join(ElementTree.fromstring(plot.svg).itertext())
        assert "<script>" in drawn or plot.name == "calendar"


def test_the_page_needs_nothing_else() -> None:
    """No script, style sheet, picture or address of another place; four plots are inside."""
    text = page(small_audit())
    assert text.count("<svg") == 4
    assert not re.search(r"<(script|link|iframe|img|object|embed|image|use)\b", text)
    assert not re.search(r"""\b(src|href|xlink:href)=|@import|url\((?!["']?#)""", text)
    outside = set(re.findall(r"https?://[^\s\"'<]+", text))
    assert outside <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "default-src 'none'" in text


def test_vendor_text_is_text_in_markdown() -> None:
    """Pipes, markup and line breaks in names neither break a table nor become markup."""
    view = small_audit("a|b", names="<b>*x*</b>\n|")
    lines = audit_markdown(audit_document(view, EVERYTHING)).splitlines()
    heads = {}
    for place, line in enumerate(lines):
        if line.startswith("| ---"):
            heads[place] = len(re.findall(r"(?<!\\)\|", lines[place - 1]))
    assert len(heads) >= 8
    for start, wide in heads.items():
        for line in lines[start:]:
            if not line.startswith("|"):
                break
            assert len(re.findall(r"(?<!\\)\|", line)) == wide
    assert any("&lt;b&gt;\\*x\\*&lt;/b&gt; \\|" in line for line in lines)


def test_no_name_steers_a_terminal() -> None:
    """Escape codes, bells and direction marks in names are shown as signs without effect."""
    view = small_audit("odds", names="\x1bc\x07\u202e")
    for text in (terminal(view), audit_markdown(audit_document(view, PAPER)), page(view)):
        assert not re.search("[\x1b\x07\u202e]", text)
        assert "\ufffdc\ufffd\ufffd" in text


def test_a_large_audit_stays_a_small_page() -> None:
    """Ten seasons of 60 tables: the page has less than 3 MB and says what it leaves out."""
    days = [
        day_of(
            f"table_{table:02d}",
            FIRST + timedelta(days=day),
            DateClass.PARTIAL_LOSS if (day * 7 + table) % 3 else DateClass.COMPLETE,
            rows=3,
            lost=2 if (day * 7 + table) % 3 else 0,
        )
        for table in range(60)
        for day in range(0, 3650, 10)
    ]
    findings = [
        finding(
            number,
            f"processor {number % 60}",
            RunClass.LOSS,
            day=FIRST + timedelta(days=number // 60),
        )
        for number in range(6_000)
    ]
    text = page(audit_of(findings, days))
    assert len(text.encode()) < 3_000_000
    assert f"{60 - MOST_ROWS} tables more are not drawn" in text
    assert "and 5,600 rows more with 5,600 runs" in text


def test_every_word_has_its_place_and_its_meaning() -> None:
    """No class, cause or lie is without an order, a meaning or a step."""
    assert {*RUN_CLASSES} == {*RUN_MEANINGS} == {*RunClass}
    assert {*DATE_CLASSES} == {*DATE_MEANINGS} == {*DateClass}
    assert {*CAUSE_STEPS} == {*LossCause}
    assert {*LIE_MEANINGS} == {*LieKind}


def test_an_audit_of_nothing_says_so() -> None:
    """No run, no date: every face is made, nothing is divided by nothing, and it is no success."""
    view = audit_of([], [])
    assert exit_code(view) == 2
    assert terminal(view).startswith("Decided: 0 of 0 runs: no rate.")
    assert "No key is lost." in page(view)
    assert plots(view) == []
    assert "no run in the history" in next_steps(view)[0]


def good(run_class: RunClass = RunClass.TRACKING_FALSE_POSITIVE) -> AuditView:
    """One run of one class, one complete date."""
    return audit_of(
        [finding(1, "odds", run_class)], [day_of("odds_table", FIRST, DateClass.COMPLETE, rows=9)]
    )


@pytest.mark.parametrize(
    ("view", "code"),
    [
        (good(), 0),
        (good(RunClass.STUCK_RUN), 0),
        (good(RunClass.LOSS), 1),
        (good(RunClass.PARTIAL_LOSS), 1),
        (good(RunClass.UNVERIFIABLE), 2),
        (replace(good(), lost=small_audit().lost), 1),
        (replace(good(), lies=small_audit().lies), 1),
        (replace(good(RunClass.UNVERIFIABLE), lies=small_audit().lies), 1),
    ],
)
def test_the_exit_code_follows_what_was_found(view: AuditView, code: int) -> None:
    """0 nothing lost, 1 losses or lies, 2 nothing decided; what is found counts first."""
    assert exit_code(view) == code


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (None, "no rate"),
        (0.0, "0.0 %"),
        (0.0004, "below 0.1 %"),
        (0.878, "87.8 %"),
        (0.9997, "above 99.9 %"),
        (1.0, "100.0 %"),
    ],
)
def test_a_rate_is_never_rounded_to_certainty(rate: float | None, text: str) -> None:
    """0 and 100 per cent are said only of what is exactly that."""
    assert percent(rate) == text


def test_a_share_names_its_unit() -> None:
    """`part of whole` with the unit, and no rate of nothing."""
    assert share_text(UNKNOWN, "run") == "0 of 0 runs: no rate"
    assert share_text(share(1, 2), "run") == "1 of 2 runs, 50.0 % (95 % interval 45.0 to 55.0 %)"


def test_json_holds_every_finding_whatever_is_folded() -> None:
    """The document of machines is the record itself, and reads back as it was."""
    view = small_audit()
    assert msgspec.json.decode(msgspec.json.encode(view), type=AuditView) == view


def test_each_step_names_what_and_how_much() -> None:
    """Complaints, evidence that is wanted, causes, stuck rows and lies each become a step."""
    steps = " ".join(next_steps(small_audit()))
    for words in (
        "1 complaint",
        "To decide 1 run and 1 date",
        "scraper_failed, 2 keys on 1 date (odds_table)",
        "blocked, 6 keys on 1 date (grades_table)",
        "1 run stuck",
        "1 phantom failure",
        "30 zero runs by tracking alone",
        "duplicates, 1 found",
    ):
        assert words in steps
