-- Recorded V3 box score rows of one season -> one row per game and team, players as wire JSON.
-- Rows keep their recorded order, duplicates and dirt stay: only the season is filtered.
-- `$season` is the two season digits of an NBA game id (`0022400524` -> `24`).
WITH recorded AS (
  SELECT
    *,
    row_number() OVER (ORDER BY filename, file_row_number) AS place
  FROM read_parquet($files, filename = true, file_row_number = true, union_by_name = true)
  WHERE substr(gameId, 4, 2) = $season
)
SELECT
  gameId,
  teamId::BIGINT AS team_id,
  coalesce(first(teamCity ORDER BY place), '') AS team_city,
  coalesce(first(teamName ORDER BY place), '') AS team_name,
  first(teamTricode ORDER BY place) AS team_tricode,
  coalesce(first(teamSlug ORDER BY place), '') AS team_slug,
  first(date ORDER BY place) AS game_date,
  min(place) AS place,
  sum(points::INTEGER) AS points,
  -- Minutes that are no clock text (`-1:0-57`) are dirt that belongs to the body, not to the sum.
  sum(
    CASE
      WHEN regexp_full_match(minutes, '\d+:\d\d')
        THEN split_part(minutes, ':', 1)::INTEGER * 60 + split_part(minutes, ':', 2)::INTEGER
    END
  ) AS seconds,
  to_json(
    list(
      {
        'personId': personId::BIGINT,
        'firstName': coalesce(firstName, ''),
        'familyName': coalesce(familyName, ''),
        'nameI': coalesce(nameI, ''),
        'playerSlug': coalesce(playerSlug, ''),
        'position': coalesce(position, ''),
        'comment': coalesce(comment, ''),
        'jerseyNum': coalesce(jerseyNum, ''),
        'statistics': {
          'minutes': coalesce(minutes, ''),
          'fieldGoalsMade': fieldGoalsMade::INTEGER,
          'fieldGoalsAttempted': fieldGoalsAttempted::INTEGER,
          'fieldGoalsPercentage': fieldGoalsPercentage::DOUBLE,
          'threePointersMade': threePointersMade::INTEGER,
          'threePointersAttempted': threePointersAttempted::INTEGER,
          'threePointersPercentage': threePointersPercentage::DOUBLE,
          'freeThrowsMade': freeThrowsMade::INTEGER,
          'freeThrowsAttempted': freeThrowsAttempted::INTEGER,
          'freeThrowsPercentage': freeThrowsPercentage::DOUBLE,
          'reboundsOffensive': reboundsOffensive::INTEGER,
          'reboundsDefensive': reboundsDefensive::INTEGER,
          'reboundsTotal': reboundsTotal::INTEGER,
          'assists': assists::INTEGER,
          'steals': steals::INTEGER,
          'blocks': blocks::INTEGER,
          'turnovers': turnovers::INTEGER,
          'foulsPersonal': foulsPersonal::INTEGER,
          'points': points::INTEGER,
          'plusMinusPoints': plusMinusPoints::DOUBLE
        }
      }
      ORDER BY place
    )
  )::VARCHAR AS players
FROM recorded
GROUP BY gameId, teamId
ORDER BY place
