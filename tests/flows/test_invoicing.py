"""From a payout that arrived to its invoice: numbers without gaps, VAT by its day, credit notes, never changed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from rapport.apps.commissions.models import Commission
from rapport.apps.identity.models import Role
from rapport.apps.invoices.actions import issue_for
from rapport.apps.invoices.models import Invoice, InvoiceRole, InvoiceSeries
from rapport.apps.invoices.queries import all_invoices, invoices_of_agreement
from rapport.apps.invoices.words import words_for
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.models import Payout
from rapport.apps.taxes.actions import override_vat
from rapport.apps.taxes.vat_inputs import OverrideInput
from rapport.domain.payouts import Outcome
from rapport.domain.tax import EU
from rapport.doors.ui.pdf import invoice_pdf
from rapport.flows import paying_jobs
from rapport.flows.doctor import run_checks
from rapport.flows.explaining import explain
from rapport.flows.explaining.vat import vat_sentences
from rapport.flows.invoicing import invoices_wait, issue_waiting
from rapport.flows.paying import record_outcome
from tests.make.identity import NOON, STORY, make_member
from tests.make.payouts import AFTER_HOLD, MARA, make_method, make_payable, make_sent_run
from tests.make.road import make_agreement, make_program, report_correction
from tests.make.taxes import bill_for

LATER = NOON + AFTER_HOLD
DAY = timedelta(days=1)


def a_partner(**given: str) -> Agreement:
    """Return a partner who agreed to self-billing, with a method and 120.00 due."""
    agreement = make_agreement(make_program(), name="Slow Mornings")
    bill_for(agreement, given)
    make_method(agreement.partner.organisation)
    make_payable(agreement.program, agreement, order="A-1")
    return agreement


@pytest.fixture
def anna(db: None) -> Agreement:
    return a_partner()


def arrive(agreement: Agreement, *, days: int = 0) -> Payout:
    """Pay what is due, and let it arrive."""
    payout = Payout.objects.get(run=make_sent_run(agreement.program, at=LATER + days * DAY))
    record_outcome(payout=payout, outcome=Outcome.SETTLED, words="R", by=MARA, at=LATER + days * DAY)
    return payout


def told(agreement: Agreement) -> list[tuple[str, str, int, int]]:
    rows = Invoice.objects.filter(payout__agreement=agreement).order_by("number")
    return [(row.name.rpartition("-")[2], row.role, row.net_minor, row.vat_minor) for row in rows]


def problems() -> list[str]:
    found = [problem for check in run_checks() for problem in check.problems]
    return [problem for problem in found if "worker" not in problem]


def text_of(invoice: Invoice) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(invoice_pdf(invoice.document))).pages)


def test_a_payout_that_arrived_is_billed_once_with_everything_that_must_stand_there(anna: Agreement) -> None:
    assert not invoices_wait()
    payout = arrive(anna)
    assert invoices_wait()
    paying_jobs.issue_invoices.call()
    assert (issue_waiting(at=LATER), invoices_wait()) == (0, False)
    invoice = Invoice.objects.get()
    assert (invoice.total.minor, payout.amount.minor) == (14_280, 14_280)
    assert invoice.document["shares"] == [{"treatment": "standard", "percent": "19", "net": "120.00", "vat": "22.80"}]
    paper = text_of(invoice)
    wanted = ("Self-billing / Gutschrift", invoice.name, "Slow Mornings GmbH", "DE136695976", "Marlow GmbH", "142.80")
    assert all(words in paper for words in wanted)
    once, twice = (invoice_pdf(Invoice.objects.get().document) for _time in range(2))
    assert (once == twice, b"/StructTreeRoot" in once) == (True, True)
    assert problems() == []


def test_what_comes_back_is_credited_and_billed_anew_with_the_next_payout(anna: Agreement) -> None:
    payout = arrive(anna)
    issue_waiting(at=LATER)
    record_outcome(payout=payout, outcome=Outcome.RETURNED, words="Closed", by=MARA, at=LATER)
    assert issue_waiting(at=LATER) == 1
    arrive(anna, days=1)
    assert issue_waiting(at=LATER + DAY) == 1
    assert told(anna) == [
        ("0001", "invoice", 12_000, 2_280),
        ("0002", "cancels_invoice", -12_000, -2_280),
        ("0003", "invoice", 12_000, 2_280),
    ]
    mirror = Invoice.objects.get(role=InvoiceRole.CANCELS_INVOICE)
    assert mirror.document["corrects"] == Invoice.objects.get(number=1).name
    assert (mirror.document["title"], mirror.document["net"]) == ("Credit note", "-120.00")
    assert "Credit note" in text_of(mirror)
    assert problems() == []


def test_a_clawback_is_a_credit_note_that_names_the_invoice_and_keeps_its_rate(anna: Agreement) -> None:
    arrive(anna)
    issue_waiting(at=LATER)
    report_correction(anna.program, at=LATER, kind="refund", external_id="r", of="A-1", total="500.00")
    make_payable(anna.program, anna, order="A-2")
    bill_for(anna, {"small_business": True}, at=LATER)
    second = arrive(anna, days=1)
    assert issue_waiting(at=LATER + DAY) == 2
    assert told(anna)[1:] == [("0002", "invoice", 12_000, 0), ("0003", "credit", -6_000, -1_140)]
    credit = Invoice.objects.get(role=InvoiceRole.CREDIT)
    assert Invoice.objects.get(number=1).name in credit.document["lines"][0]["words"]
    exempt = Invoice.objects.get(number=2)
    assert "exempt as a small business" in exempt.document["notes"][0]
    assert second.amount.minor == 12_000 - 6_000 - 1_140
    record_outcome(payout=second, outcome=Outcome.RETURNED, words="Closed", by=MARA, at=LATER + DAY)
    assert issue_waiting(at=LATER + DAY) == 2
    assert told(anna)[3:] == [("0004", "cancels_invoice", -12_000, 0), ("0005", "cancels_credit", 6_000, 1_140)]
    assert Invoice.objects.get(number=5).document["vat"] == "11.40"
    assert Invoice.objects.get(number=4).document["vat"] == "0.00"
    assert problems() == []


def test_across_a_border_the_recipient_owes_the_vat(db: None) -> None:
    anna = a_partner(country="FR", vat_id="40303265045")
    assert arrive(anna).amount.minor == 12_000
    issue_waiting(at=LATER)
    invoice = Invoice.objects.get()
    assert "Reverse charge / Autoliquidation" in invoice.document["notes"][0]
    assert "Self-billing / Autofacturation" in text_of(invoice)


def test_what_was_issued_is_never_changed_and_a_gap_would_show(anna: Agreement) -> None:
    arrive(anna)
    issue_waiting(at=LATER)
    for sql in ("UPDATE invoices_invoice SET net_minor = 1", "DELETE FROM invoices_invoice"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    InvoiceSeries.objects.update(last_number=2)
    assert f"{anna.id}: the numbers of its invoices have a gap." in problems()


def test_partners_and_teams_take_them_as_paper_data_and_list(anna: Agreement) -> None:
    payout = arrive(anna)
    issue_waiting(at=LATER)
    invoice = invoices_of_agreement(anna.id).get()
    team = make_member(anna.program.workspace, Role.MANAGER)
    partner = make_member(anna.partner.organisation, Role.PARTNER)
    for person, door, key in ((team, "console", anna.program_id), (partner, "portal", anna.id)):
        client = Client()
        client.force_login(person)
        assert invoice.name in client.get(reverse(f"{door}:invoices", args=[key])).content.decode()
        listed = client.get(reverse(f"{door}:invoices-file", args=[key])).content.decode()
        assert f"{invoice.name},invoice,2026-05-02,Slow Mornings GmbH,120.00,22.80,142.80,EUR,{payout.id}," in listed
        paper = client.get(reverse(f"{door}:invoice-paper", args=[key, invoice.id]))
        assert (paper.content, paper["X-Content-Type-Options"]) == (invoice_pdf(invoice.document), "nosniff")
        assert client.get(reverse(f"{door}:invoice-data", args=[key, invoice.id])).json() == invoice.document


@pytest.mark.usefixtures("fresh_database")
def test_many_at_once_leave_no_gap_and_no_double() -> None:
    anna = a_partner()
    payouts = [arrive(anna).id]
    for number in range(2, 5):
        make_payable(anna.program, anna, order=f"A-{number}")
        payouts.append(arrive(anna, days=number).id)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(_issuer(), payouts * 4))
    assert sorted(all_invoices().values_list("number", flat=True)) == [1, 2, 3, 4]
    assert InvoiceSeries.objects.get().last_number == 4
    assert len(set(all_invoices().values_list("payout_id", flat=True))) == 4


def _issuer() -> Callable[[str], None]:
    def issue(payout_id: str) -> None:
        try:
            issue_for(payout_id=payout_id, by=STORY, at=LATER)
        finally:
            connection.close()

    return issue


def test_how_finance_decided_on_vat_is_on_the_paper_and_in_the_explanation(anna: Agreement) -> None:
    given = OverrideInput(treatment="reverse_charge", from_on=NOON.date(), reason="Letter of 1 May")
    override_vat(partner=anna.partner, given=given, by=STORY, at=NOON)
    payout = arrive(anna)
    issue_waiting(at=LATER)
    assert payout.amount.minor == 12_000
    assert "Reverse charge / Steuerschuldnerschaft" in Invoice.objects.get().document["notes"][0]
    later = OverrideInput(treatment="outside", from_on=NOON.date(), reason="Another letter")
    override_vat(partner=anna.partner, given=later, by=STORY, at=LATER + DAY)
    told = vat_sentences(payout)
    assert told[0] == "Reverse charge: the program owes the VAT."
    assert told[1].endswith("on: Letter of 1 May"), "what counts is what was decided when it was reserved"
    commission = Commission.objects.get()
    taken = next(step for step in explain(commission, at=LATER).steps if step.heading == "Taken into a payout")
    assert "Letter of 1 May" in taken.sentence


def test_a_payout_that_the_partner_bills_says_nothing_of_vat(db: None) -> None:
    agreement = make_agreement(make_program())
    make_method(agreement.partner.organisation)
    make_payable(agreement.program, agreement)
    assert vat_sentences(arrive(agreement)) == []


def test_every_country_of_the_union_has_its_words(anna: Agreement) -> None:
    words = {country: words_for(country, on=LATER.date()) for country in EU}
    assert {country for country, one in words.items() if " / " not in one.self_billing} == {"IE"}
    assert words["EE"].reverse_charge == "Reverse charge / pöördmaksustamine"
    assert (words["IE"].self_billing, words["IE"].reverse_charge) == ("Self-billing", "Reverse charge")
    assert words_for("US", on=LATER.date()).self_billing == "Self-billing"
    assert words_for("EE", on=date(2010, 1, 1)).self_billing == "Self-billing"
    arrive(anna)
    issue_waiting(at=LATER)
    document = Invoice.objects.get().document
    for one in (words["SI"], words["HR"], words["EE"], words["BG"]):
        local = one.self_billing.rpartition(" / ")[2]
        page = PdfReader(BytesIO(invoice_pdf(document | {"self_billing": one.self_billing}))).pages[0].extract_text()
        assert local in " ".join(page.split()), "the fonts of the paper have these letters"
