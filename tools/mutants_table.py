"""Play the campaigns of the law mutants and write their tables into docs/reliability.md.

Everything between the two markers is written here; a mutant the campaign does not see, or a
campaign that is not green without one, ends it with exit code 1 and nothing written.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Run as a script only its own folder is on the path.
sys.path.insert(0, str(ROOT))
PAGE = ROOT / "docs/reliability.md"
BEGIN, END = "<!-- law mutants: begin -->", "<!-- law mutants: end -->"

_ROW = re.compile(
    r"^\| (?P<law>\d+): [^|]+ \| (?P<name>[^|:]+): (?P<broken>[^|]+) \| (?P<campaign>[^|]+) "
    r"\| (?P<counts>[^|]+) \| (?P<instance>[^|]*) \|$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: what is broken, in which campaign, and the counts that turned red."""

    law: int
    name: str
    broken: str
    campaign: str
    counts: dict[str, int]
    instance: str


def rows_in(page: str) -> list[Row]:
    """The rows of the table in a page.

    Raises:
        ValueError: the page has no such table.
    """
    return [
        Row(
            int(found["law"]),
            found["name"],
            found["broken"],
            found["campaign"],
            {
                name: int(count)
                for name, _, count in (part.rpartition(" ") for part in found["counts"].split(", "))
            },
            found["instance"],
        )
        for found in _ROW.finditer(_between(page)[1])
    ]


def _between(page: str) -> tuple[str, str, str]:
    """The page before, between and after the markers."""
    before, begin, rest = page.partition(BEGIN)
    inside, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE}: the markers {BEGIN} and {END} are not there")
    return before, inside, after


def play() -> tuple[list[Row], list[str]]:
    """The row of every mutant, and what is not as it must be."""
    from tests.mutants.campaigns import CAMPAIGNS
    from tests.mutants.catalogue import MUTANTS
    from tests.mutants.playing import counts, evidence, faults_of_the_patch, honest, played

    wrong = [
        f"{campaign.name}: not green by itself: {', '.join(honest(campaign.name).failures)}"
        for campaign in CAMPAIGNS
        if honest(campaign.name).failures
    ]
    rows = []
    for mutant in MUTANTS:
        report = played(mutant)
        found, shown = counts(report), evidence(mutant, report)
        if shown is None or not set(mutant.red) <= set(found):
            wrong.append(f"{mutant.name}: {mutant.campaign} does not see it: {found}")
        wrong += [f"{mutant.name}: {said}" for said in faults_of_the_patch(mutant, report)]
        rows.append(
            Row(mutant.law, mutant.name, mutant.broken, mutant.campaign, found, _plain(shown or ""))
        )
        print(f"{mutant.law:>2} {mutant.name}: {_counts(found)}")
    return rows, wrong


def _plain(text: str) -> str:
    """A sentence that stays within its column."""
    return text.replace("|", "/")


def _counts(found: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in found.items()) or "nothing"


def tables(rows: list[Row]) -> str:
    """The text between the markers."""
    from tests.mutants.campaigns import CAMPAIGNS
    from tests.mutants.playing import honest
    from tests.mutants.records import LAWS

    lines = ["", "", "| law | mutant | campaign | turned red | for instance |"]
    lines.append("| --- | --- | --- | --- | --- |")
    for row in rows:
        mutant = f"{row.name}: {row.broken}"
        cells = (f"{row.law}: {LAWS[row.law]}", mutant, row.campaign, _counts(row.counts))
        lines.append(f"| {' | '.join(cells)} | {row.instance} |")
    lines += ["", "| campaign | nights | what happens | compared | wrong without a mutant |"]
    lines.append("| --- | --- | --- | --- | --- |")
    for campaign in CAMPAIGNS:
        report = honest(campaign.name)
        wrong = sum(getattr(report, name) for name in report.failures)
        told = f"{campaign.name} | {campaign.world.nights} | {campaign.why}"
        lines.append(f"| {told} | {report.compared:,} | {wrong} |")
    return "\n".join([*lines, "", ""])


def main() -> int:
    """Play everything and write the page. Returns the exit code."""
    rows, wrong = play()
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    before, _, after = _between(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(f"{before}{BEGIN}{tables(rows)}{END}{after}", encoding="utf-8")
    print(f"wrote {PAGE}: {len(rows)} mutants")
    return 0


if __name__ == "__main__":
    sys.exit(main())
