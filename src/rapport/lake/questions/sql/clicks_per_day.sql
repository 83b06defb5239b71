-- How many visits were there on each day of a time zone? The days come from outside, each with its first moment and
-- the next day's, so that they are the same days as in the books. All such moments fall on quarters of an hour
-- (900,000 ms) since 1970, so visits and days meet in the quarters that each day is made of.
SELECT
    days.day,
    CAST(coalesce(sum(quarters.gross), 0) AS BIGINT) AS gross,
    CAST(coalesce(sum(quarters.net), 0) AS BIGINT) AS net,
    CAST(coalesce(sum(quarters.bots), 0) AS BIGINT) AS bots,
    CAST(coalesce(sum(quarters.framed), 0) AS BIGINT) AS framed
FROM (
    SELECT day, unnest(range(starts_ms, ends_ms, 900000)) AS quarter_ms
    FROM (SELECT unnest($days) AS day, unnest($starts) AS starts_ms, unnest($ends) AS ends_ms)
) AS days
LEFT JOIN (
    SELECT
        at_ms // 900000 * 900000 AS quarter_ms,
        count(*) AS gross,
        count(*) FILTER (WHERE by_choice) AS net,
        count(*) FILTER (WHERE bot) AS bots,
        count(*) FILTER (WHERE unchosen) AS framed
    FROM visits
    GROUP BY quarter_ms
) AS quarters ON quarters.quarter_ms = days.quarter_ms
GROUP BY days.day
ORDER BY days.day
