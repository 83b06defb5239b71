"""Read what mail servers write back: delivery reports (RFC 3464) and complaints (RFC 5965), whatever else comes along.

A pure reading of bytes; which of them change what, the actions decide.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from rapport.apps.delivery.envelope import mail_id_in
from rapport.apps.delivery.models import ReportKind

_COMPLAINTS = frozenset({"abuse", "fraud", "virus", "other", "opt-out"})
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
# Where a message names the mail it is about: first the address it was sent to, last the headers of the mail itself.
_OUTER = ("X-Original-To", "Delivered-To", "Envelope-To", "To", "X-Failed-Recipients")
_INNER = ("Original-Envelope-Id", "Original-Mail-From", "Message-ID", "Return-Path")
_LONGEST_WORDS = 250


@dataclass(frozen=True, slots=True)
class Returned:
    """What one message says of which mail; `digest` makes the same message the same."""

    digest: str
    mail_id: str
    kind: ReportKind
    status: str
    words: str

    @property
    def blames_address(self) -> bool:
        """Say whether the address does not exist (RFC 3463: 5.1.x) or was closed (5.2.1); a full box may have room."""
        return self.kind == ReportKind.BOUNCE and (self.status.startswith("5.1.") or self.status == "5.2.1")


def read_returned(raw: bytes) -> Returned | None:
    """Return what a message reports of which mail, or nothing: absence notes and answers of people report nothing."""
    message = message_from_bytes(raw)
    found = _delivery(message) or _complaint(message)
    mail_id = _mail_id(message)
    if found is None or not mail_id:
        return None
    kind, status, words = found
    return Returned(hashlib.sha256(raw).hexdigest(), mail_id, kind, status, words[:_LONGEST_WORDS])


def _delivery(message: Message) -> tuple[ReportKind, str, str] | None:
    """Read the fields about the reader: the action says whether it failed, the status whether for good."""
    for fields in _blocks(message, "message/delivery-status"):
        action = _field(fields, "Action").lower()
        if action not in {"failed", "delayed"}:
            continue
        words = _field(fields, "Diagnostic-Code").partition(";")[2].strip() or _field(fields, "Diagnostic-Code")
        status = _exact_status(_field(fields, "Status"), words)
        final = action == "failed" and not status.startswith("4.")
        return (ReportKind.BOUNCE if final else ReportKind.DELAY), status, words
    return None


def _exact_status(status: str, words: str) -> str:
    """Return the status; where it says no more than that it failed, the one that the server's own words carry."""
    told = _STATUS.search(status)
    if told and not told[1].endswith(".0.0"):
        return told[1]
    inside = _STATUS.search(words)
    if inside:
        return inside[1]
    if words.startswith(("550", "551", "553")):
        return "5.1.1"  # what the old code says of the address; see RFC 5321, 4.2.3
    return told[1] if told else ""


def _complaint(message: Message) -> tuple[ReportKind, str, str] | None:
    for fields in _blocks(message, "message/feedback-report"):
        kind = _field(fields, "Feedback-Type").lower()
        if kind in _COMPLAINTS:
            return ReportKind.COMPLAINT, "", f"{kind} ({_field(fields, 'User-Agent') or 'unnamed'})"
    return None


def _blocks(message: Message, kind: str) -> Iterator[Message]:
    """Yield the blocks of fields of a report; a delivery report has one for the server and one for each reader."""
    for part in message.walk():
        if part.get_content_type() != kind:
            continue
        payload = part.get_payload()
        if isinstance(payload, list):
            yield from (block for block in payload if isinstance(block, Message))
        else:
            yield message_from_bytes(part.get_payload(decode=True) or b"")  # type: ignore[arg-type]  # bytes, asked for so


def _mail_id(message: Message) -> str:
    named = [message.get_all(name, []) for name in _OUTER]
    for part in message.walk():
        if part is not message:
            named += [part.get_all(name, []) for name in _INNER]
            if part.get_content_type() == "text/rfc822-headers":
                headers = message_from_bytes(part.get_payload(decode=True) or b"")  # type: ignore[arg-type]  # see above
                named += [headers.get_all(name, []) for name in _INNER]
    ids = (mail_id_in(str(text)) for texts in named for text in texts)
    return next((one for one in ids if one), "")


def _field(fields: Message, name: str) -> str:
    return " ".join(str(fields.get(name, "")).split())
