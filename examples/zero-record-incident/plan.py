"""Who ran in the incident, what each fills, and what became of its zero runs: the plan of it.

A part of a plan is a story on so many dates with so many zero runs. The stories (`stories.py`) make
runs, rows and archived files of it; nothing here is read back from an audit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Part:
    """A story on `dates` dates with `zero_runs` zero runs in all.

    `keys`: how many a date loses, where not all; `cause`: why; `scrape_fails`: what befell its
    scraper. `after`: on the dates of that processor's part of the same story: it reads its table.
    """

    story: str
    dates: int
    zero_runs: int
    keys: int = 0
    cause: str = ""
    scrape_fails: str = ""
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor and its one table.

    `owes`: game, team or player (of every game or team of the date). `hours`: from the tip until a
    key can be there. `is_scraped`: a scraper of its own lays what it loads in an archive first.
    `has_times`: its table says when a row came. `upstream`: the table it is made from. `rows`: of
    each key.
    """

    name: str
    table: str
    parts: tuple[Part, ...]
    owes: str = "game"
    hours: int = 4
    is_scraped: bool = False
    has_times: bool = True
    upstream: str | None = None
    rows: int = 1


FIRST, LAST = date(2025, 10, 1), date(2026, 1, 14)
BEFORE_TIP = -12

PROCESSORS = (
    Processor(
        "OddsGameLines",
        "odds_game_lines",
        (
            Part("unchanged", 22, 660),
            Part("early", 2, 58),
            Part("healed", 1, 28),
            Part("off", 2, 60),
            Part("partial", 1, 30, 2, "upstream_empty", "upstream_empty"),
        ),
        hours=BEFORE_TIP,
        is_scraped=True,
        rows=2,
    ),
    Processor(
        "BdlBoxscores",
        "bdl_boxscores",
        (
            Part("miscounted", 18, 36),
            Part("off", 4, 6),
            Part("healed", 3, 6),
            Part("partial", 2, 5, 2, "scraper_failed", "scraper_failed"),
            Part("unanswered", 1, 2, 0, "scraper_failed", "scraper_failed"),
        ),
        is_scraped=True,
        rows=4,
    ),
    Processor(
        "BettingProps",
        "betting_props",
        (
            Part("timeless", 9, 38),
            Part("unanswered", 3, 13, 0, "scraper_failed", "scraper_failed"),
            Part("off", 2, 8),
        ),
        hours=BEFORE_TIP,
        is_scraped=True,
        has_times=False,
        rows=2,
    ),
    Processor(
        "OddsApiProps",
        "odds_api_props",
        (
            Part("unchanged", 10, 300),
            Part("unloaded", 3, 85, cause="processor_failed"),
            Part("off", 2, 60),
        ),
        hours=BEFORE_TIP,
        is_scraped=True,
        rows=3,
    ),
    Processor(
        "BasketballRefRoster",
        "br_rosters",
        (Part("unchanged", 9, 300), Part("partial", 1, 33, 3, "unknown"), Part("off", 3, 93)),
        owes="team",
        rows=2,
    ),
    Processor("NbacSchedule", "nbac_schedule", (Part("unchanged", 6, 60),), hours=BEFORE_TIP),
    Processor("NbacScoreboard", "nbac_scoreboard", (Part("unchanged", 8, 64), Part("off", 2, 16))),
    Processor(
        "NbacTeamBoxscores",
        "nbac_team_boxscores",
        (Part("miscounted", 9, 27), Part("boasted", 2, 0)),
        rows=2,
    ),
    Processor(
        "NbacPlayerBoxscores",
        "nbac_player_boxscores",
        (Part("miscounted", 8, 24), Part("healed", 2, 6)),
        owes="player",
    ),
    Processor(
        "EspnBoxscores",
        "espn_boxscores",
        (Part("miscounted", 6, 18), Part("partial", 1, 3, 4, "processor_failed")),
        owes="player",
        upstream="nbac_player_boxscores",
    ),
    Processor("NbacPlayByPlay", "nbac_play_by_play", (Part("healed", 4, 12), Part("off", 2, 6))),
    Processor("NbacReferees", "nbac_referees", (Part("early", 7, 35),), hours=BEFORE_TIP),
    Processor(
        "NbacInjuries",
        "nbac_injuries",
        (Part("unchanged", 5, 40), Part("phantom", 6, 0), Part("stuck", 2, 0)),
        owes="team",
    ),
    Processor("EspnRosters", "espn_rosters", (Part("unchanged", 4, 48),), owes="team"),
    Processor("EspnScoreboard", "espn_scoreboard", (Part("off", 3, 12),)),
    Processor("BdlStandings", "bdl_standings", (Part("unchanged", 4, 24),), owes="team"),
    Processor("BdlInjuries", "bdl_injuries", (Part("unchanged", 4, 32),), owes="team"),
    Processor(
        "OddsApiEvents",
        "odds_api_events",
        (Part("unchanged", 3, 24), Part("unasked", 2, 0)),
        hours=BEFORE_TIP,
        is_scraped=True,
    ),
    Processor("BigDataBallPbp", "bigdataball_pbp", (Part("healed", 5, 20),), hours=20),
    Processor(
        "PlayerGameSummary",
        "player_game_summary",
        (
            Part("miscounted", 8, 32),
            Part("unanswered", 1, 4, cause="blocked", after="BdlBoxscores"),
        ),
        upstream="bdl_boxscores",
    ),
    Processor(
        "TeamDefenseSummary",
        "team_defense_summary",
        (Part("miscounted", 6, 18), Part("doubled", 2, 0)),
        owes="team",
    ),
)
"""The five of the incident, and sixteen more. Parts without zero runs are what no count of zeros
shows: dates nobody asked for, rows written twice, runs that say too much, rows of a sweeper."""
