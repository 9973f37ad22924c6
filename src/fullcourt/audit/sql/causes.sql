-- Why each absent key is not there, from three witnesses: who asked, what was archived, and whether
-- the input was there. `feed` is the folder an answer lies in: the table's archive, or the folder
-- itself; what nobody scrapes has none.
CREATE OR REPLACE TEMP TABLE wanting AS
WITH alike AS (
    -- The keys of a game that could be there from the same instant on share their witnesses.
    SELECT DISTINCT cell, game_id, due_by FROM audit.key_rows WHERE pattern = 'absent'
)
SELECT
    row_number() OVER ()::INTEGER AS want,
    k.cell,
    c.target,
    c.game_date,
    k.game_id,
    -- From when it surely could be there: what was asked for sooner proves nothing.
    k.due_by AS due_at,
    f.feed,
    f.is_feed_daily,
    coalesce(f.feed, c.target) AS asks,
    -- What has to be there before the tip is not asked for after it.
    CASE WHEN k.due_by < g.tip_at AND f.feed IS NOT NULL THEN g.tip_at END AS until
FROM alike AS k
INNER JOIN audit.cells AS c USING (cell)
LEFT JOIN audit.fills AS f USING (target)
LEFT JOIN (
    SELECT game_id, game_date, min(tip_at) AS tip_at FROM audit.games GROUP BY ALL
) AS g USING (game_id, game_date);

CREATE OR REPLACE TEMP TABLE upstream_cells AS
SELECT DISTINCT c.cell, c.target, c.game_date
FROM wanting AS w
INNER JOIN audit.reads AS r ON r.target = w.asks
INNER JOIN audit.cells AS c ON c.target = r.upstream AND c.game_date = w.game_date;

CREATE OR REPLACE TEMP TABLE arrivals AS
SELECT
    c.target,
    c.game_date,
    coalesce(k.game_id, '*') AS game_id,
    min(coalesce(k.first_at, k.last_at, '-infinity'::TIMESTAMPTZ)) AS moment
FROM audit.key_rows AS k
INNER JOIN upstream_cells AS c USING (cell)
WHERE k.is_held
GROUP BY ALL;

-- When the last of its inputs had anything of the game; null: one never had.
CREATE OR REPLACE TEMP TABLE readiness AS
SELECT
    w.want,
    count(r.upstream) AS inputs,
    CASE WHEN count(a.target) = count(r.upstream) THEN max(a.moment) END AS ready_at
FROM wanting AS w
LEFT JOIN audit.reads AS r ON r.target = w.asks
LEFT JOIN arrivals AS a
    ON a.target = r.upstream
    AND a.game_date = w.game_date
    AND a.game_id = coalesce(w.game_id, '*')
GROUP BY w.want;

CREATE OR REPLACE TEMP TABLE tries AS
WITH asked_cells AS (
    SELECT target, game_date FROM wanting
    UNION
    SELECT feed, game_date FROM wanting WHERE feed IS NOT NULL
)
SELECT
    r.target,
    r.game_date,
    r.game_id,
    r.state,
    r.started_at,
    -- A sweeper's end is not the run's.
    CASE WHEN r.is_swept OR r.ended_at IS NULL THEN r.started_at ELSE r.ended_at END AS ended_at
FROM audit.runs AS r
SEMI JOIN asked_cells USING (target, game_date);

CREATE OR REPLACE TEMP TABLE asked AS
SELECT
    w.want,
    count(t.target) AS asked,
    count(*) FILTER (t.state = 'succeeded') AS answered
FROM wanting AS w
INNER JOIN readiness AS r USING (want)
INNER JOIN tries AS t
    ON t.target = w.asks
    AND t.game_date = w.game_date
    AND (t.game_id IS NULL OR t.game_id = w.game_id)
WHERE t.state <> 'skipped'
    AND (w.until IS NULL OR t.started_at < w.until)
    -- A scrape starts with its question, a computation ends with its answer.
    AND CASE WHEN w.feed IS NULL THEN t.ended_at ELSE t.started_at END >= w.due_at
    AND (r.inputs = 0 OR t.ended_at >= r.ready_at)
GROUP BY w.want;

-- Files with something in them: the game's own, or the date's since the key could be in it.
CREATE OR REPLACE TEMP TABLE brought AS
SELECT w.want, min(k.first_at) AS first_at
FROM (FROM wanting WHERE feed IS NOT NULL AND NOT is_feed_daily) AS w
INNER JOIN audit.cells AS c ON c.target = w.feed AND c.game_date = w.game_date
INNER JOIN audit.key_rows AS k ON k.cell = c.cell AND k.game_id = w.game_id AND k.is_held
WHERE (w.until IS NULL OR k.first_at < w.until)
GROUP BY w.want
UNION ALL
SELECT w.want, min(o.created_at)
FROM wanting AS w
INNER JOIN audit.objects AS o ON o.listing = w.feed AND o.game_date = w.game_date
WHERE w.is_feed_daily
    AND o.bytes IS DISTINCT FROM 0
    AND o.created_at >= w.due_at
    AND (w.until IS NULL OR o.created_at < w.until)
GROUP BY w.want;

CREATE OR REPLACE TEMP TABLE loaded AS
SELECT
    w.want,
    count(*) AS runs,
    count(*) FILTER (t.ended_at >= b.first_at) AS after_file,
    count(*) FILTER (t.ended_at >= b.first_at AND t.state = 'succeeded') AS read_after_file,
    bool_and(t.state = 'failed') AS all_failed
FROM wanting AS w
INNER JOIN tries AS t
    ON t.target = w.target
    AND t.game_date = w.game_date
    AND (t.game_id IS NULL OR t.game_id = w.game_id)
LEFT JOIN brought AS b USING (want)
GROUP BY w.want;

CREATE OR REPLACE TEMP TABLE explained AS
SELECT
    k.* EXCLUDE (cause),
    found.cause
FROM (FROM audit.key_rows WHERE pattern = 'absent') AS k
INNER JOIN (
    SELECT
        w.cell,
        w.game_id,
        w.due_at,
        CASE
            WHEN w.feed IS NOT NULL AND b.want IS NOT NULL THEN
                CASE
                    WHEN coalesce(l.after_file, 0) = 0 THEN 'never_run'
                    -- A file of the whole date that was read: it did not have the key.
                    WHEN w.is_feed_daily AND l.read_after_file > 0 THEN 'upstream_empty'
                    ELSE 'processor_failed'
                END
            WHEN w.feed IS NOT NULL THEN
                CASE
                    WHEN coalesce(a.asked, 0) = 0 THEN 'never_run'
                    WHEN a.answered = 0 THEN 'scraper_failed'
                    ELSE 'upstream_empty'
                END
            WHEN r.inputs > 0 THEN
                CASE
                    WHEN a.asked > 0 THEN 'processor_failed'
                    WHEN r.ready_at IS NOT NULL OR l.want IS NULL THEN 'never_run'
                    ELSE 'blocked'
                END
            WHEN l.want IS NULL THEN 'never_run'
            WHEN l.all_failed THEN 'processor_failed'
            ELSE 'unknown'
        END AS cause
    FROM wanting AS w
    INNER JOIN readiness AS r USING (want)
    LEFT JOIN asked AS a USING (want)
    LEFT JOIN brought AS b USING (want)
    LEFT JOIN loaded AS l USING (want)
) AS found
    ON found.cell = k.cell
    AND found.due_at = k.due_by
    AND coalesce(found.game_id, '') = coalesce(k.game_id, '');

-- Few rows of many: cheaper than an update, which would write every column anew.
DELETE FROM audit.key_rows WHERE pattern = 'absent';

INSERT INTO audit.key_rows BY NAME FROM explained;
