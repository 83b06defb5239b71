"""Published versions of the terms: publish the draft, and look at one beside another."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.identity.queries import actor_names
from rapport.apps.identity.rights import Capability
from rapport.apps.partners.queries import acceptances_of_version
from rapport.apps.programs.models import TermsVersion
from rapport.apps.programs.queries import agreement_of_own, all_versions_of, version_in_force, versions_of
from rapport.apps.record.errors import Refusal
from rapport.apps.replays.queries import reason_for_version
from rapport.doors.access import Request, allow, show_refusal
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.program.forms import PublishForm
from rapport.doors.console.program.pages import lead_to
from rapport.doors.console.program.terms import terms_page
from rapport.doors.console.program.yaml_text import write_yaml
from rapport.doors.ui.differences import difference
from rapport.doors.ui.reasons import reason_of
from rapport.flows.admission import wording
from rapport.flows.publishing import publish_draft
from rapport.kit.clock import now


@require_POST
@allow(Capability.TERMS_WRITE)
def publish(request: Request, program_id: str) -> HttpResponse:
    """Publish the draft as the next version."""
    program = program_or_404(request, program_id)
    form = PublishForm(request.POST, zone=program.zone)
    if form.is_valid():
        at = now()
        try:
            version = publish_draft(
                program=program,
                effective_at=form.cleaned_data["effective_at"] or at,
                note=form.cleaned_data["note"],
                by=request.actor,
                at=at,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Terms v%(number)s are published.") % {"number": version.number})
            return lead_to("version", program, version.number)
    return terms_page(request, program, publish_form=form, status=422)


@require_safe
@allow(Capability.PROGRAM_READ)
def version(request: Request, program_id: str, number: int) -> HttpResponse:
    """Show one version in sentences, what it changed against another, and who accepted it."""
    program = program_or_404(request, program_id)
    all_versions = versions_of(program.id)
    row = get_object_or_404(all_versions_of(program.id), number=number)
    other = _other(request, row, all_versions=list(all_versions))
    said = wording(row, currency=program.currency).splitlines()
    before = wording(other, currency=program.currency).splitlines() if other else []
    in_force = version_in_force(program.id, at=now())
    return program_page(
        request,
        "program/version.html",
        program=program,
        version=row,
        alone=agreement_of_own(row),
        is_in_force=in_force == row,
        publisher=actor_names({(row.actor_kind, row.actor_id)}).get(row.actor_id, _("the system")),
        sentences=said,
        others=[each for each in all_versions if each != row],
        other=other,
        difference=difference(before, said) if other else (),
        acceptances=acceptances_of_version(row.id),
        reason=reason_of(reason_for_version(row.id)),
        document=write_yaml(row.document),
    )


def _other(request: Request, row: TermsVersion, *, all_versions: list[TermsVersion]) -> TermsVersion | None:
    """Return the version to compare with: the one asked for, else the one before."""
    asked = request.GET.get("from", "")
    by_number = {str(each.number): each for each in all_versions if each != row}
    return by_number.get(asked) or by_number.get(str(row.number - 1))
