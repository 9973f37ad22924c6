-- What is read from the ledger, as it stands there.
CREATE TEMP TABLE own_verdicts (
    target VARCHAR, game_date DATE, verdict VARCHAR, reason VARCHAR, has_open_keys BOOLEAN
);
CREATE TEMP TABLE own_states (
    target VARCHAR, game_date DATE, key VARCHAR, state VARCHAR, told VARCHAR, reason VARCHAR,
    name VARCHAR, is_feed BOOLEAN, judged_at TIMESTAMPTZ
);
CREATE TEMP TABLE own_transitions (
    seq BIGINT, target VARCHAR, game_date DATE, key VARCHAR, to_state VARCHAR, cause VARCHAR,
    judged_at TIMESTAMPTZ
);
CREATE TEMP TABLE own_words (state VARCHAR, is_held BOOLEAN, is_lost BOOLEAN);
CREATE TEMP TABLE own_causes (told VARCHAR, is_feed BOOLEAN, cause VARCHAR);
CREATE TEMP TABLE own_rows (target VARCHAR, game_date DATE, key VARCHAR, row_count BIGINT);
