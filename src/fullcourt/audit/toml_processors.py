"""The sections of `audit.toml` that say what each processor fills and owes."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from fullcourt.audit.configuration import ProcessorConfig, TableConfig
from fullcourt.audit.words import Rule
from fullcourt.toml_lines import Table

_NEEDS: Mapping[Rule, str] = {
    Rule.FLOOR: "floor",
    Rule.QUERY: "query",
    Rule.PLAYERS_LISTED: "listed_in",
    Rule.EVENT_LOG: "listed_in",
}


def take_processor(own: Table, tables: Collection[TableConfig]) -> ProcessorConfig:
    """A processor of the configuration.

    Raises:
        TomlRefused: a key is missing, has no use for the rule, or names no table of `tables`.
    """
    own.require("name", "fills", "expects")
    rule = own.take_enum("expects", Rule)
    config = ProcessorConfig(
        name=own.take("name", str, ""),
        fills=take_texts(own, "fills"),
        expects=rule,
        due_hours=own.take("due_hours", float, 0.0),
        due_by_hours=_number(own, "due_by_hours"),
        due_after_end_hours=_number(own, "due_after_end_hours"),
        floor=own.take("floor", int, 0) if own.has("floor") else None,
        query=own.take("query", str, "") or None,
        listed_in=own.take("listed_in", str, "") or None,
        change_words=_change_words(own, rule),
        archive=own.take("archive", str, "") or None,
        upstream=take_texts(own, "upstream"),
        phase=own.take("phase", int, 0) if own.has("phase") else None,
        longest_minutes=_number(own, "longest_minutes"),
        line=own.line_of("name"),
    )
    own.nothing_else()
    for needed in sorted(set(_NEEDS.values())):
        is_needed, is_there = _NEEDS.get(rule) == needed, own.has(needed)
        if is_needed and not is_there:
            raise own.refused(needed, f"expects = {rule} needs it", f"add `{needed} = ...`")
        if is_there and not is_needed:
            raise own.refused(needed, f"expects = {rule} has no use for it", "leave it out")
    if config.floor is not None and config.floor < 1:
        raise own.refused("floor", f"{config.floor} proves nothing", "give a number of rows")
    if config.longest_minutes is not None and config.longest_minutes <= 0:
        raise own.refused("longest_minutes", "it is not above 0", "give minutes")
    if not config.fills:
        raise own.refused("fills", "it fills nothing", "name a table or listing")
    names = [each.name for each in tables]
    listings = [each.name for each in tables if each.is_listing]
    _known(own, "fills", config.fills, names)
    _known(own, "upstream", config.upstream, names)
    _known(own, "listed_in", [config.listed_in] if config.listed_in else [], names)
    _known(own, "archive", [config.archive] if config.archive else [], listings)
    return config


def _number(table: Table, key: str) -> float | None:
    return table.take(key, float, 0.0) if table.has(key) else None


def _change_words(own: Table, rule: Rule) -> tuple[str, str] | None:
    words = take_texts(own, "change_words")
    if not own.has("change_words"):
        return None
    if rule is not Rule.EVENT_LOG:
        raise own.refused("change_words", f"expects = {rule} has no use for it", "leave it out")
    if len(words) != 2:
        raise own.refused("change_words", "it is not two words", 'write ["joined", "left"]')
    return words[0], words[1]


def _known(own: Table, key: str, given: Collection[str], names: Collection[str]) -> None:
    for name in given:
        if name not in names:
            raise own.unknown(key, names, "table or listing", value=name)


def take_texts(table: Table, key: str) -> tuple[str, ...]:
    """A list of texts; empty where the key is absent."""
    found = table.take(key, list, [])
    for each in found:
        if type(each) is not str:
            raise table.refused(key, f"{each!r} is not text", 'write ["...", "..."]')
    return tuple(found)
