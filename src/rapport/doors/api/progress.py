"""How far the running tiers and bonuses of an agreement are, for keys of the program and of the partner."""

from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema

from rapport.apps.identity.errors import NotFound
from rapport.apps.identity.rights import Capability, scope
from rapport.apps.partners.queries import all_agreements
from rapport.domain.money import Money, format_amount
from rapport.doors.access import Request, allow
from rapport.doors.api.conversions import REFUSALS
from rapport.flows.explaining.progress import Running, running
from rapport.kit.clock import now

router = Router(tags=["agreements"])


class RunningOut(Schema):
    """One tier or bonus that counts now.

    `source` names promise and period, as the commission that it pays does. `reached` and `next_from` are numbers of
    conversions, or amounts as text; `next_from` is null once everything is reached. `pays` is what it has come to.
    """

    source: str
    name: str
    sentence: str
    reached: int | str
    next_from: int | str | None
    missing: str
    percent: int
    pays: str
    currency: str


class ProgressOut(Schema):
    """Where the tiers and bonuses of an agreement stand."""

    agreement: str
    running: list[RunningOut]


@router.get("/agreements/{agreement_id}/progress", response={200: ProgressOut, **REFUSALS})
@allow(Capability.COMMISSION_READ)
def read_progress(request: HttpRequest, agreement_id: str) -> HttpResponse:
    """Return the tiers and bonuses that count now, how far each is, and what is missing."""
    actor, rows = cast("Request", request).actor, all_agreements()
    mine = scope(actor, Capability.COMMISSION_READ, rows) | scope(actor, Capability.PORTAL_READ, rows)
    agreement = mine.filter(pk=agreement_id).first()
    if agreement is None:
        raise NotFound
    told = [_told(one) for one in running(agreement, at=now())]
    return JsonResponse({"agreement": agreement.id, "running": told})


def _told(one: Running) -> dict[str, object]:
    return {
        "source": one.source,
        "name": one.name,
        "sentence": one.sentence,
        "reached": _number(one.reached),
        "next_from": None if one.next_from is None else _number(one.next_from),
        "missing": one.missing,
        "percent": one.percent,
        "pays": format_amount(one.pays),
        "currency": one.pays.currency,
    }


def _number(told: int | Money) -> int | str:
    return format_amount(told) if isinstance(told, Money) else told
