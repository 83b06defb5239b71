"""The terms that bind a partner, those that are offered instead, and accepting them."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.identity.rights import Capability
from rapport.apps.partners.queries import acceptance_at, acceptances_of, offered_version
from rapport.apps.programs.queries import all_versions_of
from rapport.doors.access import Request, allow
from rapport.doors.portal.frame import agreement_or_404, portal_page
from rapport.doors.ui.differences import difference
from rapport.flows.accepting import accept_offered
from rapport.flows.admission import wording
from rapport.flows.explaining.progress import running
from rapport.kit.clock import now


@require_safe
@allow(Capability.PORTAL_READ)
def terms(request: Request, agreement_id: str) -> HttpResponse:
    """Show what binds the agreement, and beside it what is offered."""
    agreement = agreement_or_404(request, agreement_id)
    at, currency = now(), agreement.program.currency
    acceptance, offered = acceptance_at(agreement.id, at=at), offered_version(agreement, at=at)
    bound = acceptance.sentence.splitlines() if acceptance else []
    coming = wording(offered, currency=currency).splitlines() if offered else []
    return portal_page(
        request,
        "terms.html",
        agreement=agreement,
        acceptance=acceptance,
        bound=bound,
        offered=offered,
        coming=coming,
        difference=difference(bound, coming) if offered else (),
        at_once=bool(offered and offered.effective_at <= at),
        running=running(agreement, at=at),
        accepted=acceptances_of(agreement.id),
    )


@require_POST
@allow(Capability.PORTAL_WRITE)
def accept(request: Request, agreement_id: str, version_id: str) -> HttpResponse:
    """Accept the offered version, in the words and the language in which it was read."""
    agreement = agreement_or_404(request, agreement_id)
    version = get_object_or_404(all_versions_of(agreement.program_id), pk=version_id)
    accept_offered(agreement=agreement, version=version, by=request.actor, at=now())
    messages.success(request, _("You accepted terms v%(number)s.") % {"number": version.number})
    answer = HttpResponseRedirect(reverse("portal:terms", args=[agreement.id]))
    answer.status_code = 303
    return answer
