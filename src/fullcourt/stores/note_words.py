"""The words of a note. Plain data: the command line reads them without opening a store."""

from __future__ import annotations

from enum import StrEnum


class NoteKind(StrEnum):
    """What a note is."""

    NOTE = "note"
    LEARNING = "learning"
    ISSUE = "issue"
    DECISION = "decision"


class Severity(StrEnum):
    """How bad an issue is, the worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
