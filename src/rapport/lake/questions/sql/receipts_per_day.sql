-- How many postbacks of a program were acknowledged on each day, by how they were proven?
SELECT spans.place, receipts.auth, count(*) AS receipts
FROM (SELECT unnest($places) AS place, unnest($starts) AS starts_ms, unnest($ends) AS ends_ms) AS spans
JOIN read_parquet($files, hive_partitioning => true) AS receipts
    ON receipts.at_ms >= spans.starts_ms AND receipts.at_ms < spans.ends_ms
WHERE receipts.program_id = $program_id
GROUP BY ALL
ORDER BY ALL
