"""Partners paid in a currency of their own: exchanged once, in two postings, and given back to the cent."""

from datetime import timedelta

import pytest

from rapport.apps.ledger.queries import balances_of, recount
from rapport.apps.payouts import actions
from rapport.apps.payouts.errors import TotalDiffers
from rapport.apps.payouts.exchanging import sent_totals, wishes_of
from rapport.apps.payouts.files import content_of
from rapport.apps.payouts.inputs import MethodInput
from rapport.apps.payouts.models import MethodKind, Payout, PayoutMethod, PayoutRun, PayoutVerdict
from rapport.apps.payouts.queries import method_of
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import BadInput
from rapport.domain.books import AccountKind, AccountName
from rapport.domain.money import Money
from rapport.domain.payouts import Outcome
from rapport.flows.doctor import run_checks
from rapport.flows.paying import record_outcome, send_run
from rapport.flows.statements import lines_of_payout, statement_of
from rapport.kit.clock import now
from tests.make.identity import NOON, make_organisation
from tests.make.payouts import AFTER_HOLD, GIVEN, JONAS, MARA, make_payable, make_rail_method, make_run
from tests.make.rates import make_rate
from tests.make.road import make_agreement, make_program

pytestmark = pytest.mark.django_db

LATER = NOON + AFTER_HOLD
PAYPAL = {"email": "anna@example.com"}


@pytest.fixture
def program() -> Program:
    """A program in euros with a rate of dollars and one of yen, of the day on which runs are made."""
    program = make_program()
    for currency, rate in (("USD", "1.0834"), ("JPY", "163.25")):
        make_rate(program, "EUR", rate, quote=currency, day=LATER.date())
    return program


def partner(program: Program, pay_in: str, *, kind: MethodKind = MethodKind.PAYPAL, name: str = "Anna") -> None:
    agreement = make_agreement(program, name=name)
    make_rail_method(agreement.partner.organisation, kind, pay_in=pay_in)
    make_payable(program, agreement)


def approved(program: Program) -> PayoutRun:
    run = make_run(program)
    actions.approve_run(run_id=run.id, total=run.total, foreign=sent_totals(run.id), by=MARA, at=LATER)
    return run


def sent(program: Program) -> Payout:
    run = approved(program)
    for kind in Payout.objects.filter(run=run).values_list("method_kind", flat=True).distinct():
        actions.make_files(run_id=run.id, kind=MethodKind(kind), by=JONAS, at=LATER)
    send_run(run.id, clock=lambda: LATER)
    return Payout.objects.select_related("exchange").filter(run=run).order_by("id")[0]


def account(program: Program, kind: AccountKind, currency: str) -> int:
    return recount(program.id).balances.get(AccountName(kind, "", currency), 0)


def sound(program: Program) -> None:
    assert recount(program.id).problems == []
    payouts = {"payouts as booked", "payout runs", "rows as their action left them", "books recounted"}
    assert [problem for check in run_checks() if check.name in payouts for problem in check.problems] == []


def test_a_payout_is_exchanged_once_at_the_rate_of_its_run(program: Program) -> None:
    partner(program, "USD")
    payout = sent(program)
    assert (payout.amount, payout.sent) == (Money(12_000, "EUR"), Money(13_001, "USD"))
    exchange = payout.exchange
    assert (exchange.rate, exchange.rate_day, exchange.rate_source) == ("1.0834", LATER.date(), "manual")
    assert account(program, AccountKind.FUNDING, "EUR") == -12_000
    assert account(program, AccountKind.EXCHANGE, "EUR") == 12_000
    assert account(program, AccountKind.EXCHANGE, "USD") == -13_001
    assert account(program, AccountKind.TRANSIT, "USD") == 13_001
    assert account(program, AccountKind.TRANSIT, "EUR") == 0
    sound(program)
    record_outcome(payout=payout, outcome=Outcome.SETTLED, words="R1", by=MARA, at=LATER)
    assert account(program, AccountKind.PAID_OUT, "USD") == 13_001
    sound(program)


def test_the_doctor_holds_what_is_sent_to_its_rate_and_to_the_books(program: Program) -> None:
    partner(program, "USD")
    payout = sent(program)
    Payout.objects.filter(pk=payout.id).update(amount_minor=12_001, state="settled")
    found = [problem for check in run_checks() if check.name == "payouts as booked" for problem in check.problems]
    assert f"{payout.id} sends another amount than its rate says." in found
    assert f"{payout.id}: the books exchanged something else than it says." in found
    assert not any("another rate than its run" in problem for problem in found)


def test_files_carry_the_currency_of_the_partner_and_never_two(program: Program) -> None:
    for number, currency in enumerate(("USD", "JPY", "", "USD")):
        partner(program, currency, kind=MethodKind.MANUAL, name=f"Partner {number}")
    run = approved(program)
    files = actions.make_files(run_id=run.id, kind=MethodKind.MANUAL, by=JONAS, at=LATER)
    told = [content_of(file).decode() for file in files]
    assert [(file.part, file.payouts_count, file.total_minor) for file in files] == [
        (1, 1, 12_000),
        (2, 1, 19_590),
        (3, 2, 26_002),
    ]
    assert [("EUR" in text, "JPY" in text, "USD" in text) for text in told] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    assert "19590" in told[1]
    assert "130.01" in told[2]


def test_a_run_keeps_the_rate_that_its_first_payout_took(program: Program) -> None:
    partner(program, "USD", name="Anna")
    run = actions.prepare_run(program=program, pay_on=LATER.date(), wish="w", by=JONAS, at=LATER)
    assert actions.fill_step(run_id=run.id, at=LATER, most=1)
    make_rate(program, "EUR", "1.2", quote="USD", day=LATER.date())
    partner(program, "USD", name="Ben")
    while actions.fill_step(run_id=run.id, at=LATER, most=1):
        pass
    rates = Payout.objects.filter(run=run).values_list("exchange__rate", flat=True)
    assert list(rates) == ["1.0834", "1.0834"]
    assert sent_totals(run.id) == [Money(26_002, "USD")]
    sound(program)


def test_the_second_person_confirms_the_total_of_every_currency(program: Program) -> None:
    partner(program, "USD")
    run = make_run(program)
    for foreign in ([], [Money(13_000, "USD")], [Money(13_001, "USD"), Money(1, "JPY")]):
        with pytest.raises(TotalDiffers):
            actions.approve_run(run_id=run.id, total=run.total, foreign=foreign, by=MARA, at=LATER)
    actions.approve_run(run_id=run.id, total=run.total, foreign=[Money(13_001, "USD")], by=MARA, at=LATER)


def test_without_a_rate_the_partner_is_held_and_nothing_is_lost(program: Program) -> None:
    partner(program, "CHF")
    run = make_run(program)
    verdict = PayoutVerdict.objects.get(run=run)
    assert (verdict.verdict, verdict.reasons, run.payouts_count) == ("held", ["no_rate"], 0)
    make_rate(program, "EUR", "0.94", quote="CHF", day=LATER.date())
    again = make_run(program, at=LATER + timedelta(hours=1))
    assert Payout.objects.get(run=again).sent == Money(11_280, "CHF")


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.RETURNED])
def test_what_did_not_arrive_is_payable_again_to_the_cent(program: Program, outcome: Outcome) -> None:
    partner(program, "USD")
    payout = sent(program)
    record_outcome(payout=payout, outcome=outcome, words="Closed", by=MARA, at=LATER)
    owed = balances_of([payout.agreement_id], [AccountKind.PAYABLE, AccountKind.RESERVED])
    assert {name.kind: minor for name, minor in owed.items() if minor} == {AccountKind.PAYABLE: 12_000}
    for kind in (AccountKind.FUNDING, AccountKind.EXCHANGE, AccountKind.TRANSIT, AccountKind.EXCHANGE_RESULT):
        assert account(program, kind, "EUR") == account(program, kind, "USD") == 0
    sound(program)


def test_what_the_provider_truly_took_goes_to_gain_and_loss(program: Program) -> None:
    partner(program, "USD")
    payout = sent(program)
    cost = Money(12_150, "EUR")
    record_outcome(payout=payout, outcome=Outcome.SETTLED, words="R1", by=MARA, at=LATER, moved=cost)
    assert account(program, AccountKind.FUNDING, "EUR") == -12_150
    assert account(program, AccountKind.EXCHANGE_RESULT, "EUR") == 150
    assert statement_of(payout.agreement, first=LATER.date(), last=LATER.date()).closing.minor == 0
    sound(program)


def test_what_came_back_with_a_loss_leaves_the_partners_money_whole(program: Program) -> None:
    partner(program, "USD")
    payout = sent(program)
    record_outcome(payout=payout, outcome=Outcome.SETTLED, words="R1", by=MARA, at=LATER, moved=Money(11_990, "EUR"))
    assert account(program, AccountKind.EXCHANGE_RESULT, "EUR") == -10
    record_outcome(
        payout=payout, outcome=Outcome.RETURNED, words="Closed", by=MARA, at=LATER, moved=Money(11_800, "EUR")
    )
    assert account(program, AccountKind.EXCHANGE_RESULT, "EUR") == 190
    assert account(program, AccountKind.FUNDING, "EUR") == -190
    owed = balances_of([payout.agreement_id], [AccountKind.PAYABLE])
    assert sum(owed.values()) == 12_000
    sound(program)


def test_the_statement_tells_both_amounts_and_the_rate(program: Program) -> None:
    partner(program, "USD")
    payout = sent(program)
    record_outcome(payout=payout, outcome=Outcome.SETTLED, words="R1", by=MARA, at=LATER)
    told = statement_of(payout.agreement, first=LATER.date(), last=LATER.date())
    paid = next(line for line in told.lines if line.payout_id)
    assert paid.amount == Money(-12_000, "EUR")
    assert paid.words.startswith("Paid: 130.01 USD for 120.00 EUR: 1 EUR = 1.0834 USD")
    assert sum(line.amount.minor for line in lines_of_payout(payout, most=9)) == 12_000


@pytest.mark.parametrize(
    ("kind", "pay_in", "fine"),
    [
        (MethodKind.IBAN, "EUR", True),
        (MethodKind.IBAN, "USD", False),
        (MethodKind.ACH, "usd", True),
        (MethodKind.ACH, "EUR", False),
        (MethodKind.PAYPAL, "JPY", True),
        (MethodKind.PAYPAL, "KWD", False),
        (MethodKind.WISE, "GBP", True),
        (MethodKind.WISE, "USD", False),
        (MethodKind.MANUAL, "KWD", True),
        (MethodKind.BANK, "XXX", False),
    ],
)
def test_a_way_of_being_paid_carries_the_currencies_that_it_carries(
    kind: MethodKind, pay_in: str, *, fine: bool
) -> None:
    given = MethodInput(kind=kind, holder="Anna Reuter", pay_in=pay_in, **GIVEN[kind])
    organisation = make_organisation()
    if not fine:
        with pytest.raises(BadInput) as refused:
            actions.enter_method(organisation_id=organisation.id, given=given, by=JONAS, at=NOON)
        assert list(refused.value.fields) == ["pay_in"]
        return
    method = actions.enter_method(organisation_id=organisation.id, given=given, by=JONAS, at=NOON)
    assert wishes_of([method.id]) == {method.id: pay_in.upper()}


def test_another_currency_is_another_method_and_the_same_again_is_none() -> None:
    organisation = make_organisation()

    def enter(pay_in: str) -> PayoutMethod:
        given = MethodInput(kind=MethodKind.PAYPAL, holder="Anna Reuter", pay_in=pay_in, **PAYPAL)
        return actions.enter_method(organisation_id=organisation.id, given=given, by=JONAS, at=now())

    assert enter("") == enter("")
    dollars = enter("USD")
    assert enter("USD") == dollars == method_of(organisation.id)
    assert PayoutMethod.objects.count() == 2
