-- The rows that are listed, and who healed them.
CREATE OR REPLACE TEMP TABLE listed AS
SELECT row_no, class
FROM audit.run_classes
WHERE $all_runs OR class <> 'complete' OR records = 0
ORDER BY row_no
LIMIT $most;

-- Of each healed row: the first run that ended by itself after every key was there.
CREATE OR REPLACE TEMP TABLE healers AS
WITH healed AS (
    SELECT s.row_no, s.cell, t.whole_at
    FROM audit.run_scopes AS s
    INNER JOIN listed AS k USING (row_no)
    INNER JOIN audit.totals AS t
        ON t.cell = s.cell
        AND t.is_whole = (s.game_id IS NULL)
        AND t.game_id IS NOT DISTINCT FROM s.game_id
    WHERE k.class = 'healed'
),
ends AS (
    SELECT s.cell, s.ended_at, min(s.row_no) AS healer
    FROM audit.run_scopes AS s
    WHERE s.ended_at IS NOT NULL AND s.cell IN (SELECT cell FROM healed)
    GROUP BY ALL
)
SELECT h.row_no, min(e.healer) AS healer
FROM healed AS h
ASOF INNER JOIN ends AS e ON e.cell = h.cell AND h.whole_at <= e.ended_at
GROUP BY h.row_no;
