"""`rebuild` of a home that was bootstrapped with a history before its first date."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.small_world import as_json


@pytest.mark.soak
def test_a_replayed_home_is_rebuilt_to_the_same_hashes(fullcourt: Program, damaged: Path) -> None:
    """Dates between its clock and its first date raise no cells; the played ones raise theirs."""
    before = as_json(fullcourt("status", "--home", damaged, "--json", "--all").stdout)
    said = fullcourt("rebuild", "--home", damaged, "--json")
    view = as_json(said.stdout)
    assert (said.exit_code, view["differences"]) == (0, [])
    assert view["after"]["cells"] == view["before"]["cells"] > 0
    after = as_json(fullcourt("status", "--home", damaged, "--json", "--all").stdout)
    assert [(c["dataset"], c["verdict"]) for c in after["cells"]] == [
        (c["dataset"], c["verdict"]) for c in before["cells"]
    ]
