"""Every way a vendor can fail here, where it applies, and what a truthful client concludes.

Neither vendor of this world answers in pages, so nothing here breaks paging.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class FaultKind(StrEnum):
    """What goes wrong."""

    REFUSE = "refuse"
    HANG = "hang"
    DRIP = "drip"
    STATUS = "status"
    BAD_KEY = "bad_key"
    OUT_OF_CREDITS = "out_of_credits"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    UNPROCESSABLE = "unprocessable"
    RATE_LIMITED = "rate_limited"
    RATE_LIMITED_FOR = "rate_limited_for"
    SERVER_ERROR = "server_error"
    BAD_GATEWAY = "bad_gateway"
    TRUNCATED = "truncated"
    EMPTY = "empty"
    HTML = "html"
    WRONG_TYPE = "wrong_type"
    BROKEN_BROTLI = "broken_brotli"
    BOMB = "bomb"
    RENAMED_FIELD = "renamed_field"
    ADDED_FIELD = "added_field"
    RETYPED_FIELD = "retyped_field"
    NUMBERS_AS_TEXT = "numbers_as_text"
    DUPLICATE_ROWS = "duplicate_rows"
    CONTRADICTING_ROWS = "contradicting_rows"
    PARTIAL_SLATE = "partial_slate"
    PREGAME_EMPTY = "pregame_empty"
    NOBODY_LISTED = "nobody_listed"
    ROSTER_ONLY = "roster_only"
    ROSTER_ONLY_PREGAME = "roster_only_pregame"
    YESTERDAYS_ANSWER = "yesterdays_answer"
    LATE_DATA = "late_data"
    OTHER_GAMES_BODY = "other_games_body"
    BACKFILLED = "backfilled"
    BACKFILLED_EMPTY = "backfilled_empty"
    WRONG_TEAM = "wrong_team"
    ZEROED_TEAM = "zeroed_team"
    SWAPPED_SIDES = "swapped_sides"
    POST_TIP_LINES = "post_tip_lines"


class Endpoint(StrEnum):
    """What is asked of the vendors."""

    SCHEDULE = "schedule"
    SCOREBOARD = "scoreboard"
    BOXSCORE = "boxscore"
    LISTING = "listing"
    EVENT_ODDS = "event_odds"


_PATHS: Final = (
    (re.compile(r".*/scheduleLeagueV2\.json"), Endpoint.SCHEDULE),
    (re.compile(r".*/todaysScoreboard_00\.json"), Endpoint.SCOREBOARD),
    (re.compile(r".*/boxscore_\d{10}\.json"), Endpoint.BOXSCORE),
    (re.compile(r".*/events/?"), Endpoint.LISTING),
    (re.compile(r".*/events/[^/]+/odds/?"), Endpoint.EVENT_ODDS),
)


def endpoint_of(path: str) -> Endpoint | None:
    """What a path asks for; None for anything else."""
    return next((endpoint for form, endpoint in _PATHS if form.fullmatch(path)), None)


class Effect(StrEnum):
    """What a fault leaves a sound client with while it lasts."""

    NO_ANSWER = "no_answer"
    """Nothing usable is had."""
    WRONG_ANSWER = "wrong_answer"
    """A body arrives that must not be believed: `FAULT_SIGNS` says how it is seen."""
    OLD_ANSWER = "old_answer"
    """A true answer of an earlier instant."""
    HARMLESS = "harmless"
    """The body can still be used."""


_NO, _WRONG, _OLD, _FINE = Effect
_K = FaultKind

_CONCLUSIONS: Final[Mapping[FaultKind, tuple[Effect, str]]] = {
    _K.REFUSE: (_NO, "no connection: the vendor failed"),
    _K.HANG: (_NO, "no byte before the deadline: hung"),
    _K.DRIP: (_NO, "no whole body before the deadline: hung"),
    _K.STATUS: (_NO, "by its status: empty for 204 and 404, blocked for 401 and 403, else failed"),
    _K.BAD_KEY: (_NO, "401 with a code: blocked until the key is mended; not retried as a failure"),
    _K.OUT_OF_CREDITS: (_NO, "401 OUT_OF_USAGE_CREDITS: the quota is spent, the key is good"),
    _K.FORBIDDEN: (_NO, "403: blocked, honoured"),
    _K.NOT_FOUND: (_NO, "404: the vendor has nothing there (yet)"),
    _K.UNPROCESSABLE: (_NO, "422: the request is refused, the same one will be again"),
    _K.RATE_LIMITED: (_NO, "429: wait by one's own schedule"),
    _K.RATE_LIMITED_FOR: (_NO, "429 with Retry-After: wait at least so long"),
    _K.SERVER_ERROR: (_NO, "500: the vendor failed"),
    _K.BAD_GATEWAY: (_NO, "502 with an HTML page: the vendor failed"),
    _K.TRUNCATED: (_NO, "no valid JSON: the contract is broken"),
    _K.EMPTY: (
        _NO,
        "200 without a byte: the vendor has nothing there, which is not an empty slate",
    ),
    _K.HTML: (_NO, "200 with a page where JSON is expected: the contract is broken"),
    _K.WRONG_TYPE: (_FINE, "the label is wrong, the JSON is whole"),
    _K.BROKEN_BROTLI: (_NO, "the body does not decode: the vendor failed"),
    _K.BOMB: (_NO, "the body grows past the limit: the vendor failed"),
    _K.RENAMED_FIELD: (
        _NO,
        "a field is missing: the contract is broken (harmless if nobody reads it)",
    ),
    _K.ADDED_FIELD: (_FINE, "an unknown field is passed over"),
    _K.RETYPED_FIELD: (_NO, "a field has another type: the contract is broken (see renamed_field)"),
    _K.NUMBERS_AS_TEXT: (_NO, "text is never taken for a number: the contract is broken"),
    _K.DUPLICATE_ROWS: (_FINE, "equal rows are one row"),
    _K.CONTRADICTING_ROWS: (_WRONG, "the body: two rows of one key differ, so neither is taken"),
    _K.PARTIAL_SLATE: (
        _WRONG,
        "the other witness, or one's earlier body, lists the games left out",
    ),
    _K.PREGAME_EMPTY: (_NO, "the body: status 1, period 0, nobody listed; not over yet"),
    _K.NOBODY_LISTED: (_NO, "the body: a final without players"),
    _K.ROSTER_ONLY: (_NO, "the body: a final in which nobody appeared"),
    _K.ROSTER_ONLY_PREGAME: (_NO, "the body: status 1, nobody appeared; not over yet"),
    _K.YESTERDAYS_ANSWER: (
        _OLD,
        "its own time (`meta.time`, `timestamp`); a live listing has none",
    ),
    _K.LATE_DATA: (_OLD, "the time says now, the state is old: what was final never goes back"),
    _K.OTHER_GAMES_BODY: (_WRONG, "the body: another game id than was asked for"),
    _K.BACKFILLED: (_NO, "403 or 404 for what must exist; right when the vendor has filled it in"),
    _K.BACKFILLED_EMPTY: (_NO, "the body holds nothing; right when the vendor has filled it in"),
    _K.WRONG_TEAM: (
        _WRONG,
        "the body: a team's points and minutes do not sum to its score and time",
    ),
    _K.ZEROED_TEAM: (_WRONG, "the body: a team scored without anybody's points or minutes"),
    _K.SWAPPED_SIDES: (
        _WRONG,
        "the other witness (schedule and box score) has the teams the other way",
    ),
    _K.POST_TIP_LINES: (_WRONG, "the tip: prices taken after it are no line of before it"),
}

FAULT_EFFECTS: Final[Mapping[FaultKind, Effect]] = {k: said[0] for k, said in _CONCLUSIONS.items()}
"""By kind; `effect_of` knows the exceptions of single endpoints."""

FAULT_SIGNS: Final[Mapping[FaultKind, str]] = {k: said[1] for k, said in _CONCLUSIONS.items()}
"""What a truthful client concludes and by which sign, one line a kind."""

_EXCEPTIONS: Final[Mapping[tuple[FaultKind, Endpoint], Effect]] = {
    # Events are matched by the unordered pair of their teams.
    (_K.SWAPPED_SIDES, Endpoint.LISTING): _FINE,
    (_K.SWAPPED_SIDES, Endpoint.EVENT_ODDS): _FINE,
    # A game listed twice with different content breaks the whole body.
    (_K.CONTRADICTING_ROWS, Endpoint.SCHEDULE): _NO,
    (_K.CONTRADICTING_ROWS, Endpoint.SCOREBOARD): _NO,
    # A listing without any number in it.
    (_K.NUMBERS_AS_TEXT, Endpoint.LISTING): _FINE,
}


def effect_of(kind: FaultKind, path: str) -> Effect:
    """The effect of a fault on the answers under one path."""
    endpoint = endpoint_of(path)
    if endpoint is None:
        return FAULT_EFFECTS[kind]
    return _EXCEPTIONS.get((kind, endpoint), FAULT_EFFECTS[kind])


_NBA: Final = frozenset({Endpoint.SCHEDULE, Endpoint.SCOREBOARD, Endpoint.BOXSCORE})
_ODDS: Final = frozenset({Endpoint.LISTING, Endpoint.EVENT_ODDS})
_BOX: Final = frozenset({Endpoint.BOXSCORE})

APPLIES_TO: Final[Mapping[FaultKind, frozenset[Endpoint]]] = {
    _K.BAD_KEY: _ODDS,
    _K.OUT_OF_CREDITS: _ODDS,
    _K.PARTIAL_SLATE: frozenset({Endpoint.SCHEDULE, Endpoint.SCOREBOARD, Endpoint.LISTING}),
    _K.DUPLICATE_ROWS: _NBA | _ODDS,
    _K.CONTRADICTING_ROWS: _NBA | _ODDS,
    _K.PREGAME_EMPTY: _BOX,
    _K.NOBODY_LISTED: _BOX,
    _K.ROSTER_ONLY: _BOX,
    _K.ROSTER_ONLY_PREGAME: _BOX,
    _K.OTHER_GAMES_BODY: _BOX,
    _K.BACKFILLED: frozenset({Endpoint.BOXSCORE, Endpoint.EVENT_ODDS}),
    _K.BACKFILLED_EMPTY: frozenset({Endpoint.BOXSCORE, Endpoint.EVENT_ODDS}),
    _K.WRONG_TEAM: _BOX,
    _K.ZEROED_TEAM: _BOX,
    _K.SWAPPED_SIDES: _NBA | _ODDS,
    _K.POST_TIP_LINES: frozenset({Endpoint.EVENT_ODDS}),
}
"""Where a kind means something; a kind that is not here strikes every path. A fault whose glob
covers other endpoints leaves those alone."""


_VENDORS: Final[Mapping[str, frozenset[Endpoint]]] = {"nba_cdn": _NBA, "odds_api": _ODDS}


def is_of_vendor(kind: FaultKind, vendor: str) -> bool:
    """Whether a vendor has an endpoint that a fault of this kind can strike; so has an unknown."""
    endpoints = APPLIES_TO.get(kind)
    served = _VENDORS.get(vendor)
    return endpoints is None or served is None or bool(endpoints & served)


def applies(kind: FaultKind, path: str) -> bool:
    """Whether a fault of this kind can strike answers under this path."""
    endpoints = APPLIES_TO.get(kind)
    return endpoints is None or endpoint_of(path) in endpoints
