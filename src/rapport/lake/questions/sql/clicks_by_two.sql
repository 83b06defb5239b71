-- How many visits were there under each pair of keys of two dimensions?
SELECT
    {first} AS first,
    {second} AS second,
    count(*) AS gross,
    count(*) FILTER (WHERE by_choice) AS net,
    count(*) FILTER (WHERE bot) AS bots,
    count(*) FILTER (WHERE unchosen) AS framed
FROM visits
GROUP BY ALL
ORDER BY gross DESC, first, second
LIMIT $limit
