"""Pages that connect a shop, correct what was given, change settings, disconnect; the plug-in to download."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.apps.identity.rights import Capability
from rapport.apps.programs.models import Program
from rapport.apps.shops.actions import change_settings, disconnect_shop
from rapport.apps.shops.models import Shop, ShopKind
from rapport.apps.shops.providers.woocommerce.plugin import FILE_NAME, plugin_text
from rapport.apps.shops.queries import shops_of
from rapport.doors.access import Request, allow, find_or_404, given
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.forms import Choices
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.shops.forms import FORMS, JsonForm, SettingsForm, ShopForm
from rapport.doors.console.shops.guides import guide_of
from rapport.flows.offers import load_offer
from rapport.flows.shops.ordering import order_connection, order_reconnection
from rapport.kit.clock import now


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PROGRAM_WRITE)
def connect(request: Request, program_id: str, kind: str) -> HttpResponse:
    """Show the way for one kind of shop; keep what is given and let the worker connect it."""
    program = program_or_404(request, program_id)
    form = form_of(kind, program, request)
    made: list[Shop] = []

    def act() -> None:
        made.append(order_connection(program_id=program.id, given=form.given(), by=request.actor, at=now()))

    if request.method == "POST" and not is_guess(form) and succeeded(form, act):
        return done(request, _("The shop is being asked."), name="shop", at=(program.id, made[0].id))
    return _page(request, program, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PROGRAM_WRITE)
def again(request: Request, program_id: str, shop_id: str) -> HttpResponse:
    """Correct what was given for a shop; a secret left empty stays as it is."""
    program = program_or_404(request, program_id)
    shop = find_or_404(request, shops_of(program.id), pk=shop_id)
    form = form_of(shop.kind, program, request, shop=shop)

    def act() -> None:
        order_reconnection(shop_id=shop.id, given=form.given(), by=request.actor, at=now())

    if request.method == "POST" and not is_guess(form) and succeeded(form, act):
        return done(request, _("The shop is being asked."), name="shop", at=(program.id, shop.id))
    return _page(request, program, form, shop=shop)


@require_POST
@allow(Capability.PROGRAM_WRITE)
def change(request: Request, program_id: str, shop_id: str) -> HttpResponse:
    """Change which kinds the orders are, and what codes give."""
    program = program_or_404(request, program_id)
    shop = find_or_404(request, shops_of(program.id), pk=shop_id)
    form = SettingsForm(request.POST, kinds=kinds_of(program))

    def act() -> None:
        change_settings(shop_id=shop.id, settings=form.settings(), by=request.actor, at=now())

    if succeeded(form, act):
        return done(request, _("Changed."), name="shop", at=(program.id, shop.id))
    from rapport.doors.console.shops.pages import shop_page  # noqa: PLC0415 - the page leads here, too

    return shop_page(request, program, shop, form=form)


@require_POST
@allow(Capability.PROGRAM_WRITE)
def disconnect(request: Request, program_id: str, shop_id: str) -> HttpResponse:
    """Take nothing more from a shop."""
    program = program_or_404(request, program_id)
    shop = find_or_404(request, shops_of(program.id), pk=shop_id)
    disconnect_shop(shop_id=shop.id, by=request.actor, at=now())
    return done(
        request, _("Nothing more is taken from this shop; its keys are forgotten."), name="shops", at=(program.id,)
    )


@require_safe
@allow(Capability.PROGRAM_WRITE)
def plugin(request: Request, program_id: str) -> HttpResponse:
    """Give the plug-in that keeps the click id with an order of WooCommerce."""
    program = program_or_404(request, program_id)
    answer = HttpResponse(plugin_text(parameter=program.parameter), content_type="application/x-php")
    answer["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return answer


def form_of(kind: str, program: Program, request: Request, *, shop: Shop | None = None) -> ShopForm:
    """Return the form of a kind of shop, filled with what is known of one."""
    if kind not in FORMS:
        raise Http404
    form = FORMS[kind](given(request), kinds=kinds_of(program), initial=_initial(kind, program, shop))
    for name in ("key", "secret", "signing_secret") if shop else ():
        if name in form.fields:
            form.fields[name].required = False
            form.fields[name].help_text = _("Empty: it stays as it is.")
    return form


def is_guess(form: ShopForm) -> bool:
    """Say whether fields were just found in a sample, which a person should look at before anything is kept."""
    return isinstance(form, JsonForm) and form.is_valid() and form.guessed


def kinds_of(program: Program) -> Choices:
    """Return the kinds of conversions that the terms name."""
    return [(kind, kind) for kind in sorted(load_offer(program.id).frame.kinds)]


def _initial(kind: str, program: Program, shop: Shop | None) -> dict[str, Any]:
    kinds = [name for name, _label in kinds_of(program)]
    sale = "sale" if "sale" in kinds else next(iter(kinds), "")
    standard = {"sale_kind": sale, "renewal_kind": "rebill" if "rebill" in kinds else sale}
    if shop is None:
        return {**standard, "name": ShopKind(kind).label if kind != ShopKind.JSON else ""}
    known = {"name": shop.name, "address": shop.address, **shop.settings}
    return {**standard, **known, **known.get("profile", {})}


def _page(request: Request, program: Program, form: ShopForm, *, shop: Shop | None = None) -> HttpResponse:
    return program_page(
        request,
        "shops/connect.html",
        program=program,
        status=422 if form.errors else 200,
        form=form,
        shop=shop,
        kind=form.kind,
        guide=guide_of(form.kind, program),
        is_json=isinstance(form, JsonForm),
        is_guess=is_guess(form),
    )
