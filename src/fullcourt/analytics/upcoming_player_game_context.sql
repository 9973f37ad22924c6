-- upcoming_player_game_context: one row per rostered player of the slate, per game.
-- Parameters: $first_date, $last_date (Eastern game dates), $now.
-- Everything is read as known at the game's as_of. Days are Eastern dates: "the last 7 days" are the
-- 7 dates before the game's own. A player whose team is not known (joined by a line) is counted by his
-- own appearances in place of his team's games.
WITH players AS MATERIALIZED (
    SELECT * FROM kept_slate_players
),

-- Each version with the instant another one took its place: valid in between, whatever came later.
versions AS (
    SELECT
        game_id,
        game_date,
        season,
        home_team,
        away_team,
        -- Final, under way, or due: what lies before the slate's date counts as played. A game that
        -- is played if necessary counts from its tip.
        is_listed AND NOT is_postponed AND (status >= 2 OR NOT if_necessary) AS is_played,
        known_at,
        lead(known_at) OVER (
            PARTITION BY game_id, game_date ORDER BY known_at, fetched_at
        ) AS superseded_at
    FROM lake.schedule
    WHERE known_at <= $now
        AND game_date < $last_date
        AND game_type IN ('002', '004', '005', '006')
        AND season IN (SELECT DISTINCT season FROM players)
),

team_versions AS (
    SELECT
        game_id, game_date, season, known_at, superseded_at,
        unnest([home_team, away_team]) AS team
    FROM versions
    WHERE is_played
),

team_load AS (
    SELECT
        s.game_date,
        s.game_id,
        s.team,
        max(v.game_date) AS last_game_date,
        count(DISTINCT v.game_id) FILTER (
            WHERE v.game_date >= s.game_date - 7
        )::INTEGER AS games_last_7_days
    FROM kept_slate_sides AS s
    INNER JOIN team_versions AS v
        ON v.team = s.team
        AND v.season = s.season
        AND v.game_date < s.game_date
        AND v.known_at <= s.as_of
        AND (v.superseded_at IS NULL OR v.superseded_at > s.as_of)
    GROUP BY s.game_date, s.game_id, s.team
),

player_load AS (
    SELECT
        p.game_date,
        p.game_id,
        p.player_id,
        max(s.game_date) AS last_game_date,
        count(*) FILTER (WHERE s.season = p.season)::INTEGER AS season_games_played,
        count(*) FILTER (WHERE s.game_date >= p.game_date - 7)::INTEGER AS games_last_7_days,
        count(*) FILTER (WHERE s.game_date >= p.game_date - 14)::INTEGER AS games_last_14_days,
        coalesce(
            sum(s.seconds_played) FILTER (WHERE s.game_date >= p.game_date - 7), 0
        )::INTEGER AS seconds_last_7_days
    FROM players AS p
    INNER JOIN lake.player_game_summary AS s
        ON s.player_id = p.player_id
        AND s.game_date < p.game_date
        AND s.known_at <= p.as_of
    GROUP BY p.game_date, p.game_id, p.player_id
),

facts AS (
    SELECT
        p.*,
        -- Days off: 0 on the second night of a back-to-back.
        p.game_date - t.last_game_date - 1 AS team_days_rest,
        coalesce(
            CASE WHEN p.team IS NULL THEN l.last_game_date ELSE t.last_game_date END
            = p.game_date - 1,
            false
        ) AS is_back_to_back,
        coalesce(
            CASE WHEN p.team IS NULL THEN l.games_last_7_days ELSE t.games_last_7_days END, 0
        ) AS team_games_last_7_days,
        -- No summary row is a count of none, not a missing value.
        coalesce(l.games_last_14_days, 0) AS player_games_last_14_days,
        coalesce(l.seconds_last_7_days, 0) AS player_seconds_last_7_days,
        coalesce(l.season_games_played, 0) AS season_games_played,
        l.last_game_date
    FROM players AS p
    LEFT JOIN team_load AS t
        ON t.game_date = p.game_date
        AND t.game_id = p.game_id
        AND t.team = p.team
    LEFT JOIN player_load AS l
        ON l.game_date = p.game_date
        AND l.game_id = p.game_id
        AND l.player_id = p.player_id
)

SELECT
    f.game_date,
    f.game_id,
    f.player_id,
    f.player_name,
    f.season,
    f.team,
    f.opponent,
    f.is_home,
    f.tip_at,
    f.roster_source,
    f.team_days_rest::INTEGER AS team_days_rest,
    f.is_back_to_back,
    f.team_games_last_7_days,
    f.player_games_last_14_days,
    f.player_seconds_last_7_days,
    f.season_games_played,
    f.last_game_date,
    l.line AS points_line,
    l.bookmaker AS points_line_book,
    l.known_at AS line_known_at,
    CASE WHEN coalesce($now > f.tip_at, false) THEN 'archived' ELSE 'active' END AS row_status,
    NULL::VARCHAR AS retired_reason,
    f.as_of,
    coalesce($now > f.tip_at, false) AS is_retrospective,
    md5(
        row(
            f.player_name, f.season, f.team, f.opponent, f.is_home, epoch_us(f.tip_at),
            f.roster_source, f.team_days_rest, f.is_back_to_back, f.team_games_last_7_days,
            f.player_games_last_14_days, f.player_seconds_last_7_days, f.season_games_played,
            f.last_game_date
        )::VARCHAR
    ) AS input_fingerprint,
    f.as_of AS known_at
FROM facts AS f
LEFT JOIN kept_slate_lines AS l
    ON l.game_date = f.game_date
    AND l.game_id = f.game_id
    AND l.player_id = f.player_id
ORDER BY f.game_date, f.game_id, f.player_id
