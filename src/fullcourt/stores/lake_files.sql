-- The Parquet files (rows and deletions) of every snapshot that is kept, below the data folder.
WITH folders AS (
    SELECT t.table_id, s.path || t.path AS folder
    FROM catalog.ducklake_table AS t
    INNER JOIN catalog.ducklake_schema AS s ON s.schema_id = t.schema_id
)

SELECT DISTINCT f.folder || held.path AS path, held.file_size_bytes
FROM (
    SELECT table_id, path, file_size_bytes FROM catalog.ducklake_data_file
    UNION ALL
    SELECT table_id, path, file_size_bytes FROM catalog.ducklake_delete_file
) AS held
INNER JOIN folders AS f ON f.table_id = held.table_id
ORDER BY path
