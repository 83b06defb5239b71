"""Links of a partner: the list with its clicks, one more, one in detail, paused and resumed."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.apps.identity.rights import Capability
from rapport.apps.partners.models import Agreement
from rapport.apps.record.errors import Refusal
from rapport.apps.record.inputs import read_input
from rapport.apps.tracking.actions import create_link, limit_link, switch_link
from rapport.apps.tracking.inputs import LimitsInput, LinkInput
from rapport.apps.tracking.models import Link
from rapport.apps.tracking.queries import address_of, base_of, cap_of, how_full, limits_of, links_of, snippet_of
from rapport.doors.access import Request, allow, find_or_404, given, show_refusal
from rapport.doors.portal.forms import LimitsForm, LinkForm
from rapport.doors.portal.frame import agreement_or_404, portal_page
from rapport.doors.ui.addresses import complete
from rapport.doors.ui.caps import cap_words
from rapport.doors.ui.days import days, moments
from rapport.kit.clock import now
from rapport.lake.questions import Filter, GroupRow, lake_at

_ON_A_PAGE = 50
_NO_VISITS = GroupRow("", gross=0, net=0, bots=0, framed=0)


@require_safe
@allow(Capability.PORTAL_READ)
def links(request: Request, agreement_id: str) -> HttpResponse:
    """Show the links, newest first, with the visits of people."""
    agreement = agreement_or_404(request, agreement_id)
    page = Paginator(links_of(agreement.id), _ON_A_PAGE).get_page(request.GET.get("page"))
    counted = _counted(agreement)
    base, at = base_of(agreement.program_id), now()
    rows = [
        (link, address_of(link, base=base), counted.get(link.id, _NO_VISITS).net, how_full(link, at=at))
        for link in page
    ]
    return portal_page(request, "links.html", agreement=agreement, rows=rows, page=page)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PORTAL_READ, post=Capability.PORTAL_WRITE)
def new(request: Request, agreement_id: str) -> HttpResponse:
    """Make a link with everything that can be said about it."""
    agreement = agreement_or_404(request, agreement_id)
    form = LinkForm(given(request))
    link = _made(request, agreement, form=form) if request.method == "POST" and form.is_valid() else None
    if link:
        messages.success(request, _("Your link is ready to be shared."))
        return _to(reverse("portal:link", args=[agreement.id, link.id]))
    status = 422 if form.errors else 200
    return portal_page(request, "link_new.html", agreement=agreement, status=status, form=form)


@require_safe
@allow(Capability.PORTAL_READ)
def link(request: Request, agreement_id: str, link_id: str) -> HttpResponse:
    """Show one link: its address, code to scan, and clicks."""
    agreement = agreement_or_404(request, agreement_id)
    row = find_or_404(request, links_of(agreement.id), pk=link_id)
    totals = lake_at(settings.LAKE_FOLDER).totals(Filter(agreement_id=agreement.id, link_id=row.id))
    return portal_page(
        request,
        "link.html",
        agreement=agreement,
        link=row,
        address=address_of(row),
        limits=limits_of(row),
        cap=cap_of(row),
        cap_words=cap_words(cap_of(row).in_force),
        full=how_full(row, at=now()),
        snippet=snippet_of(row),
        totals=totals,
        not_counted=totals.bots + totals.framed,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PORTAL_READ, post=Capability.PORTAL_WRITE)
def limits(request: Request, agreement_id: str, link_id: str) -> HttpResponse:
    """Say when a link leads on, how often, and where to otherwise."""
    agreement = agreement_or_404(request, agreement_id)
    row = find_or_404(request, links_of(agreement.id), pk=link_id)
    form = LimitsForm(given(request), initial=_said(agreement, row))
    if request.method == "POST" and form.is_valid() and _limited(request, row, agreement, form=form):
        messages.success(request, _("The link keeps to it within seconds."))
        return _to(reverse("portal:link", args=[agreement.id, row.id]))
    status = 422 if form.errors else 200
    return portal_page(
        request,
        "link_limits.html",
        agreement=agreement,
        status=status,
        link=row,
        form=form,
        allowed=cap_words(cap_of(row).by_program),
    )


@require_POST
@allow(Capability.PORTAL_WRITE)
def switch(request: Request, agreement_id: str, link_id: str) -> HttpResponse:
    """Pause a link, or let it lead on again."""
    agreement = agreement_or_404(request, agreement_id)
    row = find_or_404(request, links_of(agreement.id), pk=link_id)
    active = request.POST.get("active") == "yes"
    switch_link(link_id=row.id, active=active, by=request.actor, at=now())
    words = _("The link leads on again.") if active else _("The link is paused: it earns nothing until you resume it.")
    messages.success(request, words)
    return _to(reverse("portal:link", args=[agreement.id, row.id]))


def _made(request: Request, agreement: Agreement, *, form: LinkForm) -> Link | None:
    try:
        said = form.cleaned_data
        addresses = {name: complete(said[name]) for name in ("destination", "fallback_url")}
        days = moments(agreement.program.zone, starts_on=said["starts_on"], ends_on=said["ends_on"])
        wanted = form.given | addresses | days
        wish = read_input(LinkInput, wanted)
        return create_link(agreement_id=agreement.id, given=wish, by=request.actor, at=now(), by_partner=True)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return None


def _limited(request: Request, row: Link, agreement: Agreement, *, form: LimitsForm) -> bool:
    try:
        said = form.cleaned_data
        wanted = moments(agreement.program.zone, starts_on=said["starts_on"], ends_on=said["ends_on"])
        clicks = {name: said[name] for name in ("clicks_per_day", "clicks_in_total")}
        wish = read_input(LimitsInput, {**wanted, **clicks, "fallback_url": complete(said["fallback_url"])})
        limit_link(link_id=row.id, given=wish, by=request.actor, at=now(), by_partner=True)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True


def _said(agreement: Agreement, row: Link) -> dict[str, object]:
    """Return limits as they are given: days of the program's zone, and the partner's own cap."""
    limits, cap = limits_of(row), cap_of(row).by_partner
    chosen = days(agreement.program.zone, starts_at=limits.starts_at, ends_at=limits.ends_at)
    clicks = {"clicks_per_day": cap.per_day, "clicks_in_total": cap.in_total}
    return {**chosen, **clicks, "fallback_url": limits.fallback_url}


def _counted(agreement: Agreement) -> dict[str, GroupRow]:
    groups = lake_at(settings.LAKE_FOLDER).clicks_by(Filter(agreement_id=agreement.id), "link")
    return {group.key: group for group in groups}


def _to(address: str) -> HttpResponse:
    """Lead on with 303, so that the next request is a GET."""
    answer = HttpResponseRedirect(address)
    answer.status_code = 303
    return answer
