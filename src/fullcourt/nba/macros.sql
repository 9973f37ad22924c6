-- Temporary table macros every query of the house reads the schedule through.

-- The schedule as known at an instant: the latest version of each (game, date).
CREATE OR REPLACE TEMP MACRO schedule_as_of(instant) AS TABLE
SELECT *
FROM lake.schedule
WHERE known_at <= instant
QUALIFY row_number() OVER (
    PARTITION BY game_id, game_date
    ORDER BY known_at DESC, fetched_at DESC
) = 1;

-- Games that count for a range of dates, as known at an instant: listed, not postponed, both teams
-- known, of a type that raises cells. A game's features may read nothing known after `as_of`.
CREATE OR REPLACE TEMP MACRO slate_games(first_date, last_date, instant) AS TABLE
SELECT
    game_date,
    game_id,
    season,
    tip_at,
    home_team,
    away_team,
    status,
    least(coalesce(tip_at, instant), instant) AS as_of
FROM schedule_as_of(instant)
WHERE game_date BETWEEN first_date AND last_date
    AND is_listed
    AND NOT is_postponed
    AND home_team IS NOT NULL
    AND away_team IS NOT NULL
    AND NOT (if_necessary AND tip_at IS NULL)
    AND game_type IN ('002', '004', '005', '006');
