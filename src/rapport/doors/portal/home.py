"""The portal's home: make a link, see the money, and what is new; and the choice between several programs."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.commissions.queries import commissions_of_agreement
from rapport.apps.identity.rights import Capability
from rapport.apps.partners.models import Agreement
from rapport.apps.partners.queries import acceptance_at, agreements_held_by, offered_version, reason_of
from rapport.apps.record.errors import Refusal
from rapport.apps.record.inputs import read_input
from rapport.apps.tracking.actions import create_link
from rapport.apps.tracking.inputs import LinkInput
from rapport.apps.tracking.models import Link
from rapport.apps.tracking.queries import address_of, coupons_of, links_of
from rapport.doors.access import Request, allow
from rapport.doors.portal.frame import agreement_or_404, portal_page
from rapport.doors.ui.addresses import complete
from rapport.doors.ui.shell import focus_shell
from rapport.flows.alive.for_partners import outages_for_partners
from rapport.flows.explaining.progress import running
from rapport.flows.purse import purse_of, rows_for_partner
from rapport.flows.replying import awaited
from rapport.flows.service import service_clocks
from rapport.flows.tax_papers import lacks_in_words
from rapport.kit.clock import now

_LAST_SALES = 6


@require_safe
@allow(Capability.PORTAL_READ)
def choose(request: Request) -> HttpResponse:
    """Lead to the one agreement that a partner has, or let a partner of several programs choose."""
    agreements = list(agreements_held_by(request.actor))
    if len(agreements) == 1:
        return redirect("portal:home", agreements[0].id)
    return render(request, "portal/choose.html", focus_shell() | {"agreements": agreements})


@require_safe
@allow(Capability.PORTAL_READ)
def home(request: Request, agreement_id: str) -> HttpResponse:
    """Show the home of an agreement; a link that was just made stands on top."""
    agreement = agreement_or_404(request, agreement_id)
    made = links_of(agreement.id).filter(pk=request.GET.get("made", "")[:32]).first()
    return _page(request, agreement, made=made)


@require_POST
@allow(Capability.PORTAL_WRITE)
def make_link(request: Request, agreement_id: str) -> HttpResponse:
    """Make a link to the pasted address; the same address again shows the link it made before."""
    agreement = agreement_or_404(request, agreement_id)
    pasted = request.POST.get("address", "").strip()
    try:
        wanted = read_input(LinkInput, {"destination": complete(pasted)})
        link = create_link(agreement_id=agreement.id, given=wanted, by=request.actor, at=now())
    except Refusal as refusal:
        error = refusal.fields.get("destination", refusal.sentence)
        return _page(request, agreement, status=422, pasted=pasted, error=error)
    answer = redirect("portal:home", agreement.id)
    answer["Location"] += f"?made={link.id}"
    answer.status_code = 303
    return answer


def _page(
    request: Request,
    agreement: Agreement,
    *,
    status: int = 200,
    made: Link | None = None,
    **content: object,
) -> HttpResponse:
    at = now()
    shown = made or links_of(agreement.id).filter(active=True).first()
    acceptance = acceptance_at(agreement.id, at=at)
    coupons = [row for row in coupons_of(agreement.id) if row.ends_at is None or row.ends_at > at]
    return portal_page(
        request,
        "home.html",
        agreement=agreement,
        status=status,
        link=shown,
        link_address=address_of(shown) if shown else "",
        link_note=_("Made just now.") if made else _("Your newest link."),
        code=coupons[0].code if coupons else "",
        coupons=coupons[1:] if shown else coupons,
        purse=purse_of(agreement, at=at),
        sales=rows_for_partner(commissions_of_agreement(agreement.id)[:_LAST_SALES], at=at),
        sentences=acceptance.sentence.splitlines() if acceptance else (),
        version=acceptance.version if acceptance else None,
        offered=offered_version(agreement, at=at),
        reason=reason_of(agreement),
        awaited=awaited(agreement, at=at),
        lacks=lacks_in_words(agreement, at=at),
        running=running(agreement, at=at),
        clocks=service_clocks(agreement.program, at=at),
        outages=outages_for_partners(agreement.program, at=at),
        **content,
    )
