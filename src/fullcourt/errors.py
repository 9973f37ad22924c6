"""The package's errors: two kinds, as mixins, so that retry code asks the type and not a list.

`Transient`: the same action may succeed later. `Terminal`: it will not, until something else
changes.
"""

from __future__ import annotations


class Transient:
    """Mixin: trying again later may help."""


class Terminal:
    """Mixin: trying again changes nothing by itself."""


class FullcourtError(Exception):
    """Base of all errors. `next_step` says what a person should do about it."""

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(f"{message} Next: {next_step}" if next_step else message)
        self.next_step = next_step


class SettingsError(Terminal, FullcourtError):
    """A setting is missing, unknown or contradicts another."""


class HomeBusy(Transient, FullcourtError):
    """Another controller works on this home."""


class StoreUnreadable(Terminal, FullcourtError):
    """A database or archive of the home cannot be read."""


class StoreFull(Transient, FullcourtError):
    """The disk under a store is full."""


# ENOSPC, EDQUOT and EFBIG in the words of SQLite, DuckDB and the archive's object store.
_FULL = (
    "no space left",
    "os error 28",
    "disk full",
    "disk is full",
    "disk i/o error",
    "disk quota exceeded",
    "file too large",
)


def is_full(text: str) -> bool:
    """Whether a store's words mean that its disk, or our share of it, is full."""
    return any(words in text.lower() for words in _FULL)


class LeaseLost(Transient, FullcourtError):
    """The lease a writer held was taken over; it must not commit."""


class ProcessorFailed(Transient, FullcourtError):
    """A processor raised; the original error is in the message and `__cause__`."""
