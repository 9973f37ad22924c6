-- The predictions to expect of each date, from players, lines and summaries alone: a key whose factors
-- are missing is in this list and not among the inputs. Priced names that raise no key follow with the
-- reason in `no_key_reason` (NULL: a key).
-- Parameters: $first_date, $last_date (Eastern game dates), $now.
WITH players AS MATERIALIZED (
    SELECT * FROM kept_slate_players
),

lines AS MATERIALIZED (
    SELECT * FROM kept_slate_lines
),

summaries AS MATERIALIZED (
    SELECT game_date, game_id, player_id, team, seconds_played, known_at
    FROM lake.player_game_summary
    WHERE game_date < $last_date
),

minutes AS (
    SELECT p.game_date, p.game_id, p.player_id
    FROM players AS p
    SEMI JOIN summaries AS s
        ON s.player_id = p.player_id
        AND s.seconds_played > 0
        AND s.game_date < p.game_date
        AND s.known_at <= p.as_of
),

team_games AS (
    SELECT DISTINCT team, game_date, game_id, known_at
    FROM summaries
),

last_5 AS (
    SELECT s.game_date AS slate_date, s.game_id AS slate_game_id, s.team, g.game_date, g.game_id
    FROM kept_slate_sides AS s
    INNER JOIN team_games AS g
        ON g.team = s.team
        AND g.game_date < s.game_date
        AND g.known_at <= s.as_of
    GROUP BY s.game_date, s.game_id, s.team, g.game_date, g.game_id
    QUALIFY row_number() OVER (
        PARTITION BY s.game_date, s.game_id, s.team ORDER BY g.game_date DESC, g.game_id DESC
    ) <= 5
),

rotation AS (
    SELECT p.game_date, p.game_id, p.player_id
    FROM players AS p
    INNER JOIN last_5 AS t
        ON t.slate_date = p.game_date
        AND t.slate_game_id = p.game_id
        AND t.team = p.team
    INNER JOIN summaries AS s
        ON s.player_id = p.player_id
        AND s.team = t.team
        AND s.game_date = t.game_date
        AND s.game_id = t.game_id
        AND s.known_at <= p.as_of
    GROUP BY p.game_date, p.game_id, p.player_id
    HAVING count(*) >= 3 AND sum(s.seconds_played) >= 3 * 10 * 60
)

SELECT
    p.game_date,
    p.game_id,
    p.player_id,
    p.player_name,
    p.team,
    l.line IS NOT NULL AS has_line,
    NULL::VARCHAR AS no_key_reason
FROM players AS p
SEMI JOIN minutes AS m
    ON m.game_date = p.game_date
    AND m.game_id = p.game_id
    AND m.player_id = p.player_id
LEFT JOIN lines AS l
    ON l.game_date = p.game_date
    AND l.game_id = p.game_id
    AND l.player_id = p.player_id
LEFT JOIN rotation AS r
    ON r.game_date = p.game_date
    AND r.game_id = p.game_id
    AND r.player_id = p.player_id
WHERE l.line IS NOT NULL OR r.player_id IS NOT NULL
UNION ALL
SELECT
    l.game_date,
    l.game_id,
    l.player_id,
    l.player_name,
    NULL,
    true,
    CASE WHEN l.player_id < 0 THEN 'unresolved name' ELSE 'no recorded minutes' END
FROM lines AS l
ANTI JOIN minutes AS m
    ON m.game_date = l.game_date
    AND m.game_id = l.game_id
    AND m.player_id = l.player_id
ORDER BY 1, 2, 3
