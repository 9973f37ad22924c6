"""The campaigns: small worlds in which a broken law shows. Each must be green without a mutant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from fullcourt.nba.calendar import eastern
from fullcourt.simulator.vendors.faults import Fault, FaultKind
from fullcourt.simulator.worldspec import ENDPOINTS, OursFault, OursKind, WorldSpec
from tests.mutants.records import Campaign

FIRST = date(2025, 10, 21)
SECOND_GAME = "*/boxscore_0022500002.json"
# Two games on each of two nights, and teams that play on both.
TWO_NIGHTS = WorldSpec("mutants", seed=3, teams=6, calendar="short", first_date=FIRST, nights=2)
ONE_NIGHT = replace(TWO_NIGHTS, nights=1)


def at(hour: float) -> datetime:
    """An Eastern hour of the first date; from 24 on of the next, below 0 of the eve."""
    return eastern(FIRST) + timedelta(hours=hour)


def vendor(endpoint: str, kind: FaultKind, start: float, end: float, path: str = "") -> Fault:
    """A vendor's fault between two hours, on an endpoint or on one `path` of it."""
    name, paths = ENDPOINTS[endpoint]
    return Fault(name, path or paths, at(start), at(end), kind)


def ours(kind: OursKind, dataset: str, start: float, end: float, **words: object) -> OursFault:
    """A fault of our own side between two hours."""
    return OursFault(kind, at(start), at(end), dataset, **words)  # type: ignore[arg-type]


CAMPAIGNS = (
    Campaign("quiet night", "one night, nothing fails", ONE_NIGHT),
    Campaign("quiet nights", "two nights, nothing fails; the second is predicted", TWO_NIGHTS),
    Campaign(
        "lying counts",
        "every processor says it wrote nothing",
        replace(ONE_NIGHT, ours=(ours(OursKind.WRONG_COUNT, "", 5, 38),)),
    ),
    Campaign(
        "outage",
        "one of two box scores, a game's lines and a morning's schedule are not to be had",
        replace(
            ONE_NIGHT,
            faults=(
                vendor("boxscore", FaultKind.NOT_FOUND, 20, 36, SECOND_GAME),
                vendor("event_odds", FaultKind.SERVER_ERROR, 11.5, 14),
                vendor("schedule", FaultKind.REFUSE, 29.5, 31.5),
            ),
        ),
    ),
    Campaign(
        "home trouble",
        "runs break off, hang and are lost; a release is rolled back",
        replace(
            ONE_NIGHT,
            ours=(
                ours(OursKind.PROCESSOR_RAISES, "upcoming_player_game_context", 12, 20, times=1),
                ours(OursKind.BAD_RELEASE, "odds_player_props", 11.75, 13),
                ours(OursKind.HUNG, "upcoming_player_game_context", 21, 38, times=1),
                ours(OursKind.WORKER_LOST, "schedule", 12, 38, times=1, failpoint="lake.after"),
            ),
        ),
    ),
    Campaign(
        "closed gate",
        "no box score of the first night until the second's factors begin",
        replace(TWO_NIGHTS, faults=(vendor("boxscore", FaultKind.NOT_FOUND, 20, 40.2),)),
    ),
    Campaign(
        "no schedule",
        "the schedule cannot be had from the start, for longer than it is asked for",
        replace(TWO_NIGHTS, faults=(vendor("schedule", FaultKind.REFUSE, -20, 62),)),
    ),
    Campaign(
        "disputed game",
        "the second witness leaves a game out",
        replace(ONE_NIGHT, faults=(vendor("listing", FaultKind.PARTIAL_SLATE, 6, 12),)),
    ),
    Campaign(
        "fuller body",
        "a morning's schedule leaves a game out, later ones do not",
        replace(ONE_NIGHT, faults=(vendor("schedule", FaultKind.PARTIAL_SLATE, 5, 6.5),)),
    ),
    Campaign(
        "few credits", "the account holds little more than is kept", replace(ONE_NIGHT, credits=52)
    ),
)
BY_NAME = {campaign.name: campaign for campaign in CAMPAIGNS}
