"""A home: the folder one pipeline lives in, and the settings in its `fullcourt.toml`."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from fullcourt.errors import SettingsError

SETTINGS_FILE = "fullcourt.toml"


class ClockSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`system` is real time; `virtual` stands still between commands (a replay, the demo)."""

    kind: Literal["system", "virtual"] = "system"


class VendorSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who answers vendor calls: the live vendors, a recorded history, or the built-in league."""

    binding: Literal["live", "replay", "builtin"] = "live"
    history: str | None = None
    seed: int = 1
    nights: int = 15
    first_date: date | None = None


class NbaSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """NBA CDN. `box_form` names the box score body: the CDN's own, or stats.nba.com's V3."""

    cdn_url: str = "https://cdn.nba.com/static/json"
    stats_url: str = "https://stats.nba.com/stats"
    box_form: Literal["cdn", "stats_v3"] = "cdn"
    deadline_s: float = 30.0


class OddsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The Odds API. Without a key the vendor is not configured and raises no cells. The key stands
    in the environment, or in a file (of the home, unless absolute) that its owner alone can read;
    never in the settings.

    `mode` historical asks for the snapshot at the clock's instant. `hours_before_tip` are the
    instants (hours before each tip) at which a snapshot is wanted, the earliest first.

    `credits_a_month`: what the account is given on `credits_reset_day` of each month (00:00 UTC).
    With it live snapshots are planned from the credits left and `hours_before_tip` is not read;
    without it (the default) they are taken at those hours as long as there are credits.
    `keep_credits` are never spent but by force.
    """

    url: str = "https://api.the-odds-api.com/v4"
    api_key_env: str = "FULLCOURT_ODDS_API_KEY"
    api_key_file: str = "odds.key"
    mode: Literal["live", "historical"] = "live"
    markets: tuple[str, ...] = ("player_points",)
    regions: tuple[str, ...] = ("us",)
    bookmakers: tuple[str, ...] = ()
    hours_before_tip: tuple[float, ...] = (8.0, 2.0)
    keep_credits: Annotated[int, msgspec.Meta(ge=0)] = 50
    credits_a_month: Annotated[int, msgspec.Meta(ge=0)] | None = None
    credits_reset_day: Annotated[int, msgspec.Meta(ge=1, le=28)] = 1
    deadline_s: float = 30.0


class LakeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many of the lake's newest snapshots stay readable; rows are never lost with one."""

    keep_snapshots: int = 500


class CleanupSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Leftover rows of upcoming slates: whether they go once a day, how many days after their game
    date, and for how many days what was removed can be brought back."""

    daily: bool = True
    older_than_days: int = 7
    restorable_days: int = 30


class RetentionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how many days bodies stay in the archive, by their game date; 0: for ever.

    `bad_answers_days`: answers that were no good. `superseded_days`: good ones that a newer answer
    to the same question replaced and no held row was made from. `loaded_days`: those that rows were
    made from; the rows stay, and a rebuild cannot make them again.
    """

    bad_answers_days: int = 0
    superseded_days: int = 0
    loaded_days: int = 0


class AlertSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where alerts go. Addresses are secrets: they stand in the environment, or in a file (of the
    home, unless absolute) that its owner alone can read, one a line; never in the settings.

    A cause that lasts is said again after `remind_after_h` hours (0: never); it is over when it was
    not seen for `settle_min` minutes; a channel that has not answered after `deadline_s` seconds is
    given up for this time.
    """

    urls_env: str = "FULLCOURT_ALERT_URLS"
    urls_file: str = "alerts.urls"
    remind_after_h: float = 24.0
    settle_min: float = 30.0
    deadline_s: float = 20.0


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a home may set. Unknown names are refused, with the name."""

    since: date
    clock: ClockSettings = ClockSettings()
    vendors: VendorSettings = VendorSettings()
    nba: NbaSettings = NbaSettings()
    odds: OddsSettings = OddsSettings()
    lake: LakeSettings = LakeSettings()
    cleanup: CleanupSettings = CleanupSettings()
    alerts: AlertSettings = AlertSettings()
    retention: RetentionSettings = RetentionSettings()


class Home:
    """Paths of one home. Nothing is created here; `init` does that."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        self.settings_file = self.path / SETTINGS_FILE
        self.ledger_file = self.path / "ledger.db"
        self.catalog_file = self.path / "catalog.db"
        self.lake_dir = self.path / "lake"
        self.archive_dir = self.path / "archive"
        self.lock_file = self.path / "controller.lock"
        self.aliases_file = self.path / "aliases.csv"
        self.rebuild_file = self.path / "rebuild.json"

    def settings(self) -> Settings:
        """The home's settings.

        Raises:
            SettingsError: the file is absent, not TOML, or holds an unknown or wrong setting.
        """
        return load_settings(self.settings_file)


def load_settings(path: Path) -> Settings:
    """Read and check one settings file (see `Home.settings` for the errors)."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(
            f"{path}: no such file; this folder is not a fullcourt home.",
            next_step=f"create one with `fullcourt init --home {path.parent}`",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path}: not valid TOML: {error}.", next_step="mend the line named above"
        ) from error
    try:
        return msgspec.convert(raw, Settings, strict=True)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {error}.", next_step="see `docs/cli.md`, settings") from error


def write_settings(path: Path, settings: Settings) -> None:
    """Write `settings` as TOML, defaults included, so that a person sees what may be changed."""
    plain = msgspec.to_builtins(settings, builtin_types=(date,))
    lines = [f"since = {plain.pop('since').isoformat()}"]
    for section, values in plain.items():
        lines += ["", f"[{section}]"]
        lines += [f"{name} = {_toml(value)}" for name, value in values.items() if value is not None]
    # Whole or not at all: a home with half its settings could never be opened again.
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
    fresh.replace(path)


def _toml(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case date():
            return value.isoformat()
        case list() | tuple():
            return "[" + ", ".join(_toml(item) for item in value) + "]"
        case _:
            escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
