-- Which games have recorded box score rows, and on which date.
SELECT DISTINCT gameId, date FROM read_parquet($files, union_by_name = true) ORDER BY gameId
