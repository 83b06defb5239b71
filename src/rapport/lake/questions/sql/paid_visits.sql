-- How many clicks and impressions of people did each agreement bring? A second one of the same visitor within ten seconds
-- is none, and neither is a click that nobody chose to make.
SELECT
    agreement_id,
    count(*) FILTER (WHERE NOT "view" AND NOT framed) AS clicks,
    count(*) FILTER (WHERE "view") AS views
FROM clicks
WHERE NOT test AND NOT bot AND NOT repeated
GROUP BY agreement_id
