"""Who lacks which papers, and what the program asks for."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rapport.apps.identity.rights import Capability
from rapport.apps.record.inputs import read_input
from rapport.apps.taxes import actions
from rapport.apps.taxes.inputs import ProfileInput, TaxSettingsInput
from rapport.apps.taxes.queries import checks_of, profile_of, rules_of, tax_settings_of
from rapport.apps.taxes.tables import reporting
from rapport.doors.access import Request, allow, given
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.taxes.forms import PRESETS, TaxSettingsForm
from rapport.doors.ui.taxes import ProfileForm, posted
from rapport.flows.tax_standing import standing_rows
from rapport.kit.clock import now


@require_safe
@allow(Capability.PAYOUT_WRITE)
def taxes(request: Request, program_id: str) -> HttpResponse:
    """Show every partner with its papers; `?lacks=1` only those that lack something."""
    program = program_or_404(request, program_id)
    rows = standing_rows(program, at=now())
    lacking = [row for row in rows if row.lacks]
    only = request.GET.get("lacks") == "1"
    return program_page(
        request,
        "taxes/list.html",
        program=program,
        rows=(lacking if only else rows)[:500],
        lacking=len(lacking),
        only=only,
        all=len(rows),
        asked=bool(tax_settings_of(program).rules),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PAYOUT_WRITE)
def tax_settings(request: Request, program_id: str) -> HttpResponse:
    """Show and change what the program asks for, and who the workspace is (`what=profile`); `?preset=` fills it in."""
    program = program_or_404(request, program_id)
    row, profile = tax_settings_of(program), profile_of(program.workspace_id)
    asks_for_profile = posted(request, "profile")
    preset = PRESETS.get(request.GET.get("preset", ""))
    form = TaxSettingsForm(
        None if asks_for_profile else given(request),
        rules=preset[1] if preset else rules_of(row),
        self_billing=row.self_billing,
    )
    profile_form = ProfileForm(request.POST if asks_for_profile else None, profile=profile)

    def change() -> None:
        wanted = read_input(TaxSettingsInput, form.given)
        actions.change_tax_settings(program=program, given=wanted, by=request.actor, at=now())

    def enter() -> None:
        told = read_input(ProfileInput, profile_form.cleaned_data)
        actions.enter_profile(organisation_id=program.workspace_id, given=told, by=request.actor, at=now())

    if request.method == "POST":
        asked, act = (profile_form, enter) if asks_for_profile else (form, change)
        if succeeded(asked, act):
            return done(request, _("Kept."), name="tax-settings", at=(program.id,))
    return program_page(
        request,
        "taxes/settings.html",
        program=program,
        status=422 if request.method == "POST" else 200,
        form=form,
        profile=profile,
        checks=checks_of(profile) if profile else (),
        profile_form=profile_form,
        presets=[(key, words) for key, (words, _rules) in PRESETS.items()],
        reporting=reporting(),
    )
