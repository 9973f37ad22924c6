"""What people wrote into a ledger, taken over into one that was made anew."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from fullcourt.clock import SystemClock
from fullcourt.errors import StoreUnreadable
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.schema import deployments, meta, notes

_WRITTEN = (notes, deployments)
_META = ("bootstrapped",)


def carried_words(old: Path, ledger: Ledger) -> dict[str, int]:
    """Copy notes and deployments of the ledger at `old`; rows by table, none where it is absent or
    cannot be read. Repeating it changes nothing."""
    if not old.exists():
        return {}
    try:
        before = Ledger.open(old, SystemClock())
    except StoreUnreadable:
        # Said already by who hashed the old stores; the archive knows nothing of these words.
        return {}
    try:
        found = {t.name: [dict(r) for r in before.execute(select(t)).mappings()] for t in _WRITTEN}
        known = {name: before.get_meta(name) for name in _META}
    finally:
        before.close()
    with ledger.write():
        for table in _WRITTEN:
            ledger.insert_or_replace(table, found[table.name])
        rows = [{"name": name, "value": value} for name, value in known.items() if value]
        ledger.insert_or_replace(meta, rows)
    return {name: len(rows) for name, rows in found.items()}
