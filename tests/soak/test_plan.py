"""What `make soak` plays: the plan, its other soaks, its tries; and that no play is swallowed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from fullcourt.simulator.worldfile import find_world, shipped
from tools.soak_plan import PLAN, Play, ducklake_text, planned, spec_of, world_file
from tools.soak_worlds import play_all

WHOLE = {"january": (date(2025, 10, 1), 106), "summer": (date(2026, 5, 25), 151)}


def test_the_plan_is_1000_nights_one_in_ten_on_ducklake() -> None:
    """1,000 nights, 100 of them on DuckLake, and every world that ships is in both parts."""
    plan = planned()
    assert sum(play.nights for play in plan) == 1000
    on_disk = [play for play in plan if play.lake == "ducklake"]
    assert sum(play.nights for play in on_disk) == 100
    assert {play.world for play in plan if play.lake == "memory"} == set(shipped())
    assert {play.world for play in on_disk} == set(shipped())


def test_every_play_is_a_world_that_can_be() -> None:
    """Each play's world is found, with the nights that were planned; no two plays are the same."""
    for play in PLAN:
        spec = spec_of(play)
        assert (spec.name, spec.seed, spec.lake) == (play.world, play.seed, play.lake)
        assert spec.nights_played == play.nights
        assert spec.begins == (play.since or spec.first_date)
    assert len({play.name for play in PLAN}) == len(PLAN)


def test_january_and_summer_are_played_whole() -> None:
    """January in one home and, slice by slice, on another seed; summer in one home."""
    for world, (first, nights) in WHOLE.items():
        assert any(play == Play(world, play.seed, nights) for play in PLAN)
        dates = [first + timedelta(days=day) for day in range(nights)]
        seeds = Counter(play.seed for play in PLAN if play.world == world)
        for seed, slices in seeds.items():
            plays = [play for play in PLAN if (play.world, play.seed) == (world, seed)]
            if slices > 1:
                found = [
                    (play.since or first) + timedelta(days=day)
                    for play in plays
                    for day in range(play.nights)
                ]
                assert found == dates


def test_another_soak_has_no_seed_of_this_one() -> None:
    """`--seed` shifts every seed; the plays are otherwise the same."""
    one, other = planned(soak=1), planned(soak=2)
    assert one == PLAN
    assert not {play.seed for play in one} & {play.seed for play in other}
    assert [replace(play, seed=0) for play in one] == [replace(play, seed=0) for play in other]


@pytest.mark.parametrize("nights", [1, 20, 137, 999])
def test_a_try_is_as_long_as_it_was_asked_to_be(nights: int) -> None:
    """`--nights` scales the plan down to exactly so many, spread over worlds and lakes."""
    plan = planned(nights)
    assert sum(play.nights for play in plan) == nights
    on_disk = sum(play.nights for play in plan if play.lake == "ducklake")
    assert on_disk == pytest.approx(nights / 10, abs=1)
    if nights >= 20:
        assert {play.world for play in plan} == set(shipped())


@pytest.mark.parametrize(("nights", "soak"), [(0, 1), (1001, 1), (10, 0)])
def test_a_plan_that_cannot_be_is_refused(nights: int, soak: int) -> None:
    """No nights, more than there are, or a seed below 1."""
    with pytest.raises(ValueError, match="=") as refused:
        planned(nights, soak)
    assert str(refused.value)


def test_the_command_plays_the_same_world_again(tmp_path: Path) -> None:
    """World, seed, date and nights stand in the command; a file holds the world on DuckLake."""
    play = Play("rough", 7, 14, date(2025, 11, 20))
    assert play.command == "fullcourt simulate rough --seed 7 --from 2025-11-20 --nights 14"
    on_disk = replace(play, lake="ducklake")
    file = tmp_path / world_file("rough")
    assert on_disk.command.split()[2] == f"build/soak/{file.name}"
    file.write_text(ducklake_text("rough"), encoding="utf-8")
    again = find_world(str(file), seed=7, nights=14, since=play.since)
    assert again == spec_of(on_disk)


def test_a_play_that_fails_or_hangs_is_named() -> None:
    """A play that raises, and one past its deadline, are failed plays with their reason."""
    seen: list[str] = []
    wrong, gone = (Play(world, 1, 1) for world in ("nowhere", "gone"))
    played = play_all([wrong, gone], 1, lambda one: seen.append(one.play.world))
    assert sorted(seen) == ["gone", "nowhere"]
    assert [one.play for one in played] == [wrong, gone]
    assert "nowhere: no such file" in played[0].error
    played += play_all([Play("january", 1, 106)], 1, deadline_s=0.5)
    assert "TimeoutError" in played[2].error
    assert all(one.report is None for one in played)
    assert all(one.complaints[0].startswith("failed: ") for one in played)
