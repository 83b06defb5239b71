-- How many visits were there?
SELECT
    count(*) AS gross,
    count(*) FILTER (WHERE NOT bot AND NOT framed) AS net,
    count(*) FILTER (WHERE bot) AS bots,
    count(*) FILTER (WHERE framed AND NOT bot) AS framed
FROM clicks
WHERE NOT test AND NOT "view"
