-- When were the first and the last visit, to a quarter of an hour?
SELECT min(quarter_ms) AS first_ms, max(quarter_ms) AS last_ms
FROM counted
WHERE gross > 0
