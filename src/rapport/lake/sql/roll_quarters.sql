-- The counted quarters of a month's days in one file: one partner's lie together, and a season is three files.
SELECT quarter_ms, program_id, agreement_id, link_id, gross, net, bots, framed, coalesce(views, 0) AS views
FROM (
    -- Rolls of before impressions were counted lack the column; of their days nothing else may be left.
    SELECT CAST(NULL AS BIGINT) AS views WHERE false
    UNION ALL BY NAME
    SELECT * FROM read_parquet($files, union_by_name => true)
)
ORDER BY program_id, agreement_id, link_id, quarter_ms
