-- The judge's stored states as keys of the audit. When a key was first found missing, and from when
-- it is held without a break, is read from the transitions; a look comes after the run that brought
-- it, so the instant is that run's end.
CREATE TABLE audit.keys AS
WITH steps AS (
    SELECT
        t.*,
        s.is_held,
        s.is_lost OR (t.to_state = 'waiting' AND t.cause = 'blocked_upstream') AS is_lost,
        coalesce(lag(s.is_held) OVER (
            PARTITION BY t.target, t.game_date, t.key ORDER BY t.seq
        ), false) AS was_held
    FROM own_transitions AS t
    INNER JOIN own_words AS s ON s.state = t.to_state
),
seen AS (
    SELECT
        target,
        game_date,
        key,
        min(judged_at) FILTER (is_lost) AS lost_at,
        max(judged_at) FILTER (to_state = 'waiting') AS waiting_at,
        min(judged_at) FILTER (to_state = 'unverifiable') AS open_at,
        max(judged_at) FILTER (is_held AND NOT was_held) AS held_at
    FROM steps
    GROUP BY ALL
),
writes AS (
    SELECT target, game_date, ended_at
    FROM audit.runs
    WHERE ended_at IS NOT NULL AND records IS DISTINCT FROM 0
),
brought AS (
    SELECT s.target, s.game_date, s.key, w.ended_at
    FROM (FROM seen WHERE held_at IS NOT NULL) AS s
    ASOF INNER JOIN writes AS w
        ON w.target = s.target AND w.game_date = s.game_date AND s.held_at >= w.ended_at
),
stated AS (
    SELECT
        k.*,
        w.is_held,
        w.is_lost OR (k.state = 'waiting' AND k.told = 'blocked_upstream') AS is_lost,
        coalesce(b.ended_at, s.held_at) AS first_at,
        s.lost_at,
        s.waiting_at,
        s.open_at
    FROM own_states AS k
    INNER JOIN own_words AS w USING (state)
    LEFT JOIN seen AS s USING (target, game_date, key)
    LEFT JOIN brought AS b USING (target, game_date, key)
)
SELECT
    c.cell,
    s.key,
    CASE WHEN regexp_matches(s.key, '^\d{10}(/|$)') THEN left(s.key, 10) END AS game_id,
    s.name,
    -- What was never found missing was due when it came; what is awaited is not due yet.
    CASE
        WHEN s.is_held THEN least(s.lost_at, s.first_at)
        WHEN s.is_lost THEN coalesce(s.lost_at, s.waiting_at)
        WHEN s.state = 'unverifiable' THEN s.open_at
        ELSE 'infinity'::TIMESTAMPTZ
    END AS due_at,
    -- A key that waited before it was due, and waits on, was due by the last look at the latest.
    CASE WHEN s.is_lost THEN coalesce(s.lost_at, s.judged_at) ELSE due_at END AS due_by,
    CASE WHEN s.state = 'retired' THEN s.reason END AS retired,
    CASE WHEN s.state = 'unverifiable' THEN s.reason END AS unverifiable,
    CASE
        WHEN s.state = 'unverifiable'
            THEN 'another witness: `fullcourt explain ' || s.target || ' ' || s.game_date || '`'
    END AS settles,
    s.is_held,
    CASE WHEN s.is_held THEN s.first_at END AS first_at,
    -- Later runs of the cell may have written it again.
    CASE WHEN s.is_held THEN greatest(s.first_at, l.ended_at) END AS last_at,
    CASE WHEN s.is_lost THEN coalesce(o.cause, 'unknown') END AS cause,
    s.state AS pattern,
    s.state
FROM stated AS s
INNER JOIN audit.cells AS c USING (target, game_date)
LEFT JOIN (
    SELECT target, game_date, max(ended_at) AS ended_at FROM writes GROUP BY ALL
) AS l USING (target, game_date)
LEFT JOIN own_causes AS o ON o.told = s.told AND o.is_feed = s.is_feed;
