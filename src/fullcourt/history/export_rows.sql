-- The rows of some sources, in an order that depends on nothing but the rows.
SELECT {columns}
FROM stored.{table}
WHERE ($first::DATE IS NULL OR game_date >= $first::DATE)
    AND ($last::DATE IS NULL OR game_date <= $last::DATE)
    AND ($as_of::TIMESTAMPTZ IS NULL OR known_at <= $as_of::TIMESTAMPTZ)
    AND list_contains($sources::VARCHAR[], {source})
ORDER BY ALL
