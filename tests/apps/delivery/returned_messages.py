"""Messages as mail servers send them back: Postfix, Exim, Exchange in their own words, a complaint of a provider."""

MAIL_ID = "mai_01kb2j5t7w0123456789abcdef"
BOUNCES = f"bounces+{MAIL_ID}@partners.example"

POSTFIX = f"""Return-Path: <>
X-Original-To: {BOUNCES}
Delivered-To: bounces@partners.example
Received: by mx.partners.example (Postfix) id 4F1C2A0; Mon, 2 Mar 2026 12:00:02 +0000 (UTC)
Date: Mon, 2 Mar 2026 12:00:02 +0000 (UTC)
From: MAILER-DAEMON@mx.partners.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {BOUNCES}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4F1C2A0.1772452802/mx"

--4F1C2A0.1772452802/mx
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.partners.example.

<mila@shop.example>: host mx.shop.example[192.0.2.7] said: 550 5.1.1 <mila@shop.example>:
    Recipient address rejected: User unknown (in reply to RCPT TO command)

--4F1C2A0.1772452802/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.partners.example
X-Postfix-Queue-ID: 4F1C2A0
X-Postfix-Sender: rfc822; {BOUNCES}
Arrival-Date: Mon, 2 Mar 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; mila@shop.example
Original-Recipient: rfc822;mila@shop.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.shop.example
Diagnostic-Code: smtp; 550 5.1.1 <mila@shop.example>: Recipient address
    rejected: User unknown

--4F1C2A0.1772452802/mx
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: Rapport <rapport@partners.example>
To: mila@shop.example
Subject: Welcome
Message-ID: <{MAIL_ID}@partners.example>

Hello.

--4F1C2A0.1772452802/mx--
"""

DELAYED = POSTFIX.replace("Action: failed\nStatus: 5.1.1", "Action: delayed\nStatus: 4.4.1").replace(
    "550 5.1.1", "451 4.4.1"
)
FULL_BOX = POSTFIX.replace("Status: 5.1.1", "Status: 5.2.2").replace("550 5.1.1", "552 5.2.2")

# Sent to the plain address by a server that knows no `+`: only the headers of the returned mail name it.
HEADERS_ALONE = f"""From: Mail Delivery Subsystem <mailer-daemon@provider.example>
To: bounces@partners.example
Subject: Delivery Status Notification (Failure)
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The address was not found.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; provider.example

Final-Recipient: RFC822; mila@shop.example
Action: failed
Status: 5.0.0
Diagnostic-Code: X-Other; 550 nobody of that name

--b
Content-Type: text/rfc822-headers

Message-ID: <{MAIL_ID}@partners.example>
Subject: Welcome

--b--
"""

COMPLAINT = f"""From: <feedback@provider.example>
To: <abuse@partners.example>
Subject: FW: Welcome
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1_13d.2e68ed54"

--part1_13d.2e68ed54
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

This is an email abuse report for an email message received on Mon, 2 Mar 2026 13:00:00 +0000.

--part1_13d.2e68ed54
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <{BOUNCES}>
Original-Rcpt-To: <mila@shop.example>

--part1_13d.2e68ed54
Content-Type: message/rfc822
Content-Disposition: inline

From: Rapport <rapport@partners.example>
Message-ID: <{MAIL_ID}@partners.example>
Subject: Welcome

Hello.
--part1_13d.2e68ed54--
"""

ABSENCE_NOTE = f"""From: Mila <mila@shop.example>
To: {BOUNCES}
Subject: Out of office
Auto-Submitted: auto-replied

I am on holiday.
"""
