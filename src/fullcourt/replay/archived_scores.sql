-- Final scores of the odds archive, teams in its own dialect (`gs`, `utah`, ...).
-- `season` is the year a season ends in; the last column is the points of all overtimes.
SELECT
  date,
  home,
  away,
  score_home::INTEGER,
  score_away::INTEGER,
  ot_home::INTEGER + ot_away::INTEGER
FROM read_parquet($files, union_by_name = true)
WHERE season = $season AND score_home IS NOT NULL AND score_away IS NOT NULL
