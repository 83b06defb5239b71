"""Read what became of an acknowledged postback."""

from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from rapport.apps.conversions.queries import all_receipts
from rapport.apps.identity.rights import Capability, find
from rapport.doors.access import Request, allow
from rapport.doors.api import telling
from rapport.doors.api.conversions import REFUSALS
from rapport.doors.api.shapes import ReceiptOut

router = Router(tags=["receipts"])


@router.get("/receipts/{receipt_id}", response={200: ReceiptOut, **REFUSALS})
@allow(Capability.CONVERSION_READ)
def read_receipt(request: HttpRequest, receipt_id: str) -> HttpResponse:
    """Return what became of a postback: taken, known, conflict, waiting or refused.

    The edge acknowledges before the worker has looked: a receipt is found here a moment later, until then it is 404.
    """
    actor = cast("Request", request).actor
    return JsonResponse(telling.receipt(find(actor, Capability.CONVERSION_READ, all_receipts(), pk=receipt_id)))
