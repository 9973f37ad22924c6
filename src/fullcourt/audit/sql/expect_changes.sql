-- What two whole snapshots of a group (a team) differ by. A snapshot is owed where the team plays,
-- and there where one is held; the first is a baseline; a missing one leaves both dates beside it
-- open.
INSERT INTO audit.expected BY NAME
WITH members AS (
    SELECT game_date, split_part(key, '/', 1) AS team, key
    FROM audit.held
    WHERE target = $listed_in
),
known AS (SELECT DISTINCT team FROM members),
playing_teams AS (
    SELECT game_date, team, game_id, due_at, due_by, unverifiable
    FROM (SELECT *, unnest([away, home]) AS team FROM due_games WHERE retired IS NULL)
    WHERE team IN (FROM known) OR NOT EXISTS (FROM known)
),
snapshots AS (
    SELECT
        game_date,
        team,
        any_value(p.game_id) AS game_id,
        coalesce(
            min(p.due_at),
            timezone('America/New_York', game_date::TIMESTAMP) + to_microseconds($due_us)
        ) AS due_at,
        coalesce(
            min(p.due_by),
            timezone('America/New_York', game_date::TIMESTAMP) + to_microseconds($due_by_us)
        ) AS due_by,
        list(DISTINCT m.key) FILTER (m.key IS NOT NULL) AS keys
    FROM playing_teams AS p
    FULL JOIN members AS m USING (game_date, team)
    GROUP BY game_date, team
),
pairs AS (
    SELECT
        *,
        lag(game_date) OVER earlier AS date_before,
        lag(keys) OVER earlier AS keys_before
    FROM snapshots
    WINDOW earlier AS (PARTITION BY team ORDER BY game_date)
),
open_pairs AS (
    SELECT *, CASE WHEN keys IS NULL THEN game_date ELSE date_before END AS lacking
    FROM pairs
    WHERE date_before IS NOT NULL AND (keys IS NULL OR keys_before IS NULL)
),
changes AS (
    SELECT
        * EXCLUDE (joined, gone),
        unnest(list_concat(
            list_transform(joined, lambda k: {'key': k, 'word': $came}),
            list_transform(gone, lambda k: {'key': k, 'word': $went})
        )) AS change
    FROM (
        SELECT
            *,
            list_filter(keys, lambda k: NOT list_contains(keys_before, k)) AS joined,
            list_filter(keys_before, lambda k: NOT list_contains(keys, k)) AS gone
        FROM pairs
        WHERE keys IS NOT NULL AND keys_before IS NOT NULL
    )
)
SELECT
    $target AS target,
    game_date,
    CASE WHEN change.word IS NULL THEN change.key ELSE change.key || '/' || change.word END AS key,
    game_id,
    key AS name,
    due_at,
    due_by,
    NULL AS unverifiable,
    NULL AS settles
FROM changes
UNION ALL
SELECT
    $target,
    game_date,
    team || '/*',
    game_id,
    'changes of ' || team,
    due_at,
    due_by,
    'no ' || $listed_in || ' of ' || team || ' on ' || lacking,
    'the ' || $listed_in || ' of ' || team || ' on ' || lacking
FROM open_pairs;
