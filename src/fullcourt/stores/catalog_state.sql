-- What a catalog says of itself: the comment that carries the lake's version, the newest snapshot.
SELECT
    (
        SELECT tag.value
        FROM catalog.ducklake_tag AS tag
        INNER JOIN catalog.ducklake_table AS t ON t.table_id = tag.object_id
        WHERE t.table_name = 'schedule'
            AND t.end_snapshot IS NULL
            AND tag.end_snapshot IS NULL
            AND tag.key = 'comment'
    ) AS comment,
    (SELECT max(snapshot_id) FROM catalog.ducklake_snapshot) AS snapshot_id
