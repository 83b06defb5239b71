-- The clicks that came when the same visitor's last one through the link was less than ten seconds old.
CREATE OR REPLACE TEMP TABLE repeats AS
WITH came AS (
    SELECT click_id, at_ms, link_number, mark AS address_mark, user_agent, marks & 1 > 0 AS "view"
    FROM arrived
    JOIN visitors USING (address, "month")
    WHERE octet_length(mark) > 0
    UNION ALL
    SELECT NULL, at_ms, link_number, address_mark, user_agent, "view"
    FROM recent
    WHERE octet_length(address_mark) > 0
),

-- Hardly anybody comes twice, and only who does need be put in order.
oftener AS (SELECT link_number, address_mark FROM came GROUP BY ALL HAVING count(*) > 1)

SELECT DISTINCT click_id
FROM (
    SELECT click_id, at_ms - lag(at_ms) OVER visits AS since_ms
    FROM came
    SEMI JOIN oftener USING (link_number, address_mark)
    WINDOW visits AS (PARTITION BY "view", link_number, address_mark, user_agent ORDER BY at_ms, click_id NULLS FIRST)
)
WHERE click_id IS NOT NULL AND since_ms < 10000
