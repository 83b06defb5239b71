-- The same visits counted for each UTC day, out of the counted days of a month.
SELECT
    quarter_ms // 86400000 * 86400000 AS day_ms, program_id, agreement_id, link_id,
    CAST(sum(gross) AS BIGINT) AS gross,
    CAST(sum(net) AS BIGINT) AS net,
    CAST(sum(bots) AS BIGINT) AS bots,
    CAST(sum(framed) AS BIGINT) AS framed
FROM read_parquet($files)
GROUP BY ALL
ORDER BY program_id, agreement_id, link_id, day_ms
