"""Tax papers for stories, made by the real actions."""

from collections.abc import Mapping
from datetime import date, datetime

from rapport.apps.identity.models import Organisation
from rapport.apps.partners.models import Agreement
from rapport.apps.programs.models import Program
from rapport.apps.taxes import actions
from rapport.apps.taxes.inputs import FormInput, ProfileInput, RateInput, RuleInput, TaxSettingsInput
from rapport.apps.taxes.models import TaxForm, TaxFormKind, TaxProfile
from rapport.domain.tax import Need
from rapport.flows.tax_papers import self_billing_text
from tests.make.identity import NOON, STORY

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32

GERMAN: dict[str, object] = {
    "country": "DE",
    "kind": "company",
    "legal_name": "Slow Mornings GmbH",
    "street": "Ringstr. 4",
    "postcode": "10115",
    "city": "Berlin",
    "vat_id": "DE136695976",
}
AMERICAN: dict[str, object] = {
    "country": "US",
    "kind": "person",
    "legal_name": "Ann Reuter",
    "street": "4 Ring St",
    "postcode": "12207",
    "city": "Albany",
    "region": "NY",
    "vat_id": "",
}


def make_profile(
    organisation: Organisation, known: Mapping[str, object] = GERMAN, *, at: datetime = NOON, **given: object
) -> TaxProfile:
    """Let an organisation say who it is: a German company unless told otherwise."""
    wanted = ProfileInput.model_validate({**known, **given})
    return actions.enter_profile(organisation_id=organisation.id, given=wanted, by=STORY, at=at)


def make_form(
    organisation: Organisation,
    kind: TaxFormKind = TaxFormKind.W9,
    *,
    signed_on: date = date(2026, 2, 3),
    content: bytes = PDF,
    at: datetime = NOON,
) -> TaxForm:
    """Let an organisation hand in a signed form."""
    given = FormInput(kind=kind, signed_on=signed_on, content=content)
    return actions.receive_form(organisation_id=organisation.id, given=given, by=STORY, at=at)


def ask_for(program: Program, *rules: RuleInput, self_billing: bool = False, at: datetime = NOON) -> None:
    """Let a program ask for papers before it pays."""
    given = TaxSettingsInput(rules=rules, self_billing=self_billing)
    actions.change_tax_settings(program=program, given=given, by=STORY, at=at)


def ask_for_w9(program: Program, *, at: datetime = NOON) -> None:
    """Let a program ask everybody for a profile, and payees of the United States for a W-9."""
    ask_for(program, RuleInput(needs=(Need.PROFILE,)), RuleInput(where="US", needs=(Need.W9,)), at=at)


def withhold(agreement: Agreement, percent: str, *, reason: str = "No tax number on file", at: datetime = NOON) -> None:
    """Keep back a part of what a partner is paid."""
    given = RateInput(percent=percent, reason=reason)
    actions.change_rate(partner=agreement.partner, given=given, by=STORY, at=at)


def bill_for(agreement: Agreement, given: Mapping[str, object] | None = None, *, at: datetime = NOON) -> None:
    """Let a German merchant write the invoices of a partner who agreed to it; the partner's profile may be told."""
    program = agreement.program
    make_profile(program.workspace, at=at, legal_name="Marlow GmbH", vat_id="DE129273398")
    ask_for(program, self_billing=True, at=at)
    make_profile(agreement.partner.organisation, {**GERMAN, **(given or {})}, at=at)
    text = self_billing_text(agreement)
    actions.agree_to_self_billing(agreement=agreement, text=text, language="en", by=STORY, at=at)
