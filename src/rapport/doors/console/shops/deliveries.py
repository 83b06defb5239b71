"""Pages of what a shop delivered: each message as it came, and what became of it."""

import json
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.identity.rights import Capability, can
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import Refusal
from rapport.apps.shops.models import DeliveryState, Shop, ShopDelivery
from rapport.apps.shops.providers.shopify.mapping import PRIVACY
from rapport.apps.shops.queries import body_of, deliveries_found, deliveries_of, shops_of
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.answers import done
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paging import Page, page_of
from rapport.doors.console.receipts import PAGES
from rapport.flows.shops.ordering import order_again
from rapport.kit.clock import now


@dataclass(frozen=True, slots=True)
class Shown:
    """A delivery with the pages of what came of it, and what was said."""

    row: ShopDelivery
    subjects: list[tuple[str, str]]
    sentences: list[str]


@require_safe
@allow(Capability.CONVERSION_READ)
def deliveries(request: Request, program_id: str, shop_id: str) -> HttpResponse:
    """Show what a shop delivered, newest first; `?state=` shows those (or `privacy`), `?id=` looks for one."""
    program, shop = _found(request, program_id, shop_id)
    rows = deliveries_of(shop.id)
    chosen, wanted = request.GET.get("state", ""), request.GET.get("id", "").strip()
    asked = rows.filter(topic__in=list(PRIVACY))
    if chosen in DeliveryState.values:
        rows = rows.filter(state=chosen)
    elif chosen == "privacy":
        rows = asked
    if wanted:
        rows = deliveries_found(rows, wanted)
    page: Page[ShopDelivery] = page_of(rows, request)
    return program_page(
        request,
        "shops/deliveries.html",
        program=program,
        shop=shop,
        page=page,
        deliveries=[shown(row) for row in page.rows],
        chosen=chosen,
        wanted=wanted,
        states=[*DeliveryState.choices, *([("privacy", _("Privacy"))] if asked.exists() else [])],
    )


@require_safe
@allow(Capability.CONVERSION_READ)
def delivery(request: Request, program_id: str, shop_id: str, delivery_id: str) -> HttpResponse:
    """Show one delivery: what came, what became of it, and why."""
    program, shop = _found(request, program_id, shop_id)
    row = find_or_404(request, deliveries_of(shop.id), pk=delivery_id)
    # Bodies name customers; whoever may not report orders sees what came of them.
    may_report = can(request.actor, Capability.CONVERSION_REPORT, program)
    return program_page(
        request,
        "shops/delivery.html",
        program=program,
        shop=shop,
        delivery=shown(row),
        body=_readable(body_of(row)) if may_report else "",
        may_report=may_report,
    )


@require_POST
@allow(Capability.CONVERSION_REPORT)
def again(request: Request, program_id: str, shop_id: str, delivery_id: str) -> HttpResponse:
    """Let a delivery be taken in once more; what it told before counts once."""
    program, shop = _found(request, program_id, shop_id)
    row = find_or_404(request, deliveries_of(shop.id), pk=delivery_id)
    try:
        order_again(row, by=request.actor, at=now())
    except Refusal as refusal:
        return done(request, refusal.sentence, name="shop-delivery", at=(program.id, shop.id, row.id))
    words = _("It is taken in again; what is known stays once.")
    return done(request, words, name="shop-delivery", at=(program.id, shop.id, row.id))


def shown(row: ShopDelivery) -> Shown:
    """Return a delivery with the pages that tell more."""
    program_id = row.shop.program_id
    subjects = [
        (subject, reverse(f"console:{PAGES[subject[:3]]}", args=[program_id, subject]))
        for subject in dict.fromkeys(one.get("subject", "") for one in row.outcomes)
        if subject[:3] in PAGES
    ]
    return Shown(row, subjects, [one["sentence"] for one in row.outcomes if one.get("sentence")])


def _found(request: Request, program_id: str, shop_id: str) -> tuple[Program, Shop]:
    program = program_or_404(request, program_id)
    return program, find_or_404(request, shops_of(program.id), pk=shop_id)


def _readable(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")
