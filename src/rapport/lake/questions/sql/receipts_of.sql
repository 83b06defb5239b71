-- Which receipts have this id, or tell of the order with this number? The last ones first.
SELECT receipt_id, at_ms, program_id, auth, order_id, address_network
FROM read_parquet($files, hive_partitioning => true)
WHERE ($program_id IS NULL OR program_id = $program_id) AND (receipt_id = $wanted OR order_id = $wanted)
ORDER BY at_ms DESC, receipt_id
LIMIT $limit
