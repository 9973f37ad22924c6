"""The tone of a cell: what its colour says, on a terminal and on a page."""

from __future__ import annotations

import re

_TONES = {
    "good": "complete done healed succeeded better low closed yes none",
    "bad": "missing partial permanent critical high open failed worse timed_out not",
    "doubt": "unknown unverifiable suspect stale medium waiting unverified cannot",
    "quiet": "legitimate_zero withdrawn retired not_due",
}
_TONE_OF = {word: tone for tone, words in _TONES.items() for word in words.split()}


def tone(text: str) -> str:
    """The tone of a cell by its first word: good, bad, doubt, quiet or plain."""
    return _TONE_OF.get(re.split(r"[ ,;:(]", text, maxsplit=1)[0].lower(), "plain")
