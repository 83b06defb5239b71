-- How many visits were there in each span of time? The spans come from outside, each with its first moment and the
-- next one's, so that days are the same days as in the books. All such moments fall on quarters of an hour (900,000 ms)
-- since 1970, so visits and spans meet in the quarters that each span is made of.
SELECT
    spans.place,
    CAST(coalesce(sum(quarters.gross), 0) AS BIGINT) AS gross,
    CAST(coalesce(sum(quarters.net), 0) AS BIGINT) AS net,
    CAST(coalesce(sum(quarters.bots), 0) AS BIGINT) AS bots,
    CAST(coalesce(sum(quarters.framed), 0) AS BIGINT) AS framed
FROM (
    SELECT place, unnest(range(starts_ms, ends_ms, 900000)) AS quarter_ms
    FROM (SELECT unnest($places) AS place, unnest($starts) AS starts_ms, unnest($ends) AS ends_ms)
) AS spans
JOIN (
    SELECT quarter_ms, sum(gross) AS gross, sum(net) AS net, sum(bots) AS bots, sum(framed) AS framed
    FROM counted
    GROUP BY quarter_ms
) AS quarters ON quarters.quarter_ms = spans.quarter_ms
GROUP BY spans.place
ORDER BY spans.place
