-- A game log does not say who started.
ALTER TABLE {lake}.player_box_scores ALTER COLUMN is_starter DROP NOT NULL;
ALTER TABLE {lake}.player_game_summary ALTER COLUMN is_starter DROP NOT NULL;
