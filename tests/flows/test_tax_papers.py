"""From a missing form to a payout: held with the reason, asked for by mail, handed in by a link, paid less tax."""

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from rapport.apps.commissions.models import Commission
from rapport.apps.delivery.models import Mail
from rapport.apps.identity.actions import add_member, end_membership
from rapport.apps.identity.errors import NotFound
from rapport.apps.identity.models import Membership, Role
from rapport.apps.ledger.actions import reverse_entry
from rapport.apps.ledger.models import Entry
from rapport.apps.ledger.queries import balances_of, balances_of_program
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.models import Payout, PayoutTax, PayoutVerdict
from rapport.apps.record.models import AuditRow
from rapport.apps.taxes.inputs import RuleInput
from rapport.apps.taxes.models import TaxProfile, TaxRequest
from rapport.apps.taxes.queries import number_of
from rapport.domain.books import AccountKind, EntryKind
from rapport.domain.money import Money
from rapport.domain.payouts import Outcome, Verdict
from rapport.domain.tax import Lack, Need
from rapport.flows.doctor import run_checks
from rapport.flows.paying import fill_run, record_outcome
from rapport.flows.payout_runs import would_be_paid
from rapport.flows.statements import Statement, lines_of_payout, statement_of
from rapport.flows.tax_links import opened_link, signed_link
from rapport.flows.tax_papers import ask_for_papers, lacks_of, refuse_form
from rapport.kit.ids import new_id
from tests.make.identity import NOON, STORY, make_person
from tests.make.payouts import AFTER_HOLD, JONAS, MARA, make_method, make_payable, make_run, make_sent_run
from tests.make.road import make_agreement, make_program, report_correction
from tests.make.taxes import AMERICAN, GERMAN, PDF, ask_for, ask_for_w9, bill_for, make_form, make_profile, withhold

pytestmark = pytest.mark.django_db
LATER = NOON + AFTER_HOLD
EVER = {"first": date(2025, 1, 1), "last": date(2030, 12, 31)}


@pytest.fixture
def anna() -> Agreement:
    """A partner with one person, a method and 120.00 due."""
    agreement = make_agreement(make_program(), name="Slow Mornings")
    person = make_person("Anna Reuter", email="anna@example.com")
    organisation = agreement.partner.organisation
    add_member(organisation_id=organisation.id, person_id=person.id, role=Role.PARTNER, by=STORY, at=NOON)
    make_payable(agreement.program, agreement, order="A-1")
    make_method(organisation)
    return agreement


def minor_of(agreement: Agreement) -> dict[AccountKind, int]:
    """Return what an agreement's accounts hold, those with nothing left out."""
    return {name.kind: minor for name, minor in balances_of([agreement.id]).items() if minor}


def withheld(agreement: Agreement) -> int:
    found = {name.kind: minor for name, minor in balances_of_program(agreement.program_id).items()}
    return found.get(AccountKind.WITHHELD_TAX, 0)


def adds_up(one: Statement) -> bool:
    return one.opening + one.earned + one.adjusted - one.taken_back - one.paid == one.closing


def problems() -> list[str]:
    """Return what the doctor finds in the data; no worker publishes links here."""
    found = [problem for check in run_checks() for problem in check.problems]
    return [problem for problem in found if "worker" not in problem]


def test_a_missing_form_holds_a_payout_until_it_is_handed_in_by_the_mailed_link(anna: Agreement) -> None:
    ask_for_w9(anna.program)
    make_profile(anna.partner.organisation, AMERICAN)
    run = make_run(anna.program)
    verdict = PayoutVerdict.objects.get(run=run)
    assert (verdict.verdict, verdict.reasons) == (Verdict.HELD, [Lack.W9])
    assert would_be_paid(anna.program, at=LATER)[0].reasons == ("W-9 is missing.",)
    mail = Mail.objects.get(recipient="anna@example.com")
    assert "W-9 is missing." in mail.body_text
    assert ask_for_papers(run, by=JONAS, at=LATER) == 0, "asked once for each run"
    fill_run(run.id, clock=lambda: LATER)
    assert Mail.objects.filter(recipient="anna@example.com").count() == 1

    link = re.search(r"/p/tax/\S+", mail.body_text)
    assert link is not None
    stranger = Client()
    page = stranger.get(link[0]).content.decode()
    assert ("W-9 is missing." in page, "Ann Reuter" in page) == (True, False)
    sent = {"what": "form", "kind": "w9", "signed_on": "2026-02-03", "file": SimpleUploadedFile("w9.pdf", PDF)}
    assert stranger.post(link[0], sent).status_code == 303
    assert lacks_of(anna, at=LATER) == ()
    payout = Payout.objects.get(run=make_sent_run(anna.program, at=LATER))
    assert payout.amount == Money(12_000, "EUR")
    assert problems() == []


def test_what_is_withheld_is_an_entry_and_comes_back_with_the_payout(anna: Agreement) -> None:
    withhold(anna, "24")
    payout = Payout.objects.get(run=make_sent_run(anna.program, at=LATER))
    assert (payout.amount.minor, withheld(anna)) == (9_120, 2_880)
    assert minor_of(anna) == {AccountKind.RESERVED: 9_120}
    assert [(line.words, line.amount.minor) for line in lines_of_payout(payout, most=10)] == [
        ("Commission", 12_000),
        ("Tax withheld", -2_880),
    ]
    record_outcome(payout=payout, outcome=Outcome.SETTLED, words="R", by=MARA, at=LATER)
    told = statement_of(anna, **EVER)
    assert [line.words for line in told.lines] == ["Approved", "Tax withheld", "Paid"]
    assert (told.adjusted.minor, told.paid.minor, told.closing.minor, adds_up(told)) == (-2_880, 9_120, 0, True)
    commission = Commission.objects.get()
    assert (commission.paid_minor, minor_of(anna)) == (12_000, {AccountKind.PAID: 9_120})
    assert problems() == []

    record_outcome(payout=payout, outcome=Outcome.RETURNED, words="Closed", by=MARA, at=LATER)
    assert (withheld(anna), minor_of(anna)) == (0, {AccountKind.PAYABLE: 12_000})
    told = statement_of(anna, **EVER)
    assert (told.adjusted.minor, told.closing.minor, adds_up(told)) == (0, 12_000, True)
    assert "Withheld tax given back" in {line.words for line in told.lines}
    withhold(anna, "10", at=LATER)
    again = Payout.objects.get(run=make_sent_run(anna.program, at=LATER + timedelta(days=1)))
    assert (again.amount.minor, withheld(anna)) == (10_800, 1_200)
    assert problems() == []


def test_a_debt_is_netted_before_tax_is_withheld_and_nothing_is_paid_of_what_tax_eats(anna: Agreement) -> None:
    payout = Payout.objects.get(run=make_sent_run(anna.program, at=LATER))
    record_outcome(payout=payout, outcome=Outcome.SETTLED, words="R", by=MARA, at=LATER)
    report_correction(anna.program, at=LATER, kind="refund", external_id="r", of="A-1", total="500.00")
    withhold(anna, "33.333", at=LATER)
    make_payable(anna.program, anna, order="A-2", total="1000.00")
    second = Payout.objects.get(run=make_sent_run(anna.program, at=LATER + timedelta(days=1)))
    tax = PayoutTax.objects.get(payout=second)
    assert (tax.net_minor, tax.withheld_minor, second.amount.minor) == (6_000, 2_000, 4_000)
    assert problems() == []


def test_a_refused_form_is_told_with_a_link_and_missing_again(anna: Agreement) -> None:
    ask_for_w9(anna.program)
    make_profile(anna.partner.organisation, AMERICAN)
    form = make_form(anna.partner.organisation)
    assert lacks_of(anna, at=LATER) == ()
    refuse_form(form, anna, reason="The signature is missing", by=MARA, at=LATER)
    refuse_form(form, anna, reason="Twice", by=MARA, at=LATER)
    mail = Mail.objects.get(recipient="anna@example.com")
    assert ("The signature is missing" in mail.body_text, "/p/tax/" in mail.body_text) == (True, True)
    assert lacks_of(anna, at=LATER) == (Lack.W9,)


def test_a_mailed_link_opens_for_whom_it_was_written_and_for_nobody_else(anna: Agreement) -> None:
    link = signed_link(anna, "anna@example.com")
    opened = opened_link(link.rpartition("/")[2])
    assert (opened.agreement, opened.actor.kind) == (anna, "person")
    for broken in ("x", link.rpartition("/")[2][:-1], signed_link(anna, "eve@example.com").rpartition("/")[2]):
        with pytest.raises(NotFound):
            opened_link(broken)
        assert Client().get(reverse("public:tax-papers", args=[broken])).status_code == 404
    seat = Membership.objects.get(organisation=anna.partner.organisation)
    end_membership(membership_id=seat.id, by=STORY, at=LATER)
    with pytest.raises(NotFound):
        opened_link(link.rpartition("/")[2])


def test_everything_is_handed_in_by_a_mailed_link_with_errors_at_the_fields(anna: Agreement) -> None:
    make_profile(anna.program.workspace)
    ask_for(anna.program, RuleInput(needs=(Need.PROFILE, Need.SELF_BILLING)), self_billing=True)
    link, door = signed_link(anna, "anna@example.com"), Client()
    assert "The tax profile is missing." in door.get(link).content.decode()
    assert door.post(link, {"what": "self_billing"}).status_code == 200, "nobody agrees before saying who they are"
    wrong = door.post(link, {"what": "profile", **GERMAN, "vat_id": "DE1"})
    assert (wrong.status_code, "Slow Mornings GmbH" in wrong.content.decode()) == (422, True)
    assert door.post(link, {"what": "profile", **GERMAN}).status_code == 303
    assert TaxProfile.objects.get(organisation=anna.partner.organisation).actor_kind == "person"
    page = door.get(link).content.decode()
    assert ("agreement to self-billing is missing" in page, "Slow Mornings GmbH" in page) == (True, False)
    assert door.post(link, {"what": "self_billing"}).status_code == 303
    assert "Everything that the program asks for is there" in door.get(link).content.decode()
    assert door.post(link, {"what": "form", "kind": "w9"}).status_code == 422


def test_vat_is_paid_on_top_and_taken_back_with_what_it_was_paid_for(anna: Agreement) -> None:
    bill_for(anna)
    first = Payout.objects.get(run=make_sent_run(anna.program, at=LATER))
    assert first.amount.minor == 14_280
    record_outcome(payout=first, outcome=Outcome.SETTLED, words="R", by=MARA, at=LATER)
    assert problems() == []
    report_correction(anna.program, at=LATER, kind="refund", external_id="r", of="A-1", total="500.00")
    make_payable(anna.program, anna, order="A-2", total="1000.00")
    make_profile(anna.partner.organisation, small_business=True, at=LATER)
    second = Payout.objects.get(run=make_sent_run(anna.program, at=LATER + timedelta(days=1)))
    tax = PayoutTax.objects.get(payout=second)
    assert (tax.treatment, tax.net_minor, tax.vat_minor) == ("small_business", 6_000, -1_140)
    assert (second.amount.minor, tax.origins) == (
        4_860,
        {Commission.objects.get(conversion__external_id="A-1").id: first.id},
    )
    record_outcome(payout=second, outcome=Outcome.SETTLED, words="R", by=MARA, at=LATER + timedelta(days=2))
    told = statement_of(anna, **EVER)
    assert {"VAT", "VAT taken back"} <= {line.words for line in told.lines}
    assert (adds_up(told), told.closing.minor, problems()) == (True, 0, [])


def test_the_doctor_finds_taxes_that_are_not_booked(anna: Agreement) -> None:
    withhold(anna, "24")
    payout = Payout.objects.get(run=make_sent_run(anna.program, at=LATER))
    entry = Entry.objects.get(subject=payout.id, kind=EntryKind.WITHHELD)
    reverse_entry(entry_id=entry.id, mirror_id=new_id("ent", at=LATER), reason="story", by=MARA, at=LATER)
    assert f"{payout.id}: the books hold other taxes than it says." in problems()


def test_whoever_was_asked_for_papers_is_on_record(anna: Agreement) -> None:
    ask_for_w9(anna.program)
    run = make_run(anna.program)
    asked = TaxRequest.objects.get()
    assert (asked.occasion, asked.lacks) == (run.id, ["tax_profile_missing"])
    trail = AuditRow.objects.get(action="tax_papers.requested")
    assert (trail.subject, trail.actor_id) == (anna.id, JONAS.id)


def test_a_run_with_a_missing_form_a_return_and_an_unknown_outcome_leaves_every_partner_in_balance(
    anna: Agreement,
) -> None:
    program = anna.program
    partners = {"Held": anna}
    for name in ("Returned", "Unknown", "Settled"):
        partners[name] = make_agreement(program, name=name)
        make_method(partners[name].partner.organisation)
        make_payable(program, partners[name])
    ask_for_w9(program)
    for agreement in partners.values():
        make_profile(agreement.partner.organisation, AMERICAN)
        withhold(agreement, "12.5")
        if agreement is not anna:
            make_form(agreement.partner.organisation)
    run = make_sent_run(program, at=LATER)
    for name in ("Settled", "Returned", "Unknown"):
        payout = Payout.objects.get(run=run, agreement=partners[name])
        if name != "Unknown":
            record_outcome(payout=payout, outcome=Outcome.SETTLED, words="R", by=MARA, at=LATER)
        if name != "Settled":
            record_outcome(payout=payout, outcome=Outcome(name.lower()), words="Told", by=MARA, at=LATER)
    found = {name: statement_of(agreement, **EVER) for name, agreement in partners.items()}
    assert all(adds_up(one) for one in found.values())
    assert {name: one.closing.minor for name, one in found.items()} == {
        "Held": 12_000,
        "Returned": 12_000,
        "Unknown": 10_500,
        "Settled": 0,
    }
    assert withheld(anna) == 3_000, "of what is on its way and of what arrived"
    assert problems() == []


def test_a_mailed_link_asks_to_sign_in_for_a_tax_number(anna: Agreement) -> None:
    make_profile(anna.partner.organisation, AMERICAN)
    ask_for(anna.program, RuleInput(needs=(Need.TAX_NUMBER,)))
    link, door = signed_link(anna, "anna@example.com"), Client()
    page = door.get(link).content.decode()
    assert ("The tax number is missing." in page, "Sign in and hand it in" in page) == (True, True)
    assert door.post(link, {"what": "number", "kind": "ssn", "number": "536-90-4399"}).status_code == 422
    assert number_of(anna.partner.organisation_id) is None
