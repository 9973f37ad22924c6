-- Rows of a dataset by source, within dates and as known at an instant (NULL: no bound).
SELECT
    {source} AS source_word,
    count(*)
FROM stored.{table}
WHERE ($first::DATE IS NULL OR game_date >= $first::DATE)
    AND ($last::DATE IS NULL OR game_date <= $last::DATE)
    AND ($as_of::TIMESTAMPTZ IS NULL OR known_at <= $as_of::TIMESTAMPTZ)
GROUP BY source_word
