-- Who came through which link in the seconds before the first event that arrived.
CREATE OR REPLACE TEMP TABLE recent AS
SELECT at_ms, link_number, address_mark, user_agent, "view"
FROM read_parquet($files, hive_partitioning => true)
WHERE at_ms >= $from_ms AND at_ms <= $until_ms
