-- How many different people came on each day? Exactly: nobody's address is guessed at, and bots are left out.
SELECT spans.place, count(DISTINCT address_mark) AS people
FROM (SELECT unnest($places) AS place, unnest($starts) AS starts_ms, unnest($ends) AS ends_ms) AS spans
JOIN visits ON visits.at_ms >= spans.starts_ms AND visits.at_ms < spans.ends_ms
WHERE by_choice
GROUP BY spans.place
ORDER BY spans.place
