"""Report conversions and corrections, and read what became of them."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Router
from ninja.params import functions as params
from pydantic import BaseModel

from rapport.apps.conversions.models import Door
from rapport.apps.conversions.queries import all_conversions
from rapport.apps.conversions.reading import read_conversion, read_correction
from rapport.apps.conversions.recording import Taken
from rapport.apps.identity.rights import Capability, find
from rapport.apps.record.actors import Actor
from rapport.doors.access import Request, allow
from rapport.doors.api import telling
from rapport.doors.api.problems import Problem, problem
from rapport.doors.api.shapes import ConversionBody, ConversionOut, ConversionTaken, CorrectionBody, CorrectionTaken
from rapport.flows.answers import Answer, answer_once
from rapport.flows.intake import take_conversion, take_corrections
from rapport.flows.offers import find_offer
from rapport.flows.telling import tell
from rapport.kit.clock import now

router = Router(tags=["conversions"])
REFUSALS = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 413: Problem, 422: Problem}
_STATUS = {Taken.NEW: 201, Taken.WAITING: 202, Taken.CONFLICT: 409}
_KEY: str = params.Header("", alias="Idempotency-Key", max_length=255)


@router.post("/conversions", response={200: ConversionTaken, 201: ConversionTaken, **REFUSALS})
@allow(Capability.CONVERSION_REPORT)
def report_conversion(request: HttpRequest, payload: ConversionBody, idempotency_key: str = _KEY) -> HttpResponse:
    """Report a conversion. The same report again gets the same answer; another amount for it is a conflict (409)."""
    at = now()

    def answer() -> Answer:
        offer = find_offer(payload.program, by=_actor(request))
        read = read_conversion(payload, frame=offer.frame, received_at=at)
        taken, told = take_conversion(read, offer=offer, door=Door.API, by=_actor(request), at=at)
        return Answer(_STATUS.get(taken.taken, 200), telling.taken_conversion(taken, told, offer.program))

    return _answered(request, payload, idempotency_key, at=at, answer=answer)


@router.post("/corrections", response={200: CorrectionTaken, 201: CorrectionTaken, 202: CorrectionTaken, **REFUSALS})
@allow(Capability.CONVERSION_REPORT)
def report_correction(request: HttpRequest, payload: CorrectionBody, idempotency_key: str = _KEY) -> HttpResponse:
    """Report a refund, cancellation, chargeback or amendment. Without its sale it waits for it (202)."""
    at = now()

    def answer() -> Answer:
        offer = find_offer(payload.program, by=_actor(request))
        read = read_correction(payload, frame=offer.frame, received_at=at)
        taken = take_corrections([read], offer=offer, door=Door.API, by=_actor(request), at=at)[0]
        return Answer(_STATUS.get(taken.taken, 200), telling.taken_correction(taken, offer.program))

    return _answered(request, payload, idempotency_key, at=at, answer=answer)


@router.get("/conversions/{conversion_id}", response={200: ConversionOut, **REFUSALS})
@allow(Capability.CONVERSION_READ)
def read_conversion_back(request: HttpRequest, conversion_id: str) -> HttpResponse:
    """Return a conversion as it stands."""
    found = find(_actor(request), Capability.CONVERSION_READ, all_conversions(), pk=conversion_id)
    return JsonResponse(telling.conversion(tell(found.id), found.program))


def _actor(request: HttpRequest) -> Actor:
    return cast("Request", request).actor


def _answered(
    request: HttpRequest, payload: BaseModel, key: str, *, at: datetime, answer: Callable[[], Answer]
) -> HttpResponse:
    asked = {"path": request.path, "body": payload.model_dump(mode="json")}
    answered = answer_once(scope=str(_actor(request)), key=key, request=asked, at=at, answer=answer)
    if answered.status == HTTPStatus.CONFLICT:
        sentence = _(
            "Another amount is known for this. The report is kept, and a person chooses; until then the lower counts."
        )
        response = problem(409, code="conflict", detail=sentence, more=answered.body)
    else:
        # In a fixed order: PostgreSQL keeps the fields of an answer in another one than they were written in.
        response = JsonResponse(answered.body, status=answered.status, json_dumps_params={"sort_keys": True})
    if answered.again:
        response["Idempotent-Replayed"] = "true"
    return response
