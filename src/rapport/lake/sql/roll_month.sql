-- The same visits and impressions counted for each UTC day, out of the counted days of a month.
SELECT
    quarter_ms // 86400000 * 86400000 AS day_ms, program_id, agreement_id, link_id,
    CAST(sum(gross) AS BIGINT) AS gross,
    CAST(sum(net) AS BIGINT) AS net,
    CAST(sum(bots) AS BIGINT) AS bots,
    CAST(sum(framed) AS BIGINT) AS framed,
    CAST(coalesce(sum(views), 0) AS BIGINT) AS views
FROM (
    -- Rolls of before impressions were counted lack the column; of their days nothing else may be left.
    SELECT CAST(NULL AS BIGINT) AS views WHERE false
    UNION ALL BY NAME
    SELECT * FROM read_parquet($files, union_by_name => true)
)
GROUP BY ALL
ORDER BY program_id, agreement_id, link_id, day_ms
