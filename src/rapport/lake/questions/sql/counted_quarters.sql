SELECT quarter_ms, program_id, agreement_id, link_id, gross, net, bots, framed, coalesce(views, 0) AS views
FROM (
    -- Rolls of before impressions were counted lack the column; of their days nothing else may be left.
    SELECT CAST(NULL AS BIGINT) AS views WHERE false
    UNION ALL BY NAME
    SELECT * FROM read_parquet($quarters, union_by_name => true)
)
WHERE true
    AND ($program_id IS NULL OR program_id = $program_id)
    AND ($agreement_id IS NULL OR agreement_id = $agreement_id)
    AND ($link_id IS NULL OR link_id = $link_id)
    AND ($from_ms IS NULL OR quarter_ms >= $from_ms)
    AND ($until_ms IS NULL OR quarter_ms < $until_ms)
