-- Which clicks came last, or which is the one with this id? Test clicks and impressions included.
SELECT
    click_id, at_ms, program_id, agreement_id, link_id, link_number, code, reason, handed_out,
    "view", bot, framed, no_consent, test, repeated, data_centre, crawler, device, browser, country,
    sub1, sub2, sub3, sub4, sub5, sub6, sub7, sub8, sub9, sub10,
    placement, channel, destination, referrer, referrer_host, user_agent, language, query, address_network
FROM clicks
WHERE ($click_id IS NULL OR (id_tail IN (SELECT unnest($tails)) AND click_id = $click_id))
ORDER BY at_ms DESC, click_id
LIMIT $limit
