"""Worlds as TOML files: read, checked to the line, and the ones that ship with the package.

See `docs/worlds.md` for the format.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from fullcourt.nba.calendar import eastern
from fullcourt.simulator.calendars import Calendar
from fullcourt.simulator.chaos import DRAWABLE
from fullcourt.simulator.league import DEFAULT_FIRST_DATE
from fullcourt.simulator.oracle.words import DATASETS, FEEDS
from fullcourt.simulator.vendors.faults import Fault, FaultKind
from fullcourt.simulator.worldspec import (
    ENDPOINTS,
    LAKES,
    VENDORS,
    Drawing,
    OursFault,
    OursKind,
    WorldError,
    WorldSpec,
)
from fullcourt.toml_lines import Table, TomlText, value_of

T = TypeVar("T")
F = TypeVar("F", Fault, OursFault)
# A vendor may fill a hole a week later; a fault beyond that is about nothing.
_AFTER_THE_END = timedelta(days=8)
_BEFORE_THE_START = timedelta(days=75)


def shipped() -> tuple[str, ...]:
    """The names of the worlds that ship with the package."""
    folder = files("fullcourt.simulator") / "worlds"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if _is_toml(f.name)))


def _is_toml(name: str) -> bool:
    return name.endswith(".toml")


def find_world(
    name: str,
    *,
    seed: int | None = None,
    nights: int | None = None,
    since: date | None = None,
) -> WorldSpec:
    """The world of a file, or by a bare name one that ships.

    `seed`, `nights` and `since` take the place of the file's own; `nights` then counts from
    `since`. Faults after the new end or before the new beginning are left out.

    Raises:
        WorldError: no such world, or the file is refused: with file, line and reason.
    """
    path = Path(name)
    if path.suffix == ".toml" or path.exists():
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise WorldError(
                f"{name}: cannot be read ({error}).",
                next_step=f"name a file, or one of {', '.join(shipped())}",
            ) from error
    elif name in shipped():
        folder = files("fullcourt.simulator") / "worlds"
        text = (folder / f"{name}.toml").read_text(encoding="utf-8")
    else:
        raise WorldError(
            f"{name}: no such file, and no world of that name ships.",
            next_step=f"name a .toml file, or one of {', '.join(shipped())}",
        )
    spec = parse_world(text, name)
    if seed is not None:
        spec = replace(spec, seed=seed)
    if since is not None or nights is not None:
        spec = _part(spec, since or spec.begins, nights)
    if not spec.first_date <= spec.begins <= spec.last_date:
        raise WorldError(
            f"{name}: --from {spec.begins} is not among the world's dates, {spec.first_date} to "
            f"{spec.last_date}.",
            next_step="give one of them",
        )
    try:
        spec.league_config()
    except ValueError as error:
        raise WorldError(
            f"{name}: with --seed, --from and --nights as given: {error}.",
            next_step="give other values",
        ) from error
    return spec


def _part(spec: WorldSpec, since: date, nights: int | None) -> WorldSpec:
    """The world from `since` on, for so many dates (None: to its end)."""
    skipped = (since - spec.first_date).days
    whole = spec.nights if nights is None else skipped + nights
    part = replace(spec, since=since if skipped else None, nights=whole)
    begin, end = part.opens_at, part.ends_at

    def within(faults: tuple[F, ...]) -> tuple[F, ...]:
        met = [f for f in faults if f.start < end and f.end > begin]
        return tuple(replace(f, start=max(f.start, begin)) for f in met)

    return replace(part, faults=within(spec.faults), ours=within(spec.ours))


def parse_world(text: str, file: str) -> WorldSpec:
    """The world a TOML text describes; `file` names it in errors.

    Raises:
        WorldError: not TOML, an unknown key, a wrong type, or a contradiction, with its line.
    """
    source = TomlText.read(text, file, WorldError)
    top = source.top()
    spec = WorldSpec(
        name=top.take("name", str, Path(file).stem),
        description=top.take("description", str, ""),
        seed=top.take("seed", int, 1),
        teams=top.take("teams", int, 30),
        calendar=top.take_word("calendar", [str(c) for c in Calendar], "season"),
        first_date=top.take_date("first_date", DEFAULT_FIRST_DATE),
        nights=top.take("nights", int, 15),
        since=top.take_date("since", DEFAULT_FIRST_DATE) if top.has("since") else None,
        credits=top.take("credits", int, 500_000),
        credits_monthly=top.take("credits_monthly", bool, False),
        lake=top.take_word("lake", LAKES, "memory"),
        drawn=_drawing(top.table("faults")),
    )
    if spec.credits < 0:
        raise top.refused("credits", f"{spec.credits} is negative", "give a number of credits")
    try:
        spec.league_config()
    except ValueError as error:
        key, _, said = str(error).partition("=")
        known = key if top.has(key) else "name"
        raise top.refused(known, said or str(error), "mend this value or the others") from error
    if not spec.first_date <= spec.begins <= spec.last_date:
        said = f"{spec.since} is not among the dates, {spec.first_date} to {spec.last_date}"
        raise top.refused("since", said, "give one of them")
    faults = tuple(_fault(table, spec) for table in top.tables("fault"))
    ours = tuple(_ours(table, spec) for table in top.tables("ours"))
    top.nothing_else()
    return replace(spec, faults=faults, ours=ours)


def _drawing(table: Table | None) -> Drawing:
    if table is None:
        return Drawing()
    per_night = table.take("per_night", float, 0.0)
    if not 0 <= per_night <= 50:
        raise table.refused("per_night", f"{per_night:g} is not within 0 to 50", "give fewer")
    kinds: dict[str, float] = {}
    weights = table.table("kinds")
    for kind in weights.names() if weights is not None else ():
        assert weights is not None
        if kind not in DRAWABLE:
            raise weights.unknown(kind, sorted(DRAWABLE), "kind of fault that is drawn")
        kinds[kind] = weights.take(kind, float, 0.0)
        if kinds[kind] < 0:
            raise weights.refused(kind, "a weight is not negative", "0 leaves a kind out")
    if weights is not None and not sum(kinds.values()) > 0:
        raise table.refused("kinds", "no kind has a weight", "leave it out, or weigh some kind")
    table.nothing_else()
    return Drawing(per_night, kinds)


def _fault(table: Table, spec: WorldSpec) -> Fault:
    """One `[[fault]]`: every field of `Fault`, by its own name, but `from` and `to`."""
    table.require("kind", "endpoint", "from", "to")
    values: dict[str, Any] = {}
    endpoint = table.take("endpoint", str, "")
    known = ENDPOINTS.get(endpoint)
    if known is None and not re.search(r"[/*]", endpoint):
        raise table.unknown("endpoint", sorted(ENDPOINTS), "endpoint", value=endpoint)
    if known is None:
        table.require("vendor")
    values["vendor"] = table.take_word("vendor", VENDORS, known[0] if known else VENDORS[0])
    if known is not None and values["vendor"] != known[0]:
        raise table.refused(
            "vendor",
            f"{values['vendor']} has no endpoint {endpoint!r}",
            f"it belongs to {known[0]}",
        )
    values["endpoint"] = known[1] if known else endpoint
    values["start"] = table.take_instant("from")
    values["end"] = table.take_instant("to")
    values["kind"] = table.take_enum("kind", FaultKind)
    _take_rest(table, Fault, values)
    table.nothing_else()
    _within(table, spec, values)
    return _made(table, Fault, values)


def _ours(table: Table, spec: WorldSpec) -> OursFault:
    """One `[[ours]]`. `at` alone is a moment: within its hour the next run is hit, once."""
    values: dict[str, Any] = {"kind": table.take_enum("kind", OursKind)}
    if table.has("at"):
        if table.has("from") or table.has("to"):
            raise table.refused("at", "it stands beside from or to", "give at, or from and to")
        values["start"] = table.take_instant("at")
        values["end"] = values["start"] + timedelta(hours=1)
        values["times"] = table.take("times", int, 1)
    else:
        table.require("from", "to")
        values["start"] = table.take_instant("from")
        values["end"] = table.take_instant("to")
    values["dataset"] = table.take("dataset", str, "")
    named = (*FEEDS, *DATASETS)
    if values["dataset"] and values["dataset"] not in named:
        raise table.unknown("dataset", named, "feed or dataset", value=values["dataset"])
    if values["kind"] is OursKind.BODY_DELETED and values["dataset"] not in FEEDS:
        raise table.refused("dataset", "bodies belong to a feed", f"one of {', '.join(FEEDS)}")
    if values["kind"] is OursKind.ROWS_DELETED and values["dataset"] not in DATASETS:
        raise table.refused("dataset", "rows belong to a dataset", f"one of {', '.join(DATASETS)}")
    _take_rest(table, OursFault, values)
    table.nothing_else()
    _within(table, spec, values)
    return _made(table, OursFault, values)


def _take_rest(table: Table, form: type, values: dict[str, Any]) -> None:
    """The fields of a dataclass nobody took yet, by their names and types."""
    hints = get_type_hints(form)
    for each in fields(form):
        table.allow(*{each.name} - {"start", "end"})
        if each.name in values or each.name in ("start", "end"):
            continue
        if table.has(each.name):
            values[each.name] = value_of(table, each.name, hints[each.name])
        elif each.default is MISSING and each.default_factory is MISSING:
            table.require(each.name)


def _within(table: Table, spec: WorldSpec, values: Mapping[str, Any]) -> None:
    """A fault lies within the world it is about.

    Raises:
        WorldError: it ends before it begins, or lies outside the season.
    """
    start, end = values["start"], values["end"]
    if start >= end:
        raise table.refused("to", "it ends before it begins", "give a later `to`")
    first = eastern(spec.begins) - _BEFORE_THE_START
    last = eastern(spec.last_date) + _AFTER_THE_END
    season = f"the world's dates are {spec.begins} to {spec.last_date}"
    if start < first or start >= spec.ends_at:
        key = "at" if table.has("at") else "from"
        raise table.refused(key, "it begins outside the season", season)
    if end > last:
        raise table.refused("to", "it ends outside the season", season)
    day = values.get("game_date")
    if day is not None and not spec.begins <= day <= spec.last_date:
        raise table.refused("game_date", f"{day} is outside the season", season)


def _made(table: Table, form: Callable[..., T], values: Mapping[str, Any]) -> T:
    try:
        return form(**values)
    except ValueError as error:
        text = str(error)
        key = text.partition(":")[0]
        if table.has(key):
            raise table.refused(key, text.partition(": ")[2], "mend this value") from error
        # A fault says who it is before what is wrong with it.
        said = text.rpartition("): ")[2]
        raise table.refused("kind", said, "see docs/worlds.md for what this kind needs") from error
