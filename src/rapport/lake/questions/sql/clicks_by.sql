-- How many visits were there under each key of a dimension? {dimension} is a column of the table.
SELECT
    {dimension} AS key,
    count(*) AS gross,
    count(*) FILTER (WHERE NOT bot AND NOT framed) AS net,
    count(*) FILTER (WHERE bot) AS bots,
    count(*) FILTER (WHERE framed AND NOT bot) AS framed
FROM clicks
WHERE NOT test AND NOT "view"
GROUP BY {dimension}
ORDER BY gross DESC, key
LIMIT $limit
