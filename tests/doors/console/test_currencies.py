"""Pages of finance and of managers where orders and payouts are in other currencies."""

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from rapport.apps.identity.models import Organisation, Role
from rapport.apps.ledger.queries import recount
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts import actions
from rapport.apps.payouts.errors import TotalDiffers
from rapport.apps.payouts.exchanging import sent_totals
from rapport.apps.payouts.models import MethodKind, Payout, PayoutState
from rapport.apps.payouts.queries import method_of
from rapport.config.paydesk import open_desk
from rapport.domain.books import AccountKind, AccountName
from rapport.flows.paying import send_run
from rapport.kit.clock import now
from tests.doors.console.conftest import client_of
from tests.make.identity import make_member
from tests.make.payouts import JONAS, MARA, make_payable, make_rail_method, make_run
from tests.make.rates import make_rate
from tests.make.road import make_agreement, make_program, report_sale
from tests.support.pages import words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(marlow: Organisation) -> Agreement:
    """A partner with 120.00 EUR payable who wants dollars."""
    agreement = make_agreement(make_program(marlow), name="Anna")
    make_rail_method(agreement.partner.organisation, MethodKind.MANUAL, pay_in="USD")
    make_payable(agreement.program, agreement)
    make_rate(agreement.program, "EUR", "1.0834", quote="USD", day=now().date())
    return agreement


@pytest.fixture
def finance(marlow: Organisation) -> Client:
    return client_of(marlow, Role.FINANCE)


def text(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse)
    return words_of(answer.content)


def sent(anna: Agreement) -> Payout:
    run = make_run(anna.program, at=now())
    actions.approve_run(run_id=run.id, total=run.total, foreign=sent_totals(run.id), by=MARA, at=now())
    actions.make_files(run_id=run.id, kind=MethodKind.MANUAL, by=JONAS, at=now())
    send_run(run.id, clock=now)
    return Payout.objects.get(run=run)


def test_what_a_payout_truly_cost_is_noted_with_its_outcome(finance: Client, anna: Agreement) -> None:
    payout = sent(anna)
    keys = (anna.program_id, payout.run_id, payout.id)
    page = text(finance.get(reverse("console:payout", args=keys)))
    assert "130.01 USD for 120.00 EUR: 1 EUR = 1.0834 USD" in page
    assert "What it truly cost, or what came back" in page
    told = {"outcome": "settled", "words": "R-1"}
    address = reverse("console:payout-outcome", args=keys)
    assert finance.post(address, {**told, "moved": "a lot"}).status_code == 422
    finance.post(address, {**told, "moved": "121,50"})
    payout.refresh_from_db()
    result = AccountName(AccountKind.EXCHANGE_RESULT, "", "EUR")
    assert (payout.state, recount(anna.program_id).balances[result]) == (PayoutState.SETTLED, 150)
    assert "Gain and loss from exchange" in text(finance.get(reverse("console:ledger", args=[anna.program_id])))


def test_the_total_of_each_currency_is_typed_on_the_page_and_at_the_desk(marlow: Organisation, anna: Agreement) -> None:
    run = make_run(anna.program, at=now())
    owner = client_of(marlow, Role.OWNER)
    address = reverse("console:payout-run-approve", args=[anna.program_id, run.id])
    page = owner.get(reverse("console:payout-run", args=[anna.program_id, run.id]))
    assert "Write what it sends in USD" in text(page)
    for typed in ("", "much", "130.00"):
        assert owner.post(address, {"total": "120.00", "total_USD": typed}).status_code == 422
    desk = open_desk(make_member(marlow, Role.FINANCE).email, "")
    with pytest.raises(TotalDiffers):
        desk.approve(run.id, "120.00")
    desk.approve(run.id, "120.00", ["130.01 USD"])
    run.refresh_from_db()
    assert run.state == "approved"


def test_a_way_of_being_paid_is_entered_with_its_currency(finance: Client, anna: Agreement) -> None:
    address = reverse("console:payout-method", args=[anna.program_id, anna.id])
    told = {"kind": "manual", "holder": "Anna Reuter", "note": "By cheque", "pay_in": "GBP"}
    assert finance.post(address, told).status_code == 303
    method = method_of(anna.partner.organisation_id)
    assert method is not None
    assert method.paid_in == "GBP"
    assert "Paid in GBP" in text(finance.get(address))
    wrong = finance.post(address, {**told, "kind": "ach", "pay_in": "GBP"})
    assert wrong.status_code == 422


def test_orders_without_a_rate_are_found_and_say_what_to_do(marlow: Organisation, anna: Agreement) -> None:
    manager = client_of(marlow, Role.MANAGER)
    row = report_sale(anna.program, external_id="F-1", currency="CHF", total="10.00", at=now()).conversion
    today = text(manager.get(reverse("console:today", args=[anna.program_id])))
    assert "Order F-1 waits for a rate of CHF" in today
    found = manager.get(reverse("console:conversions", args=[anna.program_id]), {"only": "rate"})
    assert "F-1" in text(found)
    page = text(manager.get(reverse("console:conversion", args=[anna.program_id, row.id])))
    assert "No rate of CHF is known for the day of the order yet Enter one" in page
