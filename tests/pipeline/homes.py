"""A home for a test's processes: real stores under a folder, no vendor to ask."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from fullcourt.clock import SystemClock
from fullcourt.pipeline.work import Stores
from fullcourt.settings import Home, Settings
from fullcourt.stores.archive import Archive
from fullcourt.stores.lake import Lake
from fullcourt.stores.ledger import Ledger
from fullcourt.vendors.transport import Request, Response

DAY = date(2025, 1, 6)


class NobodyAnswers:
    """A transport that must not be used."""

    def send(self, request: Request) -> Response:
        """Refuse."""
        raise AssertionError(f"asked {request.vendor} {request.endpoint}")

    def close(self) -> None:
        """Nothing to release."""


def stores_at(folder: Path) -> Stores:
    """The stores of a home at `folder`, made when they are absent."""
    home = Home(folder)
    clock = SystemClock()
    return Stores(
        home=home,
        settings=Settings(since=DAY),
        clock=clock,
        ledger=Ledger.open(home.ledger_file, clock),
        lake=Lake.open(home.catalog_file, home.lake_dir),
        archive=Archive(home.archive_dir),
        transport=NobodyAnswers(),
        fingerprint="code",
    )


def close(stores: Stores) -> None:
    """Release them."""
    stores.lake.close()
    stores.ledger.close()
