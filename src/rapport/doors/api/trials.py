"""Tests through the real doors by API: send one, and read how far each came and what it would have earned."""

from http import HTTPStatus
from typing import cast

from django.http import HttpRequest, JsonResponse
from ninja import Router, Schema
from ninja.params import functions as params

from rapport.apps.identity.rights import Capability, find
from rapport.apps.outages.queries import trials_of
from rapport.apps.programs.queries import all_programs
from rapport.domain.money import format_amount
from rapport.doors.access import Request, allow
from rapport.doors.api.problems import Problem
from rapport.flows.alive.tasks import send_trial as send_ordered
from rapport.flows.alive.telling import ToldTrial, told_trials
from rapport.flows.alive.trials import order_trial
from rapport.flows.answers import Answer, answer_once
from rapport.flows.offers import find_offer
from rapport.kit.clock import now

MOST = 20
REFUSALS = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}
_KEY: str = params.Header("", alias="Idempotency-Key", max_length=255)

router = Router(tags=["trials"])


class TrialBody(Schema):
    """Which program is to be tried; may be left out where the key has one alone."""

    program: str = ""


class TrialSent(Schema):
    """A test is on its way."""

    id: str
    program: str


class TrialOut(Schema):
    """How far a test came: the words are empty until something is seen; nothing of it is ever booked."""

    id: str
    sent_at: str
    click_id: str
    click_recorded: bool
    order: str
    order_arrived: bool
    refund_arrived: bool
    would_earn: str
    currency: str
    why: str
    problem: str


@router.post("/trials", response={202: TrialSent, **REFUSALS})
@allow(Capability.CONVERSION_REPORT)
def send_trial(request: HttpRequest, payload: TrialBody, idempotency_key: str = _KEY) -> JsonResponse:
    """Send a test click and a test order through the real doors; read the trials of the program to see them arrive."""
    actor = cast("Request", request).actor

    def answer() -> Answer:
        program = find_offer(payload.program, by=actor).program
        trial = order_trial(program, by=actor, at=now())
        send_ordered.enqueue(trial_id=trial.id)
        return Answer(HTTPStatus.ACCEPTED, {"id": trial.id, "program": program.id})

    asked = {"path": request.path, "body": payload.model_dump(mode="json")}
    answered = answer_once(scope=str(actor), key=idempotency_key, request=asked, at=now(), answer=answer)
    return JsonResponse(answered.body, status=answered.status)


@router.get("/programs/{program_id}/trials", response={200: list[TrialOut], **REFUSALS})
@allow(Capability.CONVERSION_READ)
def read_trials(request: HttpRequest, program_id: str) -> JsonResponse:
    """Return the newest tests of a program."""
    found = find(cast("Request", request).actor, Capability.CONVERSION_READ, all_programs(), pk=program_id)
    told = told_trials(trials_of(found.id), most=MOST, at=now())
    return JsonResponse([_shown(one, found.currency) for one in told], safe=False)


def _shown(told: ToldTrial, currency: str) -> dict[str, object]:
    one = told.followed
    return {
        "id": one.trial.id,
        "sent_at": one.trial.sent_at.isoformat(),
        "click_id": one.trial.click_id,
        "click_recorded": one.click is not None,
        "order": one.trial.order_id,
        "order_arrived": one.order is not None,
        "refund_arrived": one.refund is not None,
        "would_earn": format_amount(one.would_earn) if one.would_earn else "",
        "currency": currency,
        "why": told.why,
        "problem": one.trial.problem,
    }
