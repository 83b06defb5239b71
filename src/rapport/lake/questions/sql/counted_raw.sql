SELECT
    at_ms // 900000 * 900000 AS quarter_ms, program_id, agreement_id, link_id,
    count(*) FILTER (WHERE NOT "view") AS gross,
    count(*) FILTER (WHERE NOT "view" AND NOT bot AND NOT framed) AS net,
    count(*) FILTER (WHERE NOT "view" AND bot) AS bots,
    count(*) FILTER (WHERE NOT "view" AND framed AND NOT bot) AS framed,
    count(*) FILTER (WHERE "view" AND NOT bot) AS views
FROM clicks
WHERE NOT test
GROUP BY ALL
