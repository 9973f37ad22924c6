-- Every lake table of this release. `{lake}` is the attached database.
-- Instants are TIMESTAMPTZ (UTC), game dates are Eastern dates, ids are the NBA's.
-- Each table ends in the same provenance: known_at (when the world could know it), fetched_at
-- (when we did), run_id (which run wrote it).

-- Versions, appended: the latest known_at of a (game_id, game_date) is what is known.
-- A game that left a date keeps a last version there with is_listed = false and the reason.
CREATE TABLE IF NOT EXISTS {lake}.schedule (
    game_date DATE NOT NULL,
    game_id VARCHAR NOT NULL,
    season VARCHAR NOT NULL,
    game_type VARCHAR NOT NULL,
    tip_at TIMESTAMPTZ,            -- NULL: time to be determined
    home_team VARCHAR,             -- NULL: opponent to be determined
    away_team VARCHAR,
    status SMALLINT NOT NULL,      -- 1 scheduled, 2 live, 3 final
    status_text VARCHAR NOT NULL,
    is_postponed BOOLEAN NOT NULL,
    is_listed BOOLEAN NOT NULL,
    if_necessary BOOLEAN NOT NULL,
    home_score INTEGER,            -- NULL until final
    away_score INTEGER,
    overtimes SMALLINT,            -- NULL until final or where the vendor does not say
    reason VARCHAR,                -- why it is not listed: 'moved to 2025-03-17', 'removed'
    source VARCHAR NOT NULL,       -- nba_schedule, nba_scoreboard, played_games
    body_digest VARCHAR,
    known_at TIMESTAMPTZ NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS {lake}.player_box_scores (
    game_date DATE NOT NULL,
    game_id VARCHAR NOT NULL,
    player_id BIGINT NOT NULL,
    player_name VARCHAR NOT NULL,
    team VARCHAR NOT NULL,
    opponent VARCHAR NOT NULL,
    is_home BOOLEAN NOT NULL,
    is_starter BOOLEAN,            -- NULL: the source does not say
    played BOOLEAN NOT NULL,       -- appeared, be it for seconds
    not_playing_reason VARCHAR,
    seconds_played INTEGER,        -- NULL: did not appear
    minutes DOUBLE,                -- seconds_played / 60
    points INTEGER,
    rebounds INTEGER,
    offensive_rebounds INTEGER,
    defensive_rebounds INTEGER,
    assists INTEGER,
    threes INTEGER,
    threes_attempted INTEGER,
    field_goals INTEGER,
    field_goals_attempted INTEGER,
    free_throws INTEGER,
    free_throws_attempted INTEGER,
    steals INTEGER,
    blocks INTEGER,
    turnovers INTEGER,
    fouls INTEGER,
    plus_minus INTEGER,
    source VARCHAR NOT NULL,       -- nba_cdn_boxscore, nba_stats_boxscore_v3
    body_digest VARCHAR NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL
);

-- Snapshots, appended; a line is one over/under pair of one book at one snapshot.
CREATE TABLE IF NOT EXISTS {lake}.odds_player_props (
    game_date DATE NOT NULL,
    game_id VARCHAR NOT NULL,
    event_id VARCHAR NOT NULL,
    player_id BIGINT NOT NULL,     -- negative: provisional, the name is not resolved yet
    player_name VARCHAR NOT NULL,  -- as the vendor spells it
    resolution VARCHAR NOT NULL,   -- id_map, team_roster, league, alias, unresolved
    bookmaker VARCHAR NOT NULL,
    market VARCHAR NOT NULL,       -- player_points, ...
    line DOUBLE NOT NULL,
    over_price DOUBLE,             -- decimal odds; NULL: side not offered
    under_price DOUBLE,
    is_main BOOLEAN NOT NULL,      -- the book's main line of that player and market
    snapshot_at TIMESTAMPTZ NOT NULL,
    book_updated_at TIMESTAMPTZ,
    body_digest VARCHAR NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS {lake}.player_game_summary (
    game_date DATE NOT NULL,
    game_id VARCHAR NOT NULL,
    player_id BIGINT NOT NULL,
    player_name VARCHAR NOT NULL,
    season VARCHAR NOT NULL,
    team VARCHAR NOT NULL,
    opponent VARCHAR NOT NULL,
    is_home BOOLEAN NOT NULL,
    is_starter BOOLEAN,            -- NULL: the source does not say
    seconds_played INTEGER NOT NULL,
    minutes DOUBLE NOT NULL,
    points INTEGER NOT NULL,
    rebounds INTEGER NOT NULL,
    assists INTEGER NOT NULL,
    threes INTEGER NOT NULL,
    threes_attempted INTEGER NOT NULL,
    field_goals INTEGER NOT NULL,
    field_goals_attempted INTEGER NOT NULL,
    free_throws INTEGER NOT NULL,
    free_throws_attempted INTEGER NOT NULL,
    steals INTEGER NOT NULL,
    blocks INTEGER NOT NULL,
    turnovers INTEGER NOT NULL,
    fouls INTEGER NOT NULL,
    plus_minus INTEGER,
    team_points INTEGER NOT NULL,          -- sums over the team's appeared players in that game
    team_seconds INTEGER NOT NULL,
    team_field_goals_attempted INTEGER NOT NULL,
    team_free_throws_attempted INTEGER NOT NULL,
    team_turnovers INTEGER NOT NULL,
    team_offensive_rebounds INTEGER NOT NULL,
    points_line DOUBLE,                    -- last main line known before tip; NULL: none
    points_line_book VARCHAR,
    box_source VARCHAR NOT NULL,           -- source metadata: which upstream these facts came from
    line_known_at TIMESTAMPTZ,
    input_fingerprint VARCHAR NOT NULL,    -- md5 of the values read for this key, lines excluded
    known_at TIMESTAMPTZ NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS {lake}.upcoming_player_game_context (
    game_date DATE NOT NULL,
    game_id VARCHAR NOT NULL,
    player_id BIGINT NOT NULL,
    player_name VARCHAR NOT NULL,
    season VARCHAR NOT NULL,
    team VARCHAR,                          -- NULL: joined by a line alone, his team is not known
    opponent VARCHAR,
    is_home BOOLEAN,
    tip_at TIMESTAMPTZ,
    roster_source VARCHAR NOT NULL,        -- appearances, line
    team_days_rest INTEGER,                -- days off between the team's last game and this one; NULL: no earlier game this season
    is_back_to_back BOOLEAN NOT NULL,
    team_games_last_7_days INTEGER NOT NULL,
    player_games_last_14_days INTEGER NOT NULL,
    player_seconds_last_7_days INTEGER NOT NULL,
    season_games_played INTEGER NOT NULL,
    last_game_date DATE,                   -- the player's last appearance; NULL: none recorded
    points_line DOUBLE,
    points_line_book VARCHAR,
    line_known_at TIMESTAMPTZ,
    row_status VARCHAR NOT NULL,           -- active, archived (its game is over or was begun), retired (its game left this date)
    retired_reason VARCHAR,                -- postponed, moved to ..., removed; NULL: not retired
    as_of TIMESTAMPTZ NOT NULL,            -- nothing known after this instant was read
    is_retrospective BOOLEAN NOT NULL,     -- computed after the tip
    input_fingerprint VARCHAR NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS {lake}.player_composite_factors (
    game_date DATE NOT NULL,
    game_id VARCHAR NOT NULL,
    player_id BIGINT NOT NULL,
    player_name VARCHAR NOT NULL,
    team VARCHAR,                          -- NULL: joined by a line alone, his team is not known
    opponent VARCHAR,
    is_home BOOLEAN,
    tip_at TIMESTAMPTZ,
    fatigue DOUBLE NOT NULL,               -- 0 exhausted, 100 fresh
    pace DOUBLE,                           -- expected possessions per 48 min, both teams; NULL: no recent games
    usage DOUBLE,                          -- share of team plays used while on court, 0 to 1
    matchup DOUBLE,                        -- opponent's points allowed per possession over the league's; 1 = average
    games_used INTEGER NOT NULL,           -- rolling form: appearances read (at most 40)
    rotation_games INTEGER NOT NULL,       -- appearances in the team's last 5 games
    rotation_seconds INTEGER NOT NULL,     -- seconds in the team's last 5 games
    points_last_5 DOUBLE,
    points_last_10 DOUBLE,
    minutes_last_5 DOUBLE,
    minutes_last_10 DOUBLE,
    ew_weight BIGINT NOT NULL,             -- sum of integer weights (see the SQL for the weights)
    ew_points BIGINT NOT NULL,            -- sum of weight * points
    ew_seconds BIGINT NOT NULL,           -- sum of weight * seconds
    ew_points_squared BIGINT NOT NULL,    -- sum of weight * points * points
    context_source VARCHAR NOT NULL,       -- upcoming_player_game_context, or player_game_summary where it was missing
    gate_expected INTEGER NOT NULL,        -- (team, final game) pairs needed from the summaries
    gate_held INTEGER NOT NULL,
    gate_override VARCHAR,                 -- NULL: the gate was open by itself
    as_of TIMESTAMPTZ NOT NULL,
    is_retrospective BOOLEAN NOT NULL,
    input_fingerprint VARCHAR NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS {lake}.predictions (
    game_date DATE NOT NULL,
    game_id VARCHAR NOT NULL,
    player_id BIGINT NOT NULL,
    player_name VARCHAR NOT NULL,
    team VARCHAR,                          -- NULL: joined by a line alone, his team is not known
    opponent VARCHAR,
    is_home BOOLEAN,
    tip_at TIMESTAMPTZ,
    stat VARCHAR NOT NULL,                 -- points
    model VARCHAR NOT NULL,
    minutes_mean DOUBLE NOT NULL,
    mean DOUBLE NOT NULL,                  -- points, given that the player plays
    dispersion DOUBLE,                     -- negative-binomial size; NULL: Poisson
    p10 INTEGER NOT NULL,
    p25 INTEGER NOT NULL,
    p50 INTEGER NOT NULL,
    p75 INTEGER NOT NULL,
    p90 INTEGER NOT NULL,
    line DOUBLE,                           -- NULL: no book offered one
    line_book VARCHAR,
    over_price DOUBLE,
    under_price DOUBLE,
    line_known_at TIMESTAMPTZ,
    over_probability DOUBLE,
    under_probability DOUBLE,
    push_probability DOUBLE,
    market_over_probability DOUBLE,        -- devigged (multiplicative) from the two prices
    games_used INTEGER NOT NULL,
    context_source VARCHAR NOT NULL,
    gate_override VARCHAR,
    code_fingerprint VARCHAR NOT NULL,
    as_of TIMESTAMPTZ NOT NULL,
    is_retrospective BOOLEAN NOT NULL,     -- computed after the tip: never in the record
    input_fingerprint VARCHAR NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS {lake}.grades (
    game_date DATE NOT NULL,
    game_id VARCHAR NOT NULL,
    player_id BIGINT NOT NULL,
    player_name VARCHAR NOT NULL,
    team VARCHAR,                          -- NULL: joined by a line alone, his team is not known
    stat VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    line DOUBLE,
    actual INTEGER,                        -- NULL: did not play, or postponed
    minutes DOUBLE,
    outcome VARCHAR NOT NULL,              -- over, under, push, void, no_line
    void_reason VARCHAR,                   -- did not play, postponed
    absolute_error DOUBLE,                 -- |p50 - actual|, points
    crps DOUBLE,                           -- points
    pit_low DOUBLE,                        -- P(X < actual), P(X <= actual): the PIT interval of a discrete forecast
    pit_high DOUBLE,
    brier DOUBLE,                          -- at the offered line, model
    market_brier DOUBLE,                   -- at the offered line, devigged market
    in_p10_p90 BOOLEAN,
    is_retrospective BOOLEAN NOT NULL,     -- of the prediction: not in the record
    input_fingerprint VARCHAR NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL
);
