"""Orders in a foreign currency: kept as they were told, judged by the rate of their day, which never changes."""

from datetime import date, timedelta

import pytest

from rapport.apps.commissions.models import Attribution, Commission
from rapport.apps.conversions.models import Conversion, Correction
from rapport.apps.conversions.queries import orders_by_day
from rapport.apps.conversions.recording import Taken
from rapport.apps.ledger.queries import booked_of, recount
from rapport.apps.partners.models import Agreement
from rapport.apps.programs.models import Program
from rapport.domain.credit import HoldReason
from rapport.flows.deciding import lift_hold
from rapport.flows.doctor import run_checks
from rapport.flows.explaining import explain
from rapport.flows.explaining.order import tell_order
from rapport.flows.rates import tasks
from rapport.flows.rates.rating import rate_orders
from rapport.flows.waiting import Waits, count_waiting, what_waits
from tests.make.identity import NOON, STORY
from tests.make.rates import make_rate
from tests.make.road import make_agreement, make_coupon, make_program, report_correction, report_sale

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return make_program()


@pytest.fixture
def anna(program: Program) -> Agreement:
    """A partner with the code ANNA12."""
    agreement = make_agreement(program)
    make_coupon(agreement, "ANNA12", at=NOON - timedelta(days=50))
    return agreement


def sell(program: Program, currency: str, total: str, **given: object) -> Conversion:
    facts = {"external_id": "1", "currency": currency, "total": total, "coupons": ["ANNA12"], **given}
    return report_sale(program, **facts).conversion  # type: ignore[arg-type]  # any field of a sale


def refund(program: Program, total: str, currency: str, *, number: str = "r1") -> Taken:
    return report_correction(program, kind="refund", external_id=number, of="1", total=total, currency=currency).taken


def earned() -> int:
    return sum(one.accrued_minor for one in booked_of(list(Commission.objects.values_list("id", flat=True))).values())


def test_an_order_in_dollars_earns_euros_by_the_rate_of_its_day(program: Program, anna: Agreement) -> None:
    make_rate(program, "USD", "1.0834", quote="EUR", day=date(2026, 2, 27))
    make_rate(program, "USD", "0.92")
    row = sell(program, "USD", "100.00")
    row.refresh_from_db()
    assert (row.currency, row.total_minor) == ("USD", 10_000)
    assert (row.rate, row.rate_day, row.rate_source) == ("0.92", NOON.date(), "manual")
    commission = Commission.objects.get()
    assert (commission.currency, commission.accrued_minor) == ("EUR", 1_104)
    document = Attribution.objects.get().document
    assert document["exchange"]["rate"] == {"text": "0.92", "day": "2026-03-02", "source": "manual"}


@pytest.mark.parametrize(
    ("currency", "total", "rate", "minor"), [("JPY", "16325", "1/163.25", 1200), ("KWD", "33.305", "1/0.33305", 1200)]
)
def test_yen_have_no_decimals_and_dinar_three(
    program: Program, anna: Agreement, currency: str, total: str, rate: str, minor: int
) -> None:
    make_rate(program, "EUR", rate.removeprefix("1/"), quote=currency)
    row = sell(program, currency, total)
    row.refresh_from_db()
    assert row.rate == rate
    assert earned() == 1_200


def test_without_a_rate_the_order_waits_and_is_judged_by_itself_when_one_comes(
    program: Program, anna: Agreement
) -> None:
    taken = report_sale(program, external_id="1", currency="USD", total="100.00", coupons=["ANNA12"])
    assert [warned.code for warned in taken.warnings] == ["no_rate"]
    row = taken.conversion
    assert not Commission.objects.exists()
    assert tell_order(row).outcome == "nobody earns yet, because no exchange rate of its day is known"
    assert "no rate of USD is known" in tell_order(row).rate
    assert count_waiting(program).rates == 1
    [waits] = what_waits(program, kinds=frozenset({Waits.RATE}), most=9, at=NOON)
    assert waits.heading == "Order 1 waits for a rate of USD"
    assert tasks.orders_wait()
    assert rate_orders(at=NOON) == 0
    make_rate(program, "USD", "0.92", day=date(2026, 2, 28))
    tasks.rate_orders.func()
    assert earned() == 1_104
    assert not tasks.orders_wait()
    assert count_waiting(program).rates == 0
    row.refresh_from_db()
    assert (row.rate_day, row.awaits_rate) == (date(2026, 2, 28), False)


def test_a_rate_that_comes_later_changes_nothing_that_has_one(program: Program, anna: Agreement) -> None:
    make_rate(program, "USD", "0.92")
    sell(program, "USD", "100.00")
    make_rate(program, "USD", "0.80")
    rate_orders(at=NOON)
    sell(program, "USD", "100.00")
    assert earned() == 1_104
    assert refund(program, "50.00", "USD") is Taken.NEW
    assert earned() == 552
    assert refund(program, "50.00", "USD", number="r2") is Taken.NEW
    assert earned() == 0


def test_an_order_that_is_told_another_day_takes_the_rate_of_that_day(program: Program, anna: Agreement) -> None:
    make_rate(program, "USD", "0.92")
    make_rate(program, "USD", "0.95", day=date(2026, 2, 26))
    sell(program, "USD", "100.00")
    sell(program, "USD", "100.00", occurred_at=NOON - timedelta(days=4))
    assert earned() == 1_140
    make_rate(program, "USD", "0.90", day=date(2026, 1, 1))
    sell(program, "USD", "100.00", occurred_at=NOON - timedelta(days=40))
    assert Conversion.objects.get().rate == "0.95"


def test_a_refund_in_another_currency_than_its_order_waits_for_a_person(program: Program, anna: Agreement) -> None:
    make_rate(program, "USD", "0.92")
    row = sell(program, "USD", "100.00")
    assert refund(program, "50.00", "EUR") is Taken.CONFLICT
    commission = Commission.objects.get()
    assert (commission.accrued_minor, commission.state) == (1_104, "held")
    assert commission.holds == [HoldReason.OTHER_CURRENCY]
    assert "names another currency" in explain(commission, at=NOON).holds[0]
    row.refresh_from_db()
    assert (row.remaining_minor, row.in_conflict, row.state) == (10_000, True, "held")
    [waits] = what_waits(program, kinds=frozenset({Waits.CONFLICT}), most=9, at=NOON)
    assert waits.heading == "Order 1 was told in another currency as well"
    lift_hold(conversion=row, hold=HoldReason.OTHER_CURRENCY, reason="It was refunded in euros.", by=STORY, at=NOON)
    commission.refresh_from_db()
    assert (commission.state, count_waiting(program).conflicts) == ("pending", 0)


def test_an_order_that_nobody_brought_waits_as_well_when_its_currency_is_in_doubt(program: Program) -> None:
    row = sell(program, "EUR", "100.00", coupons=[])
    assert refund(program, "50.00", "USD") is Taken.CONFLICT
    row.refresh_from_db()
    assert row.in_conflict
    lift_hold(conversion=row, hold=HoldReason.OTHER_CURRENCY, reason="A slip.", by=STORY, at=NOON)
    row.refresh_from_db()
    assert not row.in_conflict


def test_a_refund_in_the_wrong_currency_that_came_first_waits_as_well(program: Program, anna: Agreement) -> None:
    make_rate(program, "USD", "0.92")
    assert refund(program, "50.00", "EUR") is Taken.WAITING
    sell(program, "USD", "100.00")
    assert Commission.objects.get().holds == [HoldReason.OTHER_CURRENCY]
    assert refund(program, "50.00", "USD") is Taken.CONFLICT
    assert Correction.objects.get().currency == "EUR"


def test_an_order_told_once_more_in_another_currency_keeps_its_own_and_is_held(
    program: Program, anna: Agreement
) -> None:
    make_rate(program, "USD", "0.92")
    sell(program, "USD", "100.00")
    again = report_sale(program, external_id="1", currency="EUR", total="100.00")
    assert (again.taken, [one.code for one in again.warnings]) == (Taken.CONFLICT, ["other_currency"])
    assert report_sale(program, external_id="1", currency="EUR", total="100.00").taken is Taken.KNOWN
    assert Commission.objects.get().holds == [HoldReason.OTHER_CURRENCY]
    assert earned() == 1_104


def test_the_explanation_names_both_currencies_the_rate_its_day_and_its_source(
    program: Program, anna: Agreement
) -> None:
    make_rate(program, "EUR", "1.0834", quote="USD")
    sell(program, "USD", "100.00", tax="0.00")
    told = explain(Commission.objects.get(), at=NOON)
    assert "The customer paid 100.00 USD." in told.text
    assert "1 USD = 0.92302012 EUR (1 / 1.0834), 2 March 2026, Entered by hand" in told.text
    rows = {row.label: row for row in told.formula}
    assert rows["In the currency of the order"].amount.currency == "USD"  # type: ignore[union-attr]  # an amount
    assert rows["Exactly"].factor == "11.076241 EUR"
    assert rows["Commission, rounded once, half up"].amount.minor == 1_108  # type: ignore[union-attr]  # an amount


def test_sums_of_orders_are_in_the_programs_currency(program: Program, anna: Agreement) -> None:
    make_rate(program, "USD", "0.92")
    sell(program, "USD", "100.00")
    sell(program, "EUR", "10.00", external_id="2")
    sell(program, "GBP", "1000.00", external_id="3")
    days = orders_by_day(program, from_at=NOON - timedelta(days=1), until_at=NOON + timedelta(days=1))
    assert days == {NOON.date(): (3, 10_200)}


def test_the_doctor_judges_again_with_the_rate_that_stands_on_the_order(program: Program, anna: Agreement) -> None:
    make_rate(program, "USD", "0.92")
    sell(program, "USD", "100.00")
    make_rate(program, "USD", "0.10")
    judged = "orders judged again"
    assert not [finding for check in run_checks() if check.name == judged for finding in check.problems]
    Conversion.objects.update(rate="0.93")
    found = [finding for check in run_checks() if check.name == judged for finding in check.problems]
    assert any("would be judged differently today" in finding for finding in found)
    assert recount(program.id).problems == []
