"""The evidence that decided a class, as one sentence. Pure; made only for what is listed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fullcourt.audit.words import DateClass, LossCause, RunClass

_BECAUSE = {
    LossCause.SCRAPER_FAILED: "every question to the vendor since it could be there failed",
    LossCause.PROCESSOR_FAILED: "its input was there, and a run left it out",
    LossCause.UPSTREAM_EMPTY: "an answer came, without it",
    LossCause.NEVER_RUN: "nobody asked for it, or loaded it, since it could be there",
    LossCause.BLOCKED: "its input was not there when a run looked",
    LossCause.UNKNOWN: "no witness of the scrape or of the input",
}


def run_sentence(run: RunClass, row: Mapping[str, Any]) -> tuple[str, str | None]:
    """Evidence of a row's class, and what would settle an `unverifiable` one (else None)."""
    owed, held, lost = row["owed"], row["held"], row["lost"]
    ended = _instant(row["ended_at"])
    match run:
        case RunClass.PHANTOM_FAILURE:
            return (
                f"closed by {row['closed_by'] or 'a sweeper'} at {ended} although the same run "
                "ended by itself in another row",
                None,
            )
        case RunClass.STUCK_RUN:
            if row["kind"] == 3:
                by = row["closed_by"] or "a sweeper"
                return f"closed by {by} at {ended}; no end of its own in the history", None
            return f"open since {_instant(row['started_at'])}", None
        case RunClass.LEGITIMATE_ZERO:
            if row["due_most"]:
                return f"none of {_keys(owed)} is known to have been owed by {ended}", None
            if owed or row["open"]:
                return f"none of {_keys(owed + row['open'])} could be there by {ended}", None
            return "nothing is owed: no game of its date counts, or nothing changed", None
        case RunClass.TRACKING_FALSE_POSITIVE:
            return f"{_due(row)} were there at its end, {ended}", None
        case RunClass.COMPLETE:
            if not owed:
                return "its date owes nothing, and it said it wrote", None
            return f"{_due(row)} were there at its end, {ended}", None
        case RunClass.HEALED:
            lacked = _range(row["lacked_least"], row["lacked_most"])
            return (
                f"at its end, {ended}, {lacked} of {_due(row)} were not there; all {owed} are now",
                None,
            )
        case RunClass.PARTIAL_LOSS | RunClass.LOSS:
            because = _BECAUSE[LossCause(row["cause"] or "unknown")]
            return f"{lost} of {_keys(owed)} are not there now ({held} are): {because}", None
        case RunClass.UNVERIFIABLE:
            return _undecided(row, ended)


def _undecided(row: Mapping[str, Any], ended: str) -> tuple[str, str]:
    if row["kind"] == 1:
        return "still open, and not for longer than it may be", "its end, or `longest_minutes`"
    if row["game_date"] is None:
        return "the row names no game date", "a game date of the row"
    if row["unknown"]:
        return row["unknown"], row["unknown_settles"]
    if row["ended_at"] is None:
        return "the row does not say when its run ended", "the end of the run"
    if row["open"]:
        return row["open_reason"], row["open_settles"]
    if row["lacked_least"] and row["lacked_least"] == row["lacked_most"]:
        return (
            f"it says {row['records']} rows; of what is there less came by its end, {ended}: rows "
            "may have been taken away and come again",
            "the table's own log of writes and deletes",
        )
    if row["held_least"] != row["held_most"]:
        return (
            f"when the rows first came is not known: {row['held_least']} to {row['held_most']} of "
            f"{_keys(row['owed'])} were there at its end, {ended}",
            "a column that keeps when a row first came, or the table as it stood then",
        )
    return (
        f"{row['due_least']} to {row['due_most']} of {_keys(row['owed'])} could be there by its "
        f"end, {ended}",
        "when the games ended",
    )


def date_sentence(what: DateClass, row: Mapping[str, Any]) -> tuple[str, str | None]:
    """Evidence of a date's class, and what would settle an `unverifiable` one (else None)."""
    owed, held, lost = row["owed"], row["held"], row["lost"]
    match what:
        case DateClass.COMPLETE:
            return f"{held} of {_keys(owed)} are there", None
        case DateClass.LEGITIMATE_ZERO:
            return "nothing that is due is owed", None
        case DateClass.PARTIAL_LOSS | DateClass.LOSS:
            causes = [_BECAUSE[LossCause(cause)] for cause in row["causes"]]
            return f"{lost} of {_keys(owed)} are not there: {'; '.join(causes)}", None
        case DateClass.UNVERIFIABLE:
            if row["unknown"]:
                return row["unknown"], row["settles"]
            return row["open_reason"], row["open_settles"]


def key_sentence(cause: LossCause, row: Mapping[str, Any]) -> str:
    """Evidence of a lost key's cause."""
    return f"could be there from {_instant(row['due_at'])}; {_BECAUSE[cause]}"


def _due(row: Mapping[str, Any]) -> str:
    due = _range(row["due_least"], row["due_most"])
    return f"the {due} of {_keys(row['owed'])} that could be there"


def _range(least: int, most: int) -> str:
    return str(least) if least == most else f"{least} to {most}"


def _keys(count: int) -> str:
    return f"{count} key{'' if count == 1 else 's'}"


def _instant(at: datetime | None) -> str:
    return "an unknown instant" if at is None else f"{at:%Y-%m-%d %H:%M} UTC"
