-- player_game_summary: one row per player who appeared in a counted game of the range.
-- Parameters: $first_date, $last_date (Eastern game dates), $now.
-- The schedule gives the tip (for the last line before it) and nothing else: a game it does not hold
-- has its summaries all the same, without a line.
WITH appeared AS MATERIALIZED (
    SELECT *
    FROM lake.player_box_scores
    WHERE game_date BETWEEN $first_date AND $last_date
        AND played
        AND known_at <= $now
        AND is_counted(game_id)
),

teams AS (
    SELECT
        game_date,
        game_id,
        team,
        sum(points)::INTEGER AS points,
        sum(seconds_played)::INTEGER AS seconds,
        sum(field_goals_attempted)::INTEGER AS field_goals_attempted,
        sum(free_throws_attempted)::INTEGER AS free_throws_attempted,
        sum(turnovers)::INTEGER AS turnovers,
        sum(offensive_rebounds)::INTEGER AS offensive_rebounds,
        -- A team's sums can be known once its last row is.
        max(known_at) AS known_at
    FROM appeared
    GROUP BY game_date, game_id, team
),

tips AS (
    SELECT game_date, game_id, tip_at
    FROM schedule_as_of($now)
    WHERE game_date BETWEEN $first_date AND $last_date
),

-- As in slate_lines: the smallest record is the line that counts.
lines AS (
    SELECT
        o.game_date,
        o.game_id,
        o.player_id,
        min({
            'latest': -epoch_us(o.known_at),
            'newest': -epoch_us(o.snapshot_at),
            'rank': book_rank(o.bookmaker),
            'bookmaker': o.bookmaker,
            'line': o.line,
            'known_at': o.known_at
        }) AS best
    FROM lake.odds_player_props AS o
    INNER JOIN tips AS t
        ON t.game_date = o.game_date
        AND t.game_id = o.game_id
    WHERE o.game_date BETWEEN $first_date AND $last_date
        AND o.known_at <= t.tip_at
        AND o.known_at <= $now
        AND o.market = 'player_points'
        AND o.is_main
        AND o.player_id > 0
    GROUP BY ALL
)

SELECT
    a.game_date,
    a.game_id,
    a.player_id,
    a.player_name,
    season_of(a.game_id) AS season,
    a.team,
    a.opponent,
    a.is_home,
    a.is_starter,
    a.seconds_played,
    a.seconds_played / 60 AS minutes,
    a.points,
    a.rebounds,
    a.assists,
    a.threes,
    a.threes_attempted,
    a.field_goals,
    a.field_goals_attempted,
    a.free_throws,
    a.free_throws_attempted,
    a.steals,
    a.blocks,
    a.turnovers,
    a.fouls,
    a.plus_minus,
    t.points AS team_points,
    t.seconds AS team_seconds,
    t.field_goals_attempted AS team_field_goals_attempted,
    t.free_throws_attempted AS team_free_throws_attempted,
    t.turnovers AS team_turnovers,
    t.offensive_rebounds AS team_offensive_rebounds,
    l.best.line AS points_line,
    l.best.bookmaker AS points_line_book,
    a.source AS box_source,
    l.best.known_at AS line_known_at,
    md5(
        row(
            a.player_name, a.team, a.opponent, a.is_home, a.is_starter, a.seconds_played, a.points,
            a.rebounds, a.assists, a.threes, a.threes_attempted, a.field_goals,
            a.field_goals_attempted, a.free_throws, a.free_throws_attempted, a.steals, a.blocks,
            a.turnovers, a.fouls, a.plus_minus, t.points, t.seconds, t.field_goals_attempted,
            t.free_throws_attempted, t.turnovers, t.offensive_rebounds
        )::VARCHAR
    ) AS input_fingerprint,
    t.known_at
FROM appeared AS a
INNER JOIN teams AS t
    ON t.game_date = a.game_date
    AND t.game_id = a.game_id
    AND t.team = a.team
LEFT JOIN lines AS l
    ON l.game_date = a.game_date
    AND l.game_id = a.game_id
    AND l.player_id = a.player_id
ORDER BY a.game_date, a.game_id, a.team, a.player_id
