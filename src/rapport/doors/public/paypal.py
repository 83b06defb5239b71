"""PayPal's messages say that something happened; what it was is asked for, so nothing in them is believed."""

import hmac
import json
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from rapport.apps.payouts.actions import look_soon
from rapport.apps.payouts.hooks import hook_of_program
from rapport.doors.access import public
from rapport.flows.paying_jobs import look_at_calls
from rapport.kit.clock import now

_MOST_BYTES = 200_000


@csrf_exempt
@require_POST
@public
def hook(request: HttpRequest, program_id: str, secret: str) -> HttpResponse:
    """Take in that something happened to a call; 404 for whoever does not know the address."""
    if not hmac.compare_digest(hook_of_program(program_id).encode(), secret.encode()):
        raise Http404(_("There is nothing here."))
    batch_id = _batch_of(request.body) if len(request.body) <= _MOST_BYTES else None
    if batch_id is None:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    if batch_id and look_soon(batch_id=batch_id, program_id=program_id, at=now()):
        look_at_calls.enqueue()
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _batch_of(body: bytes) -> str | None:
    """Return which call a message is about; nothing where it names none, None where it cannot be read."""
    try:
        resource = json.loads(body)["resource"]
        header = resource.get("batch_header") or {}
        return str(resource.get("payout_batch_id") or header.get("payout_batch_id") or "")[:64]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
