"""Go through the real doors of tracking as a visitor and as a shop's server do, and ask the edge how it is."""

import hmac
import json
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from rapport.apps.delivery.outgoing import outgoing
from rapport.apps.programs.models import Program
from rapport.apps.record.actors import Actor
from rapport.apps.tracking.actions import issue_postback_secret
from rapport.apps.tracking.keys import secret_of
from rapport.apps.tracking.models import Link, PostbackSecret, PostbackWay
from rapport.apps.tracking.queries import postback_secrets_of
from rapport.kit.outgoing import Answer, Limits, NotReached, Outgoing

# The edge must take it for a person; that it is a test is said by the link's own field.
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
PATIENCE = Limits(seconds=5.0, most_bytes=65_536)
FOUND, OK, UNKNOWN_SECRET = 302, 200, 401
_WAITS_S = (0.5, 1.0, 2.0)


class DoorClosed(Exception):
    """A door of tracking did not do what it is for; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class EdgeHealth:
    """What the edge says of itself; `unrecorded` are the clicks by process, since each started."""

    answers: bool
    journal_fails: bool = False
    book_damage: str = ""
    unrecorded: Mapping[str, int] = field(default_factory=dict)


def edge_health() -> EdgeHealth:
    """Ask the edge on its own port, past every proxy; an edge that is away is an answer too."""
    try:
        answer = _way_out(settings.EDGE_HEALTH_URL).send("GET", settings.EDGE_HEALTH_URL, limits=PATIENCE)
        told = answer.json()
    except NotReached:
        return EdgeHealth(answers=False)
    return EdgeHealth(
        answers=True,
        journal_fails=told.get("journal") != "ok",
        book_damage=str(told.get("book_damage") or ""),
        unrecorded={str(name): int(count) for name, count in (told.get("unrecorded_clicks") or {}).items()},
    )


def follow_as_test(link: Link) -> str:
    """Follow a link as a visitor who says that it is a test, and return the click id; raises `DoorClosed`."""
    address = f"{settings.EDGE_URL}/c/{link.code}?rptest=1"
    answer = _patiently(
        lambda: _ask("GET", address, {"user-agent": BROWSER}), is_known=lambda answer: bool(_click_id(answer, link))
    )
    if answer.status != FOUND:
        raise DoorClosed(_("The link answers with %(status)s instead of leading on.") % {"status": answer.status})
    found = _click_id(answer, link)
    if not found:
        raise DoorClosed(_("The link leads on without a click id."))
    return found


def _click_id(answer: Answer, link: Link) -> str:
    query = parse_qs(urlsplit(answer.headers.get("location", "")).query)
    return query.get(link.agreement.program.parameter, [""])[0]


def report_as_shop(program: Program, fields: Mapping[str, str], *, message_id: str, by: Actor, at: datetime) -> str:
    """Report something as the shop's server does, signed, and return the receipt; raises `DoorClosed`."""
    body = json.dumps(dict(fields)).encode()
    secret = secret_of(_signing_secret(program, by=by, at=at))
    stamp = int(at.timestamp())
    signature = hmac.digest(secret, f"{message_id}.{stamp}.".encode() + body, "sha256")
    headers = {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": f"v1,{b64encode(signature).decode()}",
    }
    address = f"{settings.EDGE_URL}/pb?program={program.id}"
    answer = _patiently(
        lambda: _ask("POST", address, headers, content=body), is_known=lambda answer: answer.status != UNKNOWN_SECRET
    )
    if answer.status != OK:
        raise DoorClosed(_("The door for postbacks answers with %(status)s.") % {"status": answer.status})
    return str(answer.json()["receipt"])


def _patiently(ask: Callable[[], Answer], *, is_known: Callable[[Answer], bool]) -> Answer:
    """Return the edge's answer; a link or a secret made just now is known there once the next link book is out."""
    for wait_s in _WAITS_S:
        answer = ask()
        if is_known(answer):
            return answer
        time.sleep(wait_s)
    return ask()


def _signing_secret(program: Program, *, by: Actor, at: datetime) -> PostbackSecret:
    """Return a living signing secret of the program, made and told at first need."""
    rows = postback_secrets_of(program.id).filter(way=PostbackWay.HMAC, revoked_at__isnull=True)
    return rows.first() or issue_postback_secret(program_id=program.id, way=PostbackWay.HMAC, by=by, at=at).secret


def _ask(method: str, address: str, headers: Mapping[str, str], *, content: bytes = b"") -> Answer:
    try:
        return _way_out(address).send(method, address, headers=headers, content=content, limits=PATIENCE)
    except NotReached as silence:
        raise DoorClosed(_("The tracking address does not answer.")) from silence


def _way_out(address: str) -> Outgoing:
    """Return the way out, which for the operator's own tracking address may lead to this machine."""
    known = outgoing()
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Outgoing(known.loopback | {f"{parts.hostname}:{port}"}, known.resolve, known.roots)
