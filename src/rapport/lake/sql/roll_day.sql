-- One day's visits counted for each quarter of an hour, the finest grain that the days of all time zones are made of.
SELECT
    at_ms // 900000 * 900000 AS quarter_ms, program_id, agreement_id, link_id,
    count(*) AS gross,
    count(*) FILTER (WHERE NOT bot AND NOT framed) AS net,
    count(*) FILTER (WHERE bot) AS bots,
    count(*) FILTER (WHERE framed AND NOT bot) AS framed
FROM read_parquet($files, hive_partitioning => true)
WHERE NOT test AND NOT "view"
GROUP BY ALL
ORDER BY program_id, agreement_id, link_id, quarter_ms
