"""A program's public page: the promise in plain words, what an order brings, and the application to join."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rapport.apps.partners.inputs import ApplicationInput
from rapport.apps.partners.queries import rules_of
from rapport.apps.programs.models import Program, ProgramState, TermsVersion
from rapport.apps.programs.queries import all_programs, coming_version, terms_of, version_in_force
from rapport.apps.record.errors import Refusal
from rapport.apps.record.inputs import read_input
from rapport.doors.access import given, public, show_refusal
from rapport.doors.public.forms import ApplicationForm
from rapport.doors.public.limits import is_too_often, slow_down
from rapport.doors.public.promises import amount_asked, examples_of, questions_of, rates_of
from rapport.doors.ui.shell import Brand, Place, public_shell
from rapport.flows import admission
from rapport.flows.service import service_clocks
from rapport.kit.clock import now

APPLICATIONS_AN_HOUR = 10


@dataclass(frozen=True, slots=True)
class Offer:
    """What a visitor is offered at a moment; without a version there is nothing to accept yet."""

    program: Program
    version: TermsVersion | None
    at: datetime

    @property
    def is_open(self) -> bool:
        """Say whether somebody may apply."""
        return self.program.state == ProgramState.OPEN and self.version is not None


@require_http_methods(["GET", "HEAD", "POST"])
@public
def program(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the program and take applications."""
    offer = _offer(slug)
    form = _form(request, offer)
    if request.method == "POST":
        if form is None:
            return _page(request, offer, form=None, status=409)
        if form.is_valid():
            if is_too_often(request, what="application", most=APPLICATIONS_AN_HOUR, at=offer.at):
                return slow_down(request)
            if _applied(offer, form):
                return _thank(slug)
    return _page(request, offer, form=form, status=422 if form and form.errors else 200)


@require_safe
@public
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what happens next to whoever has applied."""
    row = _offer(slug).program
    return render(request, "public/thanks.html", {**_shell(row), "program_row": row})


def _offer(slug: str) -> Offer:
    row = get_object_or_404(all_programs(), slug=slug)
    if row.state == ProgramState.DRAFT:
        raise Http404
    at = now()
    return Offer(row, version_in_force(row.id, at=at), at)


def _form(request: HttpRequest, offer: Offer) -> ApplicationForm | None:
    if not offer.is_open or offer.version is None:
        return None
    promise = admission.wording(offer.version, currency=offer.program.currency).splitlines()[0]
    return ApplicationForm(given(request), version=offer.version, promise=promise)


def _applied(offer: Offer, form: ApplicationForm) -> bool:
    try:
        wanted = read_input(ApplicationInput, form.given)
        admission.apply(program=offer.program, given=wanted, at=offer.at)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True


def _thank(slug: str) -> HttpResponse:
    answer = HttpResponseRedirect(reverse("public:thanks", args=[slug]))
    answer.status_code = 303
    return answer


def _page(request: HttpRequest, offer: Offer, *, form: ApplicationForm | None, status: int) -> HttpResponse:
    context = {
        **_shell(offer.program),
        "program_row": offer.program,
        "workspace": offer.program.workspace,
        "zone": offer.program.zone,
        "address": f"{settings.PUBLIC_URL}{reverse('public:program', args=[offer.program.slug])}",
        "form": form,
        "version": offer.version,
        "clocks": service_clocks(offer.program, at=offer.at),
        "answer_days": rules_of(offer.program).answer_days,
        "coming": coming_version(offer.program.id, at=offer.at),
        **(_told(request, offer, offer.version) if offer.version else {}),
    }
    return render(request, "public/program.html", context, status=status)


def _told(request: HttpRequest, offer: Offer, version: TermsVersion) -> dict[str, object]:
    """Return everything that follows from the terms in force."""
    currency, zone = offer.program.currency, offer.program.zone
    terms = terms_of(version, currency=currency)
    asked = request.GET.get("amount", "")[:32]
    order, problem = amount_asked(asked, currency=currency)
    return {
        "sentences": admission.wording(version, currency=currency).splitlines(),
        "rates": rates_of(terms),
        "questions": list(questions_of(terms)),
        "examples": examples_of(terms, order=order, zone=zone, at=offer.at),
        "amount": asked,
        "amount_problem": problem,
    }


def _shell(row: Program) -> dict[str, object]:
    here = reverse("public:program", args=[row.slug])
    return public_shell(
        brand=Brand(row.name, url=here),
        places=[
            Place(_("Terms"), f"{here}#terms"),
            Place(_("What it brings"), f"{here}#example"),
            Place(_("Join"), f"{here}#apply"),
        ],
        action=Place(_("Sign in"), reverse("account_login")),
        footer_note=row.workspace.name,
    )
