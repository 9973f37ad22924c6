-- A game's final score as the sum of the official log (regular season only), one row a team.
-- Only these team sums are read: the log's player rows are an answer key and never served.
SELECT GAME_ID, TEAM_ABBREVIATION, sum(PTS)::INTEGER, sum(MIN)::INTEGER
FROM read_parquet($files, union_by_name = true)
WHERE substr(GAME_ID, 4, 2) = $season
GROUP BY GAME_ID, TEAM_ABBREVIATION
