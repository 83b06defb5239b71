"""Pages of applications: who wants to join, and the decision about it."""

from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.identity.rights import Capability, can
from rapport.apps.partners.inputs import DeclineInput
from rapport.apps.partners.models import Application, ApplicationState
from rapport.apps.partners.queries import applications_of, proof_of, rules_of
from rapport.apps.programs.models import Program
from rapport.apps.record.inputs import read_input
from rapport.apps.threads.queries import messages_of
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.forms import AskForm, DeclineForm
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paging import Page, page_of
from rapport.flows import admission
from rapport.flows.letting_in import flags_of
from rapport.kit.clock import now

OPEN = (ApplicationState.RECEIVED, ApplicationState.QUESTIONS)


@require_safe
@allow(Capability.APPLICATION_READ)
def applications(request: Request, program_id: str) -> HttpResponse:
    """Show the applications, newest first; `?state=` shows those that stand there."""
    program = program_or_404(request, program_id)
    rows = applications_of(program.id)
    chosen = request.GET.get("state", "")
    if chosen in ApplicationState.values:
        rows = rows.filter(state=chosen)
    page: Page[Application] = page_of(rows, request)
    return program_page(
        request,
        "applications/list.html",
        program=program,
        page=page,
        chosen=chosen,
        states=ApplicationState.choices,
        answer_days=rules_of(program).answer_days,
    )


@require_safe
@allow(Capability.APPLICATION_READ)
def application(request: Request, program_id: str, application_id: str) -> HttpResponse:
    """Show one application with everything written about it."""
    program, row = _found(request, program_id, application_id)
    return _page(request, program, row)


@require_POST
@allow(Capability.APPLICATION_DECIDE)
def approve(request: Request, program_id: str, application_id: str) -> HttpResponse:
    """Let the applicant in."""
    program, row = _found(request, program_id, application_id)
    agreement = admission.approve(application=row, by=request.actor, at=now())
    words = _("%(name)s is a partner now; the way in is on its way by mail.") % {"name": row.organisation_name}
    return done(request, words, name="partner", at=(program.id, agreement.id))


@require_POST
@allow(Capability.APPLICATION_DECIDE)
def ask(request: Request, program_id: str, application_id: str) -> HttpResponse:
    """Ask the applicant back."""
    program, row = _found(request, program_id, application_id)
    form = AskForm(request.POST)

    def act() -> None:
        admission.ask(application=row, question=form.cleaned_data["question"], by=request.actor, at=now())

    if succeeded(form, act):
        return done(request, _("Your question is on its way by mail."), name="application", at=(program.id, row.id))
    return _page(request, program, row, asking=form, status=422)


@require_POST
@allow(Capability.APPLICATION_DECIDE)
def decline(request: Request, program_id: str, application_id: str) -> HttpResponse:
    """Decline with a fixed code and a reason."""
    program, row = _found(request, program_id, application_id)
    form = DeclineForm(request.POST)

    def act() -> None:
        given = read_input(DeclineInput, form.cleaned_data)
        admission.decline(application=row, given=given, by=request.actor, at=now())

    if succeeded(form, act):
        return done(request, _("Declined; the applicant reads your reason."), name="applications", at=(program.id,))
    return _page(request, program, row, declining=form, status=422)


def _found(request: Request, program_id: str, application_id: str) -> tuple[Program, Application]:
    program = program_or_404(request, program_id)
    return program, find_or_404(request, applications_of(program.id), pk=application_id)


def _page(
    request: Request,
    program: Program,
    row: Application,
    *,
    asking: Form | None = None,
    declining: Form | None = None,
    status: int = 200,
) -> HttpResponse:
    decides = row.state in OPEN and can(request.actor, Capability.APPLICATION_DECIDE, program)
    age = (row.decided_at or now()) - row.received_at
    return program_page(
        request,
        "applications/one.html",
        program=program,
        status=status,
        application=row,
        messages_on=messages_of(row.id),
        age=age,
        share=age / admission.answer_within(program),
        decides=decides,
        proof=proof_of(row.id) if row.website else None,
        answer_by=admission.answer_by(row),
        flags=list(flags_of(row)) if row.state in OPEN else [],
        asking=asking or AskForm(),
        declining=declining or DeclineForm(),
    )
