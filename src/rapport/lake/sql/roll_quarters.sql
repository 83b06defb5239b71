-- The counted quarters of a month's days in one file: one partner's lie together, and a season is three files.
SELECT quarter_ms, program_id, agreement_id, link_id, gross, net, bots, framed
FROM read_parquet($files)
ORDER BY program_id, agreement_id, link_id, quarter_ms
