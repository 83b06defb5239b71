"""The partner's side of tax papers: what is missing stands where the money is, and is handed in there."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from rapport.apps.identity.models import Role
from rapport.apps.partners.models import Agreement
from rapport.apps.taxes import actions
from rapport.apps.taxes.inputs import RuleInput
from rapport.apps.taxes.queries import self_billing_of
from rapport.apps.taxes.vat_inputs import OverrideInput
from rapport.domain.tax import Need
from tests.make.identity import NOON, STORY, make_member
from tests.make.road import make_agreement, make_program
from tests.make.taxes import AMERICAN, PNG, ask_for, ask_for_w9, make_profile, withhold


@pytest.fixture
def anna(db: None) -> Agreement:
    return make_agreement(make_program(), name="Slow Mornings")


@pytest.fixture
def partner(anna: Agreement) -> Client:
    client = Client()
    client.force_login(make_member(anna.partner.organisation, Role.PARTNER))
    return client


def read(partner: Client, name: str, anna: Agreement) -> str:
    answer = partner.get(reverse(f"portal:{name}", args=[anna.id]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_partner_finds_the_task_and_hands_in_what_is_missing(partner: Client, anna: Agreement) -> None:
    assert "Nothing can be paid yet" not in read(partner, "home", anna)
    ask_for_w9(anna.program)
    for place in ("home", "payouts", "taxes"):
        assert "The tax profile is missing." in read(partner, place, anna), place
    address = reverse("portal:taxes", args=[anna.id])
    wrong = partner.post(address, {"what": "profile", **AMERICAN, "city": ""})
    assert (wrong.status_code, "4 Ring St" in wrong.content.decode()) == (422, True)
    assert partner.post(address, {"what": "profile", **AMERICAN}).status_code == 303
    assert "W-9 is missing." in read(partner, "home", anna)
    for content, words in ((b"MZ\x90", "Give a PDF"), (b"0" * 5_000_001, "at most 5 MB")):
        file = SimpleUploadedFile("w9.pdf", content, content_type="application/pdf")
        refused = partner.post(address, {"what": "form", "kind": "w9", "signed_on": "2026-02-03", "file": file})
        assert (refused.status_code, words in refused.content.decode()) == (422, True)
    file = SimpleUploadedFile("w9.png", PNG)
    sent = partner.post(address, {"what": "form", "kind": "w9", "signed_on": "2026-02-03", "file": file})
    assert sent.status_code == 303
    page = read(partner, "taxes", anna)
    assert "Everything that the program asks for is there." in page
    assert "/tax/forms/" not in page, "what a form holds is for finance alone"


def test_a_partner_reads_what_is_kept_back_and_why(partner: Client, anna: Agreement) -> None:
    withhold(anna, "24")
    assert "24 % of each payout is kept back for the tax office: No tax number on file" in read(partner, "taxes", anna)


def test_a_partner_agrees_that_the_program_bills_and_ends_it(partner: Client, anna: Agreement) -> None:
    make_profile(anna.program.workspace)
    ask_for(anna.program, RuleInput(needs=(Need.SELF_BILLING,)), self_billing=True)
    assert "Say first who you are." in read(partner, "taxes", anna)
    make_profile(anna.partner.organisation)
    address = reverse("portal:self-billing", args=[anna.id])
    assert partner.post(address).status_code == 303
    kept = self_billing_of(anna.id)
    assert kept is not None
    assert ("within 14 days" in kept.text, kept.actor_kind) == (True, "person")
    assert "You agreed on" in read(partner, "taxes", anna)
    assert partner.post(address, {"end": "1"}).status_code == 303
    assert self_billing_of(anna.id) is None


def test_a_partner_hands_in_the_tax_number_and_sees_its_end_alone(partner: Client, anna: Agreement) -> None:
    ask_for(anna.program, RuleInput(needs=(Need.PROFILE, Need.TAX_NUMBER)))
    assert "Your tax number" not in read(partner, "taxes", anna), "the country comes first"
    make_profile(anna.partner.organisation, AMERICAN)
    assert "The tax number is missing." in read(partner, "home", anna)
    address = reverse("portal:taxes", args=[anna.id])
    wrong = partner.post(address, {"what": "number", "kind": "ssn", "number": "12"})
    assert wrong.status_code == 422
    assert partner.post(address, {"what": "number", "kind": "ssn", "number": "536-90-4399"}).status_code == 303
    page = read(partner, "taxes", anna)
    assert ("… 399" in page, "4399" in page, "is missing" in page) == (True, False, False)


def test_a_partner_reads_how_finance_decided_on_its_vat(partner: Client, anna: Agreement) -> None:
    given = OverrideInput(treatment="outside", from_on=NOON.date(), reason="Letter of 1 May")
    actions.override_vat(partner=anna.partner, given=given, by=STORY, at=NOON)
    assert "from 2 March 2026 on: Letter of 1 May" in read(partner, "taxes", anna)
