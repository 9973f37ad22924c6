-- Wanted rows of one table that one snapshot of the lake removed, as they stood before it. `{table}` is
-- one of the house's own table names, `{before}` and `{removed}` are snapshots; the temp table
-- `wanted_keys` limits the keys.
SELECT *, {removed} AS removed_in
FROM (FROM stored.{table} AT (VERSION => {before})) AS stood
SEMI JOIN wanted_keys
    USING (game_date, game_id, player_id)
ANTI JOIN (FROM stored.{table} AT (VERSION => {removed})) AS stands
    USING (game_date, game_id, player_id)
