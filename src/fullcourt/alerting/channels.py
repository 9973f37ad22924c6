"""The channels a home is configured with. Their addresses carry secrets and stay in this process.

An address is an Apprise URL (`mailto://`, `slack://`, `ntfy://`, `json://`, ...). What leaves this
module is its digest and its scheme, and the host of those schemes whose host is no secret.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from fullcourt.errors import SettingsError
from fullcourt.settings import AlertSettings, Home

# Elsewhere the place of the host is taken by a token, a topic or a name.
_HOST_IS_NO_SECRET = frozenset(
    "json jsons xml xmls form forms http https mailto mailtos gotify gotifys".split()
)
_NOT_ITS_OWNERS_ALONE = stat.S_IRWXG | stat.S_IRWXO


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
    found += _lines(home.path / Path(settings.urls_file).expanduser())
    channels = {channel.digest: channel for channel in map(channel_of, found)}
    return tuple(channels.values())


def _lines(path: Path) -> list[str]:
    try:
        # One descriptor: what is checked is what is read.
        with path.open(encoding="utf-8") as handle:
            found = os.fstat(handle.fileno())
            if found.st_uid != os.geteuid() or found.st_mode & _NOT_ITS_OWNERS_ALONE:
                raise SettingsError(
                    f"{path}: others than its owner may read it (mode "
                    f"{stat.S_IMODE(found.st_mode):04o}), or it is somebody else's.",
                    next_step=f"`chmod 600 {path}`; change its addresses if others have seen them",
                )
            text = handle.read()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path}: the addresses of the alerts cannot be read ({type(error).__name__}).",
            next_step="mend the file, or name another in `alerts.urls_file`",
        ) from None
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
