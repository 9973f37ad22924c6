"""What was derived from the lake is kept while its rows stand, and not for ever."""

from __future__ import annotations

from datetime import date

from fullcourt.trust.cache import ReadCache

DAY = date(2025, 1, 9)


def test_a_value_is_read_once_while_its_rows_stand() -> None:
    """Only a change of a table the token names is read again."""
    cache, reads, seen = ReadCache(), iter(range(9)), []
    for changed in ((), ("schedule",), ("grades",)):
        for table in changed:
            cache.changes.note(table, {DAY})
        for _ in range(2):
            token = cache.changes.on("schedule", DAY, DAY)
            seen.append(cache.keep("games", token, lambda: next(reads)))
    assert seen == [0, 0, 1, 1, 1, 1]


def test_only_what_was_asked_for_lately_is_kept() -> None:
    """A walk over hundreds of nights forgets the first ones and keeps the one in use."""
    cache = ReadCache()
    for night in range(500):
        made = [night]
        cache.keep(("slate", night), 0, made.copy)
        assert cache.keep(("slate", "today"), 0, made.copy) == [0]
    assert len(cache) < 100
    assert cache.keep(("slate", 499), 0, list[int]) == [499]
    assert cache.keep(("slate", 0), 0, list[int]) == []
