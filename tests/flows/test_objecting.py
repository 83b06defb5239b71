"""A partner objects to an invoice: disputed, talked about, put right by papers of the same range, never changed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.delivery.models import Mail
from rapport.apps.identity.models import Role
from rapport.apps.invoices.errors import NothingToCorrect, ObjectionDecided, ObjectionTooLate, PaperReplaced
from rapport.apps.invoices.models import Invoice, InvoiceObjection
from rapport.apps.invoices.queries import may_correct
from rapport.apps.ledger.queries import balances_of
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.models import VatCorrection
from rapport.apps.record.errors import BadInput
from rapport.apps.taxes.actions import override_vat
from rapport.apps.taxes.vat_inputs import OverrideInput
from rapport.apps.threads.models import Message
from rapport.domain.books import AccountKind
from rapport.domain.payouts import Outcome
from rapport.flows import objecting
from rapport.flows.invoicing import invoices_wait, issue_waiting
from rapport.flows.paying import record_outcome
from rapport.flows.statements import lines_of_payout
from rapport.flows.waiting import Waits, count_waiting, what_waits
from rapport.flows.year_end import year_end
from rapport.kit.clock import now
from tests.flows.test_invoicing import DAY, LATER, a_partner, arrive, problems, text_of, told
from tests.make.identity import NOON, STORY, make_member
from tests.make.payouts import MARA, make_payable
from tests.make.road import report_correction
from tests.make.taxes import GERMAN, make_profile

WRONG = "My address is another one"


@pytest.fixture
def anna(db: None) -> Agreement:
    return a_partner()


def billed(agreement: Agreement) -> Invoice:
    """Pay what is due, and return the invoice of it."""
    arrive(agreement)
    issue_waiting(at=LATER)
    return Invoice.objects.select_related("payout__agreement__program", "payout__run__program").get()


def treat(agreement: Agreement, treatment: str) -> None:
    given = OverrideInput(treatment=treatment, from_on=NOON.date(), reason="Letter of 1 May")
    override_vat(partner=agreement.partner, given=given, by=STORY, at=LATER)


def payable(agreement: Agreement) -> int:
    return sum(minor for name, minor in balances_of([agreement.id]).items() if name.kind is AccountKind.PAYABLE)


def test_an_objection_marks_the_paper_and_waits_for_a_person(anna: Agreement) -> None:
    invoice = billed(anna)
    objecting.object_to(invoice, WRONG, by=STORY, at=LATER + 14 * DAY)
    objecting.object_to(invoice, "And the town", by=STORY, at=LATER + 30 * DAY)
    assert InvoiceObjection.objects.get().state == "open"
    assert [row.body for row in Message.objects.order_by("id")] == [WRONG, "And the town"]
    assert count_waiting(anna.program).payouts == 1
    waiting = what_waits(anna.program, kinds=frozenset({Waits.OBJECTION}), most=9, at=LATER + 31 * DAY)
    assert [(one.subject, one.sentence, one.is_late) for one in waiting] == [(invoice.id, "And the town", True)]
    assert problems() == []


def test_after_its_days_a_paper_counts_as_accepted(anna: Agreement) -> None:
    invoice = billed(anna)
    with pytest.raises(ObjectionTooLate, match="16 May 2026"):
        objecting.object_to(invoice, WRONG, by=STORY, at=LATER + 16 * DAY)
    with pytest.raises(BadInput):
        objecting.object_to(invoice, " ", by=STORY, at=LATER)
    assert not Message.objects.exists()


def test_a_wrong_address_is_put_right_by_two_papers_of_the_same_range(anna: Agreement) -> None:
    make_member(anna.partner.organisation, Role.PARTNER)
    invoice = billed(anna)
    objecting.object_to(invoice, WRONG, by=STORY, at=LATER)
    with pytest.raises(NothingToCorrect):
        objecting.put_right(invoice, "It was the old one", by=MARA, at=LATER)
    make_profile(anna.partner.organisation, GERMAN, street="Seestr. 9", at=LATER)
    with pytest.raises(BadInput):
        objecting.put_right(invoice, " ", by=MARA, at=LATER)
    before = dict(Invoice.objects.get().document)
    row = objecting.put_right(invoice, "It was the old one", by=MARA, at=LATER + DAY)
    assert told(anna) == [
        ("0001", "invoice", 12_000, 2_280),
        ("0002", "cancels_invoice", -12_000, -2_280),
        ("0003", "new_invoice", 12_000, 2_280),
    ]
    assert Invoice.objects.get(number=1).document == before, "what was issued is never changed"
    anew = row.anew.document
    assert (anew["supplier"]["address"][0], anew["replaces"], anew["corrects"]) == ("Seestr. 9", invoice.name, "")
    assert invoice.name in text_of(row.anew)
    assert row.takes_back.document["corrects"] == invoice.name
    assert InvoiceObjection.objects.get().state == "corrected"
    assert not VatCorrection.objects.exists(), "no cent moved"
    letter = Mail.objects.order_by("id").last()
    assert letter is not None
    assert ("was put right" in letter.subject, "It was the old one" in letter.body_text) == (True, True)
    assert (may_correct(invoice), may_correct(row.anew), issue_waiting(at=LATER + DAY)) == (False, True, 0)
    with pytest.raises(PaperReplaced):
        objecting.put_right(invoice, "Again", by=MARA, at=LATER + DAY)
    assert problems() == []


def test_nobody_objects_to_a_paper_that_was_taken_back(anna: Agreement) -> None:
    invoice = billed(anna)
    make_profile(anna.partner.organisation, GERMAN, street="Seestr. 9", at=LATER)
    objecting.put_right(invoice, "It was the old one", by=MARA, at=LATER)
    with pytest.raises(PaperReplaced):
        objecting.object_to(invoice, WRONG, by=STORY, at=LATER)


def test_a_paper_that_is_right_stands_and_the_partner_reads_why(anna: Agreement) -> None:
    invoice = billed(anna)
    with pytest.raises(ObjectionDecided):
        objecting.uphold(invoice, "It is right", by=MARA, at=LATER)
    objecting.object_to(invoice, WRONG, by=STORY, at=LATER)
    objecting.answer(invoice, "We look", by=MARA, at=LATER)
    objecting.uphold(invoice, "It is right", by=MARA, at=LATER)
    with pytest.raises(ObjectionDecided):
        objecting.uphold(invoice, "It is right", by=MARA, at=LATER)
    assert InvoiceObjection.objects.get().state == "upheld"
    assert [row.body for row in Message.objects.order_by("id")] == [WRONG, "We look", "It is right"]
    assert count_waiting(anna.program).payouts == 0
    assert problems() == []


def test_vat_that_was_missing_is_owed_and_paid_with_the_next_run(anna: Agreement) -> None:
    treat(anna, "outside")
    arrive(anna)
    issue_waiting(at=LATER)
    invoice = Invoice.objects.select_related("payout__agreement__program", "payout__run__program").get()
    assert invoice.vat_minor == 0
    treat(anna, "")
    objecting.put_right(invoice, "The partner does charge VAT", by=MARA, at=LATER)
    assert told(anna)[1:] == [("0002", "cancels_invoice", -12_000, 0), ("0003", "new_invoice", 12_000, 2_280)]
    assert (payable(anna), problems()) == (2_280, [])
    make_payable(anna.program, anna, order="A-2")
    second = arrive(anna, days=1)
    issue_waiting(at=LATER + DAY)
    assert second.amount.minor == 12_000 + 2_280 + 2_280
    assert told(anna)[3:] == [("0004", "invoice", 12_000, 2_280)], "what was put right is no supply"
    assert "VAT put right" in [line.words for line in lines_of_payout(second, most=9)]
    row = year_end(anna.program, year=2026).rows[0]
    assert (row.gross.minor, row.vat.minor, row.paid.minor) == (24_000, 4_560, 28_560)
    assert (payable(anna), problems()) == (0, [])


def test_vat_that_was_too_much_is_netted_and_credits_follow_the_paper_that_stands(anna: Agreement) -> None:
    invoice = billed(anna)
    treat(anna, "reverse_charge")
    objecting.put_right(invoice, "Reverse charge", by=MARA, at=LATER)
    assert (payable(anna), problems()) == (-2_280, [])
    report_correction(anna.program, at=LATER, kind="refund", external_id="r", of="A-1", total="500.00")
    make_payable(anna.program, anna, order="A-2", total="2000.00")
    second = arrive(anna, days=1)
    issue_waiting(at=LATER + DAY)
    assert told(anna)[3:] == [("0004", "invoice", 24_000, 0), ("0005", "credit", -6_000, 0)]
    assert second.amount.minor == 24_000 - 6_000 - 2_280
    names = Invoice.objects.get(number=5).document["lines"][0]["words"]
    assert Invoice.objects.get(number=3).name in names, "it names the paper that stands"
    assert problems() == []


def test_a_payout_that_comes_back_takes_back_the_newest_paper_and_the_vat_that_was_put_right(anna: Agreement) -> None:
    invoice = billed(anna)
    treat(anna, "small_business")
    objecting.put_right(invoice, "Small business", by=MARA, at=LATER)
    record_outcome(payout=invoice.payout, outcome=Outcome.RETURNED, words="Closed", by=MARA, at=LATER)
    assert issue_waiting(at=LATER) == 1
    assert told(anna)[3:] == [("0004", "cancels_invoice", -12_000, 0)]
    assert (payable(anna), problems()) == (12_000, [])
    again = arrive(anna, days=1)
    assert (again.amount.minor, issue_waiting(at=LATER + DAY)) == (12_000, 1)
    assert problems() == []


def test_a_credit_note_is_put_right_too(anna: Agreement) -> None:
    billed(anna)
    report_correction(anna.program, at=LATER, kind="refund", external_id="r", of="A-1", total="500.00")
    make_payable(anna.program, anna, order="A-2")
    arrive(anna, days=1)
    issue_waiting(at=LATER + DAY)
    credit = Invoice.objects.select_related("payout__agreement__program", "payout__run__program").get(role="credit")
    make_profile(anna.partner.organisation, GERMAN, street="Seestr. 9", at=LATER)
    objecting.put_right(credit, "The address", by=MARA, at=LATER + DAY)
    assert told(anna)[3:] == [("0004", "cancels_credit", 6_000, 1_140), ("0005", "new_credit", -6_000, -1_140)]
    assert problems() == []


def test_a_payout_of_nothing_but_vat_is_not_billed(anna: Agreement) -> None:
    treat(anna, "outside")
    make_payable(anna.program, anna, total="90000.00", order="A-9")
    arrive(anna)
    issue_waiting(at=LATER)
    invoice = Invoice.objects.select_related("payout__agreement__program", "payout__run__program").get()
    treat(anna, "")
    objecting.put_right(invoice, "The partner does charge VAT", by=MARA, at=LATER)
    payout = arrive(anna, days=1)
    assert payout.amount.minor == VatCorrection.objects.get().vat_minor
    assert (invoices_wait(), problems()) == (False, [])


def test_both_sides_talk_and_decide_on_their_pages(anna: Agreement) -> None:
    partner, finance = Client(), Client()
    partner.force_login(make_member(anna.partner.organisation, Role.PARTNER))
    finance.force_login(make_member(anna.program.workspace, Role.FINANCE))
    invoice = Invoice.objects.get(pk=_issued_today(anna).pk)
    theirs = reverse("portal:invoice", args=[anna.id, invoice.id])
    ours = reverse("console:invoice", args=[anna.program_id, invoice.id])
    assert "You may object until" in partner.get(theirs).content.decode()
    assert partner.post(theirs, {"body": ""}).status_code == 422
    assert partner.post(theirs, {"body": WRONG}).status_code == 303
    page = finance.get(ours).content.decode()
    assert (WRONG in page, "Disputed" in page, "it would say the same" in page) == (True, True, True)
    assert "Disputed" in finance.get(reverse("console:invoices", args=[anna.program_id])).content.decode()
    assert "Disputed" in partner.get(reverse("portal:invoices", args=[anna.id])).content.decode()
    assert finance.post(ours, {"what": "nothing"}).status_code == 422
    assert finance.post(ours, {"what": "correct", "words": "No"}).status_code == 422
    assert finance.post(ours, {"what": "answer", "words": "We look at it"}).status_code == 303
    assert "We look at it" in partner.get(theirs).content.decode()
    make_profile(anna.partner.organisation, GERMAN, street="Seestr. 9", vat_id="", at=LATER)
    page = finance.get(ours).content.decode()
    assert ("Seestr. 9" in page, "is taken back: the next run nets it" in page) == (True, True)
    assert finance.post(ours, {"what": "correct", "words": "The address"}).status_code == 303
    page = partner.get(theirs).content.decode()
    assert ("Put right" in page, "takes its place: The address" in page) == (True, True)
    assert finance.get(ours).status_code == 200


def _issued_today(agreement: Agreement) -> Invoice:
    arrive(agreement)
    issue_waiting(at=now() - timedelta(days=1))
    return Invoice.objects.get()


def test_an_old_paper_says_that_its_days_are_over(anna: Agreement) -> None:
    partner = Client()
    partner.force_login(make_member(anna.partner.organisation, Role.PARTNER))
    invoice = billed(anna)
    page = partner.get(reverse("portal:invoice", args=[anna.id, invoice.id]))
    assert "An objection was possible until" in page.content.decode()
    refused = partner.post(reverse("portal:invoice", args=[anna.id, invoice.id]), {"body": WRONG})
    assert refused.status_code == 422
