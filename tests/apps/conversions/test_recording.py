"""One order once, however often and by however many doors it is told, and more is learned about it each time."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.inputs import ConversionInput
from rapport.apps.conversions.models import Conversion, ConversionLine, Correction, Customer, Door, NamedClick, Report
from rapport.apps.conversions.queries import (
    conversions_found,
    conversions_of,
    orders_by_day,
    waiting_corrections,
)
from rapport.apps.conversions.reading import read_conversion
from rapport.apps.conversions.recording import Taken, TakenConversion
from rapport.apps.ledger.queries import recount
from rapport.apps.programs.models import Program
from rapport.apps.record.inputs import read_input
from rapport.flows.intake import take_conversions
from rapport.flows.offers import load_offer
from rapport.wire.clickid import Mark
from tests.make.identity import NOON, STORY
from tests.make.road import (
    make_agreement,
    make_click_id,
    make_coupon,
    make_link,
    make_program,
    report_correction,
    report_sale,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def report_batch(program: Program, *told: dict[str, Any], at: datetime = NOON) -> list[TakenConversion]:
    """Report several sales in one transaction, as the worker does with postbacks."""
    offer = load_offer(program.id)
    reports = [
        read_conversion(
            read_input(ConversionInput, {"kind": "sale", "currency": program.currency, "total": "100.00", **each}),
            frame=offer.frame,
            received_at=at,
        )
        for each in told
    ]
    return take_conversions(reports, offer=offer, door=Door.POSTBACK, by=STORY, at=at)


def codes(taken: TakenConversion) -> list[str]:
    return [warning.code for warning in taken.warnings]


class TestLearningMore:
    """A later report adds what was not known; what was told stays."""

    def test_facts_are_added_and_never_changed_silently(self) -> None:
        program = make_program()
        report_sale(program, external_id="1", total="100.00", country="DE")
        added = report_sale(program, external_id="1", total="100.00", channel="mail", customer_id="c1")
        kept = report_sale(program, external_id="1", total="100.00", country="AT", channel="mail", test=True)
        row = Conversion.objects.get()
        assert (added.taken, kept.taken, codes(kept)) == (Taken.ADDED, Taken.KNOWN, ["fact_kept", "fact_kept"])
        assert (row.country, row.channel, row.test, row.customer) == ("DE", "mail", False, Customer.objects.get())

    def test_the_earliest_reported_moment_stands_whichever_came_first(self) -> None:
        for first, second in ((NOON, NOON - HOUR), (NOON - HOUR, NOON)):
            program = make_program()
            report_sale(program, external_id="1", total="100.00", occurred_at=first)
            report_sale(program, external_id="1", total="100.00", occurred_at=second)
            assert Conversion.objects.get(program=program).occurred_at == NOON - HOUR

    def test_a_reported_moment_goes_before_an_arrival_and_the_first_arrival_before_the_second(self) -> None:
        program = make_program()
        report_sale(program, external_id="1", total="100.00", occurred_at=None, at=NOON)
        report_sale(program, external_id="1", total="100.00", occurred_at=None, at=NOON - HOUR)
        assert Conversion.objects.get().occurred_at == NOON - HOUR
        told = report_sale(program, external_id="1", total="100.00", occurred_at=NOON + HOUR, at=NOON + HOUR)
        again = report_sale(program, external_id="1", total="100.00", occurred_at=None, at=NOON - 2 * HOUR)
        assert (told.taken, again.taken, Conversion.objects.get().occurred_at) == (
            Taken.ADDED,
            Taken.KNOWN,
            NOON + HOUR,
        )

    def test_a_later_revision_amends_and_an_earlier_one_that_comes_late_changes_nothing(self) -> None:
        program = make_program()
        make_coupon(make_agreement(program), "ANNA12")
        report_sale(program, external_id="1", total="100.00", coupons=["ANNA12"], revision=1)
        amended = report_sale(program, external_id="1", total="50.00", revision=2)
        late = report_sale(program, external_id="1", total="90.00", revision=0)
        assert (amended.taken, late.taken) == (Taken.AMENDED, Taken.ADDED)
        assert (Commission.objects.get().accrued_minor, Report.objects.count()) == (600, 3)

    def test_lines_are_those_of_the_first_wording(self) -> None:
        program = make_program()
        lines = [{"product": "A", "price": "60.00"}, {"product": "B", "price": "40.00"}]
        for _ in range(2):
            report_sale(program, external_id="1", total="100.00", lines=lines)
        assert [(line.position, line.product) for line in ConversionLine.objects.order_by("position")] == [
            (0, "A"),
            (1, "B"),
        ]


class TestBatches:
    """Many reports in one write are taken as if they came one by one."""

    @pytest.mark.parametrize("nobody", ["guest", "0", "NULL", "Anonymous"])
    def test_an_id_that_stands_for_nobody_ties_no_strangers_together(self, nobody: str) -> None:
        program = make_program()
        taken = report_batch(
            program,
            {"external_id": "1", "customer_id": nobody},
            {"external_id": "2", "customer_id": nobody},
        )
        assert [codes(one) for one in taken] == [["customer_nobody"], ["customer_nobody"]]
        assert [one.conversion.customer for one in taken] == [None, None]
        assert not Customer.objects.exists()

    def test_an_order_told_twice_in_one_batch_is_one(self) -> None:
        program = make_program()
        told = {"external_id": "1"}
        taken = report_batch(program, told, told, {**told, "total": "80.00"}, {**told, "country": "DE"})
        assert [one.taken for one in taken] == [Taken.NEW, Taken.KNOWN, Taken.CONFLICT, Taken.ADDED]
        row = Conversion.objects.get()
        assert (row.total_minor, row.in_conflict, row.country) == (8_000, True, "DE")

    def test_an_order_of_before_that_joins_a_new_customer_is_judged_in_that_customers_story(self) -> None:
        program = make_program()
        agreement = make_agreement(program)
        click = make_click_id(make_link(agreement), at=NOON - 2 * HOUR)
        report_batch(program, {"external_id": "2", "occurred_at": NOON})
        assert not Commission.objects.exists()
        first = {"external_id": "1", "occurred_at": NOON - HOUR, "click_ids": [click], "customer_id": "c1"}
        report_batch(program, first, {"external_id": "2", "customer_id": "c1"})
        assert [row.accrued_minor for row in Commission.objects.all()] == [1_200, 1_200]
        assert recount(program.id).problems == []

    def test_orders_of_one_new_customer_bind_each_other_in_one_batch(self) -> None:
        program = make_program()
        click = make_click_id(make_link(make_agreement(program)), at=NOON - 2 * HOUR)
        second = {"external_id": "2", "occurred_at": NOON, "customer_id": "c1"}
        first = {"external_id": "1", "occurred_at": NOON - HOUR, "click_ids": [click], "customer_id": "c1"}
        report_batch(program, second, first)
        assert Commission.objects.filter(accrued_minor=1_200).count() == 2


class TestClicksAndCodes:
    """A bad click id or code never loses the order; its sender hears why it earns nothing."""

    def test_each_refusal_is_told(self) -> None:
        program = make_program()
        foreign = make_click_id(make_link(make_agreement(make_program())))
        own = make_click_id(make_link(make_agreement(program)), marks=Mark.BOT)
        forged = own[:-1] + ("A" if own[-1] != "A" else "B")
        taken = report_sale(
            program, external_id="1", total="9.00", click_ids=["gclid-1", foreign, forged, own], coupons=["NO"]
        )
        assert codes(taken)[:3] == ["click_id_malformed", "click_id_foreign", "click_id_forged"]
        assert "coupon_unknown" in codes(taken)
        refusals = dict(NamedClick.objects.values_list("click_id", "refusal"))
        assert refusals == {"gclid-1": "malformed", foreign: "foreign", forged: "forged", own: ""}
        assert not Commission.objects.exists()

    def test_a_lead_without_a_number_counts_once_per_click(self) -> None:
        rules = [{"name": "leads", "when": {"kind": "lead"}, "pay": {"flat": "2.00"}}]
        program = make_program(document={"language": 1, "rules": rules})
        click = make_click_id(make_link(make_agreement(program)), at=NOON - HOUR)
        for _ in range(2):
            report_sale(program, kind="lead", click_ids=[click])
        assert Commission.objects.get().accrued_minor == 200


class TestCorrections:
    """A correction counts once, and of two tellings the one that leaves less is booked."""

    @pytest.fixture
    def program(self) -> Program:
        program = make_program()
        make_coupon(make_agreement(program), "ANNA12")
        report_sale(program, external_id="1", total="100.00", coupons=["ANNA12"])
        return program

    def refund(self, program: Program, **told: Any) -> Taken:  # noqa: ANN401 - any field of a correction
        return report_correction(
            program, **{"kind": "refund", "external_id": "r1", "of": "1", "total": "20.00", **told}
        ).taken

    def test_the_same_again_is_known(self, program: Program) -> None:
        assert [self.refund(program), self.refund(program)] == [Taken.NEW, Taken.KNOWN]
        assert self.refund(program, occurred_at=NOON - HOUR) is Taken.ADDED
        assert (Commission.objects.get().accrued_minor, Correction.objects.get().occurred_at) == (960, NOON - HOUR)

    @pytest.mark.parametrize("totals", [("20.00", "50.00"), ("50.00", "20.00")])
    def test_two_amounts_are_a_conflict_that_takes_the_larger(self, program: Program, totals: tuple[str, str]) -> None:
        assert [self.refund(program, total=total) for total in totals] == [Taken.NEW, Taken.CONFLICT]
        commission = Commission.objects.get()
        assert (commission.accrued_minor, commission.state, commission.holds) == (600, "held", ["conflict"])

    def test_all_that_is_left_takes_more_than_any_amount(self, program: Program) -> None:
        self.refund(program)
        assert self.refund(program, total=None) is Taken.CONFLICT
        assert Commission.objects.get().accrued_minor == 0

    def test_a_conflict_that_came_before_its_sale_holds_it_too(self) -> None:
        program = make_program()
        make_coupon(make_agreement(program), "ANNA12")
        waits = [self.refund(program), self.refund(program), self.refund(program, total="30.00")]
        assert waits == [Taken.WAITING, Taken.WAITING, Taken.CONFLICT]
        assert waiting_corrections(program.id).count() == 1
        report_sale(program, external_id="1", total="100.00", coupons=["ANNA12"])
        commission = Commission.objects.get()
        assert (commission.accrued_minor, commission.holds) == (840, ["conflict"])
        assert not waiting_corrections(program.id).exists()

    def test_more_than_there_was_is_cut_and_shown(self, program: Program) -> None:
        self.refund(program, total="150.00")
        row = Conversion.objects.get()
        assert (row.over_corrected, row.remaining_minor, row.state) == (True, 0, "reversed")

    def test_a_part_leaves_the_rest(self, program: Program) -> None:
        self.refund(program)
        row = Conversion.objects.get()
        assert (row.remaining_minor, row.state, str(row), str(row.customer)) == (
            8_000,
            "partly_reversed",
            "sale 1",
            "None",
        )


def test_an_order_is_found_by_whatever_somebody_holds_in_hand() -> None:
    program = make_program()
    click = make_click_id(make_link(make_agreement(program)), at=NOON - HOUR)
    told: dict[str, Any] = {
        "external_id": "A-1",
        "total": "1.00",
        "customer_id": "c1",
        "click_ids": [click],
        "coupons": ["ANNA12"],
    }
    wanted = report_sale(program, **told).conversion
    report_sale(program, external_id="A-2", total="1.00")
    rows = conversions_of(program.id)
    for text in ("A-1", " c1 ", click, "anna12", wanted.id):
        assert list(conversions_found(rows, text)) == [wanted]
    assert not conversions_found(rows, "nothing").exists()


def test_orders_are_counted_in_the_days_of_the_program() -> None:
    program = make_program()
    midnight = datetime(2026, 3, 2, 23, 0, tzinfo=NOON.tzinfo)  # midnight in Berlin
    for number, at in enumerate((midnight - timedelta(seconds=1), midnight, midnight + HOUR)):
        report_sale(program, external_id=str(number), total="10.00", at=at)
    report_sale(program, external_id="t", total="10.00", at=midnight, test=True)
    days = orders_by_day(program, from_at=midnight - HOUR, until_at=midnight + 9 * HOUR)
    assert [(day.day, *figures) for day, figures in sorted(days.items())] == [(2, 1, 1_000), (3, 2, 2_000)]
