"""What a home is, for whoever made it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from fullcourt.settings import Home, Settings


@dataclass(frozen=True, slots=True)
class HomeView:
    """A home just made (`is_new`) or found. `unconfigured` vendors raise no cells yet."""

    home: str
    is_new: bool
    settings_file: str
    settings: Settings
    unconfigured: tuple[str, ...]


def home_created(home: Home, *, is_new: bool) -> HomeView:
    """The home with its settings.

    Raises:
        SettingsError: its settings cannot be read.
    """
    settings = home.settings()
    lacking = settings.vendors.binding == "live" and not os.environ.get(settings.odds.api_key_env)
    return HomeView(
        str(home.path),
        is_new,
        str(home.settings_file),
        settings,
        ("odds_api",) if lacking else (),
    )
