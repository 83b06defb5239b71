"""Pages of links and codes: every tracked address of the program, new ones for a partner, QR codes, pauses, ends."""

from django.conf import settings
from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.apps.identity.rights import Capability, can
from rapport.apps.partners.models import AgreementState
from rapport.apps.partners.queries import agreements_of
from rapport.apps.programs.models import Program
from rapport.apps.record.inputs import read_input
from rapport.apps.tracking.actions import create_link, end_coupon, limit_link, switch_link
from rapport.apps.tracking.inputs import CouponInput, LimitsInput, LinkInput
from rapport.apps.tracking.models import Link
from rapport.apps.tracking.queries import (
    address_of,
    cap_of,
    clicks_today,
    coupons_of_program,
    how_full,
    limits_of,
    links_of_program,
)
from rapport.doors.access import Request, allow, find_or_404, given
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.forms import CouponForm, LimitsForm, LinkForm
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paging import Page, page_of
from rapport.doors.console.partners import RECENT
from rapport.doors.ui.caps import cap_words
from rapport.doors.ui.days import days, moments
from rapport.doors.ui.qr import qr_file
from rapport.flows.codes import give_code
from rapport.kit.clock import now, to_ms
from rapport.lake.questions import Filter, GroupRow, lake_at

MOST_LINKS = 100_000
NO_VISITS = GroupRow("", gross=0, net=0, bots=0, framed=0)


@require_safe
@allow(Capability.LINK_READ)
def links(request: Request, program_id: str) -> HttpResponse:
    """Show the links, newest first, with their visits of thirty days, and the codes; `?partner=` those of one."""
    program = program_or_404(request, program_id)
    rows, coupons = links_of_program(program.id), coupons_of_program(program.id)
    agreement = request.GET.get("partner", "")
    if agreement:
        rows, coupons = rows.filter(agreement_id=agreement), coupons.filter(agreement_id=agreement)
    page: Page[Link] = page_of(rows, request)
    visits, at = _visits(program, agreement), now()
    return program_page(
        request,
        "links/list.html",
        program=program,
        page=page,
        rows=[(link, visits.get(link.id, NO_VISITS), how_full(link, at=at)) for link in page.rows],
        coupons=coupons,
        agreement=agreements_of(program.id).filter(pk=agreement).first() if agreement else None,
        at=at,
        may_write=can(request.actor, Capability.LINK_WRITE, program),
    )


@require_safe
@allow(Capability.LINK_READ)
def link(request: Request, program_id: str, link_id: str) -> HttpResponse:
    """Show one link: its address to share, its visits of thirty days."""
    program = program_or_404(request, program_id)
    row = find_or_404(request, links_of_program(program.id), pk=link_id)
    about = Filter(program_id=program.id, link_id=row.id, from_ms=to_ms(now() - RECENT))
    return program_page(
        request,
        "links/one.html",
        program=program,
        link=row,
        address=address_of(row),
        limits=limits_of(row),
        cap=cap_of(row),
        cap_words=cap_words(cap_of(row).by_program),
        own_cap_words=cap_words(cap_of(row).by_partner),
        full=how_full(row, at=now()),
        counted_today=clicks_today(cap_of(row), at=now()),
        visits=lake_at(settings.LAKE_FOLDER).totals(about),
        may_write=can(request.actor, Capability.LINK_WRITE, program),
    )


@require_safe
@allow(Capability.LINK_READ)
def link_qr(request: Request, program_id: str, link_id: str) -> HttpResponse:
    """Give the QR code of a link as an SVG file."""
    program = program_or_404(request, program_id)
    row = find_or_404(request, links_of_program(program.id), pk=link_id)
    answer = HttpResponse(qr_file(address_of(row)), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'attachment; filename="{row.code}.svg"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.LINK_WRITE)
def link_new(request: Request, program_id: str) -> HttpResponse:
    """Make a link for a partner."""
    program = program_or_404(request, program_id)
    form = LinkForm(given(request), initial={"agreement": request.GET.get("partner", "")})
    form.offer(_active(program))
    made: list[Link] = []

    def act() -> None:
        told = dict(form.cleaned_data)
        agreement_id, sub1 = told.pop("agreement"), told.pop("sub1")
        chosen = moments(program.zone, starts_on=told.pop("starts_on"), ends_on=told.pop("ends_on"))
        wish = read_input(LinkInput, {**told, **chosen, "subs": {"sub1": sub1}})
        made.append(create_link(agreement_id=agreement_id, given=wish, by=request.actor, at=now()))

    if request.method == "POST" and succeeded(form, act):
        return done(request, _("The link leads on within seconds."), name="link", at=(program.id, made[0].id))
    return _form_page(request, program, form, heading=_("Make a link"))


@require_POST
@allow(Capability.LINK_WRITE)
def link_switch(request: Request, program_id: str, link_id: str) -> HttpResponse:
    """Pause a link, or let it lead on again (`active=1`)."""
    program = program_or_404(request, program_id)
    row = find_or_404(request, links_of_program(program.id), pk=link_id)
    active = request.POST.get("active") == "1"
    switch_link(link_id=row.id, active=active, by=request.actor, at=now())
    words = _("The link leads on again.") if active else _("The link is paused: it leads to the fallback page.")
    return done(request, words, name="link", at=(program.id, row.id))


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.LINK_WRITE)
def link_limits(request: Request, program_id: str, link_id: str) -> HttpResponse:
    """Say when a link leads on, how often, and where to otherwise."""
    program = program_or_404(request, program_id)
    row = find_or_404(request, links_of_program(program.id), pk=link_id)
    form = LimitsForm(given(request), initial=_said(program, row))

    def act() -> None:
        told = dict(form.cleaned_data)
        chosen = moments(program.zone, starts_on=told.pop("starts_on"), ends_on=told.pop("ends_on"))
        wish = read_input(LimitsInput, {**told, **chosen})
        limit_link(link_id=row.id, given=wish, by=request.actor, at=now())

    if request.method == "POST" and succeeded(form, act):
        return done(request, _("The link keeps to it within seconds."), name="link", at=(program.id, row.id))
    return _form_page(request, program, form, heading=_("Limit the link"))


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.LINK_WRITE)
def coupon_new(request: Request, program_id: str) -> HttpResponse:
    """Give a code to a partner."""
    program = program_or_404(request, program_id)
    form = CouponForm(given(request), initial={"agreement": request.GET.get("partner", "")})
    form.offer(_active(program))

    def act() -> None:
        told = form.cleaned_data
        chosen = moments(program.zone, starts_on=told["starts_on"], ends_on=told["ends_on"])
        wish = read_input(CouponInput, {"code": told["code"], **chosen})
        give_code(agreement_id=told["agreement"], given=wish, by=request.actor, at=now())

    if request.method == "POST" and succeeded(form, act):
        words = _("The code %(code)s counts.") % {"code": form.cleaned_data["code"].upper()}
        return done(request, words, name="links", at=(program.id,))
    return _form_page(request, program, form, heading=_("Give a code"))


@require_POST
@allow(Capability.LINK_WRITE)
def coupon_end(request: Request, program_id: str, coupon_id: str) -> HttpResponse:
    """Let a code end now."""
    program = program_or_404(request, program_id)
    row = find_or_404(request, coupons_of_program(program.id), pk=coupon_id)
    end_coupon(coupon_id=row.id, by=request.actor, at=now())
    words = _("The code %(code)s has ended; orders before this moment keep counting.") % {"code": row.code}
    return done(request, words, name="links", at=(program.id,))


def _visits(program: Program, agreement_id: str) -> dict[str, GroupRow]:
    about = Filter(program_id=program.id, agreement_id=agreement_id or None, from_ms=to_ms(now() - RECENT))
    return {group.key: group for group in lake_at(settings.LAKE_FOLDER).clicks_by(about, "link", limit=MOST_LINKS)}


def _active(program: Program) -> list[tuple[str, str]]:
    """Return the partners that may get links and codes."""
    agreements = agreements_of(program.id).filter(state=AgreementState.ACTIVE)
    return [(row.id, row.partner.name) for row in agreements]


def _said(program: Program, row: Link) -> dict[str, object]:
    """Return limits as they are given: days of the program's zone, the last one included, and the program's own cap."""
    limits, cap = limits_of(row), cap_of(row).by_program
    chosen = days(program.zone, starts_at=limits.starts_at, ends_at=limits.ends_at)
    clicks = {"clicks_per_day": cap.per_day, "clicks_in_total": cap.in_total}
    return {**chosen, **clicks, "fallback_url": limits.fallback_url}


def _form_page(request: Request, program: Program, form: Form, *, heading: str) -> HttpResponse:
    status = 422 if form.errors else 200
    return program_page(request, "links/new.html", program=program, form=form, heading=heading, status=status)
