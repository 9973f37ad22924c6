"""Addresses are secrets: who may hold them, and what is ever shown of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from fullcourt.alerting.channels import Channel, channel_of, configured_channels
from fullcourt.errors import SettingsError
from fullcourt.settings import AlertSettings, Home

SECRET = "hunter2"
SETTINGS = AlertSettings()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"json://user:{SECRET}@hooks.example.org:8080/{SECRET}", "json://hooks.example.org"),
        (f"mailtos://me:{SECRET}@example.org?to=you@example.net", "mailtos://example.org"),
        (f"https://hooks.slack.com/services/{SECRET}", "https://hooks.slack.com"),
        # Where a host would stand, these carry the secret itself.
        (f"slack://{SECRET}/B/C", "slack://"),
        (f"ntfy://{SECRET}", "ntfy://"),
        (f"tgram://{SECRET}/12", "tgram://"),
        (SECRET, "unknown://"),
        (f"{SECRET} json://h", "unknown://"),
        (f"json://[{SECRET}", "json://"),
    ],
)
def test_nothing_of_a_secret_is_shown(url: str, shown: str) -> None:
    """Scheme and harmless host are shown, a digest names it, and no text of it has the secret."""
    channel = channel_of(url)
    assert channel.shown == shown
    assert SECRET not in f"{channel!r} {channel.digest} {channel.shown}"


def configured(
    home: Path, environment: dict[str, str], *, is_virtual: bool = False
) -> tuple[Channel, ...]:
    """The channels of a home at `home`."""
    return configured_channels(Home(home), SETTINGS, environment, is_virtual=is_virtual)


def test_channels_come_from_the_environment_and_a_file_of_ones_own(tmp_path: Path) -> None:
    """Both places count, comments and empty lines do not, and the same address is one channel."""
    file = tmp_path / SETTINGS.urls_file
    file.write_text("# mine\n\njson://a\n  json://b  \n", encoding="utf-8")
    file.chmod(0o600)
    environment = {SETTINGS.urls_env: "json://b json://c"}
    assert {c.url for c in configured(tmp_path, environment)} == {
        "json://a",
        "json://b",
        "json://c",
    }
    assert configured(tmp_path / "elsewhere", {}) == ()


def test_a_replay_calls_nobody_out_of_bed(tmp_path: Path) -> None:
    """A home with a virtual clock has the channels of its own file alone."""
    environment = {SETTINGS.urls_env: "json://c"}
    assert configured(tmp_path, environment, is_virtual=True) == ()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_file_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    """The error names the file, its mode and the next step, and no address."""
    file = tmp_path / SETTINGS.urls_file
    file.write_text(f"json://{SECRET}\n", encoding="utf-8")
    file.chmod(mode)
    with pytest.raises(SettingsError, match="others than its owner") as told:
        configured(tmp_path, {})
    assert f"{mode:04o}" in str(told.value)
    assert f"chmod 600 {file}" in str(told.value)
    assert SECRET not in str(told.value)


def test_a_file_that_cannot_be_read_is_no_empty_file(tmp_path: Path) -> None:
    """A folder in its place, or bytes that are no text, are errors that say so."""
    file = tmp_path / SETTINGS.urls_file
    file.mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        configured(tmp_path, {})
    file.rmdir()
    file.write_bytes(b"json://\xff\xfe\n")
    file.chmod(0o600)
    with pytest.raises(SettingsError, match="UnicodeDecodeError"):
        configured(tmp_path, {})
