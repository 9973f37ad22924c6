-- player_composite_factors: one row per player of the slate, per game.
-- Parameters: $first_date, $last_date (Eastern game dates), $now. Reads the temp table
-- `context_usable(game_id, player_id)`: the context rows that may be read. Every other player's rest
-- and load come from the summaries, and `context_source` says so in his row.
--
-- Rolling form: the last 40 appearances known at as_of, last season's among them, weighted by
-- form_weight(k, is_this_season). Sums are integers; every quotient is one division at the end.
WITH players AS MATERIALIZED (
    -- The slot only joins the steps below; it is in no row that leaves.
    SELECT *, row_number() OVER () AS slot
    FROM kept_slate_players
),

sides AS MATERIALIZED (
    SELECT * FROM kept_slate_sides
),

summaries AS MATERIALIZED (
    SELECT
        game_date, game_id, player_id, season, team, opponent, points, seconds_played,
        -- Plays and possessions in hundredths: FGA + 0.44 FTA + TOV (- OREB).
        100 * field_goals_attempted + 44 * free_throws_attempted + 100 * turnovers AS plays,
        team_points,
        team_seconds,
        100 * team_field_goals_attempted + 44 * team_free_throws_attempted
        + 100 * team_turnovers AS team_plays,
        team_offensive_rebounds,
        known_at,
        -- The order of a player's games as one integer: the day, then the id.
        (game_date - DATE '1946-01-01') * 10000000000 + game_id::BIGINT AS place
    FROM lake.player_game_summary
    WHERE game_date < $last_date
        AND known_at <= $now
),

-- One row per team, game and known_at: rows of one game known at different times stay apart until
-- an as_of has chosen among them.
team_games AS MATERIALIZED (
    SELECT
        game_date,
        game_id,
        team,
        opponent,
        known_at,
        max(team_points) AS points,
        max(team_seconds) AS seconds,
        max(team_plays - 100 * team_offensive_rebounds) AS possessions
    FROM summaries
    GROUP BY game_date, game_id, team, opponent, known_at
),

own_games AS MATERIALIZED (
    SELECT
        s.game_id AS slate_game_id,
        s.game_date AS slate_date,
        s.team,
        g.game_id,
        g.game_date,
        max_by(g.seconds, g.known_at) AS seconds,
        max_by(g.possessions, g.known_at) AS possessions,
        row_number() OVER (
            PARTITION BY s.game_id, s.game_date, s.team ORDER BY g.game_date DESC, g.game_id DESC
        ) AS place
    FROM sides AS s
    INNER JOIN team_games AS g
        ON g.team = s.team
        AND g.game_date < s.game_date
        AND g.known_at <= s.as_of
    GROUP BY s.game_id, s.game_date, s.team, g.game_id, g.game_date
    QUALIFY place <= 10
),

-- Both teams' last 10 games; no pace when one of them has none.
pace AS (
    SELECT
        slate_date,
        slate_game_id,
        sum(possessions)::BIGINT AS possessions,
        sum(seconds)::BIGINT AS seconds,
        count(DISTINCT team) AS teams
    FROM own_games
    GROUP BY slate_date, slate_game_id
),

team_week AS (
    SELECT
        s.game_date,
        s.game_id,
        s.team,
        count(DISTINCT g.game_id)::INTEGER AS games_last_7_days
    FROM sides AS s
    INNER JOIN team_games AS g
        ON g.team = s.team
        AND g.game_date BETWEEN s.game_date - 7 AND s.game_date - 1
        AND g.known_at <= s.as_of
    GROUP BY s.game_date, s.game_id, s.team
),

-- What each team's last 15 opponents scored against it, in how many of their own possessions.
allowed AS (
    SELECT slate_date, slate_game_id, team, sum(points)::BIGINT AS points,
        sum(possessions)::BIGINT AS possessions
    FROM (
        SELECT
            s.game_date AS slate_date,
            s.game_id AS slate_game_id,
            s.team,
            max_by(g.points, g.known_at) AS points,
            max_by(g.possessions, g.known_at) AS possessions
        FROM sides AS s
        INNER JOIN team_games AS g
            ON g.opponent = s.team
            AND g.game_date < s.game_date
            AND g.known_at <= s.as_of
        GROUP BY s.game_date, s.game_id, s.team, g.game_id, g.game_date
        QUALIFY row_number() OVER (
            PARTITION BY s.game_id, s.game_date, s.team ORDER BY g.game_date DESC, g.game_id DESC
        ) <= 15
    )
    GROUP BY slate_date, slate_game_id, team
),

league AS (
    SELECT slate_date, as_of, sum(points)::BIGINT AS points, sum(possessions)::BIGINT AS possessions
    FROM (
        SELECT
            s.game_date AS slate_date,
            s.as_of,
            max_by(g.points, g.known_at) AS points,
            max_by(g.possessions, g.known_at) AS possessions
        FROM (SELECT DISTINCT game_date, as_of FROM sides) AS s
        INNER JOIN team_games AS g
            ON g.game_date BETWEEN s.game_date - 30 AND s.game_date - 1
            AND g.known_at <= s.as_of
        GROUP BY s.game_date, s.as_of, g.game_id, g.team
    )
    GROUP BY slate_date, as_of
),

-- The 40 latest places of each player of the slate, latest first: an aggregate of one integer, so
-- that no row of his whole career is carried through a sort.
latest AS (
    SELECT p.slot, p.player_id, max(s.place, 40) AS places
    FROM players AS p
    INNER JOIN summaries AS s
        ON s.player_id = p.player_id
        AND s.game_date < p.game_date
        AND s.known_at <= p.as_of
    GROUP BY p.slot, p.player_id
),

form_weights AS (
    SELECT k, is_this_season, form_weight(k, is_this_season) AS weight
    FROM range(40) AS r (k)
    CROSS JOIN (VALUES (true), (false)) AS v (is_this_season)
),

appearances AS (
    SELECT
        l.slot,
        l.k,
        w.weight,
        p.game_date - s.game_date AS days_ago,
        o.game_id IS NOT NULL AS in_rotation,
        s.points,
        s.seconds_played,
        s.plays,
        s.team_plays,
        s.team_seconds
    FROM (
        SELECT slot, player_id, unnest(places) AS place, unnest(range(len(places))) AS k
        FROM latest
    ) AS l
    INNER JOIN summaries AS s
        ON s.player_id = l.player_id
        AND s.place = l.place
    INNER JOIN players AS p
        ON p.slot = l.slot
    INNER JOIN form_weights AS w
        ON w.k = l.k
        AND w.is_this_season = (s.season = p.season)
    LEFT JOIN own_games AS o
        ON o.slate_game_id = p.game_id
        AND o.slate_date = p.game_date
        AND o.team = p.team
        AND o.team = s.team
        AND o.game_id = s.game_id
        AND o.game_date = s.game_date
        AND o.place <= 5
),

form AS (
    SELECT
        slot,
        count(*)::INTEGER AS games_used,
        sum(points) FILTER (WHERE k < 5)::BIGINT AS points_5,
        sum(points) FILTER (WHERE k < 10)::BIGINT AS points_10,
        sum(seconds_played) FILTER (WHERE k < 5)::BIGINT AS seconds_5,
        sum(seconds_played) FILTER (WHERE k < 10)::BIGINT AS seconds_10,
        sum(plays) FILTER (WHERE k < 10)::BIGINT AS plays_10,
        sum(team_plays) FILTER (WHERE k < 10)::BIGINT AS team_plays_10,
        sum(team_seconds) FILTER (WHERE k < 10)::BIGINT AS team_seconds_10,
        sum(weight)::BIGINT AS ew_weight,
        sum(weight * points)::BIGINT AS ew_points,
        sum(weight * seconds_played)::BIGINT AS ew_seconds,
        sum(weight * points * points)::BIGINT AS ew_points_squared,
        count(*) FILTER (WHERE in_rotation)::INTEGER AS rotation_games,
        coalesce(sum(seconds_played) FILTER (WHERE in_rotation), 0)::INTEGER AS rotation_seconds,
        min(days_ago)::INTEGER - 1 AS days_rest,
        count(*) FILTER (WHERE days_ago <= 7)::INTEGER AS games_last_7_days,
        count(*) FILTER (WHERE days_ago <= 14)::INTEGER AS games_last_14_days,
        coalesce(sum(seconds_played) FILTER (WHERE days_ago <= 7), 0)::INTEGER
            AS seconds_last_7_days
    FROM appearances
    GROUP BY slot
),

context AS (
    SELECT c.*
    FROM lake.upcoming_player_game_context AS c
    SEMI JOIN context_usable AS u
        ON u.game_id = c.game_id
        AND u.player_id = c.player_id
    WHERE c.game_date BETWEEN $first_date AND $last_date
        AND c.row_status <> 'retired'
),

schedule_versions AS (
    SELECT
        game_id,
        game_date,
        home_team,
        away_team,
        is_listed AND NOT is_postponed AS is_on,
        status = 3 AND home_score IS NOT NULL AND away_score IS NOT NULL AS is_final,
        known_at,
        lead(known_at) OVER (
            PARTITION BY game_id, game_date ORDER BY known_at, fetched_at
        ) AS superseded_at
    FROM lake.schedule
    WHERE known_at <= $now
        AND game_date BETWEEN $first_date - 30 AND $last_date
        AND game_type IN ('002', '004', '005', '006')
),

team_versions AS MATERIALIZED (
    SELECT game_id, game_date, is_final, known_at, superseded_at, unnest([home_team, away_team]) AS team
    FROM schedule_versions
    WHERE is_on
),

-- The gate's set at each as_of of a date: the slate itself, too, is the one known then.
gate AS (
    SELECT n.slate_date, n.as_of, count(*)::INTEGER AS expected, count(h.game_id)::INTEGER AS held
    FROM (
        SELECT DISTINCT s.game_date AS slate_date, s.as_of, f.team, f.game_id
        FROM (SELECT DISTINCT game_date, as_of FROM sides) AS s
        INNER JOIN team_versions AS t
            ON t.game_date = s.game_date
            AND t.known_at <= s.as_of
            AND (t.superseded_at IS NULL OR t.superseded_at > s.as_of)
        INNER JOIN team_versions AS f
            ON f.team = t.team
            AND f.is_final
            AND f.game_date BETWEEN s.game_date - 30 AND s.game_date - 1
            AND f.known_at <= s.as_of
            AND (f.superseded_at IS NULL OR f.superseded_at > s.as_of)
    ) AS n
    LEFT JOIN (
        SELECT game_id, team, min(known_at) AS known_at
        FROM team_games
        GROUP BY game_id, team
    ) AS h
        ON h.game_id = n.game_id
        AND h.team = n.team
        AND h.known_at <= n.as_of
    GROUP BY n.slate_date, n.as_of
),

facts AS (
    SELECT
        p.*,
        c.player_id IS NOT NULL AS has_context,
        -- The player's own days off; NULL: no appearance recorded.
        CASE
            WHEN c.player_id IS NOT NULL THEN (p.game_date - c.last_game_date - 1)::INTEGER
            ELSE f.days_rest
        END AS days_rest,
        CASE
            WHEN c.player_id IS NOT NULL THEN c.team_games_last_7_days
            -- His team is not known: his own appearances in place of its games, as in the context.
            WHEN p.team IS NULL THEN coalesce(f.games_last_7_days, 0)
            ELSE coalesce(w.games_last_7_days, 0)
        END AS games_7,
        coalesce(c.player_games_last_14_days, f.games_last_14_days, 0) AS games_14,
        coalesce(c.player_seconds_last_7_days, f.seconds_last_7_days, 0) AS seconds_7,
        CASE WHEN pc.teams = 2 THEN pc.possessions END AS pace_possessions,
        CASE WHEN pc.teams = 2 THEN pc.seconds END AS pace_seconds,
        a.points AS allowed_points,
        a.possessions AS allowed_possessions,
        l.points AS league_points,
        l.possessions AS league_possessions,
        coalesce(f.games_used, 0) AS games_used,
        coalesce(f.rotation_games, 0) AS rotation_games,
        coalesce(f.rotation_seconds, 0) AS rotation_seconds,
        f.points_5,
        f.points_10,
        f.seconds_5,
        f.seconds_10,
        f.plays_10,
        f.team_plays_10,
        f.team_seconds_10,
        coalesce(f.ew_weight, 0) AS ew_weight,
        coalesce(f.ew_points, 0) AS ew_points,
        coalesce(f.ew_seconds, 0) AS ew_seconds,
        coalesce(f.ew_points_squared, 0) AS ew_points_squared,
        coalesce(g.expected, 0) AS gate_expected,
        coalesce(g.held, 0) AS gate_held
    FROM players AS p
    LEFT JOIN context AS c
        ON c.game_date = p.game_date
        AND c.game_id = p.game_id
        AND c.player_id = p.player_id
        AND c.known_at <= p.as_of
    LEFT JOIN form AS f
        ON f.slot = p.slot
    LEFT JOIN team_week AS w
        ON w.game_date = p.game_date
        AND w.game_id = p.game_id
        AND w.team = p.team
    LEFT JOIN pace AS pc
        ON pc.slate_date = p.game_date
        AND pc.slate_game_id = p.game_id
    LEFT JOIN allowed AS a
        ON a.slate_date = p.game_date
        AND a.slate_game_id = p.game_id
        AND a.team = p.opponent
    LEFT JOIN league AS l
        ON l.slate_date = p.game_date
        AND l.as_of = p.as_of
    LEFT JOIN gate AS g
        ON g.slate_date = p.game_date
        AND g.as_of = p.as_of
)

SELECT
    game_date,
    game_id,
    player_id,
    player_name,
    team,
    opponent,
    is_home,
    tip_at,
    fatigue(days_rest, games_7, games_14, seconds_7) AS fatigue,
    -- 48 minutes of five players are 14,400 player-seconds.
    (pace_possessions * 14400) / (pace_seconds * 100) AS pace,
    -- Usage: his plays over what his team played while he was on court (its plays x his seconds over
    -- a fifth of its own). A shot in a few seconds can exceed the estimate, hence the cap.
    CASE
        WHEN seconds_10 > 0 AND team_plays_10 > 0
            THEN least((plays_10 * team_seconds_10) / (5 * seconds_10 * team_plays_10), 1.0::DOUBLE)
    END AS usage,
    CASE
        WHEN allowed_possessions > 0 AND league_points > 0
            THEN (allowed_points * league_possessions) / (allowed_possessions * league_points)
    END AS matchup,
    games_used,
    rotation_games,
    rotation_seconds,
    points_5 / least(games_used, 5) AS points_last_5,
    points_10 / least(games_used, 10) AS points_last_10,
    seconds_5 / (60 * least(games_used, 5)) AS minutes_last_5,
    seconds_10 / (60 * least(games_used, 10)) AS minutes_last_10,
    ew_weight,
    ew_points,
    ew_seconds,
    ew_points_squared,
    CASE
        WHEN has_context THEN 'upcoming_player_game_context' ELSE 'player_game_summary'
    END AS context_source,
    gate_expected,
    gate_held,
    NULL::VARCHAR AS gate_override,
    as_of,
    coalesce($now > tip_at, false) AS is_retrospective,
    -- The integers every value above is divided from; gate and source of the context are no facts.
    md5(
        row(
            player_name, team, opponent, is_home, epoch_us(tip_at), days_rest, games_7, games_14,
            seconds_7, pace_possessions, pace_seconds, plays_10, team_plays_10, team_seconds_10,
            seconds_5, seconds_10, points_5, points_10, allowed_points, allowed_possessions,
            league_points, league_possessions, games_used, rotation_games, rotation_seconds,
            ew_weight, ew_points, ew_seconds, ew_points_squared
        )::VARCHAR
    ) AS input_fingerprint,
    as_of AS known_at
FROM facts
ORDER BY game_date, game_id, player_id
