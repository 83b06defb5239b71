-- The clicks and impressions among events of the journal, as the edge wrote them (`rapport.wire.events`). An impression
-- is kept beside the clicks, marked as seen and not clicked; its `view_id` is a click id with that mark.
CREATE OR REPLACE TEMP TABLE arrived AS
SELECT
    at_ms,
    coalesce(click_id, view_id) AS click_id,
    link_number, link_id, code, agreement_id, program_id,
    coalesce(marks, 0) | CASE WHEN "type" = 'impression' THEN 1 ELSE 0 END AS marks,
    coalesce(creative, '') AS creative,
    coalesce(reason, '') AS reason,
    coalesce(handed_out, true) AS handed_out,
    coalesce(destination, '') AS destination,
    coalesce(placement, '') AS placement,
    coalesce(channel, '') AS channel,
    coalesce(referrer, '') AS referrer,
    coalesce(user_agent, '') AS user_agent,
    coalesce(address, '') AS address,
    coalesce("language", '') AS "language",
    coalesce(CAST(query AS VARCHAR), '') AS query,
    coalesce(subs.sub1, '') AS sub1,
    coalesce(subs.sub2, '') AS sub2,
    coalesce(subs.sub3, '') AS sub3,
    coalesce(subs.sub4, '') AS sub4,
    coalesce(subs.sub5, '') AS sub5,
    coalesce(subs.sub6, '') AS sub6,
    coalesce(subs.sub7, '') AS sub7,
    coalesce(subs.sub8, '') AS sub8,
    coalesce(subs.sub9, '') AS sub9,
    coalesce(subs.sub10, '') AS sub10,
    strftime(make_timestamp(at_ms * 1000), '%Y-%m') AS "month"
FROM (
    SELECT unnest(told)
    -- Out of a list of one: each condition below would otherwise read the JSON once more.
    FROM (SELECT unnest([json_transform(event, '{
        "type": "VARCHAR", "at_ms": "BIGINT", "click_id": "VARCHAR", "view_id": "VARCHAR", "creative": "VARCHAR",
        "link_number": "BIGINT", "link_id": "VARCHAR", "code": "VARCHAR", "agreement_id": "VARCHAR",
        "program_id": "VARCHAR", "marks": "INTEGER", "reason": "VARCHAR", "handed_out": "BOOLEAN",
        "destination": "VARCHAR", "placement": "VARCHAR", "channel": "VARCHAR", "referrer": "VARCHAR",
        "user_agent": "VARCHAR", "address": "VARCHAR", "language": "VARCHAR", "query": "JSON",
        "subs": {"sub1": "VARCHAR", "sub2": "VARCHAR", "sub3": "VARCHAR", "sub4": "VARCHAR", "sub5": "VARCHAR",
            "sub6": "VARCHAR", "sub7": "VARCHAR", "sub8": "VARCHAR", "sub9": "VARCHAR", "sub10": "VARCHAR"}
    }')]) AS told FROM journal)
)
WHERE "type" IN ('click', 'impression') AND at_ms >= $oldest_ms
