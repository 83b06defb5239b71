"""Try terms on the past by API: order a replay, and read what it came to."""

from http import HTTPStatus
from typing import Any, cast

from django.http import HttpRequest, JsonResponse
from ninja import Router
from ninja.params import functions as params

from rapport.apps.identity.rights import Capability, find
from rapport.apps.programs.errors import TermsProblems
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import all_programs
from rapport.apps.replays.queries import all_replays
from rapport.domain.terms import Problems, Terms, parse
from rapport.doors.access import Request, allow
from rapport.doors.api.conversions import REFUSALS
from rapport.doors.api.replay_shapes import ReplayBody, ReplayOrdered, ReplayOut
from rapport.flows.answers import Answer, answer_once
from rapport.flows.replaying.asked import Asked, last_year
from rapport.flows.replaying.ordering import order_replay
from rapport.flows.replaying.telling import told_replay
from rapport.kit.clock import now

router = Router(tags=["replays"])

_KEY: str = params.Header("", alias="Idempotency-Key", max_length=255)


@router.post("/replays", response={202: ReplayOrdered, **REFUSALS})
@allow(Capability.TERMS_WRITE)
def order(request: HttpRequest, payload: ReplayBody, idempotency_key: str = _KEY) -> JsonResponse:
    """Try terms on the past; nothing is booked, and nobody is told."""
    actor = cast("Request", request).actor

    def answer() -> Answer:
        program = find(actor, Capability.TERMS_WRITE, all_programs(), pk=payload.program)
        replay = order_replay(_asked(program, payload), by=actor, at=now())
        return Answer(HTTPStatus.ACCEPTED, {"id": replay.id, "program": program.id, "state": replay.state})

    asked = {"path": request.path, "body": payload.model_dump(mode="json")}
    answered = answer_once(scope=str(actor), key=idempotency_key, request=asked, at=now(), answer=answer)
    return JsonResponse(answered.body, status=answered.status)


@router.get("/replays/{replay_id}", response={200: ReplayOut, **REFUSALS})
@allow(Capability.PROGRAM_READ)
def read(request: HttpRequest, replay_id: str) -> JsonResponse:
    """Return how far a replay is, and what it came to."""
    row = find(cast("Request", request).actor, Capability.PROGRAM_READ, all_replays(), pk=replay_id)
    return JsonResponse(told_replay(row))


def _asked(program: Program, payload: ReplayBody) -> Asked:
    first_on, last_on = last_year(program, at=now())
    return Asked(
        program=program,
        terms=_terms(program, payload.terms),
        first_on=payload.first_on or first_on,
        last_on=payload.last_on or last_on,
        partners=tuple(dict.fromkeys(payload.partners)),
        own_too=payload.own_too,
    )


def _terms(program: Program, document: dict[str, Any] | None) -> Terms:
    read_ = parse(program.draft.document if document is None else document, currency=program.currency)
    if isinstance(read_, Problems):
        raise TermsProblems({f"terms.{problem.path}".rstrip("."): problem.sentence for problem in read_})
    return read_
