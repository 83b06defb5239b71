SELECT
    at_ms // 900000 * 900000 AS quarter_ms, program_id, agreement_id, link_id,
    count(*) AS gross,
    count(*) FILTER (WHERE by_choice) AS net,
    count(*) FILTER (WHERE bot) AS bots,
    count(*) FILTER (WHERE unchosen) AS framed
FROM visits
GROUP BY ALL
