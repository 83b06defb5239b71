-- How many visits were there?
SELECT
    count(*) AS gross,
    count(*) FILTER (WHERE by_choice) AS net,
    count(*) FILTER (WHERE bot) AS bots,
    count(*) FILTER (WHERE unchosen) AS framed
FROM visits
