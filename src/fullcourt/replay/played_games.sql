-- Games played: two rows a game. `MATCHUP` says `AAA vs. BBB` on the home team's row, `AAA @ BBB`
-- on the visitor's; on a neutral floor both rows carry `@` and home stays NULL.
SELECT
  GAME_ID,
  min(GAME_DATE) AS game_date,
  list({'tricode': TEAM_ABBREVIATION, 'name': TEAM_NAME} ORDER BY TEAM_ABBREVIATION) AS teams,
  max(TEAM_ABBREVIATION) FILTER (WHERE contains(MATCHUP, ' vs. ')) AS home
FROM read_parquet($files, union_by_name = true)
GROUP BY GAME_ID
ORDER BY GAME_ID
