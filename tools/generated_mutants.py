"""Generated mutants as data: what became of them, the listed survivors, the table of the docs."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SURVIVORS = ROOT / "tests" / "mutants_generated" / "survivors.toml"
PAGE = ROOT / "docs" / "reliability.md"
BEGIN = "<!-- generated mutants: begin -->"
END = "<!-- generated mutants: end -->"
ENOUGH = 95
"""Per cent of a module's mutants that the tests must kill."""


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One mutated place: the lines taken out of a function and the lines put in their stead.

    Keyed by what it changes, so that it keeps its name when mutants before it come or go. Equal
    lines of one function share a key.
    """

    module: str
    function: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change no test notices, how many mutants make it, and why that is right."""

    change: Change
    times: int
    reason: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many mutants of one function there are and how many were killed."""

    module: str
    function: str
    mutants: int
    killed: int


def listed_survivors(path: Path = SURVIVORS) -> list[Survivor]:
    """The survivors that are listed with their reason, in the file's order."""
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("survivor", [])
    return [
        Survivor(
            Change(entry["module"], entry["function"], entry["before"], entry["after"]),
            entry.get("times", 1),
            entry["reason"].strip(),
        )
        for entry in entries
    ]


def as_toml(change: Change, times: int) -> str:
    """The entry to put into the file for a survivor; its reason is still to be written."""
    lines = ["[[survivor]]", f'module = "{change.module}"', f'function = "{change.function}"']
    lines += [f"before = {_quoted(change.before)}", f"after = {_quoted(change.after)}"]
    lines += [f"times = {times}"] * (times > 1)
    return "\n".join([*lines, 'reason = ""'])


def _quoted(text: str) -> str:
    return f"'''{text}'''" if "'" in text or "\n" in text else f"'{text}'"


def complaints(
    counts: Sequence[Count], survived: Sequence[Change], listed: Sequence[Survivor]
) -> list[str]:
    """What is wrong with a run: too few killed, survivors not listed, listed ones that died."""
    found = [
        f"{module}: {killed} of {mutants} killed, {percent(killed, mutants)} %: below {ENOUGH} %"
        for module, mutants, killed in by_module(counts)
        if killed * 100 < ENOUGH * mutants
    ]
    real = Counter(survived)
    named = {one.change: one for one in listed}
    if len(named) < len(listed):
        found.append("a survivor is listed twice")
    found += [
        f"{change.module}.{change.function}: a survivor is not listed with its reason\n"
        + as_toml(change, times)
        for change, times in real.items()
        if change not in named or not named[change].reason
    ]
    found += [
        f"{change.module}.{change.function}: listed {one.times} times, survived {real[change]}:\n"
        f"  - {change.before}\n  + {change.after}"
        for change, one in named.items()
        if real[change] != one.times and (real[change] == 0 or one.reason)
    ]
    return found


def by_module(counts: Iterable[Count]) -> list[tuple[str, int, int]]:
    """Module, mutants and killed, in the order of `counts`."""
    return [
        (module, sum(c.mutants for c in group), sum(c.killed for c in group))
        for module, group in (
            (name, list(found)) for name, found in groupby(counts, key=lambda c: c.module)
        )
    ]


def percent(killed: int, mutants: int) -> str:
    """The share that was killed, rounded down to a tenth: 94.96 is not 95."""
    return f"{killed * 1000 // mutants / 10:.1f}"


def table(counts: Sequence[Count], survivors: Sequence[Survivor]) -> str:
    """What stands between the marks of docs/reliability.md."""
    lines = [
        "| module | function | mutants | killed | % |",
        "| --- | --- | --- | --- | --- |",
    ]
    for module, mutants, killed in by_module(counts):
        lines.append(f"| **{module}** | | {mutants} | {killed} | {percent(killed, mutants)} |")
        lines += [
            f"| | `{c.function}` | {c.mutants} | {c.killed} | {percent(c.killed, c.mutants)} |"
            for c in counts
            if c.module == module
        ]
    return "\n".join([*lines, "", survivors_table(survivors)])


def survivors_table(survivors: Sequence[Survivor]) -> str:
    """The listed survivors with their reasons, as a table; a sentence when there are none."""
    if not survivors:
        return "No mutant survives."
    lines = ["| survivor | line | becomes | reason |", "| --- | --- | --- | --- |"]
    for one in survivors:
        change = one.change
        name = f"`{change.module}.{change.function}`" + (f" ({one.times})" * (one.times > 1))
        lines.append(f"| {name} | {_code(change.before)} | {_code(change.after)} | {one.reason} |")
    return "\n".join(lines)


def _code(text: str) -> str:
    lines = (line.replace("|", "\\|") for line in text.split("\n") if line)
    return "<br>".join(f"`{line}`" for line in lines) or "(taken out)"


def between_marks(page: str) -> str:
    """What stands between the marks of a page."""
    return page.partition(BEGIN)[2].partition(END)[0].strip()


def with_table(page: str, text: str) -> str:
    """The page with `text` between its marks."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}"


def counts_of(text: str) -> list[Count]:
    """The counts a table says, function by function."""
    found: list[Count] = []
    module = ""
    for line in text.split("\n"):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and cells[0].startswith("**"):
            module = cells[0].strip("*")
        elif len(cells) == 5 and cells[1].startswith("`"):
            found.append(Count(module, cells[1].strip("`"), int(cells[2]), int(cells[3])))
    return found
