"""Every endpoint's contract, by vendor and endpoint.

Written from recorded bodies and the vendors' documentation. A `*` stands where fields are known to
exist that nobody has recorded.
"""

from __future__ import annotations

from collections.abc import Mapping

from fullcourt.vendors.contract import Contract
from fullcourt.vendors.contracts import balldontlie, bettingpros, espn, nba, odds_api

CONTRACTS: Mapping[tuple[str, str], Contract] = {
    (contract.vendor, contract.endpoint): contract
    for module in (balldontlie, bettingpros, espn, nba, odds_api)
    for contract in module.CONTRACTS
}
"""(vendor, endpoint), as a `Request` has them -> contract. Roster pages are HTML and have none."""
