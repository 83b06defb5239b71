-- One day's visits and impressions counted for each quarter of an hour, the finest grain that the days of all time zones
-- are made of. Impressions are those that people saw.
SELECT
    at_ms // 900000 * 900000 AS quarter_ms, program_id, agreement_id, link_id,
    count(*) FILTER (WHERE NOT "view") AS gross,
    count(*) FILTER (WHERE NOT "view" AND NOT bot AND NOT framed) AS net,
    count(*) FILTER (WHERE NOT "view" AND bot) AS bots,
    count(*) FILTER (WHERE NOT "view" AND framed AND NOT bot) AS framed,
    count(*) FILTER (WHERE "view" AND NOT bot) AS views
FROM read_parquet($files, hive_partitioning => true)
WHERE NOT test
GROUP BY ALL
HAVING gross > 0 OR views > 0
ORDER BY program_id, agreement_id, link_id, quarter_ms
