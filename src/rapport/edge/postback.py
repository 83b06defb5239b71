"""The road of a postback: read → authenticate → write down → wait for the disk → acknowledge with a receipt.

What it means (the order, the amount, the click) is judged by the worker and shown under the receipt.
"""

import asyncio
from functools import partial
from hashlib import sha256

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
from rapport.wire.journal import JournalFailing
from rapport.wire.linkbook import ProgramEntry

PATH = "/pb"

_BEARER = "bearer "
_LONGEST_AGENT = 255
_STATUS = {Refusal.UNREADABLE: 400, Refusal.UNAUTHENTIC: 401, Refusal.NOT_STORED: 503}


def take_postback(request: Request, station: Station) -> "Answer | asyncio.Future[Answer]":
    """Write an authentic postback down and acknowledge it once it is on the disk."""
    read = _signed if signature.is_signed(request) else _with_token
    try:
        event = read(request, station, at_ms=station.clock_ms())
        station.journal.write(event)
    except PostbackRefused as refused:
        return _refuse(refused, station)
    except JournalFailing:
        return _refuse(_not_stored(), station)
    return _acknowledge_when_synced(event, station)


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
    event = _event(request, report.read(request, body_only=True), at_ms=at_ms, program=program)
    return structs.replace(event, auth="hmac", message_id=message_id)


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
    return _event(request, said, at_ms=at_ms, program=program)


def _bearer(request: Request) -> str:
    header = request.header(b"authorization")
    return header[len(_BEARER) :].strip() if header.lower().startswith(_BEARER) else ""


def _event(request: Request, said: Report, *, at_ms: int, program: ProgramEntry) -> PostbackEvent:
    return PostbackEvent(
        receipt_id=new_id("rcp", at=from_ms(at_ms)),
        at_ms=at_ms,
        program_id=program.program_id,
        auth="token",
        method=request.method,
        content_type=said.content_type,
        params=said.params,
        body=said.body,
        address=request.address,
        user_agent=clean(request.header(b"user-agent"), _LONGEST_AGENT),
    )


def _acknowledge_when_synced(event: PostbackEvent, station: Station) -> "asyncio.Future[Answer]":
    answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
    station.journal.synced().add_done_callback(partial(_acknowledge, event, station, answer))
    return answer


def _acknowledge(
    event: PostbackEvent, station: Station, answer: "asyncio.Future[Answer]", synced: "asyncio.Future[None]"
) -> None:
    if synced.exception() is None:
        station.counters.postbacks[TAKEN] += 1
        answer.set_result(answers.data(200, {"receipt": event.receipt_id}))
    else:
        answer.set_result(_refuse(_not_stored(), station))


def _not_stored() -> PostbackRefused:
    return PostbackRefused(Refusal.NOT_STORED, "The postback could not be stored. Please send it again later.")


def _refuse(refused: PostbackRefused, station: Station) -> Answer:
    station.counters.postbacks[refused.reason] += 1
    return answers.problem(_STATUS[refused.reason], str(refused), field=refused.field)
