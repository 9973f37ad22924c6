-- Every table on every date, with why its open keys are open.
SELECT d.* EXCLUDE (cell), o.unverifiable AS open_reason, o.settles AS open_settles
FROM audit.dates AS d
LEFT JOIN open_reasons AS o USING (cell)
WHERE $most IS NULL OR d.class NOT IN ('complete', 'legitimate_zero')
ORDER BY d.target, d.game_date
LIMIT $most;
