"""The road of an order that a page tells of, by script or by image: whose page? → write down → wait for the disk.

Anybody can imitate a page, so nothing here is proven: the worker keeps it as unconfirmed.
"""

import asyncio
from functools import partial
from urllib.parse import urlsplit

from rapport.edge import answers, page, postback, report
from rapport.edge.answers import Answer
from rapport.edge.gif import gif
from rapport.edge.pace import Pace
from rapport.edge.page import Page
from rapport.edge.reasons import Refusal
from rapport.edge.report import PostbackRefused
from rapport.edge.request import Request
from rapport.edge.station import Station
from rapport.wire.events import PostbackEvent
from rapport.wire.linkbook import ProgramEntry

_NOT_KEPT = frozenset({"program", "consent", *report.TOKEN_NAMES})  # a secret in a page is none, and is not stored
_CLICKS = frozenset({"click_id", "click_ids", "rpid"})


def take_sale(request: Request, station: Station, *, pace: Pace) -> "Answer | asyncio.Future[Answer]":
    """Write an order down that a script tells of, and answer with its receipt."""
    asker = page.read(request, station)
    if asker is None:
        return _foreign(station)
    taken = _taken(request, asker.program, station, pace, render=partial(_as_data, asker))
    return page.readable(asker, taken) if isinstance(taken, Answer) else taken


def take_image(request: Request, station: Station, *, pace: Pace) -> "Answer | asyncio.Future[Answer]":
    """Write an order down that an image's address tells of, and answer with a dot."""
    program = page.of_program(request, station)
    referrer = request.header(b"referer")
    if program is None or (referrer and not page.is_own(urlsplit(referrer).netloc.lower(), program.hosts)):
        return _foreign(station)
    return _taken(request, program, station, pace, render=_as_image)


def _foreign(station: Station) -> Answer:
    station.counters.postbacks[Refusal.FOREIGN_PAGE] += 1
    return answers.problem(403, "This page is on no host of the program.", field="program")


def _taken(
    request: Request, program: ProgramEntry, station: Station, pace: Pace, *, render: postback.Render
) -> "Answer | asyncio.Future[Answer]":
    if not pace.allows(request.address, program_id=program.program_id, at_ms=station.clock_ms()):
        sentence = "Too many orders came from this address, or for this program, within a minute."
        return postback.refuse(PostbackRefused(Refusal.TOO_MANY, sentence), station)
    try:
        event = _event(request, program, station)
        station.journal.write(event)
    except PostbackRefused as refused:
        return postback.refuse(refused, station)
    return postback.acknowledge_when_synced(event, station, render=render)


def _event(request: Request, program: ProgramEntry, station: Station) -> PostbackEvent:
    """Return the event, with the clicks that the browser keeps where the page names none."""
    said = report.read(request)
    for name in _NOT_KEPT & said.params.keys():
        del said.params[name]
    known = page.remembered(request, program)
    if known and not any(said.params.get(name) for name in _CLICKS):
        said.params["click_ids"] = ",".join(known)
    return postback.event_of(request, said, at_ms=station.clock_ms(), program=program, auth="none")


def _as_data(asker: Page, event: PostbackEvent) -> Answer:
    return page.data(asker, {"receipt": event.receipt_id})


def _as_image(event: PostbackEvent) -> Answer:
    del event
    return gif()
