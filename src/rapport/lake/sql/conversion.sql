-- Clicks as they were kept before, in today's columns (see `arrivals.sql`).
SELECT
    CAST("day" AS DATE) AS "day",
    at_ms,
    link_number,
    CASE WHEN agrees THEN CAST('0x' || substr(capsule, 1, 4) AS INTEGER) ELSE -1 END AS id_head,
    CASE WHEN agrees THEN unhex(substr(capsule, 27)) ELSE encode(click_id) END AS id_tail,
    program_id, agreement_id, link_id, code, placement, channel, '' AS creative,
    replace(destination, click_id, chr(1)) AS destination,
    referrer, user_agent, "language",
    sub1, sub2, sub3, sub4, sub5, sub6, sub7, sub8, sub9, sub10,
    query, referrer_host, reason, handed_out, "view", no_consent, test, framed, bot,
    false AS repeated,
    false AS data_centre,
    crawler, device,
    CASE WHEN bot THEN '' ELSE browser END AS browser,
    country,
    packed AS address_network,
    unhex(substr(hex(from_base64(translate(address_mark, '-_', '+/'))), 1, 16)) AS address_mark
FROM (
    SELECT
        *,
        hex(try(from_base64(translate(click_id, '-_', '+/')))) AS capsule,
        coalesce(
            length(capsule) = 48 AND substr(capsule, 5, 22) = printf('%012X%010X', at_ms, link_number), false
        ) AS agrees
    FROM before
)
JOIN agents USING (user_agent)
JOIN networks USING (address_network)
ORDER BY "day", program_id, agreement_id, link_number, at_ms
