-- How many of a cell's keys were due, there and lacking, after each instant at which that changed.
-- Where an instant is not known better there are two: the surest count and the most there can be.
CREATE OR REPLACE TEMP TABLE marks AS
SELECT
    cell,
    -- Where no run is for one game alone, games need not be told apart.
    CASE WHEN $has_game_runs THEN game_id END AS game_id,
    coalesce(due_at, '-infinity'::TIMESTAMPTZ) AS due_at,
    coalesce(due_by, 'infinity'::TIMESTAMPTZ) AS due_by,
    CASE WHEN is_held THEN coalesce(first_at, last_at, 'infinity'::TIMESTAMPTZ) END AS held_at,
    CASE WHEN is_held THEN coalesce(first_at, '-infinity'::TIMESTAMPTZ) END AS held_from,
    state = 'unverifiable' AS is_open,
    is_held,
    state IN ('missing', 'unrecoverable')
    OR (state = 'waiting' AND cause = 'blocked' AND due_at <= $now) AS is_lost,
    cause,
    count(*)::INTEGER AS n
FROM audit.keys
WHERE state NOT IN ('retired', 'not_due')
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE changes AS
SELECT
    cell,
    game_id,
    due_at AS moment,
    n AS due_most,
    if(due_by = due_at, n, 0) AS due_least,
    0 AS held_least,
    0 AS held_most,
    if(is_open OR due_at >= held_at, 0, n) AS lacked_most,
    if(is_open OR due_by >= held_from OR due_by <> due_at, 0, n) AS lacked_least
FROM marks
UNION ALL
SELECT
    cell, game_id, due_by, 0, n, 0, 0, 0,
    if(is_open OR due_by >= held_from, 0, n)
FROM marks
WHERE due_by <> due_at
UNION ALL
SELECT
    cell, game_id, held_at, 0, 0, n,
    if(held_from = held_at, n, 0),
    if(is_open OR due_at >= held_at, 0, -n),
    if(is_open OR due_by >= held_from OR held_from <> held_at, 0, -n)
FROM marks
WHERE is_held
UNION ALL
SELECT
    cell, game_id, held_from, 0, 0, 0, n, 0,
    if(is_open OR due_by >= held_from, 0, -n)
FROM marks
WHERE is_held AND held_from <> held_at;

CREATE OR REPLACE TEMP TABLE cell_steps AS
SELECT
    cell,
    moment,
    (sum(sum(due_most)) OVER so_far)::INTEGER AS due_most,
    (sum(sum(due_least)) OVER so_far)::INTEGER AS due_least,
    (sum(sum(held_least)) OVER so_far)::INTEGER AS held_least,
    (sum(sum(held_most)) OVER so_far)::INTEGER AS held_most,
    (sum(sum(lacked_most)) OVER so_far)::INTEGER AS lacked_most,
    (sum(sum(lacked_least)) OVER so_far)::INTEGER AS lacked_least
FROM changes
GROUP BY cell, moment
WINDOW so_far AS (PARTITION BY cell ORDER BY moment);

CREATE OR REPLACE TEMP TABLE game_steps AS
SELECT
    cell,
    game_id,
    moment,
    (sum(sum(due_most)) OVER of_game)::INTEGER AS due_most,
    (sum(sum(due_least)) OVER of_game)::INTEGER AS due_least,
    (sum(sum(held_least)) OVER of_game)::INTEGER AS held_least,
    (sum(sum(held_most)) OVER of_game)::INTEGER AS held_most,
    (sum(sum(lacked_most)) OVER of_game)::INTEGER AS lacked_most,
    (sum(sum(lacked_least)) OVER of_game)::INTEGER AS lacked_least
FROM changes
WHERE game_id IS NOT NULL AND $has_game_runs
GROUP BY cell, game_id, moment
WINDOW of_game AS (PARTITION BY cell, game_id ORDER BY moment);

-- What a cell, and one game of it (game_id null: the whole), comes to now.
CREATE TABLE audit.totals AS
SELECT
    cell,
    game_id,
    grouping(game_id) = 1 AS is_whole,
    sum(n) FILTER (NOT is_open)::INTEGER AS owed,
    sum(n) FILTER (is_held)::INTEGER AS held,
    sum(n) FILTER (is_lost)::INTEGER AS lost,
    sum(n) FILTER (is_open AND NOT is_held)::INTEGER AS open,
    max(held_at) FILTER (NOT is_open) AS whole_at,
    list(DISTINCT cause ORDER BY cause) FILTER (is_lost AND cause IS NOT NULL) AS causes,
    mode(cause) FILTER (is_lost) AS cause
FROM marks
GROUP BY GROUPING SETS ((cell), (cell, game_id));
