"""The address to which shops send their messages: proven, kept, answered at once."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from rapport.apps.record.errors import Refusal
from rapport.apps.shops.errors import NotProven
from rapport.apps.shops.providers.protocol import Message
from rapport.apps.shops.queries import all_shops
from rapport.doors.access import public
from rapport.flows.shops.arriving import take_message
from rapport.kit.clock import now

MOST_BYTES = 2_000_000
"""The largest message that is read; an order with a thousand lines has a third of it."""


@csrf_exempt
@require_POST
@public
def shop_hook(request: HttpRequest, shop_id: str) -> HttpResponse:
    """Take a message of a shop. 200: kept; 401: not proven; 413: too large; 422: no message of this kind of shop."""
    shop = all_shops().filter(pk=shop_id).first()
    if shop is None:
        raise Http404
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return _said("too large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        is_new = take_message(shop, Message(headers=headers, body=request.body, at=now()))
    except NotProven:
        return _said("not proven", HTTPStatus.UNAUTHORIZED)
    except Refusal as refusal:
        return _said(refusal.sentence, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _said("kept" if is_new else "known", HTTPStatus.OK)


def _said(words: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(f"{words}\n", status=status, content_type="text/plain; charset=utf-8")
