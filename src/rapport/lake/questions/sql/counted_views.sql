-- How many impressions that people saw were there under each key of a dimension that is counted ahead?
SELECT {dimension} AS key, CAST(sum(counted.views) AS BIGINT) AS views
FROM counted
WHERE counted.views > 0
GROUP BY {dimension}
ORDER BY views DESC, key
LIMIT $limit
