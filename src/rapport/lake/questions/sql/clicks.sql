-- The clicks that a question is about, and among them the visits: every question reads from one of the two. DuckDB
-- takes the files that Delta lists; an engine that reads Delta itself would name the table in their place.
-- Each visit is a bot's, or nobody's choice (framed, embedded, prefetched), or by choice, and never two of them.
WITH kept AS (
    SELECT
        *,
        -- The id is put together again from what the table keeps of it (see `rapport.lake.columns`).
        CASE WHEN id_head >= 0
            THEN translate(to_base64(
                unhex(printf('%04X%012X%010X', id_head, at_ms, link_number)) || id_tail
            ), '+/', '-_')
            ELSE decode(id_tail) END AS click_id
    FROM read_parquet($files, hive_partitioning => true)
    WHERE true
        AND ($program_id IS NULL OR program_id = $program_id)
        AND ($agreement_id IS NULL OR agreement_id = $agreement_id)
        AND ($link_id IS NULL OR link_id = $link_id)
        AND ($from_ms IS NULL OR at_ms >= $from_ms)
        AND ($until_ms IS NULL OR at_ms < $until_ms)
),

clicks AS (
    SELECT * REPLACE (replace(destination, chr(1), click_id) AS destination)
    FROM kept
),

visits AS (
    SELECT *, NOT bot AND NOT framed AS by_choice, framed AND NOT bot AS unchosen
    FROM clicks
    WHERE NOT test AND NOT "view"
)

