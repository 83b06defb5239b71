"""Finance and tax papers: what is asked for, a partner's papers, forms opened with a trace, the register of VAT ids."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from rapport.apps.identity.models import Organisation, Role
from rapport.apps.partners.models import Agreement
from rapport.apps.record.models import AuditRow
from rapport.apps.taxes.models import CheckSource, TaxForm, TaxFormState, VatCheck
from rapport.apps.taxes.queries import profile_of, rate_of, rules_of, tax_settings_of
from rapport.apps.taxes.tables import vat_rates
from rapport.domain.tax import Need, Rule
from tests.doors.console.conftest import client_of
from tests.make.payouts import make_method, make_payable, make_run
from tests.make.road import make_agreement, make_program
from tests.make.taxes import GERMAN, PDF, PNG, ask_for_w9, bill_for, make_form, make_profile


@pytest.fixture
def anna(marlow: Organisation) -> Agreement:
    return make_agreement(make_program(marlow), name="Slow Mornings")


@pytest.fixture
def finance(marlow: Organisation) -> Client:
    return client_of(marlow, Role.FINANCE)


def at(name: str, *keys: str) -> str:
    return reverse(f"console:{name}", args=keys)


def text(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


def test_finance_says_what_is_asked_for_line_by_line(finance: Client, anna: Agreement) -> None:
    program = anna.program
    assert "asks for no papers" in text(finance.get(at("taxes", program.id)))
    address = at("tax-settings", program.id)
    assert "!US" in text(finance.get(f"{address}?preset=us"))
    lines = {"rule-0-needs": ["profile"], "rule-1-where": "us", "rule-1-needs": ["w9"], "rule-2-rail": "paypal"}
    assert finance.post(address, lines).status_code == 303
    assert rules_of(tax_settings_of(program)) == (
        Rule("", "", "", (Need.PROFILE,)),
        Rule("US", "", "", (Need.W9,)),
    )
    refused = finance.post(address, {"rule-0-where": "U1", "rule-0-needs": ["w9"]})
    assert (refused.status_code, "two letters" in text(refused)) == (422, True)
    assert finance.post(address, {"rule-0-needs": ["gold"]}).status_code == 422
    without = finance.post(address, {"self_billing": "on"})
    assert (without.status_code, "your own tax profile first" in text(without)) == (422, True)
    assert finance.post(address, {"what": "profile", **GERMAN, "vat_id": "DE1"}).status_code == 422
    assert finance.post(address, {"what": "profile", **GERMAN}).status_code == 303
    assert profile_of(program.workspace_id)
    assert finance.post(address, {"self_billing": "on"}).status_code == 303
    assert tax_settings_of(program).self_billing


def test_a_partner_without_papers_stands_first_and_is_held_in_the_run(finance: Client, anna: Agreement) -> None:
    ask_for_w9(anna.program)
    make_agreement(anna.program, name="Abbey Prints")
    make_payable(anna.program, anna)
    make_method(anna.partner.organisation)
    assert "2 partners lack papers" in text(finance.get(at("taxes", anna.program_id)))
    assert finance.get(f"{at('taxes', anna.program_id)}?lacks=1").status_code == 200
    run = make_run(anna.program)
    page = text(finance.get(f"{at('payout-run', anna.program_id, run.id)}?verdict=held"))
    assert "The tax profile is missing." in page


def test_finance_enters_papers_for_a_partner_and_what_is_kept_back(finance: Client, anna: Agreement) -> None:
    address = at("tax-papers", anna.program_id, anna.id)
    wrong = finance.post(address, {"what": "profile", **GERMAN, "vat_id": "DE9"})
    assert (wrong.status_code, "Ringstr. 4" in text(wrong)) == (422, True)
    assert finance.post(address, {"what": "profile", **GERMAN}).status_code == 303
    file = SimpleUploadedFile("photo.pdf", PNG)
    sent = {"what": "form", "kind": "w8bene", "signed_on": "2026-02-03", "file": file}
    assert finance.post(address, sent).status_code == 303
    assert finance.post(address, {"what": "rate", "percent": "24"}).status_code == 422
    assert finance.post(address, {"what": "rate", "percent": "24", "reason": "No number"}).status_code == 303
    rate = rate_of(anna.partner_id)
    assert rate is not None
    page = text(finance.get(address))
    assert all(words in page for words in ("Slow Mornings GmbH", "W-8BEN-E", "Form and check digits", "No number"))
    assert "24 %" in text(finance.get(at("taxes", anna.program_id)))


def test_a_form_is_opened_as_a_file_with_a_trace_and_decided(finance: Client, anna: Agreement) -> None:
    form = make_form(anna.partner.organisation)
    keys = (anna.program_id, anna.id, form.id)
    assert form.digest in text(finance.get(at("tax-form", *keys)))
    assert finance.get(at("tax-form-file", *keys)).status_code == 405
    file = finance.post(at("tax-form-file", *keys))
    assert isinstance(file, HttpResponse)
    assert (file.content, file["Content-Type"], file["X-Content-Type-Options"]) == (PDF, "application/pdf", "nosniff")
    assert file["Content-Disposition"].startswith("attachment; ")
    assert AuditRow.objects.filter(action="tax_form.opened", subject=form.id).count() == 1
    finance.post(at("tax-form-accept", *keys))
    assert TaxForm.objects.get().state == TaxFormState.ACCEPTED
    assert finance.post(at("tax-form-refuse", *keys), {"reason": ""}).status_code == 422
    finance.post(at("tax-form-refuse", *keys), {"reason": "No signature"})
    assert "No signature" in text(finance.get(at("tax-papers", anna.program_id, anna.id)))
    assert finance.post(at("tax-form-accept", *keys)).status_code == 422


def test_sales_and_managers_never_see_tax_papers(marlow: Organisation, anna: Agreement) -> None:
    for role in (Role.SALES, Role.MANAGER):
        client = client_of(marlow, role)
        assert client.get(at("tax-papers", anna.program_id, anna.id)).status_code == 403
        assert at("tax-papers", anna.program_id, anna.id) not in text(
            client.get(at("partner", anna.program_id, anna.id))
        )


@contextmanager
def a_register(answer: object, settings: Settings) -> Iterator[list[bytes]]:
    """A register on this machine that gives one answer to whatever it is asked; yields what it was asked."""
    asked: list[bytes] = []

    class Register(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["content-length"])))
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Register)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.VIES_URL = f"http://127.0.0.1:{server.server_port}/check"
    settings.LOOPBACK_HOSTS = frozenset({f"127.0.0.1:{server.server_port}"})
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()


def test_the_register_is_asked_only_when_somebody_presses_the_button(
    finance: Client, anna: Agreement, settings: Settings
) -> None:
    make_profile(anna.partner.organisation)
    address = at("tax-vies", anna.program_id, anna.id)
    told = {"valid": True, "name": "SLOW MORNINGS GMBH", "requestIdentifier": "WAPI1"}
    with a_register(told, settings) as asked:
        assert finance.post(address).status_code == 303
    assert json.loads(asked[0]) == {"countryCode": "DE", "vatNumber": "136695976"}
    check = VatCheck.objects.get(source=CheckSource.VIES)
    assert (check.is_valid, check.name, check.reference) == (True, "SLOW MORNINGS GMBH", "WAPI1")
    with a_register({"valid": False, "name": "---"}, settings):
        assert "VIES says: not valid" in text(finance.post(address, follow=True))
    assert VatCheck.objects.filter(source=CheckSource.VIES, is_valid=False, name="").exists()


@pytest.mark.parametrize("answer", [{"errorWrappers": [{"error": "MS_UNAVAILABLE"}]}, ["?"], {"valid": "yes"}])
def test_a_register_that_does_not_answer_leaves_no_trace(
    finance: Client, anna: Agreement, settings: Settings, answer: object
) -> None:
    make_profile(anna.partner.organisation)
    with a_register(answer, settings):
        refused = finance.post(at("tax-vies", anna.program_id, anna.id))
    assert (refused.status_code, "VIES did not answer" in text(refused)) == (422, True)
    settings.VIES_URL = "http://127.0.0.1:1/check"
    assert finance.post(at("tax-vies", anna.program_id, anna.id)).status_code == 422
    assert not VatCheck.objects.filter(source=CheckSource.VIES).exists()


def test_finance_looks_at_the_vat_rates_and_enters_one_that_changed(finance: Client, anna: Agreement) -> None:
    address = at("vat-rates", anna.program_id)
    page = text(finance.get(address))
    assert ("never checked here" in page, "must check the rates" in page) == (True, True)
    wrong = finance.post(address, {"country": "DE", "percent": "20", "from_on": "2027-01-01", "source": ""})
    assert (wrong.status_code, "which law or notice" in text(wrong)) == (422, True)
    told = {"country": "de", "percent": "20", "from_on": "2027-01-01", "source": "BGBl. 2026 I Nr. 1"}
    assert finance.post(address, told).status_code == 303
    assert "BGBl. 2026 I Nr. 1" in text(finance.get(address))
    one = at("vat-rate-checked", anna.program_id, "DE", "2027-01-01")
    assert finance.post(one, {"back": "1"}).status_code == 303
    assert "BGBl. 2026 I Nr. 1" not in text(finance.get(address))
    assert "never checked here" in text(finance.get(f"{address}?all=1"))
    assert finance.post(one).status_code == 422, "it is gone"
    assert finance.post(at("vat-rate-checked", anna.program_id, "DE", "never")).status_code == 404
    for rate in vat_rates():
        finance.post(at("vat-rate-checked", anna.program_id, rate.country, rate.from_on.isoformat()))
    assert "Somebody here checked every rate" in text(finance.get(address))


def test_finance_decides_on_the_vat_of_a_partner_and_keeps_its_number(finance: Client, anna: Agreement) -> None:
    address = at("tax-papers", anna.program_id, anna.id)
    assert "which is missing" in text(finance.get(address))
    bill_for(anna)
    assert "VAT is paid on top" in text(finance.get(address))
    wanted = {"what": "vat", "treatment": "outside", "from_on": "2026-01-01"}
    refused = finance.post(address, {**wanted, "reason": ""})
    assert refused.status_code == 422
    assert finance.post(address, {**wanted, "reason": "Letter of 1 May"}).status_code == 303
    page = text(finance.get(address))
    assert ("outside its scope" in page, "Letter of 1 May" in page) == (True, True)
    number = {"what": "number", "kind": "idnr", "number": "36574261800"}
    wrong = finance.post(address, number)
    assert (wrong.status_code, "letter or digit is wrong" in text(wrong)) == (422, True)
    assert finance.post(address, {**number, "number": "36 574 261 809"}).status_code == 303
    page = text(finance.get(address))
    assert ("… 809" in page, "36574261809" in page) == (True, False)
