"""Foreign words of state, mapped to ours; a word the configuration does not map is refused."""

from __future__ import annotations

from collections.abc import Mapping

from fullcourt.audit.configuration import AuditRefused
from fullcourt.audit.sources.reading import literal
from fullcourt.audit.sources.values import Picked, text


def mapped(picked: Picked, column: str, states: Mapping[str, str]) -> str:
    """SQL of our word for the one in a column; NULL for a word that is not mapped.

    `PPD*` maps every word that begins so, `""` an absent one; a whole word comes first.
    """
    said = text(picked, column).sql
    words = sorted((word for word in states if word), key=lambda word: "*" in word)
    cases = [f"WHEN {said} {like(word)} THEN {literal(states[word])}" for word in words]
    if "" in states:
        cases.append(f"WHEN {said} IS NULL THEN {literal(states[''])}")
    return f"CASE {' '.join(cases)} END" if cases else "CAST(NULL AS VARCHAR)"


def check_mapped(picked: Picked, column: str, sql: str, known: str) -> None:
    """Refuse the first word that `sql` leaves NULL.

    Raises:
        AuditRefused: with file, column, row, the word, and where to map it.
    """
    bad = f"({sql}) IS NULL"
    count = picked.count(bad)
    if not count:
        return
    row, value = picked.first(column, bad)
    said = text(picked, column).sql
    words = picked.connection.execute(
        f"SELECT DISTINCT coalesce({said}, '') FROM {picked.table} WHERE {bad} ORDER BY 1 LIMIT 8"
    ).fetchall()
    shown = ", ".join(f'"{word[0]}" = "..."' for word in words)
    raise AuditRefused(
        f"{picked.said(column, row, value)} is mapped to no state ({count:,} rows).",
        next_step=f"add to the table of states: {shown}, each one of {known}",
    )


def like(word: str) -> str:
    """The SQL that compares a text with a word in which `*` is anything and all else itself."""
    if "*" not in word:
        return f"= {literal(word)}"
    return "GLOB " + literal("".join(f"[{each}]" if each in "?[" else each for each in word))
