-- How many different people came on each day, and how many visitors with bots and pages loaded unseen? Exactly:
-- nobody's address is guessed at.
SELECT
    spans.place,
    count(DISTINCT address_mark) FILTER (WHERE by_choice) AS people,
    count(DISTINCT address_mark) AS everybody
FROM (SELECT unnest($places) AS place, unnest($starts) AS starts_ms, unnest($ends) AS ends_ms) AS spans
JOIN visits ON visits.at_ms >= spans.starts_ms AND visits.at_ms < spans.ends_ms
GROUP BY spans.place
ORDER BY spans.place
