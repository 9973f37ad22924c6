"""The simple case of `audit`: files named on the command line in place of a configuration."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from fullcourt.errors import FullcourtError, Terminal

if TYPE_CHECKING:
    from fullcourt.audit.configuration import AuditConfig
    from fullcourt.audit.result import AuditView


_MOST_SAID = 6


class AuditUnclear(Terminal, FullcourtError):
    """The options of `audit` contradict each other, or do not say all that is needed."""


@dataclass(frozen=True, slots=True)
class Flags:
    """The files named. `tables` as written: NAME=FILE."""

    runs: Path | None
    schedule: Path | None
    tables: tuple[str, ...]
    preset: str | None


def audit_by_flags(
    flags: Flags, first: date | None, last: date | None, *, all_runs: bool
) -> AuditView:
    """The audit of the files, as they would be proposed by `audit init`.

    What the proposal is not sure of is among the complaints.

    Raises:
        AuditUnclear: a file is not named, or the files do not tell all that an audit needs.
        AuditRefused: a file cannot be read.
    """
    from fullcourt.audit.foreign import audit_foreign

    config, unsure = config_by_flags(flags)
    view = audit_foreign(config, trust_config=False, all_runs=all_runs, first=first, last=last)
    guesses = tuple(f"proposed from the files and not sure: {each}" for each in unsure)
    return replace(view, complaints=(*guesses, *view.complaints))


def config_by_flags(flags: Flags) -> tuple[AuditConfig, tuple[str, ...]]:
    """The configuration that is proposed for the files, and what of it is not sure.

    Raises:
        AuditUnclear, AuditRefused: see `audit_by_flags`.
    """
    tables = _named(flags.tables)
    paths = [_required(flags.runs, "--runs"), _required(flags.schedule, "--schedule")]
    paths += tables.values()
    if not tables:
        raise _missing("--table")
    from fullcourt.audit.configuration import AuditRefused
    from fullcourt.audit.proposal import propose
    from fullcourt.audit.toml_config import parse_config

    proposal = propose(paths, flags.preset, Path())
    names = " ".join(str(path) for path in paths)
    text, left_out = _with_tables(proposal.text)
    try:
        config = parse_config(text, Path("the proposed audit.toml"))
    except AuditRefused as error:
        said = "; ".join(proposal.unsure[:_MOST_SAID])
        rest = len(proposal.unsure) - _MOST_SAID
        said += f"; and {rest:,} more" if rest > 0 else ""
        raise AuditUnclear(
            f"The files do not tell all that an audit needs: {said or error}.",
            next_step=f"`fullcourt audit init {names} -o audit.toml`, fill in what is left open, "
            "then `fullcourt audit --config audit.toml`",
        ) from error
    return _renamed(config, tables), (*left_out, *proposal.unsure)


def _with_tables(text: str) -> tuple[str, tuple[str, ...]]:
    """The proposal without the processors of which no table was named, and a word on each."""
    head, *processors = re.split(r"(?m)^(?=\[\[processor\]\])", text)
    kept, left_out = [head], []
    for section in processors:
        keys = re.findall(r"(?m)^(fills|expects) = ", section)
        if {*keys} == {"fills", "expects"}:
            kept.append(section)
        else:
            name = re.search(r"(?m)^name = (.*)$", section)
            left_out.append(
                f"processor {name[1] if name else 'without a name'}: which of these tables it "
                "fills, or what that owes; its runs are not decided"
            )
    return "".join(kept), tuple(left_out)


def _named(tables: tuple[str, ...]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for text in tables:
        name, equals, file = text.partition("=")
        if not (name and equals and file):
            raise AuditUnclear(
                f"--table {text!r} is not NAME=FILE.",
                next_step="name the table as the report should call it, and its file",
            )
        if name in found:
            raise AuditUnclear(
                f"--table {name}: named twice ({found[name]} and {file}).",
                next_step="give each table one name; several files are a glob in a configuration",
            )
        found[name] = Path(file)
    return found


def _required(file: Path | None, option: str) -> Path:
    if file is None:
        raise _missing(option)
    return file


def _missing(option: str) -> AuditUnclear:
    return AuditUnclear(
        f"{option} is missing: an audit by files needs --runs, --schedule and a --table or more.",
        next_step=f"add {option}, or name a configuration with --config",
    )


def _renamed(config: AuditConfig, tables: dict[str, Path]) -> AuditConfig:
    """The tables called as the command line calls them, wherever they are named."""
    of_file = {str(file.resolve()): name for name, file in tables.items()}
    names = {
        table.name: of_file[str(Path(table.source.files).resolve())]
        for table in config.tables
        if table.source.files and str(Path(table.source.files).resolve()) in of_file
    }

    def named(name: str | None) -> str | None:
        return None if name is None else names.get(name, name)

    return replace(
        config,
        tables=tuple(replace(each, name=names.get(each.name, each.name)) for each in config.tables),
        processors=tuple(
            replace(
                each,
                fills=tuple(names.get(name, name) for name in each.fills),
                upstream=tuple(names.get(name, name) for name in each.upstream),
                listed_in=named(each.listed_in),
                archive=named(each.archive),
            )
            for each in config.processors
        ),
    )
