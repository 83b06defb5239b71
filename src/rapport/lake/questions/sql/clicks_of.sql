-- The clicks themselves, in the order in which they lie; test clicks and impressions included.
SELECT
    click_id, at_ms, program_id, agreement_id, link_id, link_number, code, reason, handed_out,
    "view", bot, framed, no_consent, test, repeated, data_centre, crawler, device, browser, country,
    sub1, sub2, sub3, sub4, sub5, sub6, sub7, sub8, sub9, sub10,
    placement, channel, destination, referrer, referrer_host, user_agent, language, query, address_network
FROM clicks
LIMIT $limit
