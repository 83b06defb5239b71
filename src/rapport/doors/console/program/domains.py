"""Pages of a program's own names: which record to add, whether it is there, and which name links show."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from rapport.apps.identity.rights import Capability, can
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import Refusal
from rapport.apps.record.inputs import read_input
from rapport.apps.tracking.domains import add_domain, remove_domain, show_in_links
from rapport.apps.tracking.inputs import DomainInput
from rapport.apps.tracking.models import DomainState
from rapport.apps.tracking.queries import domains_of
from rapport.doors.access import Request, allow, find_or_404, given, show_refusal
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.program.pages import lead_to
from rapport.flows.domains import check_domain, edge_host, records_of_settings
from rapport.kit.clock import now


class DomainForm(forms.Form):
    """A name of one's own."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=253,
        help_text=gettext_lazy("A name of your own that serves nothing else, such as go.shop.example."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PROGRAM_READ, post=Capability.PROGRAM_WRITE)
def domains(request: Request, program_id: str) -> HttpResponse:
    """Show the names of a program with the records to add; add one."""
    program = program_or_404(request, program_id)
    form = DomainForm(given(request))
    if request.method == "POST" and form.is_valid() and _added(request, program, form):
        messages.success(request, _("Add its two records now, then check."))
        return lead_to("domains", program)
    return program_page(
        request,
        "program/domains.html",
        program=program,
        status=422 if form.errors else 200,
        form=form,
        domains=domains_of(program.id),
        edge=edge_host(),
        may_write=can(request.actor, Capability.PROGRAM_WRITE, program),
    )


@require_POST
@allow(Capability.PROGRAM_WRITE)
def check(request: Request, program_id: str, domain_id: str) -> HttpResponse:
    """Look for the proof of a name now."""
    program = program_or_404(request, program_id)
    row = find_or_404(request, domains_of(program.id), pk=domain_id)
    domain = check_domain(row, records=records_of_settings(), by=request.actor, at=now())
    if domain.state == DomainState.PROVEN and not domain.problem:
        messages.success(request, _("%(name)s is proven: links lead on under it in a moment.") % {"name": domain})
    else:
        messages.error(request, f"{domain}: {domain.problem}")
    return lead_to("domains", program)


@require_POST
@allow(Capability.PROGRAM_WRITE)
def show(request: Request, program_id: str, domain_id: str) -> HttpResponse:
    """Show a name in the program's links."""
    program = program_or_404(request, program_id)
    row = find_or_404(request, domains_of(program.id), pk=domain_id)
    try:
        show_in_links(domain_id=row.id, by=request.actor, at=now())
        messages.success(request, _("Links begin with %(name)s from now on.") % {"name": row})
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return lead_to("domains", program)


@require_POST
@allow(Capability.PROGRAM_WRITE)
def remove(request: Request, program_id: str, domain_id: str) -> HttpResponse:
    """Let no link lead on under a name any more."""
    program = program_or_404(request, program_id)
    row = find_or_404(request, domains_of(program.id), pk=domain_id)
    remove_domain(domain_id=row.id, by=request.actor, at=now())
    messages.success(request, _("No link leads on under %(name)s any more.") % {"name": row})
    return lead_to("domains", program)


def _added(request: Request, program: Program, form: DomainForm) -> bool:
    try:
        wanted = read_input(DomainInput, form.cleaned_data)
        add_domain(program_id=program.id, given=wanted, by=request.actor, at=now())
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True
