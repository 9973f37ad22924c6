-- Temporary macros of the computed datasets; loaded after nba/macros.sql.

-- `2024-25` for `0022400524`; two digits in an id, and the first season with this form is 1946-47.
CREATE OR REPLACE TEMP MACRO season_of(game_id) AS (
    CASE
        WHEN substr(game_id, 4, 2)::INTEGER < 46 THEN 2000 + substr(game_id, 4, 2)::INTEGER
        ELSE 1900 + substr(game_id, 4, 2)::INTEGER
    END || '-' || lpad(((substr(game_id, 4, 2)::INTEGER + 1) % 100)::VARCHAR, 2, '0')
);

-- Preseason (001) and All-Star games (003) raise no cells and carry no form.
CREATE OR REPLACE TEMP MACRO is_counted(game_id) AS (
    left(game_id, 3) IN ('002', '004', '005', '006')
);

-- Which book speaks for the market when several quote the same player at the same time.
CREATE OR REPLACE TEMP MACRO book_rank(bookmaker) AS (
    coalesce(
        list_position(['draftkings', 'fanduel', 'betmgm', 'williamhill_us'], bookmaker), 9
    )
);

-- Weight of a player's k-th latest appearance (k = 0 is the latest): 2^20 halved every 11
-- appearances, times 8 in the season of the slate and times 5 in an earlier one. Integers, so that
-- sums do not depend on the order of the rows. The half-life and the discount of last season were
-- chosen on 2023-24 (2022-23 carried in): see fullcourt.predict.model.
CREATE OR REPLACE TEMP MACRO form_weight(k, is_this_season) AS (
    round(1048576 * pow(0.5, k / 11.0))::BIGINT * CASE WHEN is_this_season THEN 8 ELSE 5 END
);

-- The slate's games, one row per team.
CREATE OR REPLACE TEMP MACRO slate_sides(first_date, last_date, instant) AS TABLE
SELECT
    game_date,
    game_id,
    season,
    tip_at,
    as_of,
    unnest([home_team, away_team]) AS team,
    unnest([away_team, home_team]) AS opponent,
    unnest([true, false]) AS is_home
FROM slate_games(first_date, last_date, instant);

-- The points line of each player of the slate: of the latest snapshot known by the game's as_of, the
-- main line of the first book in the order of `book_rank`.
-- The smallest of a record is the first in its fields' order, as a window's first row would be: the
-- latest as the one furthest below zero. It costs half of what a window does.
CREATE OR REPLACE TEMP MACRO slate_lines(first_date, last_date, instant) AS TABLE
SELECT
    game_date,
    game_id,
    -- A name that took knowledge of after the tip counts as unresolved, then and for ever.
    CASE WHEN starts_with(best.resolution, 'late_') THEN -player_id ELSE player_id END AS player_id,
    best.player_name,
    best.line,
    best.bookmaker,
    best.over_price,
    best.under_price,
    best.known_at
FROM (
    SELECT
        g.game_date,
        g.game_id,
        o.player_id,
        min({
            'latest': -epoch_us(o.known_at),
            'newest': -epoch_us(o.snapshot_at),
            'rank': book_rank(o.bookmaker),
            'bookmaker': o.bookmaker,
            'line': o.line,
            'over_price': o.over_price,
            'under_price': o.under_price,
            'player_name': o.player_name,
            'resolution': o.resolution,
            'known_at': o.known_at
        }) AS best
    FROM slate_games(first_date, last_date, instant) AS g
    INNER JOIN lake.odds_player_props AS o
        ON o.game_date = g.game_date
        AND o.game_id = g.game_id
        AND o.known_at <= g.as_of
    WHERE o.game_date BETWEEN first_date AND last_date
        AND o.market = 'player_points'
        AND o.is_main
    GROUP BY ALL
);

-- All that lines say of who belongs to a slate: who is priced in which game, and since when.
CREATE OR REPLACE TEMP MACRO slate_priced(first_date, last_date) AS TABLE
SELECT game_date, game_id, player_id, min(known_at) AS known_at
FROM lake.odds_player_props
WHERE game_date BETWEEN first_date AND last_date
    AND player_id > 0
    AND NOT starts_with(resolution, 'late_')
GROUP BY ALL;

-- Who belongs to each game of the slate, by what was known at the game's as_of.
-- `appearances`: his latest listing anywhere (played or not, preseason included) is for this team and
-- lies within the team's last 20 games. `line`: a book prices him in this game, he has recorded
-- minutes and is on neither roster. His team is then not known (NULL) unless his latest listing is for
-- one of the two, and he leaves his old team's game of that date.
-- Statements read sides, lines and players of a slate as `kept_slate_...`, for their own $first_date,
-- $last_date and $now: the lake computes them once for all that ask (`KEPT`, stores/lake_tables.py).
CREATE OR REPLACE TEMP MACRO slate_players(first_date, last_date, instant) AS TABLE
WITH sides AS MATERIALIZED (
    SELECT * FROM slate_sides(first_date, last_date, instant)
),

-- An All-Star team is nobody's employer.
listings AS MATERIALIZED (
    SELECT game_date, game_id, player_id, player_name, team, played, known_at
    FROM lake.player_box_scores
    WHERE game_date < last_date
        AND left(game_id, 3) <> '003'
),

team_dates AS (
    SELECT DISTINCT team, game_date, known_at
    FROM listings
),

recent_dates AS (
    SELECT s.game_id, s.game_date AS slate_date, s.team, d.game_date
    FROM sides AS s
    INNER JOIN team_dates AS d
        ON d.team = s.team
        AND d.game_date < s.game_date
        AND d.known_at <= s.as_of
    GROUP BY s.game_id, s.game_date, s.team, d.game_date
    QUALIFY row_number() OVER (
        PARTITION BY s.game_id, s.game_date, s.team ORDER BY d.game_date DESC
    ) <= 20
),

windows AS (
    SELECT s.*, r.opens
    FROM sides AS s
    INNER JOIN (
        SELECT game_id, slate_date, team, min(game_date) AS opens
        FROM recent_dates
        GROUP BY ALL
    ) AS r
        ON r.game_id = s.game_id
        AND r.slate_date = s.game_date
        AND r.team = s.team
),

listed AS (
    SELECT
        w.game_date, w.game_id, w.tip_at, w.as_of, w.season, w.team, w.opponent, w.is_home,
        l.player_id,
        max({'day': l.game_date, 'game': l.game_id, 'name': l.player_name}) AS latest
    FROM windows AS w
    INNER JOIN listings AS l
        ON l.team = w.team
        AND l.game_date >= w.opens
        AND l.game_date < w.game_date
        AND l.known_at <= w.as_of
    GROUP BY ALL
),

-- Only players with more than one team can have left.
movers AS MATERIALIZED (
    SELECT game_date, game_id, player_id, team, known_at
    FROM listings
    WHERE player_id IN (
        SELECT player_id
        FROM listings
        GROUP BY player_id
        HAVING min(team) <> max(team)
    )
),

rostered AS MATERIALIZED (
    SELECT *
    FROM listed AS p
    WHERE NOT EXISTS (
        SELECT 1
        FROM movers AS m
        WHERE m.player_id = p.player_id
            AND m.team <> p.team
            AND m.game_date >= p.latest.day
            AND (m.game_date > p.latest.day OR m.game_id > p.latest.game)
            AND m.game_date < p.game_date
            AND m.known_at <= p.as_of
    )
),

priced AS MATERIALIZED (
    SELECT * FROM slate_priced(first_date, last_date)
),

minutes AS MATERIALIZED (
    SELECT DISTINCT player_id, game_date, known_at
    FROM listings
    WHERE played
        AND player_id IN (SELECT player_id FROM priced)
),

joiners AS MATERIALIZED (
    SELECT g.game_date, g.game_id, g.tip_at, g.as_of, g.season, p.player_id
    FROM sides AS g
    INNER JOIN priced AS p
        ON p.game_date = g.game_date
        AND p.game_id = g.game_id
        AND p.known_at <= g.as_of
    SEMI JOIN minutes AS m
        ON m.player_id = p.player_id
        AND m.game_date < g.game_date
        AND m.known_at <= g.as_of
    ANTI JOIN rostered AS r
        ON r.game_date = p.game_date
        AND r.game_id = p.game_id
        AND r.player_id = p.player_id
    WHERE g.is_home
),

joined AS (
    SELECT
        j.game_date, j.game_id, j.tip_at, j.as_of, j.season, j.player_id,
        max(
            {'day': l.game_date, 'game': l.game_id, 'name': l.player_name, 'team': l.team}
        ) AS latest
    FROM joiners AS j
    INNER JOIN listings AS l
        ON l.player_id = j.player_id
        AND l.game_date < j.game_date
        AND l.known_at <= j.as_of
    GROUP BY ALL
)

SELECT
    r.game_date, r.game_id, r.tip_at, r.as_of, r.season, r.player_id,
    r.latest.name AS player_name, r.team, r.opponent, r.is_home, 'appearances' AS roster_source
FROM rostered AS r
WHERE NOT EXISTS (
    -- Priced elsewhere that day and not here: he left.
    SELECT 1
    FROM priced AS p
    INNER JOIN minutes AS m
        ON m.player_id = p.player_id
    WHERE p.player_id = r.player_id
        AND p.game_date = r.game_date
        AND p.game_id <> r.game_id
        AND p.known_at <= r.as_of
        AND m.game_date < r.game_date
        AND m.known_at <= r.as_of
        AND NOT EXISTS (
            SELECT 1
            FROM priced AS here
            WHERE here.player_id = r.player_id
                AND here.game_date = r.game_date
                AND here.game_id = r.game_id
                AND here.known_at <= r.as_of
        )
)
UNION ALL
-- One who was out for long and whose last listing is for a team of this very game is with that team.
SELECT
    j.game_date, j.game_id, j.tip_at, j.as_of, j.season, j.player_id,
    j.latest.name, s.team, s.opponent, s.is_home, 'line'
FROM joined AS j
LEFT JOIN sides AS s
    ON s.game_date = j.game_date
    AND s.game_id = j.game_id
    AND s.team = j.latest.team;

-- How fresh a player comes into a game: 100 fresh, 0 exhausted. Four loads take away at most 100
-- points, each growing with its load: nights off (30 on a back-to-back, 15 after one day off, 5 after
-- two), his team's games in the last 7 days (5 for each beyond one, up to 20), his own games in the
-- last 14 days (4 for each beyond three, up to 20), his seconds in the last 7 days (30 at three
-- hours). Accumulated in thousandths, divided once. No appearance recorded takes nothing away.
CREATE OR REPLACE TEMP MACRO fatigue(days_rest, games_7, games_14, seconds_7) AS (
    (
        100000
        - CASE days_rest WHEN 0 THEN 30000 WHEN 1 THEN 15000 WHEN 2 THEN 5000 ELSE 0 END
        - 5000 * greatest(0, least(games_7 - 1, 4))
        - 4000 * greatest(0, least(games_14 - 3, 5))
        - 30000 * least(seconds_7, 10800) // 10800
    ) / 1000
);

-- Every held prediction of the range and what has become of it, as known at an instant:
--   postponed          its game left that date (postponed, moved, cancelled)
--   final              its game has a result, and the player's part in it is known
--   final_without_box  a result, but no summary that shows him playing or proves that he did not
--   pending            none of these yet
CREATE OR REPLACE TEMP MACRO prediction_states(first_date, last_date, instant) AS TABLE
WITH games AS (
    SELECT
        s.game_date,
        s.game_id,
        s.known_at,
        s.is_postponed OR NOT s.is_listed AS is_off,
        s.status = 3 AND s.home_score IS NOT NULL AND s.away_score IS NOT NULL AS is_final,
        count(DISTINCT b.team) = 2 AS has_summaries,
        max(b.known_at) AS summaries_known_at
    FROM schedule_as_of(instant) AS s
    LEFT JOIN lake.player_game_summary AS b
        ON b.game_date = s.game_date
        AND b.game_id = s.game_id
        AND b.team IN (s.home_team, s.away_team)
        AND b.known_at <= instant
        AND b.game_date BETWEEN first_date AND last_date
    WHERE s.game_date BETWEEN first_date AND last_date
    GROUP BY ALL
),

appeared AS (
    SELECT game_date, game_id, player_id
    FROM lake.player_box_scores
    WHERE game_date BETWEEN first_date AND last_date
        AND played
        AND known_at <= instant
)

SELECT
    p.*,
    s.points AS actual_points,
    s.minutes AS actual_minutes,
    CASE
        WHEN g.is_off THEN 'postponed'
        WHEN NOT g.is_final OR g.game_id IS NULL THEN 'pending'
        WHEN s.player_id IS NOT NULL THEN 'final'
        -- He did not play only when both teams' summaries say so and his box score does not object.
        WHEN g.has_summaries AND a.player_id IS NULL THEN 'final'
        ELSE 'final_without_box'
    END AS game_state,
    CASE
        WHEN g.is_off THEN g.known_at ELSE greatest(g.known_at, g.summaries_known_at)
    END AS outcome_known_at
FROM lake.predictions AS p
LEFT JOIN games AS g
    ON g.game_date = p.game_date
    AND g.game_id = p.game_id
LEFT JOIN lake.player_game_summary AS s
    ON s.game_date = p.game_date
    AND s.game_id = p.game_id
    AND s.player_id = p.player_id
    AND s.known_at <= instant
LEFT JOIN (SELECT DISTINCT game_date, game_id, player_id FROM appeared) AS a
    ON a.game_date = p.game_date
    AND a.game_id = p.game_id
    AND a.player_id = p.player_id
WHERE p.game_date BETWEEN first_date AND last_date;
