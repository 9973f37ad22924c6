"""The document as Markdown and as a page: nothing quoted becomes markup, nothing is blank."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.reports.progress.document import (
    Document,
    Facts,
    Section,
    Table,
    counted,
    facts,
    listed,
    table,
)
from fullcourt.reports.progress.markdown import escaped, markdown
from fullcourt.reports.progress.page import page
from fullcourt.reports.progress.tones import tone
from fullcourt.reports.progress.unknown import Unknown, said

EVIL = "<script>alert('x')</script> | [a](javascript:b) *c* \n# d & `e` `<img src=x>`"
TEXT = st.text(min_size=1).filter(lambda text: bool(text.split()))


class Seen(HTMLParser):
    """The tags of a page, and the text inside each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.said = ""
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag in ("td", "th", "dd", "dt", "h1", "h2", "h3", "p"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        self.said += data
        if self.cells:
            self.cells[-1] += data


def document(text: str) -> Document:
    """A document that says this text everywhere."""
    rows = table(("a", "b"), [(text, 1)])
    return Document(
        said(text),
        said(text),
        (Section(said(text), said(text), (*rows, facts(text, [("a", text)]))),),
    )


def test_no_text_becomes_markup_on_the_page() -> None:
    """A script in a note is shown as it was written; the page has no script and fetches nothing."""
    text = page(document(EVIL))
    seen = Seen(text)
    assert "script" not in seen.tags
    assert "img" not in seen.tags
    assert "<script>alert('x')</script>" in seen.said
    assert not [name for name, _ in seen.attributes if name in ("src", "onclick", "style")]
    links = [value for name, value in seen.attributes if name == "href"]
    assert all(value is not None and value.startswith("#s") for value in links)
    assert "default-src 'none'" in text
    assert "url(" not in text
    assert "http" not in text.replace("http-equiv", "")


@given(TEXT)
def test_every_cell_of_a_page_holds_a_word(text: str) -> None:
    """Whatever is quoted: no cell, fact or title is empty, and it adds no tag."""
    if not "".join(text.split()):
        return
    made = document(text)
    seen = Seen(page(made))
    assert all(cell.strip() for cell in seen.cells)
    assert len(seen.tags) == len(Seen(page(document("plain"))).tags)


@given(TEXT)
def test_markdown_keeps_its_shape(text: str) -> None:
    """Whatever is quoted: as many lines and cells as with a plain word, and no tag."""
    lines, plain = (markdown(document(t)).split("\n") for t in (text, "plain"))
    assert len(lines) == len(plain)
    for line, other in zip(lines, plain, strict=True):
        assert len(re.findall(r"(?<!\\)\|", line)) == len(re.findall(r"\|", other))
        assert "<" not in line
    assert all(line[:2] in ("# ", "##", "| ", "* ", "") or line.strip() for line in lines)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("player_box_scores", "player_box_scores"),
        ("_x_", "\\_x\\_"),
        ("a|b", "a\\|b"),
        ("`fullcourt explain` *now*", "`fullcourt explain` \\*now\\*"),
        ("`a|b`", "\\`a\\|b\\`"),
        ("<b> & [x](y)", "&lt;b&gt; &amp; \\[x\\](y)"),
        ("back\\slash", "back\\\\slash"),
        ("`a` `<b>`", "`a` \\`&lt;b&gt;\\`"),
    ],
)
def test_markdown_shows_text_as_it_is(text: str, wanted: str) -> None:
    """Signs are escaped, code in backticks stays code where it can hurt nothing."""
    assert escaped(text) == wanted


@pytest.mark.parametrize("blank", ["", " ", "\n\t "])
def test_a_blank_field_is_a_defect(blank: str) -> None:
    """Neither a cell, nor a fact, nor an unknown may be blank."""
    with pytest.raises(ValueError, match="left blank"):
        table(("a",), [(blank,)])
    with pytest.raises(ValueError, match="left blank"):
        facts("x", [("a", blank)])
    with pytest.raises(ValueError, match="without its reason"):
        Unknown(blank)


def test_a_row_fits_its_head() -> None:
    """A row of another length is refused; no rows are no table."""
    with pytest.raises(ValueError, match="another length"):
        table(("a", "b"), [("x",)])
    assert table(("a",), []) == ()
    assert table(("a",), [(Unknown("why"),)]) == (Table(("a",), (("unknown: why",),)),)
    assert facts("t", [("a", 1200)]) == Facts("t", (("a", "1,200"),))


def test_lists_are_folded_and_say_how_many_more() -> None:
    """Six names, then the count; nothing at all is said in a word."""
    assert listed(list("abc")) == "a, b, c"
    assert listed([str(n) for n in range(8)]) == "0, 1, 2, 3, 4, 5 and 2 more"
    assert listed([]) == "none"
    assert counted([("open", 1), ("healed", 0)]) == "1 open"
    assert counted([]) == "none"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("complete", "good"),
        ("2025-01-09", "plain"),
        ("not done", "bad"),
        ("unknown: no tasks", "doubt"),
        ("none: it heals", "good"),
        ("legitimate_zero", "quiet"),
    ],
)
def test_a_colour_says_what_the_word_says(text: str, wanted: str) -> None:
    """The first word of a cell decides its tone."""
    assert tone(text) == wanted
