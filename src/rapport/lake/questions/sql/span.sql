-- When were the first and the last visit?
SELECT min(at_ms) AS first_ms, max(at_ms) AS last_ms
FROM visits
