"""The channels a home is configured with. Their addresses carry secrets and stay in this process.

An address is an Apprise URL (`mailto://`, `slack://`, `ntfy://`, `json://`, ...). What leaves this
module is its digest and its scheme, and the host of those schemes whose host is no secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from fullcourt.settings import AlertSettings, Home
from fullcourt.stores.secret_files import secret_lines

# Elsewhere the place of the host is taken by a token, a topic or a name.
_HOST_IS_NO_SECRET = frozenset(
    "json jsons xml xmls form forms http https mailto mailtos gotify gotifys".split()
)


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel. `digest` names it, `shown` is what may be shown; `url` never is."""

    digest: str
    shown: str
    url: str = field(repr=False)


def channel_of(url: str) -> Channel:
    """The channel with this address."""
    scheme, separator, _ = url.partition("://")
    scheme = scheme.lower() if separator and scheme.isalnum() else "unknown"
    shown = f"{scheme}://"
    if scheme in _HOST_IS_NO_SECRET:
        shown += _host_of(url)
    return Channel(hashlib.sha256(url.encode()).hexdigest()[:12], shown, url)


def configured_channels(
    home: Home, settings: AlertSettings, environment: Mapping[str, str], *, is_virtual: bool
) -> tuple[Channel, ...]:
    """The channels of the environment and of the home's file, each once.

    A home whose clock is virtual (a replay, the demo) has those of its own file alone: nobody is to
    be called out of bed for a night long past.

    Raises:
        SettingsError: the file can be read by others, or not by us.
    """
    found = [] if is_virtual else environment.get(settings.urls_env, "").split()
    file = home.path / Path(settings.urls_file).expanduser()
    found += secret_lines(file, "the addresses of the alerts", "alerts.urls_file")
    channels = {channel.digest: channel for channel in map(channel_of, found)}
    return tuple(channels.values())


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
