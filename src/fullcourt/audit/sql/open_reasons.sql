-- Of each cell, why the first of its open keys is open.
CREATE OR REPLACE TEMP TABLE open_reasons AS
SELECT
    cell,
    arg_min(
        coalesce(unverifiable, 'the last of its keys may not be due yet'), key
    ) AS unverifiable,
    arg_min(coalesce(settles, 'the same audit, later'), key) AS settles
FROM audit.keys
WHERE state = 'unverifiable'
GROUP BY cell;
