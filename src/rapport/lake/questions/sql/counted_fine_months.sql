SELECT quarter_ms, program_id, agreement_id, link_id, gross, net, bots, framed, views
FROM read_parquet($fine_months)
WHERE true
    AND ($program_id IS NULL OR program_id = $program_id)
    AND ($agreement_id IS NULL OR agreement_id = $agreement_id)
    AND ($link_id IS NULL OR link_id = $link_id)
    AND ($from_ms IS NULL OR quarter_ms >= $from_ms)
    AND ($until_ms IS NULL OR quarter_ms < $until_ms)
    AND quarter_ms >= $months_from_ms
    AND quarter_ms < $months_until_ms
