-- The games as one table owes them: from when a key can be there, at the earliest and the latest.
CREATE OR REPLACE TEMP TABLE due_games AS
SELECT
    game_id,
    game_date,
    name,
    home,
    away,
    retired,
    CASE
        WHEN ended_at IS NOT NULL AND $after_end_us IS NOT NULL
            THEN ended_at + to_microseconds($after_end_us)
        -- Without a tip: some time on that date.
        ELSE coalesce(tip_at, timezone('America/New_York', game_date::TIMESTAMP))
            + to_microseconds($due_us)
    END AS due_at,
    CASE
        -- An end is known to the minute.
        WHEN ended_at IS NOT NULL AND $after_end_us IS NOT NULL
            THEN ended_at + to_microseconds($after_end_us) + INTERVAL 1 MINUTE
        ELSE coalesce(tip_at, timezone('America/New_York', (game_date + 1)::TIMESTAMP))
            + to_microseconds($due_by_us)
    END AS due_by,
    CASE
        WHEN $is_after AND NOT is_over AND retired IS NULL AND $now > tip_at + to_hours($overdue_h)
            THEN 'neither final nor postponed ' || $overdue_h || ' h after its tip'
    END AS unverifiable,
    CASE
        WHEN unverifiable IS NOT NULL THEN 'a schedule that knows how ' || name || ' ended'
    END AS settles
FROM playing;
