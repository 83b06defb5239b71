SELECT day_ms AS quarter_ms, program_id, agreement_id, link_id, gross, net, bots, framed, views
FROM read_parquet($months)
WHERE true
    AND ($program_id IS NULL OR program_id = $program_id)
    AND ($agreement_id IS NULL OR agreement_id = $agreement_id)
    AND ($link_id IS NULL OR link_id = $link_id)
    AND day_ms >= $months_from_ms
    AND day_ms < $months_until_ms
