"""The frame of the portal: which agreement, its four places, and the other programs of the same partner."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.apps.partners.models import Agreement
from rapport.apps.partners.queries import agreements_held_by, all_agreements
from rapport.doors.access import Request, find_or_404
from rapport.doors.ui.shell import Brand, Person, Place, ProgramChoice, portal_shell


def agreement_or_404(request: Request, agreement_id: str) -> Agreement:
    """Return the agreement of this address, if it is the caller's own."""
    return find_or_404(request, all_agreements(), pk=agreement_id)


def portal_page(
    request: Request, template: str, *, agreement: Agreement, status: int = 200, **content: object
) -> HttpResponse:
    """Render one page of an agreement inside the partner's frame."""
    shell = portal_shell(
        brand=Brand(agreement.program.name, url=_address("home", agreement)),
        places=_places(agreement),
        person=Person(
            str(request.user),
            settings_url=_address("profile", agreement),
            sign_out_url=reverse("account_logout"),
        ),
        programs=_choices(request, current=agreement),
        path=request.path,
    )
    context = {**shell, "agreement": agreement, "zone": agreement.program.zone, **content}
    return render(request, f"portal/{template}", context, status=status)


def _places(agreement: Agreement) -> list[Place]:
    return [
        Place(_("Home"), _address("home", agreement), icon="house"),
        Place(_("Links"), _address("links", agreement), icon="link"),
        Place(_("Earnings"), _address("commissions", agreement), icon="wallet"),
        Place(_("Reports"), _address("reports", agreement), icon="chart-line"),
    ]


def _choices(request: Request, *, current: Agreement) -> list[ProgramChoice]:
    return [
        ProgramChoice(agreement.program.name, url=_address("home", agreement), current=agreement == current)
        for agreement in agreements_held_by(request.actor)
    ]


def _address(name: str, agreement: Agreement) -> str:
    return reverse(f"portal:{name}", args=[agreement.id])
