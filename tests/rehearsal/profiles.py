"""Twenty nights of a world that ships, ten on each of two seeds: what must be zero is."""

from __future__ import annotations

from datetime import date

from fullcourt.rehearsal.play import rehearse
from fullcourt.rehearsal.report import MUST_BE_ZERO
from fullcourt.simulator.worldfile import find_world

NIGHTS = 10
SEEDS = (3, 8)


def play(world: str, seed: int, since: date | None = None) -> None:
    """Play the nights; fail with what was said, what is true, and how to play it again."""
    report = rehearse(find_world(world, seed=seed, nights=NIGHTS, since=since), with_baseline=False)
    again = f"fullcourt simulate {world} --seed {seed} --nights {NIGHTS}" + (
        f" --from {since}" if since else ""
    )
    zeros = {name: getattr(report, name) for name in MUST_BE_ZERO}
    shown = "\n".join(str(difference) for difference in report.differences[:5])
    assert report.failures == (), f"{again}: {zeros}\n{shown}"
    assert report.healed_late == (), f"{again}: {report.healed_late[:3]}"
    assert report.nights == NIGHTS
    assert report.compared > 500_000, "a slate of thirty teams has hundreds of keys"
    assert report.faults, "nothing went wrong: nothing was proved"
