"""The feeds and datasets of this release, in pipeline order, and what depends on what."""

from __future__ import annotations

from datetime import timedelta

from fullcourt.declaration import Calendar, Declaration, Phase, RetryStep, Shrink

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
# "Hourly to +72 h, daily to +14 days": more often only while nothing is overdue yet.
_VENDOR_RETRY = (
    RetryStep(timedelta(0), timedelta(minutes=15)),
    RetryStep(timedelta(hours=72), _HOUR),
    RetryStep(timedelta(days=14), _DAY),
)
_SNAPSHOT_RETRY = (
    RetryStep(timedelta(0), timedelta(minutes=30)),
    RetryStep(timedelta(hours=72), _HOUR),
    RetryStep(timedelta(days=14), _DAY),
)
_LOCAL_RETRY = (
    RetryStep(timedelta(0), timedelta(minutes=5)),
    RetryStep(timedelta(hours=6), timedelta(minutes=15)),
    RetryStep(timedelta(days=14), timedelta(hours=6)),
)
_GAME = ("game_date", "game_id")
_PLAYER_GAME = ("game_date", "game_id", "player_id")

GRAPH: tuple[Declaration, ...] = (
    Declaration(
        name="nba_schedule",
        phase=Phase.SCRAPE,
        key="one body a morning; the small scoreboard every 15 min on game days",
        key_columns=("schedule",),
        calendar=Calendar.EVERY_DAY,
        due="06:00 Eastern",
        start="05:45 Eastern",
        horizon="06:00 Eastern the next day",
        source="NBA CDN",
        upstream=(),
        shrink=Shrink.CONFIRM,
        retry=_VENDOR_RETRY,
        max_attempts=100,
        deadline_s=180,
        vendor="nba_cdn",
    ),
    Declaration(
        name="odds_events",
        phase=Phase.SCRAPE,
        key="one listing a morning",
        key_columns=("listing",),
        calendar=Calendar.GAME_DAYS,
        due="11:00 Eastern, at the latest 1 h before the first tip",
        start="07:00 Eastern",
        horizon="live: the last tip; historical: 14 days",
        source="The Odds API; second witness of the schedule",
        upstream=("schedule",),
        shrink=Shrink.SNAPSHOT,
        retry=_SNAPSHOT_RETRY,
        max_attempts=60,
        deadline_s=180,
        vendor="odds_api",
    ),
    Declaration(
        name="odds_event_props",
        phase=Phase.SCRAPE,
        key="games of the slate",
        key_columns=_GAME,
        calendar=Calendar.GAME_DAYS,
        due="1 h before each tip; 5 min before it where credits are planned",
        start="the full hour after the first of `odds.hours_before_tip`; or as credits are planned",
        horizon="live: the tip; historical: 14 days",
        source="The Odds API",
        upstream=("odds_events",),
        shrink=Shrink.SNAPSHOT,
        retry=_SNAPSHOT_RETRY,
        max_attempts=120,
        deadline_s=600,
        vendor="odds_api",
    ),
    Declaration(
        name="nba_boxscore",
        phase=Phase.SCRAPE,
        key="final games",
        key_columns=_GAME,
        calendar=Calendar.GAME_DAYS,
        due="3 h after final",
        start="the full hour after final (or tip + 2:30): one round an hour, and crews correct",
        horizon="14 days after due",
        source="NBA CDN (stats.nba.com V3 form in a replay)",
        upstream=("schedule",),
        shrink=Shrink.NEVER,
        retry=_VENDOR_RETRY,
        max_attempts=150,
        deadline_s=900,
        vendor="nba_boxscore",
    ),
    Declaration(
        name="schedule",
        phase=Phase.RAW,
        key="every game known",
        key_columns=_GAME,
        calendar=Calendar.EVERY_DAY,
        due="06:00 Eastern; each result by tip + 5 h",
        start="with its body",
        horizon="none: an archived body can always be loaded",
        source="NBA CDN schedule and scoreboard; the odds listing is the second witness",
        upstream=("nba_schedule",),
        shrink=Shrink.CONFIRM,
        retry=_LOCAL_RETRY,
        max_attempts=60,
        deadline_s=180,
    ),
    Declaration(
        name="player_box_scores",
        phase=Phase.RAW,
        key="final games x both teams x players listed",
        key_columns=_PLAYER_GAME,
        calendar=Calendar.GAME_DAYS,
        due="3 h after final",
        start="with its body",
        horizon="14 days after due",
        source="nba_boxscore",
        upstream=("nba_boxscore",),
        shrink=Shrink.NEVER,
        retry=_LOCAL_RETRY,
        max_attempts=60,
        deadline_s=300,
    ),
    # After the box scores: names are resolved against everybody ever listed there.
    Declaration(
        name="odds_player_props",
        phase=Phase.RAW,
        key="games of the slate",
        key_columns=_GAME,
        calendar=Calendar.GAME_DAYS,
        due="1 h before each tip",
        start="with its body",
        horizon="as its feed",
        source="odds_event_props",
        upstream=("odds_event_props",),
        shrink=Shrink.SNAPSHOT,
        retry=_LOCAL_RETRY,
        max_attempts=60,
        deadline_s=300,
    ),
    Declaration(
        name="player_game_summary",
        phase=Phase.ANALYTICS,
        key="every player who appeared in a final game",
        key_columns=_PLAYER_GAME,
        calendar=Calendar.GAME_DAYS,
        due="1 h after its box score",
        start="with its box score",
        horizon="with its box score",
        source="player_box_scores, lines when there are any",
        upstream=("player_box_scores",),
        shrink=Shrink.RECOMPUTED,
        retry=_LOCAL_RETRY,
        max_attempts=60,
        deadline_s=300,
    ),
    Declaration(
        name="upcoming_player_game_context",
        phase=Phase.ANALYTICS,
        key="every rostered player of the slate, per game",
        key_columns=_PLAYER_GAME,
        calendar=Calendar.GAME_DAYS,
        due="2 h before each tip",
        start="6 h before the first tip",
        horizon="the tip",
        source="rosters (earlier appearances), schedule, summaries, lines when there are any",
        upstream=("schedule",),
        shrink=Shrink.RECOMPUTED,
        retry=_LOCAL_RETRY,
        max_attempts=60,
        deadline_s=300,
        freezes_at_tip=True,
    ),
    Declaration(
        name="player_composite_factors",
        phase=Phase.PRECOMPUTE,
        key="the slate's players, per game",
        key_columns=_PLAYER_GAME,
        calendar=Calendar.GAME_DAYS,
        due="90 min before each tip",
        start="5 h before the first tip",
        horizon="the tip",
        source="upcoming_player_game_context, player_game_summary where that is missing",
        upstream=("upcoming_player_game_context", "player_game_summary"),
        shrink=Shrink.RECOMPUTED,
        retry=_LOCAL_RETRY,
        max_attempts=60,
        deadline_s=300,
        freezes_at_tip=True,
        gate="90 % of the (team, final game) pairs of the slate's teams over the last 30 days",
    ),
    Declaration(
        name="predictions",
        phase=Phase.PREDICT,
        key="every player with a line, and recent rotation players without",
        key_columns=_PLAYER_GAME,
        calendar=Calendar.GAME_DAYS,
        due="30 min before each tip, never after",
        start="4 h before the first tip",
        horizon="the tip",
        source="player_composite_factors, lines",
        upstream=("player_composite_factors",),
        shrink=Shrink.RECOMPUTED,
        retry=_LOCAL_RETRY,
        max_attempts=60,
        deadline_s=600,
        freezes_at_tip=True,
        gate="the prediction breaker: fewer than three failed slates in a row",
    ),
    Declaration(
        name="grades",
        phase=Phase.PREDICT,
        key="every prediction of a final or postponed game",
        key_columns=_PLAYER_GAME,
        calendar=Calendar.GAME_DAYS,
        due="12:00 Eastern the next day",
        start="with its game's summaries",
        horizon="with its box score",
        source="predictions, player_game_summary",
        upstream=("predictions", "player_game_summary"),
        shrink=Shrink.RECOMPUTED,
        retry=_LOCAL_RETRY,
        max_attempts=60,
        deadline_s=300,
    ),
)

BY_NAME = {declaration.name: declaration for declaration in GRAPH}
ORDER = {declaration.name: place for place, declaration in enumerate(GRAPH)}

GATE_OPEN = 0.90
GATE_WARNS_BELOW = 0.95


def downstream(name: str) -> tuple[str, ...]:
    """Everything computed from `name`, directly or not, in pipeline order."""
    found: set[str] = set()
    for declaration in GRAPH:
        if any(up == name or up in found for up in declaration.upstream):
            found.add(declaration.name)
    return tuple(d.name for d in GRAPH if d.name in found)
