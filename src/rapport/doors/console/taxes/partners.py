"""The papers of one partner for finance: profile, forms, what is kept back."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.apps.identity.rights import Capability
from rapport.apps.partners.models import Agreement
from rapport.apps.partners.queries import agreements_of
from rapport.apps.programs.models import Program
from rapport.apps.record.inputs import read_input
from rapport.apps.taxes import actions
from rapport.apps.taxes.inputs import FormInput, ProfileInput, RateInput
from rapport.apps.taxes.models import TaxForm, TaxRate
from rapport.apps.taxes.numbers import NumberInput
from rapport.apps.taxes.queries import (
    all_forms,
    checks_of,
    forms_of,
    number_of,
    profile_of,
    rate_of,
    self_billing_of,
    standing_of,
    tax_settings_of,
)
from rapport.apps.taxes.vat_inputs import OverrideInput
from rapport.apps.taxes.vat_queries import override_of, overrides_of
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.taxes.forms import OverrideForm, RateForm, RefuseForm
from rapport.doors.ui.taxes import form_answer, form_chosen_first, paper_forms, posted
from rapport.flows import tax_papers
from rapport.flows.explaining.vat import treatment_words
from rapport.flows.explaining.words import local_day
from rapport.flows.vat_register import ask_register as ask_register_about
from rapport.kit.clock import now


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PAYOUT_WRITE)
def partner(request: Request, program_id: str, agreement_id: str) -> HttpResponse:
    """Show a partner's papers, and take for it what `what` names: profile, number, form, rate, VAT."""
    program, agreement = _found(request, program_id, agreement_id)
    organisation_id = agreement.partner.organisation_id
    profile = profile_of(organisation_id)
    forms = paper_forms(request, profile=profile, wanted=form_chosen_first(profile))
    rate = rate_of(agreement.partner_id)
    rate_form, override_form = _rate_form(request, rate), _override_form(request, agreement)

    def enter() -> None:
        given = read_input(ProfileInput, forms.profile.cleaned_data)
        actions.enter_profile_for(agreement=agreement, given=given, by=request.actor, at=now())

    def receive() -> None:
        given = read_input(FormInput, forms.file.given)
        actions.receive_form_for(agreement=agreement, given=given, by=request.actor, at=now())

    def change_rate() -> None:
        given = read_input(RateInput, rate_form.cleaned_data)
        actions.change_rate(partner=agreement.partner, given=given, by=request.actor, at=now())

    def keep_number() -> None:
        given = read_input(NumberInput, forms.number.cleaned_data)
        actions.enter_number_for(agreement=agreement, given=given, by=request.actor, at=now())

    def decide_vat() -> None:
        given = read_input(OverrideInput, override_form.cleaned_data)
        actions.override_vat(partner=agreement.partner, given=given, by=request.actor, at=now())

    for name, form, act in (
        ("profile", forms.profile, enter),
        ("number", forms.number, keep_number),
        ("vat", override_form, decide_vat),
        ("form", forms.file, receive),
        ("rate", rate_form, change_rate),
    ):
        if posted(request, name) and succeeded(form, act):
            return done(request, _("Kept."), name="tax-papers", at=(program.id, agreement.id))
    return program_page(
        request,
        "taxes/partner.html",
        program=program,
        status=422 if rate_form.errors or override_form.errors else forms.status,
        agreement=agreement,
        profile=profile,
        checks=checks_of(profile) if profile else (),
        number=number_of(organisation_id),
        number_form=forms.number,
        override_form=override_form,
        **_vat_of(agreement),
        forms=forms_of(organisation_id),
        opens=True,
        lacks=tax_papers.lacks_in_words(agreement, at=now()),
        asked=bool(tax_settings_of(program).rules),
        rate=rate,
        self_billing=self_billing_of(agreement.id),
        profile_form=forms.profile,
        file_form=forms.file,
        rate_form=rate_form,
    )


def _rate_form(request: Request, rate: TaxRate | None) -> RateForm:
    known = {"percent": rate.percent, "reason": rate.reason} if rate else {"percent": "0"}
    return RateForm(request.POST if posted(request, "rate") else None, initial=known, auto_id="rate-%s")


def _override_form(request: Request, agreement: Agreement) -> OverrideForm:
    today = local_day(now(), agreement.program.zone)
    known = override_of(agreement.partner_id, on=today)
    return OverrideForm(request.POST if posted(request, "vat") else None, override=known, today=today)


def _vat_of(agreement: Agreement) -> dict[str, object]:
    """Return how VAT stands on what a partner bills today, and what finance decided so far."""
    words = treatment_words()
    standing = standing_of(agreement, on=local_day(now(), agreement.program.zone))
    decided = [(row, words.get(row.treatment, "")) for row in overrides_of(agreement.partner_id)]
    return {"treatment": words[standing.treatment_if_billed[0]], "overrides": decided}


@require_safe
@allow(Capability.PAYOUT_WRITE)
def form(request: Request, program_id: str, agreement_id: str, form_id: str) -> HttpResponse:
    """Show what is known of a form, and what can be done with it."""
    program, agreement, row = _found_form(request, program_id, agreement_id, form_id)
    return _form_page(request, program, agreement, row)


@require_POST
@allow(Capability.PAYOUT_WRITE)
def download(request: Request, program_id: str, agreement_id: str, form_id: str) -> HttpResponse:
    """Answer with a form as a file; who opened it when is on record."""
    program, _agreement, row = _found_form(request, program_id, agreement_id, form_id)
    content = actions.open_form(form=row, workspace_id=program.workspace_id, by=request.actor, at=now())
    return form_answer(row, content)


@require_POST
@allow(Capability.PAYOUT_WRITE)
def accept(request: Request, program_id: str, agreement_id: str, form_id: str) -> HttpResponse:
    """Note that a form was looked at and is right."""
    program, agreement, row = _found_form(request, program_id, agreement_id, form_id)
    actions.accept_form(form_id=row.id, workspace_id=program.workspace_id, by=request.actor, at=now())
    return done(request, _("Noted."), name="tax-papers", at=(program.id, agreement.id))


@require_POST
@allow(Capability.PAYOUT_WRITE)
def refuse(request: Request, program_id: str, agreement_id: str, form_id: str) -> HttpResponse:
    """Refuse a form; the partner is told why."""
    program, agreement, row = _found_form(request, program_id, agreement_id, form_id)
    refusing = RefuseForm(request.POST)

    def act() -> None:
        reason = refusing.cleaned_data["reason"]
        tax_papers.refuse_form(row, agreement, reason=reason, by=request.actor, at=now())

    if succeeded(refusing, act):
        words = _("Refused. The partner is told by mail.")
        return done(request, words, name="tax-papers", at=(program.id, agreement.id))
    return _form_page(request, program, agreement, row, refusing=refusing)


@require_POST
@allow(Capability.PAYOUT_WRITE)
def ask_register(request: Request, program_id: str, agreement_id: str) -> HttpResponse:
    """Ask VIES about the VAT id of a partner."""
    program, agreement = _found(request, program_id, agreement_id)
    check = ask_register_about(agreement, by=request.actor, at=now())
    words = _("VIES says: valid.") if check.is_valid else _("VIES says: not valid. Ask the partner.")
    return done(request, words, name="tax-papers", at=(program.id, agreement.id))


def _found(request: Request, program_id: str, agreement_id: str) -> tuple[Program, Agreement]:
    program = program_or_404(request, program_id)
    return program, find_or_404(request, agreements_of(program.id), pk=agreement_id)


def _found_form(
    request: Request, program_id: str, agreement_id: str, form_id: str
) -> tuple[Program, Agreement, TaxForm]:
    program, agreement = _found(request, program_id, agreement_id)
    rows = all_forms().filter(organisation_id=agreement.partner.organisation_id)
    return program, agreement, get_object_or_404(rows, pk=form_id)


def _form_page(
    request: Request, program: Program, agreement: Agreement, row: TaxForm, *, refusing: RefuseForm | None = None
) -> HttpResponse:
    return program_page(
        request,
        "taxes/form.html",
        program=program,
        status=422 if refusing else 200,
        agreement=agreement,
        row=row,
        counts_now=row.state in {"received", "accepted"},
        refusing=refusing or RefuseForm(),
    )
