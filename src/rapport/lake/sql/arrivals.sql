-- The rows of a table for the events that arrived. `agents` and `visitors` hold what Python found out about each user
-- agent and each address, `repeats` the clicks that came again; the numbers beside `marks` are those of `rapport.wire.clickid.Mark`.
WITH hosts AS (
    SELECT
        referrer,
        substr(lower(regexp_extract(
            referrer, '^[a-z][a-z0-9+.-]*://(?:[^/?#]*@)?(\[[^\]/?#]*\]|[^/?#:]*)', 1, 'i'
        )), 1, 253) AS host
    FROM (SELECT DISTINCT referrer FROM arrived)
),

capsules AS (
    -- Replaced one after the other: `translate` takes twice the time of both.
    SELECT *, try(from_base64(replace(replace(click_id, '-', '+'), '_', '/'))) AS capsule
    FROM arrived
),

known AS (
    SELECT
        arrived.*,
        octet_length(capsule) = 24 AND capsule[3:13] = unhex(printf('%012X%010X', at_ms, link_number)) AS agrees,
        coalesce(agents.crawler, '') AS crawler,
        agents.device AS device_of_person,
        agents.browser,
        visitors.network AS address_network,
        visitors.mark AS address_mark,
        visitors.country,
        visitors.data_centre,
        (marks & 2 > 0) OR coalesce(agents.crawler, '') <> '' AS bot
    FROM capsules AS arrived
    JOIN agents USING (user_agent)
    JOIN visitors USING (address, "month")
)

SELECT
    DATE '1970-01-01' + CAST(at_ms // 86400000 AS INTEGER) AS "day",
    at_ms,
    link_number,
    -- An id that disagrees with its click, or is none of ours, is kept as its text behind a head below zero.
    CASE WHEN agrees THEN CAST('0x' || hex(capsule[1:2]) AS INTEGER) ELSE -1 END AS id_head,
    CASE WHEN agrees THEN capsule[14:24] ELSE encode(click_id) END AS id_tail,
    program_id, agreement_id, link_id, code, placement, channel, creative,
    -- It hands the click id on; a sign that no address holds keeps its place.
    replace(destination, click_id, chr(1)) AS destination,
    referrer, user_agent, "language",
    sub1, sub2, sub3, sub4, sub5, sub6, sub7, sub8, sub9, sub10,
    query,
    hosts.host AS referrer_host,
    reason,
    handed_out,
    marks & 1 > 0 AS "view",
    marks & 8 > 0 AS no_consent,
    marks & 16 > 0 AS test,
    marks & 4 > 0 AS framed,
    bot,
    click_id IN (SELECT click_id FROM repeats) AS repeated,
    data_centre,
    crawler,
    CASE WHEN bot THEN 'bot' ELSE device_of_person END AS device,
    CASE WHEN bot THEN '' ELSE browser END AS browser,
    country,
    address_network,
    address_mark
FROM known
JOIN hosts USING (referrer)
-- In the order in which they came: putting each of these files in order takes a tenth of ingest, and a day that is over
-- is put in order as a whole.
