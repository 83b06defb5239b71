-- How many visits were there under each key of a dimension? {dimension} is a column of the table.
SELECT
    {dimension} AS key,
    count(*) AS gross,
    count(*) FILTER (WHERE by_choice) AS net,
    count(*) FILTER (WHERE bot) AS bots,
    count(*) FILTER (WHERE unchosen) AS framed
FROM visits
GROUP BY {dimension}
ORDER BY gross DESC, key
LIMIT $limit
