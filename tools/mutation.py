"""`make mutation`: every generated mutant of judge, plan and expect against the tests of trust.

mutmut makes the mutants and runs them (its part of pyproject.toml says which modules and tests);
this counts them, compares the survivors with the listed ones and writes the table of
docs/reliability.md.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence

from tools.generated_mutants import (
    PAGE,
    ROOT,
    Change,
    Count,
    Survivor,
    by_module,
    complaints,
    listed_survivors,
    percent,
    table,
    with_table,
)

MUTMUT = [sys.executable, "-m", "mutmut"]
WORK = ROOT / "mutants"
RESULT = re.compile(r"^\s+(?P<name>fullcourt\S+__mutmut_\d+): (?P<status>.+)$", re.MULTILINE)
PROGRESS = re.compile(r"(\d+)/(\d+)  \S+ (\d+)")
KILLED = frozenset({"killed", "timeout", "segfault"})
UNTRIED = frozenset({"not checked", "check was interrupted by user"})
STEP = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when enough mutants are killed and exactly the listed ones survive, else 1."""
    parser = argparse.ArgumentParser(prog="mutation", description=__doc__)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    options = parser.parse_args(arguments)
    # Results of an earlier run would be taken over for functions that did not change, whatever
    # became of the tests.
    shutil.rmtree(WORK, ignore_errors=True)
    if not _run(options.jobs):
        return 1
    statuses = _statuses()
    untried = [name for name, status in statuses.items() if status in UNTRIED]
    if not statuses or untried:
        print(f"mutation: {len(untried)} mutants of {len(statuses)} were not tried")
        return 1
    counts = _counts(statuses)
    survived = [_change(name) for name, status in statuses.items() if status not in KILLED]
    listed = listed_survivors()
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_table(page, table(counts, _found(survived, listed))), encoding="utf-8")
    for module, mutants, killed in by_module(counts):
        said = f"{killed} of {mutants} mutants killed, {percent(killed, mutants)} %"
        print(f"mutation: {module}: {said}, {mutants - killed} survived")
    wrong = complaints(counts, survived, listed)
    for complaint in wrong:
        print(f"mutation: {complaint}")
    print(f"mutation: wrote {PAGE.relative_to(ROOT)}; {len(wrong)} complaints")
    return 1 if wrong else 0


def _run(jobs: int) -> bool:
    """Whether every step of mutmut went through; its progress is printed now and then."""
    command = [*MUTMUT, "run", "--max-children", str(jobs)]
    said, shown = "", -1
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as running:
        assert running.stdout is not None
        while chunk := os.read(running.stdout.fileno(), 65536):
            said = (said + chunk.decode(errors="replace"))[-20_000:]
            seen = PROGRESS.findall(said)
            if seen and int(seen[-1][0]) // STEP > shown:
                tried, mutants, killed = (int(number) for number in seen[-1])
                shown = tried // STEP
                print(f"mutation: {tried} of {mutants} mutants tried, {killed} killed", flush=True)
    if running.returncode:
        print(said[-4000:])
        print(f"mutation: mutmut ended with {running.returncode}")
    return running.returncode == 0


def _ask(*words: str) -> str:
    return subprocess.run(
        [*MUTMUT, *words], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def _statuses() -> dict[str, str]:
    """What became of each mutant, by mutmut's name, in the order of the modules' lines."""
    found = RESULT.findall(_ask("results", "--all", "true"))
    order = {module: place for place, module in enumerate(("verdict", "plan", "expectations"))}
    return dict(sorted(found, key=lambda one: (order.get(_place(one[0])[0], 9), _place(one[0])[0])))


def _place(name: str) -> tuple[str, str]:
    """Module and function of a mutant: `fullcourt.trust.plan.x_plan__mutmut_3`."""
    module, _, mangled = name.partition("__mutmut_")[0].rpartition(".")
    function = mangled.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
    return module.rpartition(".")[2], function


def _counts(statuses: dict[str, str]) -> list[Count]:
    mutants = Counter(_place(name) for name in statuses)
    killed = Counter(_place(name) for name, status in statuses.items() if status in KILLED)
    return [Count(*place, mutants[place], killed[place]) for place in mutants]


def _found(survived: Sequence[Change], listed: Sequence[Survivor]) -> list[Survivor]:
    """What survived: first what is listed, in the list's order, then what has no reason yet."""
    real = Counter(survived)
    known = {one.change: one.reason for one in listed if one.change in real}
    return [
        Survivor(change, real[change], known.get(change) or "no reason is given")
        for change in dict.fromkeys([*known, *real])
    ]


def _change(name: str) -> Change:
    """What a mutant changes, from mutmut's diff of it."""
    lines = _ask("show", name).split("\n")
    taken, put = (
        "\n".join(line[1:].strip() for line in lines if line[:1] == sign and line[:3] != sign * 3)
        for sign in "-+"
    )
    return Change(*_place(name), taken, put)


if __name__ == "__main__":
    sys.exit(main())
