-- The verdicts as they are stored; a cell that was never judged is of the audit only with a run.
CREATE OR REPLACE TABLE audit.cells AS
SELECT
    c.cell,
    c.target,
    c.game_date,
    CASE
        WHEN v.verdict IS NULL THEN 'this cell has not been judged'
        -- Without a key that is open, all that it owes is.
        WHEN v.verdict = 'unverifiable' AND NOT v.has_open_keys THEN v.reason
    END AS unknown,
    'another witness: `fullcourt explain ' || c.target || ' ' || c.game_date || '`' AS settles,
    coalesce(v.verdict, 'unverifiable') AS verdict
FROM audit.cells AS c
LEFT JOIN own_verdicts AS v USING (target, game_date)
WHERE v.verdict IS NOT NULL
    OR EXISTS (
        SELECT 1 FROM audit.runs AS r WHERE r.target = c.target AND r.game_date = c.game_date
    );
