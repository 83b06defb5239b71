-- The clicks that came when the same visitor's last one through the link was less than ten seconds old.
CREATE OR REPLACE TEMP TABLE repeats AS
SELECT DISTINCT click_id
FROM (
    SELECT click_id, at_ms - lag(at_ms) OVER visits AS since_ms
    FROM (
        SELECT click_id, at_ms, link_number, mark AS address_mark, user_agent, marks & 1 > 0 AS "view"
        FROM arrived
        JOIN visitors USING (address, "month")
        UNION ALL
        SELECT NULL, at_ms, link_number, address_mark, user_agent, "view" FROM recent
    )
    WHERE octet_length(address_mark) > 0
    WINDOW visits AS (PARTITION BY "view", link_number, address_mark, user_agent ORDER BY at_ms, click_id NULLS FIRST)
)
WHERE click_id IS NOT NULL AND since_ms < 10000
