"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import Phase, settings

ROOT = Path(__file__).resolve().parent.parent

# Deadlines measure the machine, not the property. In CI the same examples every time.
settings.register_profile("house", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
# For generated mutants: the same few examples for each, and no search for the smallest failure.
settings.register_profile(
    "mutants",
    deadline=None,
    derandomize=True,
    max_examples=60,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("ci" if os.environ.get("CI") else "house")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded data (read-only); the test is skipped where nobody recorded any.

    `FULLCOURT_SHARED` names another folder than `../shared`; one that is not there is an error.
    """
    named = os.environ.get("FULLCOURT_SHARED")
    folder = Path(named) if named else ROOT.parent / "shared"
    if folder.is_dir():
        return folder.resolve()
    if named:
        pytest.fail(f"FULLCOURT_SHARED={named} is no folder")
    pytest.skip("recorded data ../shared is absent")
