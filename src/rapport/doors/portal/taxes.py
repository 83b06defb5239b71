"""The tax papers of a partner: what is missing, the profile, forms, and the agreement that the program bills."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.apps.identity.rights import Capability
from rapport.apps.partners.models import Agreement
from rapport.apps.record.inputs import read_input
from rapport.apps.taxes import actions
from rapport.apps.taxes.inputs import FormInput, ProfileInput
from rapport.apps.taxes.numbers import NumberInput
from rapport.apps.taxes.queries import (
    checks_of,
    forms_of,
    number_of,
    profile_of,
    rate_of,
    self_billing_of,
    tax_settings_of,
)
from rapport.apps.taxes.vat_queries import override_of
from rapport.doors.access import Request, allow
from rapport.doors.portal.frame import agreement_or_404, portal_page
from rapport.doors.ui.taxes import acted, form_chosen_first, paper_forms, posted
from rapport.flows.explaining.vat import override_words, treatment_words
from rapport.flows.explaining.words import local_day
from rapport.flows.tax_papers import lacks_in_words, self_billing_text
from rapport.kit.clock import now


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PORTAL_READ, post=Capability.PORTAL_WRITE)
def taxes(request: Request, agreement_id: str) -> HttpResponse:
    """Show the papers of a partner, and take a profile, a number or a form (`what` says which)."""
    agreement = agreement_or_404(request, agreement_id)
    organisation_id = agreement.partner.organisation_id
    profile = profile_of(organisation_id)
    forms = paper_forms(request, profile=profile, wanted=form_chosen_first(profile))

    def enter() -> None:
        given = read_input(ProfileInput, forms.profile.cleaned_data)
        actions.enter_profile(organisation_id=organisation_id, given=given, by=request.actor, at=now())

    def receive() -> None:
        given = read_input(FormInput, forms.file.given)
        actions.receive_form(organisation_id=organisation_id, given=given, by=request.actor, at=now())

    def keep_number() -> None:
        given = read_input(NumberInput, forms.number.cleaned_data)
        actions.enter_number(organisation_id=organisation_id, given=given, by=request.actor, at=now())

    for name, form, act in (("profile", forms.profile, enter), ("number", forms.number, keep_number)):
        if posted(request, name) and acted(form, act):
            return _done(request, agreement, _("Kept."))
    if posted(request, "form") and acted(forms.file, receive):
        return _done(request, agreement, _("Received. It counts from now on."))
    program_settings, number = tax_settings_of(agreement.program), number_of(organisation_id)
    override = override_of(agreement.partner_id, on=local_day(now(), agreement.program.zone))
    return portal_page(
        request,
        "taxes.html",
        agreement=agreement,
        status=forms.status,
        profile=profile,
        checks=checks_of(profile) if profile else (),
        number=number,
        number_form=forms.number,
        override=override_words(override) if override and override.treatment else "",
        treatment=treatment_words().get(override.treatment) if override else "",
        forms=forms_of(organisation_id),
        lacks=lacks_in_words(agreement, at=now()),
        asked=bool(program_settings.rules),
        rate=rate_of(agreement.partner_id),
        self_billing=self_billing_of(agreement.id),
        bills=program_settings.self_billing,
        billing_text=self_billing_text(agreement).splitlines(),
        profile_form=forms.profile,
        file_form=forms.file,
    )


@require_POST
@allow(Capability.PORTAL_WRITE)
def self_billing(request: Request, agreement_id: str) -> HttpResponse:
    """Agree that the program bills in the partner's name, or end it (`end`)."""
    agreement = agreement_or_404(request, agreement_id)
    if "end" in request.POST:
        actions.end_self_billing(agreement=agreement, by=request.actor, at=now())
        return _done(request, agreement, _("Ended. From now on you write the invoices."))
    actions.agree_to_self_billing(
        agreement=agreement,
        text=self_billing_text(agreement),
        language=get_language() or "en",
        by=request.actor,
        at=now(),
    )
    return _done(request, agreement, _("Agreed. Invoices and credit notes stand beside your payouts."))


def _done(request: Request, agreement: Agreement, words: str) -> HttpResponse:
    messages.success(request, words)
    answer = HttpResponseRedirect(reverse("portal:taxes", args=[agreement.id]))
    answer.status_code = 303
    return answer
