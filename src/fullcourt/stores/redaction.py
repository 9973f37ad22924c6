"""Passwords, keys and tokens struck out of text that is kept: each becomes `***`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

STRUCK = "***"
_SHORTEST = 6
# user:password@ and token@ of a URL.
_USERINFO = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)(?P<user>[^\s/@:]*:)?[^\s/@]+@", re.I)
_NAMED = re.compile(
    r"(?P<name>\b[\w-]*(?:api[-_]?key|access[-_]?key|passw(?:or)?d|passphrase|pwd|secret|token"
    r"|signature|credential)s?\b[\"']?\s*[=:]\s*)"
    r"(?P<value>\"[^\"]*\"|'[^']*'|[^\s&;,\"']+)",
    re.I,
)
_BEARER = re.compile(r"(?P<name>\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}", re.I)


def redacted(text: str, secrets: Iterable[str | None] = ()) -> str:
    """The text without what may open a door: `secrets` (values that are known, as of a vendor's
    key), passwords in URLs, values named like a key, password or token, and bearer tokens.

    It rather strikes out a harmless word after `token:` than let a token pass.
    """
    for secret in sorted({s for s in secrets if s and len(s) >= _SHORTEST}, key=len, reverse=True):
        text = text.replace(secret, STRUCK)
    text = _USERINFO.sub(lambda m: f"{m['scheme']}{m['user'] or ''}{STRUCK}@", text)
    text = _BEARER.sub(lambda m: f"{m['name']}{STRUCK}", text)
    return _NAMED.sub(lambda m: f"{m['name']}{STRUCK}", text)
