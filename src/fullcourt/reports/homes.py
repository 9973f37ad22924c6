"""What a home is, for whoever made it."""

from __future__ import annotations

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
        SettingsError: its settings, or the file of its odds key, cannot be read.
    """
    from fullcourt.opening import odds_key_of

    settings = home.settings()
    lacking = settings.vendors.binding == "live" and odds_key_of(home, settings.odds) is None
    return HomeView(
        str(home.path),
        is_new,
        str(home.settings_file),
        settings,
        ("odds_api",) if lacking else (),
    )
