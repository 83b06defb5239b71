-- The clicks that a question is about: every question reads from this. DuckDB takes the files that Delta lists; an
-- engine that reads Delta itself would name the table in their place.
WITH clicks AS (
    SELECT *
    FROM read_parquet($files, hive_partitioning => true)
    WHERE ($program_id IS NULL OR program_id = $program_id)
        AND ($agreement_id IS NULL OR agreement_id = $agreement_id)
        AND ($link_id IS NULL OR link_id = $link_id)
        AND ($from_ms IS NULL OR at_ms >= $from_ms)
        AND ($until_ms IS NULL OR at_ms < $until_ms)
)
