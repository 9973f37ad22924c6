"""The ledger: runs, leases, attempts, manifests' index, breakers, credits, verdicts."""

from fullcourt.stores.ledger.database import Ledger
from fullcourt.stores.ledger.records import Lease, ManifestRow, RunOutcome, RunRow

__all__ = ["Lease", "Ledger", "ManifestRow", "RunOutcome", "RunRow"]
