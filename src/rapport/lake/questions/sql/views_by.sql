-- How many impressions were there under each key of a dimension, those shown to robots left out?
SELECT {dimension} AS key, count(*) AS views
FROM clicks
WHERE "view" AND NOT test AND NOT bot
GROUP BY {dimension}
ORDER BY views DESC, key
LIMIT $limit
