"""Pages of shops: all of a program, one with its state, its last deliveries, its codes."""

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.identity.rights import Capability, can
from rapport.apps.programs.models import Program
from rapport.apps.shops.actions import wish_again
from rapport.apps.shops.models import Shop, ShopKind, ShopState
from rapport.apps.shops.queries import (
    codes_of,
    comparisons_of,
    counts_of_deliveries,
    deliveries_of,
    shops_of,
    signing_secret_of,
)
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.answers import done
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.program.recipes import script_line
from rapport.doors.console.shops.connecting import kinds_of
from rapport.doors.console.shops.deliveries import shown
from rapport.doors.console.shops.forms import SettingsForm
from rapport.doors.console.shops.guides import guide_of
from rapport.flows.shops.coding import makes_codes
from rapport.flows.shops.connecting import hook_address
from rapport.kit.clock import now

LAST = 8


@require_safe
@allow(Capability.CONVERSION_READ)
def shops(request: Request, program_id: str) -> HttpResponse:
    """Show the shops of a program, and what can be connected."""
    program = program_or_404(request, program_id)
    return program_page(
        request,
        "shops/list.html",
        program=program,
        shops=shops_of(program.id),
        kinds=[kind for kind in ShopKind if kind != ShopKind.JSON],
        script=script_line(program),
        may_write=can(request.actor, Capability.PROGRAM_WRITE, program),
        may_report=can(request.actor, Capability.CONVERSION_REPORT, program),
    )


@require_safe
@allow(Capability.CONVERSION_READ)
def shop(request: Request, program_id: str, shop_id: str) -> HttpResponse:
    """Show one shop: whether it is connected, what it delivered lately, how it compares."""
    program = program_or_404(request, program_id)
    return shop_page(request, program, find_or_404(request, shops_of(program.id), pk=shop_id))


@require_safe
@allow(Capability.CONVERSION_READ)
def progress(request: Request, program_id: str, shop_id: str) -> HttpResponse:
    """Give whether the shop answered, as a piece of its page; when it did, let the page load again."""
    program = program_or_404(request, program_id)
    row = find_or_404(request, shops_of(program.id), pk=shop_id)
    answer = program_page(request, "shops/progress.html", program=program, shop=row)
    if row.state != ShopState.CONNECTING:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@allow(Capability.PROGRAM_WRITE)
def codes_again(request: Request, program_id: str, shop_id: str) -> HttpResponse:
    """Try the codes again that the shop did not take."""
    program = program_or_404(request, program_id)
    row = find_or_404(request, shops_of(program.id), pk=shop_id)
    wish_again(shop_id=row.id, at=now())
    return done(request, _("They are tried again."), name="shop", at=(program.id, row.id))


def shop_page(request: Request, program: Program, row: Shop, *, form: forms.Form | None = None) -> HttpResponse:
    """Render the page of a shop, with a form that was refused if there is one."""
    may_write = can(request.actor, Capability.PROGRAM_WRITE, program)
    by_hand = may_write and row.settings.get("by_hand") and row.state == ShopState.CONNECTED
    return program_page(
        request,
        "shops/one.html",
        program=program,
        status=422 if form else 200,
        shop=row,
        hook=hook_address(row),
        secret=signing_secret_of(row) if by_hand else "",
        counts=counts_of_deliveries(row.id),
        deliveries=[shown(one) for one in deliveries_of(row.id)[:LAST]],
        comparison=comparisons_of(row.id).first(),
        codes=codes_of(row.id)[:LAST],
        makes_codes=makes_codes(row),
        guide=guide_of(ShopKind(row.kind), program),
        form=form or SettingsForm(kinds=kinds_of(program), initial=row.settings),
        may_write=may_write,
        may_report=can(request.actor, Capability.CONVERSION_REPORT, program),
    )
