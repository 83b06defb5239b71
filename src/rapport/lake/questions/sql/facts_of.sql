-- What does the lake know of these clicks?
SELECT
    click_id, at_ms, link_id, bot, framed, test, reason, crawler, country, device,
    sub1, sub2, sub3, sub4, sub5, sub6, sub7, sub8, sub9, sub10,
    placement, channel, creative, browser, language, referrer, referrer_host
FROM clicks
WHERE id_tail IN (SELECT unnest($tails))
    AND click_id IN (SELECT unnest($click_ids))
