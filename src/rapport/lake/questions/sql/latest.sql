-- Which clicks came last? Everything that is kept of each, test clicks and impressions included.
SELECT
    click_id, at_ms, program_id, agreement_id, link_id, link_number, code, reason, handed_out,
    "view", bot, framed, no_consent, test, crawler, device, country,
    sub1, sub2, sub3, sub4, sub5, sub6, sub7, sub8, sub9, sub10,
    placement, channel, destination, referrer, referrer_host, user_agent, language, query, address_network
FROM clicks
ORDER BY at_ms DESC, click_id
LIMIT $limit
