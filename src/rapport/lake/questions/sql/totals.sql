-- How many visits were there? Of what is counted already, and of the clicks that are not.
SELECT
    CAST(coalesce(sum(gross), 0) AS BIGINT) AS gross,
    CAST(coalesce(sum(net), 0) AS BIGINT) AS net,
    CAST(coalesce(sum(bots), 0) AS BIGINT) AS bots,
    CAST(coalesce(sum(framed), 0) AS BIGINT) AS framed
FROM counted
