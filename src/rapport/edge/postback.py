"""The road of a postback: read → authenticate → write down → wait for the disk → acknowledge with a receipt.

What it means (the order, the amount, the click) is judged by the worker and shown under the receipt.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Literal

from msgspec import structs

from rapport.edge import answers, report, signature
from rapport.edge.answers import Answer
from rapport.edge.counters import TAKEN
from rapport.edge.reasons import Refusal
from rapport.edge.report import TOKEN_NAMES, PostbackRefused, Report
from rapport.edge.request import Request, clean, fields
from rapport.edge.station import Station
from rapport.kit.clock import from_ms
from rapport.kit.ids import new_id
from rapport.wire.events import PostbackEvent
from rapport.wire.linkbook import ProgramEntry

_BEARER = "bearer "
_LONGEST_AGENT = 255
_STATUS = {Refusal.UNREADABLE: 400, Refusal.UNAUTHENTIC: 401, Refusal.TOO_MANY: 429, Refusal.NOT_STORED: 503}

Render = Callable[[PostbackEvent], Answer]


def take_postback(request: Request, station: Station) -> "Answer | asyncio.Future[Answer]":
    """Write an authentic postback down and acknowledge it once it is on the disk."""
    read = _signed if signature.is_signed(request) else _with_token
    try:
        event = read(request, station, at_ms=station.clock_ms())
        station.journal.write(event)
    except PostbackRefused as refused:
        return refuse(refused, station)
    return acknowledge_when_synced(event, station, render=_as_receipt)


def _signed(request: Request, station: Station, *, at_ms: int) -> PostbackEvent:
    """Return the event of a signed body. The signature does not cover the query, so only `program` is read there."""
    program = station.book.program(fields(request.query).get("program", ""))
    message_id = None
    if program is not None and request.method == "POST":
        message_id = signature.verify(request, secrets=program.hmac_secrets, at_ms=at_ms)
    if program is None or message_id is None:
        raise PostbackRefused(
            Refusal.UNAUTHENTIC,
            "The signature does not hold. Sign `id.timestamp.body` with the program's secret and send it by POST to "
            "/pb?program=prg_… within five minutes.",
            field="webhook-signature",
        )
    event = event_of(request, report.read(request, body_only=True), at_ms=at_ms, program=program, auth="hmac")
    return structs.replace(event, message_id=message_id)


def _with_token(request: Request, station: Station, *, at_ms: int) -> PostbackEvent:
    said = report.read(request)
    tokens = [said.params.pop(name) for name in TOKEN_NAMES if name in said.params]
    token = next(filter(None, tokens), "") or _bearer(request)
    program = station.book.program_by_token(sha256(token.encode()).hexdigest()) if token else None
    if program is None:
        raise PostbackRefused(
            Refusal.UNAUTHENTIC,
            "Send the program's postback token as `token`, or in the header `Authorization: Bearer …`.",
            field="token",
        )
    return event_of(request, said, at_ms=at_ms, program=program, auth="token")


def _bearer(request: Request) -> str:
    header = request.header(b"authorization")
    return header[len(_BEARER) :].strip() if header.lower().startswith(_BEARER) else ""


def event_of(
    request: Request, said: Report, *, at_ms: int, program: ProgramEntry, auth: Literal["token", "hmac", "none"]
) -> PostbackEvent:
    """Return the event to write down of what was said, with a receipt id of its own."""
    return PostbackEvent(
        receipt_id=new_id("rcp", at=from_ms(at_ms)),
        at_ms=at_ms,
        program_id=program.program_id,
        auth=auth,
        method=request.method,
        content_type=said.content_type,
        params=said.params,
        body=said.body,
        address=request.address,
        user_agent=clean(request.header(b"user-agent"), _LONGEST_AGENT),
    )


def acknowledge_when_synced(event: PostbackEvent, station: Station, *, render: Render) -> "asyncio.Future[Answer]":
    """Answer once the event is on the disk; `render` says how."""
    answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
    station.journal.synced().add_done_callback(partial(_acknowledge, event, station, answer, render))
    return answer


def _acknowledge(
    event: PostbackEvent,
    station: Station,
    answer: "asyncio.Future[Answer]",
    render: Render,
    synced: "asyncio.Future[None]",
) -> None:
    if synced.exception() is None:
        station.counters.postbacks[TAKEN] += 1
        answer.set_result(render(event))
    else:
        answer.set_result(refuse(not_stored(), station))


def _as_receipt(event: PostbackEvent) -> Answer:
    return answers.data(200, {"receipt": event.receipt_id})


def not_stored() -> PostbackRefused:
    """Return the refusal of what the disk did not take."""
    return PostbackRefused(Refusal.NOT_STORED, "The postback could not be stored. Please send it again later.")


def refuse(refused: PostbackRefused, station: Station) -> Answer:
    """Count a refusal and answer with its reason."""
    station.counters.postbacks[refused.reason] += 1
    return answers.problem(_STATUS[refused.reason], str(refused), field=refused.field)
