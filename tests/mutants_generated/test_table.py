"""The table of generated mutants in docs/reliability.md, and the list of survivors behind it."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tools.generated_mutants import (
    BEGIN,
    END,
    PAGE,
    ROOT,
    Change,
    Count,
    Survivor,
    as_toml,
    between_marks,
    by_module,
    complaints,
    counts_of,
    listed_survivors,
    percent,
    table,
    with_table,
)

LISTED = listed_survivors()
TABLE = between_marks(PAGE.read_text(encoding="utf-8"))
COUNTS = counts_of(TABLE)
MUTATED = {
    Path(path).stem: ROOT / path
    for path in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "mutmut"
    ]["only_mutate"]
}


def test_the_page_and_the_list_of_survivors_agree() -> None:
    """The page's table is the one its counts and the list make, to the letter."""
    assert table(COUNTS, LISTED) == TABLE, "run `make mutation`"


def test_every_survivor_is_listed() -> None:
    """In each function as many mutants are listed as were not killed."""
    not_killed = {
        (c.module, c.function): c.mutants - c.killed for c in COUNTS if c.mutants > c.killed
    }
    found: Counter[tuple[str, str]] = Counter()
    for one in LISTED:
        found[one.change.module, one.change.function] += one.times
    assert found == not_killed


def test_enough_is_killed_in_every_module() -> None:
    """At least 95 % of each module's mutants are killed; judge, plan and expect are among them."""
    shares = {module: killed / mutants for module, mutants, killed in by_module(COUNTS)}
    assert {"verdict", "plan", "expectations"} <= set(shares) <= set(MUTATED)
    assert {module: share for module, share in shares.items() if share < 0.95} == {}


@pytest.mark.parametrize("one", LISTED, ids=lambda one: one.change.function)
def test_a_survivor_is_of_code_that_is_there_and_has_its_reason(one: Survivor) -> None:
    """The mutated line still stands in its module; a reason is a sentence."""
    source = MUTATED[one.change.module].read_text(encoding="utf-8").split("\n")
    gone = set(one.change.before.split("\n")) - {line.strip() for line in source}
    assert gone == set(), "run `make mutation`"
    assert one.reason.endswith("."), one.reason


LOST = Change("plan", "plan", "if a:\nreturn 'x'", "if not a:\nreturn 'x'")
HUNDRED = [Count("verdict", "judge", 50, 50), Count("plan", "plan", 100, 95)]


@pytest.mark.parametrize(
    ("counts", "survived", "listed", "said"),
    [
        (HUNDRED, 5 * [LOST], [Survivor(LOST, 5, "Because.")], ""),
        ([Count("plan", "plan", 1000, 949)], [], [], "plan: 949 of 1000 killed, 94.9 %"),
        ([Count("plan", "a", 90, 90), Count("plan", "b", 10, 4)], [], [], "94.0 %: below 95 %"),
        (HUNDRED, [LOST], [], "plan.plan: a survivor is not listed with its reason"),
        (HUNDRED, [LOST], [Survivor(LOST, 1, "")], "is not listed with its reason"),
        (HUNDRED, [], [Survivor(LOST, 1, "Because.")], "plan.plan: listed 1 times, survived 0"),
        (HUNDRED, [LOST], [Survivor(LOST, 2, "Because.")], "listed 2 times, survived 1"),
        (HUNDRED, [LOST], 2 * [Survivor(LOST, 1, "Because.")], "a survivor is listed twice"),
    ],
)
def test_what_a_run_complains_of(
    counts: list[Count], survived: list[Change], listed: list[Survivor], said: str
) -> None:
    """Too few killed, a survivor without its reason, a listed one that is killed by now."""
    found = complaints(counts, survived, listed)
    assert len(found) == bool(said)
    assert said in "".join(found)


def test_an_entry_reads_back_as_the_change_it_names(tmp_path: Path) -> None:
    """What a run prints for a survivor can be put into the list as it stands."""
    tricky = [
        LOST,
        replace(LOST, before="word = \"a\\n\" if b else 'c'", after=""),
        replace(LOST, before="'quoted'", after='say(key, "")'),
    ]
    file = tmp_path / "survivors.toml"
    file.write_text("\n\n".join(as_toml(change, 2) for change in tricky), encoding="utf-8")
    assert listed_survivors(file) == [Survivor(change, 2, "") for change in tricky]
    file.write_text("# none\n", encoding="utf-8")
    assert listed_survivors(file) == []


def test_the_table_stands_between_its_marks() -> None:
    """Writing it leaves the rest of the page alone, and its counts read back."""
    made = table(HUNDRED, [Survivor(LOST, 5, "Because.")])
    page = with_table(f"before\n{BEGIN}\nold\n{END}\nafter\n", made)
    assert page == f"before\n{BEGIN}\n{made}\n{END}\nafter\n"
    assert between_marks(page) == made
    assert counts_of(made) == HUNDRED
    assert "| **plan** | | 100 | 95 | 95.0 |" in made
    assert percent(9499, 10000) == "94.9"
