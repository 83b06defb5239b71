-- How many clicks did each of these links hand out to people: since a moment of its own, before another and on a day
-- that begins at a third? A second click of the same visitor within ten seconds is none.
SELECT
    asked.link_id,
    count(*) AS clicks,
    count(*) FILTER (WHERE at_ms < asked.settle_ms) AS settled,
    count(*) FILTER (WHERE at_ms >= asked.day_ms) AS of_day
FROM visits
JOIN (
    SELECT
        unnest($asked_links) AS link_id, unnest($asked_froms) AS from_ms, unnest($asked_settles) AS settle_ms, unnest($asked_days) AS day_ms
) AS asked ON visits.link_id = asked.link_id AND visits.at_ms >= asked.from_ms
WHERE by_choice AND handed_out AND NOT repeated
GROUP BY asked.link_id
