"""docs/cli.md from the commands themselves: usage, options, JSON shapes, settings, recipes."""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
import typer

from fullcourt.cli.documents import DOCUMENTS
from fullcourt.settings import Settings

_ROOT = Path(__file__).resolve().parent
_WORDS = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "boolean",
    date: "date",
    datetime: "instant",
    type(None): "null",
}


def cli_page(app: typer.Typer) -> str:
    """The whole of docs/cli.md."""
    program = typer.main.get_command(app)
    parts = [(_ROOT / "cli_intro.md").read_text(encoding="utf-8").strip(), "## Commands"]
    for name, command in _commands(program, ""):
        parts.append(_command(name, command))
    parts.append(_settings())
    parts.append((_ROOT / "cli_recipes.md").read_text(encoding="utf-8").strip())
    return "\n\n".join(parts) + "\n"


def _commands(group: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        full = f"{prefix}{name}"
        if hasattr(command, "commands"):
            # A group may be a command by itself (`deployments`).
            if command.invoke_without_command:
                yield full, command
            yield from _commands(command, f"{full} ")
        else:
            yield full, command


def _command(name: str, command: Any) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    shown = [a.metavar or a.name.upper() for a in arguments]
    usage = " ".join(["fullcourt", name, *shown, "[OPTIONS]"])
    parts = [f"### {name}", inspect.cleandoc(command.help), f"```console\n{usage}\n```"]
    rows = [(f"`{label}`", p.help or "") for label, p in zip(shown, arguments, strict=True)]
    rows += [(_option(p), _help(p)) for p in options]
    parts.append(table(("argument or option", "meaning"), rows))
    if command.epilog:
        parts.append(command.epilog)
    if name == "sql":
        parts.append(
            "`--json` prints a list of row objects, `[{column: value, ...}, ...]`. A column name "
            "that comes twice gets `_2`."
        )
    for when, view in DOCUMENTS.get(name, ()):
        said = f"`--json`, {when}:" if when else "`--json`:"
        parts.append(f"{said}\n\n```text\n{shape(view)}\n```")
        parts.append(meanings(view))
    return "\n\n".join(parts)


def _option(option: Any) -> str:
    names = ", ".join(option.opts)
    takes = "" if option.is_flag else f" {option.metavar or 'N'}"
    return f"`{names}{takes}`"


def _help(option: Any) -> str:
    text = option.help or ""
    if option.required:
        text = f"{text} Required."
    plain = isinstance(option.default, int | str) and not isinstance(option.default, bool)
    return f"{text} Default: {option.default}." if plain else text


def shape(view: type) -> str:
    """A JSON sketch of a dataclass: field names with the kinds of their values."""
    return "\n".join(_sketch(view, ""))


def _sketch(kind: Any, indent: str) -> list[str]:
    if kind is Settings:
        return ["{as in the settings file, see below}"]
    if _is_record(kind):
        lines = ["{"]
        for name, inner in typing.get_type_hints(kind).items():
            first, *rest = _sketch(inner, indent + "  ")
            lines += [f'{indent}  "{name}": {first}', *rest]
            lines[-1] += ","
        lines[-1] = lines[-1].removesuffix(",")
        return [*lines, f"{indent}}}"]
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _sketch(inside[0], indent)
    if origin in (tuple, list):
        first, *rest = _sketch(inside[0], indent)
        return _wrapped("[", first, rest, ", ...]")
    if origin in (dict, Mapping):
        first, *rest = _sketch(inside[1], indent)
        return _wrapped("{text: ", first, rest, ", ...}")
    if origin in (types.UnionType, typing.Union):
        # At most one alternative is a record; null and plain kinds follow it.
        ordered = sorted(inside, key=lambda item: not _is_record(item))
        first, *rest = _sketch(ordered[0], indent)
        tail = "".join(f" or {_sketch(item, indent)[0]}" for item in ordered[1:])
        return _wrapped("", first, rest, tail)
    if origin is typing.Literal:
        return [" or ".join(f'"{item}"' for item in inside)]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [" or ".join(f'"{item.value}"' for item in kind)]
    return [_WORDS[kind]]


def _wrapped(before: str, first: str, rest: list[str], after: str) -> list[str]:
    lines = [before + first, *rest]
    lines[-1] += after
    return lines


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and (
        dataclasses.is_dataclass(kind) or issubclass(kind, msgspec.Struct)
    )


def meanings(view: type) -> str:
    """What a document and the records inside it mean: the docstrings of their classes."""
    lines = []
    for name, record in _records(view, "the document"):
        text = re.sub(r"\s+", " ", inspect.cleandoc(record.__doc__ or "")).strip()
        lines.append(f"* {name}: {text}")
    return "\n".join(lines)


def _records(kind: Any, name: str, seen: frozenset[Any] = frozenset()) -> Iterator[tuple[str, Any]]:
    if _is_record(kind):
        if kind in seen or kind is Settings:
            return
        yield name, kind
        found = set(seen) | {kind}
        for field, inner in typing.get_type_hints(kind).items():
            for item in _records(inner, f"`{field}`", frozenset(found)):
                if item[1] not in found:
                    found.add(item[1])
                    yield item
    else:
        for inner in typing.get_args(kind):
            yield from _records(inner, name, seen)


def _settings() -> str:
    parts = ["## Settings", f"`fullcourt.toml` in the home. {Settings.__doc__}"]
    top = []
    for field in msgspec.structs.fields(Settings):
        if _is_record(field.type):
            parts.append(f"### [{field.name}]")
            parts.append(inspect.cleandoc(field.type.__doc__ or ""))
            rows = [_setting(inner) for inner in msgspec.structs.fields(field.type)]
            parts.append(table(("setting", "kind", "default"), rows))
        else:
            top.append(_setting(field))
    parts.insert(2, table(("setting", "kind", "default"), top))
    return "\n\n".join(parts)


def _setting(field: msgspec.structs.FieldInfo) -> tuple[str, str, str]:
    default = "required" if field.required else f"`{msgspec.json.encode(field.default).decode()}`"
    return f"`{field.name}`", _sketch(field.type, "")[0].replace(", ...", ""), default


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )
