"""Invoices and credit notes that the program wrote for a partner, and the partner's way to take them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rapport.apps.identity.rights import Capability
from rapport.apps.invoices.models import Invoice
from rapport.apps.invoices.queries import invoices_of_agreement, may_object
from rapport.doors.access import Request, allow, find_or_404, given
from rapport.doors.portal.forms import ObjectionForm
from rapport.doors.portal.frame import agreement_or_404, portal_page
from rapport.doors.ui.invoices import invoice_data, invoice_list, invoice_paper, invoice_shown
from rapport.doors.ui.taxes import acted
from rapport.flows import objecting
from rapport.kit.clock import now

_ON_A_PAGE = 24


@require_safe
@allow(Capability.PORTAL_READ)
def invoices(request: Request, agreement_id: str) -> HttpResponse:
    """Show them, newest first."""
    agreement = agreement_or_404(request, agreement_id)
    page = Paginator(invoices_of_agreement(agreement.id), _ON_A_PAGE).get_page(request.GET.get("page"))
    return portal_page(request, "invoices.html", agreement=agreement, page=page)


@require_safe
@allow(Capability.PORTAL_READ)
def invoices_file(request: Request, agreement_id: str) -> HttpResponse:
    """Answer with all of them for a spreadsheet."""
    agreement = agreement_or_404(request, agreement_id)
    return invoice_list("invoices", invoices_of_agreement(agreement.id))


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PORTAL_READ, post=Capability.PORTAL_WRITE)
def invoice(request: Request, agreement_id: str, invoice_id: str) -> HttpResponse:
    """Show one with what was said about it, and take an objection or another word."""
    agreement, row = agreement_or_404(request, agreement_id), _found(request, agreement_id, invoice_id)
    form, at = ObjectionForm(given(request)), now()

    def take() -> None:
        objecting.object_to(row, form.cleaned_data["body"], by=request.actor, at=at)

    if request.method == "POST" and acted(form, take):
        messages.success(request, _("Sent. The program answers here and by mail."))
        answer = HttpResponseRedirect(reverse("portal:invoice", args=[agreement.id, row.id]))
        answer.status_code = 303
        return answer
    return portal_page(
        request,
        "invoice.html",
        agreement=agreement,
        status=422 if form.errors else 200,
        may_object=may_object(row, at=at),
        form=form,
        **invoice_shown(row),
    )


@require_safe
@allow(Capability.PORTAL_READ)
def paper(request: Request, agreement_id: str, invoice_id: str) -> HttpResponse:
    """Answer with one as PDF."""
    return invoice_paper(_found(request, agreement_id, invoice_id))


@require_safe
@allow(Capability.PORTAL_READ)
def data(request: Request, agreement_id: str, invoice_id: str) -> HttpResponse:
    """Answer with one as JSON."""
    return invoice_data(_found(request, agreement_id, invoice_id))


def _found(request: Request, agreement_id: str, invoice_id: str) -> Invoice:
    agreement = agreement_or_404(request, agreement_id)
    return find_or_404(request, invoices_of_agreement(agreement.id), pk=invoice_id)
