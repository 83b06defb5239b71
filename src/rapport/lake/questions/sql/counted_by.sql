-- How many visits were there under each key of a dimension that is counted ahead? {dimension} is its column.
SELECT
    {dimension} AS key,
    CAST(sum(gross) AS BIGINT) AS gross,
    CAST(sum(net) AS BIGINT) AS net,
    CAST(sum(bots) AS BIGINT) AS bots,
    CAST(sum(framed) AS BIGINT) AS framed
FROM counted
WHERE counted.gross > 0
GROUP BY {dimension}
ORDER BY gross DESC, key
LIMIT $limit
