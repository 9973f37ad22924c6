"""What may open a door is struck out; ordinary words stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.stores.redaction import redacted

WORDS = st.text(alphabet="abcdefghijkmnopqrtuvxyz0123456789", min_size=8, max_size=30)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("https://ada:hunter2@host/x?y=1", "https://ada:***@host/x?y=1"),
        ("postgresql://:hunter2@db/x", "postgresql://:***@db/x"),
        ("https://abc123@host", "https://***@host"),
        ("GET /odds?apiKey=0a1b2c&regions=us", "GET /odds?apiKey=***&regions=us"),
        ("api_key: 0a1b2c, then more", "api_key: ***, then more"),
        ('{"password": "a b c", "x": 1}', '{"password": ***, "x": 1}'),
        ("export ODDS_API_KEY='a b'", "export ODDS_API_KEY=***"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***"),
        ("AWS_SECRET_ACCESS_KEY=xyz/1+2", "AWS_SECRET_ACCESS_KEY=***"),
    ],
)
def test_secrets_are_struck_out(text: str, wanted: str) -> None:
    """Passwords in URLs, named values and bearer tokens become stars; the rest is as it was."""
    assert redacted(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "The listing is served before 07:00 ET now.",
        "NYK@BOS and CHA@LAL: 4 of 6 games, see https://example.org/a?b=c#d",
        "the key of a cell is a game: 0022400090",
        "mail ada@example.org; basic work",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    """What is no secret is not touched."""
    assert redacted(text) == text


@given(WORDS, st.sampled_from(["{}", "x{}y", "token={}", "https://u:{}@h/{}", "say '{}'"]))
def test_a_known_secret_is_nowhere(secret: str, around: str) -> None:
    """A value handed over as secret does not stay, wherever it stands; twice is as once."""
    text = around.replace("{}", secret)
    clean = redacted(text, (secret, None, ""))
    assert secret not in clean
    assert redacted(clean, (secret,)) == clean
