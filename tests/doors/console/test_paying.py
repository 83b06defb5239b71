"""The pages of finance: a run by two people from the proposal to the bank's answer, methods, settings, statements."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from rapport.apps.identity.models import Organisation, Role
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.actions import make_files
from rapport.apps.payouts.details import copy_of, details_of, put_copy
from rapport.apps.payouts.models import MethodKind, Payout, PayoutRun, PayoutRunState, PayoutState
from rapport.apps.payouts.queries import method_of, settings_of
from rapport.flows.paying import fill_run
from rapport.kit.clock import now
from tests.doors.console.conftest import client_of
from tests.make.payouts import JONAS, make_approved_run, make_method, make_payable, make_run, make_sent_run
from tests.make.road import make_agreement, make_program


@pytest.fixture
def anna(marlow: Organisation) -> Agreement:
    """A partner to whom 120.00 are due."""
    agreement = make_agreement(make_program(marlow), name="Slow Mornings")
    make_payable(agreement.program, agreement, order="=A-1")
    return agreement


@pytest.fixture
def finance(marlow: Organisation) -> Client:
    return client_of(marlow, Role.FINANCE)


@pytest.fixture
def owner(marlow: Organisation) -> Client:
    return client_of(marlow, Role.OWNER)


def at(name: str, *keys: str) -> str:
    return reverse(f"console:{name}", args=keys)


def text(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


def test_two_people_pay_what_is_due(finance: Client, owner: Client, anna: Agreement) -> None:
    program_id = anna.program_id
    method = {"kind": "iban", "holder": "Anna Reuter", "iban": "DE00", "town": "Berlin", "residence": "DE"}
    address = at("payout-method", program_id, anna.id)
    refused = finance.post(address, method)
    assert (refused.status_code, "This is not an IBAN" in text(refused)) == (422, True)
    make_method(anna.partner.organisation)
    page = finance.get(at("payouts", program_id))
    assert "120.00\xa0€ due to 1 partner" in text(page)
    proposed = page.context["form"].initial
    made = finance.post(at("payout-run-prepare", program_id), {"pay_on": proposed["pay_on"], "wish": proposed["wish"]})
    run = PayoutRun.objects.get()
    here = at("payout-run", program_id, run.id)
    assert (made.status_code, made["Location"]) == (303, here)
    assert "Looking at every partner" in text(finance.get(here))
    fill_run(run.id, clock=now)
    assert "Another person must approve it" in text(finance.get(here))
    wrong = owner.post(at("payout-run-approve", program_id, run.id), {"total": "119.99"})
    assert (wrong.status_code, "This is not the total" in text(wrong)) == (422, True)
    assert owner.post(at("payout-run-approve", program_id, run.id), {"total": "a lot"}).status_code == 422
    owner.post(at("payout-run-approve", program_id, run.id), {"total": "120,00 EUR"})
    finance.post(at("payout-file-make", program_id, run.id, "iban"))
    file = finance.get(at("payout-file", program_id, run.id, "iban", "1"))
    assert (file["X-Content-Type-Options"], file.content) == (
        "nosniff",
        finance.get(at("payout-file", program_id, run.id, "iban", "1")).content,
    )
    payout = Payout.objects.get()
    answer = f"payout,outcome,reference\n{payout.id},settled,REF-1\npay_x,settled,\n".encode()
    upload = {"file": SimpleUploadedFile("answer.csv", answer)}
    taken = finance.post(at("payout-run-answers", program_id, run.id), upload, follow=True)
    assert "1 payout noted." in text(taken)
    assert "This program has no payout pay_x." in text(taken)
    run.refresh_from_db()
    assert run.state == PayoutRunState.CLOSED
    for name in ("payouts", "ledger", "today", "commissions"):
        assert finance.get(at(name, program_id)).status_code == 200


def test_one_payout_is_read_noted_and_taken_out(finance: Client, anna: Agreement) -> None:
    make_method(anna.partner.organisation)
    run = make_run(anna.program, at=now())
    payout = Payout.objects.get(run=run)
    keys = (anna.program_id, run.id, payout.id)
    page = text(finance.get(at("payout", *keys)))
    assert ("=A-1" in page, "Take it out of the run" in page) == (True, True)
    finance.post(at("payout-cancel", *keys), {"reason": "They asked"})
    assert "They asked" in text(finance.get(at("payout", *keys)))
    payout = Payout.objects.get(run=make_sent_run(anna.program, at=now()))
    keys = (anna.program_id, payout.run_id, payout.id)
    finance.post(at("payout-outcome", *keys), {"outcome": "unknown", "words": "Silent"})
    assert "Unknown" in text(finance.get(at("payout", *keys)))
    assert "nobody knows" in text(finance.get(at("payout-run", anna.program_id, payout.run_id)))
    finance.post(at("payout-outcome", *keys), {"outcome": "failed", "words": "Closed"})
    payout.refresh_from_db()
    assert payout.state == PayoutState.FAILED
    again = finance.post(at("payout-outcome", *keys), {"outcome": "settled", "words": "R"})
    assert again.status_code == 422


def test_a_run_is_abandoned_with_a_reason(finance: Client, anna: Agreement) -> None:
    make_method(anna.partner.organisation)
    run = make_run(anna.program, at=now())
    keys = (anna.program_id, run.id)
    finance.post(at("payout-run-abandon", *keys), {"reason": "Wrong day"})
    assert "Wrong day" in text(finance.get(at("payout-run", *keys)))
    assert finance.post(at("payout-file-make", *keys, "iban")).status_code == 422
    assert finance.get(at("payout-file", *keys, "iban", "1")).status_code == 404
    assert finance.get(at("payout-file", *keys, "cash", "1")).status_code == 404


def test_a_file_that_changed_is_not_handed_out(finance: Client, anna: Agreement) -> None:
    make_method(anna.partner.organisation)
    run = make_approved_run(anna.program, at=now())
    make_files(run_id=run.id, kind=MethodKind.IBAN, by=JONAS, at=now())
    payout = Payout.objects.get()
    put_copy(payout, replace(copy_of(payout), number="GB29NWBK60161331926819"))
    payout.save()
    answer = finance.get(at("payout-file", anna.program_id, run.id, "iban", "1"), follow=True)
    assert "is not what it was when it was made" in text(answer)


def test_finance_enters_methods_and_settings_and_a_manager_only_reads(
    finance: Client, manager: Client, anna: Agreement
) -> None:
    address = at("payout-method", anna.program_id, anna.id)
    finance.post(address, {"kind": "manual", "holder": "Anna", "note": "By cheque"})
    method = method_of(anna.partner.organisation_id)
    assert (details_of(method).note if method else "") == "By cheque"
    assert "Another way" not in text(manager.get(address))
    settings = at("payout-settings", anna.program_id)
    finance.post(settings, {"country": "de", "cooling_hours": "24"})
    assert settings_of(anna.program).cooling_hours == 24
    assert "24 h" in text(manager.get(settings))
    assert finance.post(settings, {"country": "de", "cooling_hours": "-1"}).status_code == 422


def test_a_statement_comes_as_page_file_and_paper(finance: Client, anna: Agreement) -> None:
    keys = (anna.program_id, anna.id)
    asked = "?from=2026-05-01&until=2026-05-31"
    page = text(finance.get(at("statement", *keys) + asked))
    assert "Owed at the end" in page
    rows = text(finance.get(at("statement-csv", *keys) + asked)).splitlines()
    assert rows[2].split(",")[1:3] == ["Approved", "'=A-1"]
    assert rows[3].split(",")[5:] == ["120.00", "EUR"]
    papers = [finance.get(at("statement-pdf", *keys) + asked) for _ in range(2)]
    assert papers[0].content == papers[1].content
    assert papers[0].content.startswith(b"%PDF")
    for odd in (
        "?month=2026-05",
        "?month=99",
        "?from=2026-05-31&until=2026-05-01",
        "?from=0001-01-01&until=9999-12-31",
    ):
        assert finance.get(at("statement", *keys) + odd).status_code == 200


def test_whoever_waits_beyond_the_first_page_is_one_click_away(finance: Client, anna: Agreement) -> None:
    for number in range(13):
        make_payable(anna.program, make_agreement(anna.program, name=f"Blog {number:02}"), order=f"=B-{number}")
    first = text(finance.get(at("payouts", anna.program_id)))
    assert (first.count("Blog "), "1 to 12 of 14" in first) == (12, True)
    second = text(finance.get(f"{at('payouts', anna.program_id)}?page=2"))
    assert (second.count("Blog "), "Slow Mornings" in second, "13 to 14 of 14" in second) == (1, True, True)
    chosen = text(finance.get(f"{at('payouts', anna.program_id)}?verdict=no_method"))
    assert (chosen.count("Blog "), " of 14" in chosen) == (13, False)
