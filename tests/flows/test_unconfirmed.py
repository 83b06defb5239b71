"""Orders that no server stands behind yet: held until one does, and never in the way of what the merchant says."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import permutations
from pathlib import Path

import pytest
from pytest_django import Settings

from rapport.apps.commissions.models import Commission
from rapport.apps.commissions.queries import approvable, held_commissions
from rapport.apps.conversions.actions import choose_profile
from rapport.apps.conversions.inputs import ProfileInput
from rapport.apps.conversions.models import Conversion, Receipt
from rapport.apps.conversions.queries import orders_by_day, refused_receipts, replies_open
from rapport.apps.partners.models import Agreement
from rapport.apps.programs.models import Program
from rapport.domain.credit import HoldReason
from rapport.flows.approving import approve_by_hand
from rapport.flows.deciding import lift_hold
from rapport.flows.declining import decline_conversion
from rapport.flows.doctor import run_checks
from rapport.flows.importing.validations.planning import why_refused
from rapport.flows.postbacks import take_postbacks
from rapport.flows.settlement import approve_due
from rapport.kit.clock import to_ms
from rapport.kit.ids import new_id
from rapport.wire.events import PostbackEvent
from rapport.wire.journal import JournalWriter
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_click_id, make_coupon, make_link, make_program

pytestmark = pytest.mark.django_db

Tell = Callable[..., Receipt]


@pytest.fixture
def program(tmp_path: Path, settings: Settings) -> Program:
    """A program whose edge has written nothing yet."""
    settings.JOURNAL_FOLDER = tmp_path
    return make_program()


@pytest.fixture
def anna(program: Program) -> Agreement:
    """A partner."""
    return make_agreement(program, name="Anna")


def reported(program: Program, *, auth: str = "none", at: datetime = NOON, **params: str) -> PostbackEvent:
    return PostbackEvent(
        receipt_id=new_id("rcp", at=at),
        at_ms=to_ms(at),
        program_id=program.id,
        auth=auth,  # type: ignore[arg-type]  # one of its words
        params=params,
    )


def write(folder: Path, *events: PostbackEvent) -> None:
    writer = JournalWriter(folder, writer_id=events[0].receipt_id)
    for event in events:
        writer.append(event)
    writer.close()


@pytest.fixture
def tell(program: Program, tmp_path: Path) -> Tell:
    """Tell of an order through the edge; `auth` none is a browser. Returns the receipt."""

    def told(*, auth: str = "none", at: datetime = NOON, **params: str) -> Receipt:
        event = reported(program, auth=auth, at=at, **params)
        write(tmp_path, event)
        take_postbacks(at=at)
        return Receipt.objects.get(pk=event.receipt_id)

    return told


def clicked(agreement: Agreement) -> str:
    return make_click_id(make_link(agreement), at=NOON - timedelta(hours=1))


def money() -> list[tuple[str, int, list[str]]]:
    rows = Commission.objects.order_by("agreement__partner__organisation__name", "id")
    return [(row.state, row.accrued_minor, row.holds) for row in rows if row.accrued_minor]


def judged_alike() -> bool:
    """Say whether judging every story again finds what is booked."""
    return not [one.problems for one in run_checks() if one.name == "orders judged again" and one.problems]


def test_what_a_page_tells_is_held_until_the_server_says_the_same(tell: Tell, anna: Agreement) -> None:
    receipt = tell(external_id="1", total="100.00", click_id=clicked(anna))
    assert (receipt.state, receipt.authentic) == ("taken", False)
    assert money() == [("held", 1200, ["unconfirmed"])]
    assert Conversion.objects.get().state == "reported"
    assert not approvable(Commission.objects.all()).exists()
    assert not held_commissions(anna.program_id).exists(), "it asks nobody: anybody could fill Today with such orders"
    click = Conversion.objects.get().clicks.get().click_id
    assert tell(auth="token", external_id="1", total="100.00", click_id=click).state == "taken"
    assert money() == [("pending", 1200, [])]
    assert Conversion.objects.get().state == "confirmed"
    assert tell(external_id="1", total="100.00").state == "known"
    assert judged_alike()


def test_the_server_s_amount_currency_and_moment_stand_whatever_a_page_told(tell: Tell, anna: Agreement) -> None:
    click = clicked(anna)
    tell(external_id="1", total="9000.00", currency="USD", test="1", click_id=click)
    earlier = (NOON - timedelta(minutes=30)).isoformat()
    server = {"external_id": "1", "total": "50.00", "occurred_at": earlier, "click_id": click}
    assert tell(auth="token", **server).warnings == []
    order = Conversion.objects.get()
    assert (order.total_minor, order.currency, order.test, order.in_conflict) == (5000, "EUR", False, False)
    assert order.occurred_at == NOON - timedelta(minutes=30)
    assert money() == [("pending", 600, [])]
    assert tell(external_id="1", total="9000.00").state == "known"
    assert money() == [("pending", 600, [])]
    assert judged_alike()


def test_a_guessed_order_number_takes_nothing_from_the_partner_whom_the_server_names(
    tell: Tell, program: Program, anna: Agreement
) -> None:
    thief = make_agreement(program, name="Thief")
    tell(external_id="1", total="100.00", click_id=clicked(thief))
    tell(auth="token", external_id="1", total="100.00", click_id=clicked(anna))
    tell(external_id="1", total="100.00", click_id=clicked(thief))
    assert [row.agreement_id for row in Commission.objects.all() if row.accrued_minor] == [anna.id]


def test_what_was_hearsay_counts_once_the_server_names_it_too(tell: Tell, anna: Agreement) -> None:
    click = clicked(anna)
    tell(external_id="1", total="100.00", click_id=click)
    tell(auth="token", external_id="1", total="100.00", click_id=click)
    assert money() == [("pending", 1200, [])]
    assert Conversion.objects.get().clicks.get().confirmed


def test_of_two_amounts_that_nobody_confirms_the_smaller_is_held_and_nobody_is_asked(
    tell: Tell, anna: Agreement
) -> None:
    click = clicked(anna)
    tell(external_id="1", total="100.00", click_id=click)
    tell(external_id="1", total="70.00", click_id=click)
    assert money() == [("held", 840, ["unconfirmed"])]
    assert not Conversion.objects.get().in_conflict


def test_a_manager_may_say_that_the_order_is_real(tell: Tell, anna: Agreement) -> None:
    tell(external_id="1", total="100.00", click_id=clicked(anna))
    lift_hold(
        conversion=Conversion.objects.get(), hold=HoldReason.UNCONFIRMED, reason="Seen in the shop", by=STORY, at=NOON
    )
    assert money() == [("pending", 1200, [])]
    assert Conversion.objects.get().state == "confirmed"


@pytest.mark.parametrize(
    "params",
    [
        {"type": "refund", "of": "1"},
        {"external_id": "1", "total": "5.00", "customer_id": "c-1"},
        {"external_id": "1", "total": "5.00", "occurred_at": "2020-01-01T00:00:00Z"},
        {"external_id": "1", "total": "5,00"},
    ],
)
def test_a_page_may_tell_of_an_order_and_of_nothing_else(tell: Tell, program: Program, params: dict[str, str]) -> None:
    assert tell(**params).state == "refused"
    assert not Conversion.objects.exists()
    assert not refused_receipts(program.id).exists(), "anybody can send such a thing; nobody is asked to look"


def test_what_another_system_calls_pending_waits_for_its_approval(
    tell: Tell, program: Program, anna: Agreement
) -> None:
    choose_profile(program=program, given=ProfileInput(profile="affise"), by=STORY, at=NOON)
    order = {"clickid": clicked(anna), "action_id": "1", "sum": "100.00", "ip": "192.0.2.1"}
    assert json.dumps(tell(auth="token", status="2", **order).warnings).count("ip") == 1
    assert money() == [("held", 1200, ["unconfirmed"])]
    tell(auth="token", status="1", **order)
    assert money() == [("pending", 1200, [])]
    tell(auth="token", status="3", **order)
    assert (money(), Conversion.objects.get().state) == ([], "reversed")
    assert judged_alike()


def test_silence_never_approves_it_and_a_person_s_approval_does(tell: Tell, program: Program, anna: Agreement) -> None:
    make_coupon(anna, "ANNA12")
    tell(external_id="1", total="100.00", coupon="ANNA12")
    approve_due(at=NOON + timedelta(days=60))
    commission = Commission.objects.get()
    assert (commission.state, commission.payable_minor) == ("held", 0)
    assert approve_by_hand(program_id=program.id, commission_ids=[commission.id], by=STORY, at=NOON) == {
        commission.id: ""
    }
    commission.refresh_from_db()
    assert (commission.state, commission.payable_minor, Conversion.objects.get().state) == (
        "approved",
        1200,
        "confirmed",
    )
    assert judged_alike()


def test_the_merchant_s_own_file_is_as_good_as_its_server(tell: Tell, anna: Agreement) -> None:
    make_coupon(anna, "ANNA12")
    tell(external_id="1", total="100.00", coupon="ANNA12")
    order, earned = Conversion.objects.get(), list(Commission.objects.all())
    assert why_refused("approve", order, earned, changes=False) == ""


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("at_once", [True, False])
def test_in_whatever_order_page_and_server_speak_the_same_is_booked(
    program: Program, anna: Agreement, tmp_path: Path, order: tuple[int, ...], at_once: bool
) -> None:
    said = [
        reported(program, external_id="1", total="9.00", currency="USD", test="1"),
        reported(program, auth="token", external_id="1", total="100.00"),
        reported(program, external_id="1", total="100.00", click_id=clicked(anna)),
    ]
    for group in [order] if at_once else [(one,) for one in order]:
        write(tmp_path, *(said[number] for number in group))
        take_postbacks(at=NOON)
    found = Conversion.objects.get()
    assert (found.total_minor, found.currency, found.test, found.state) == (10000, "EUR", False, "confirmed")
    assert money() == [("held", 1200, ["unconfirmed"])], "only a page says who brought it"
    assert judged_alike()


def test_pending_and_approved_in_one_breath_are_one_approved_order(
    program: Program, anna: Agreement, tmp_path: Path
) -> None:
    choose_profile(program=program, given=ProfileInput(profile="affise"), by=STORY, at=NOON)
    tell = partial(reported, program, auth="token", clickid=clicked(anna), action_id="1", sum="100.00")
    write(tmp_path, tell(status="2"), tell(status="1"))
    take_postbacks(at=NOON)
    assert money() == [("pending", 1200, [])]
    assert Conversion.objects.get().clicks.get().confirmed
    assert judged_alike()


def warned(receipt: Receipt) -> list[str]:
    return [warning["code"] for warning in receipt.warnings]


@pytest.mark.parametrize("page_first", [False, True])
@pytest.mark.parametrize("named", ["click_id", "coupon"])
def test_an_order_that_only_a_page_gives_to_a_partner_is_held_though_the_server_told_of_it(
    tell: Tell, anna: Agreement, named: str, page_first: bool
) -> None:
    make_coupon(anna, "ANNA12")
    claim = {"external_id": "1", "total": "100.00", named: clicked(anna) if named == "click_id" else "ANNA12"}
    told = [partial(tell, auth="token", external_id="1", total="100.00"), partial(tell, **claim)]
    receipts = [one() for one in (told[::-1] if page_first else told)]
    assert money() == [("held", 1200, ["unconfirmed"])]
    assert page_first or warned(receipts[1]) == ["only_a_page"]
    approve_due(at=NOON + timedelta(days=60))
    assert money() == [("held", 1200, ["unconfirmed"])]
    tell(auth="token", **claim)
    assert money() == [("pending", 1200, [])]
    assert judged_alike()


@pytest.mark.parametrize("page_first", [False, True])
@pytest.mark.parametrize("guess", [{"total": "0.01"}, {"total": "100.00", "currency": "USD"}])
def test_whoever_guesses_a_number_and_not_its_total_is_not_heard(
    tell: Tell, anna: Agreement, guess: dict[str, str], page_first: bool
) -> None:
    told = [
        partial(tell, auth="token", external_id="1", total="100.00"),
        partial(tell, external_id="1", click_id=clicked(anna), **guess),
    ]
    receipts = [one() for one in (told[::-1] if page_first else told)]
    assert money() == []
    assert page_first or "other_total" in warned(receipts[1])
    assert judged_alike()


def test_a_page_that_tells_the_right_total_in_the_end_is_heard(tell: Tell, anna: Agreement) -> None:
    click = clicked(anna)
    tell(external_id="1", total="9.00", click_id=click)
    tell(auth="token", external_id="1", total="100.00")
    assert money() == []
    tell(external_id="1", total="100.00", click_id=click)
    assert money() == [("held", 1200, ["unconfirmed"])]
    assert judged_alike()


def test_a_hold_is_lifted_for_the_click_that_a_person_saw_and_for_no_later_one(
    tell: Tell, program: Program, anna: Agreement
) -> None:
    tell(auth="token", external_id="1", total="100.00")
    tell(external_id="1", total="100.00", click_id=clicked(anna))
    order = Conversion.objects.get()
    lift_hold(conversion=order, hold=HoldReason.UNCONFIRMED, reason="Seen in the shop", by=STORY, at=NOON)
    assert money() == [("pending", 1200, [])]
    thief = make_link(make_agreement(program, name="Thief"))
    tell(external_id="1", total="100.00", click_id=make_click_id(thief, at=NOON - timedelta(minutes=1)))
    assert money() == [("held", 1200, ["unconfirmed"])]
    assert judged_alike()


@pytest.mark.parametrize("named", ["click_id", "coupon"])
def test_a_customer_whom_hearsay_bound_is_held_too(tell: Tell, anna: Agreement, named: str) -> None:
    make_coupon(anna, "ANNA12")
    tell(auth="token", external_id="1", total="100.00", customer_id="c-1")
    claim = {named: clicked(anna) if named == "click_id" else "ANNA12"}
    tell(external_id="1", total="100.00", **claim)
    tell(auth="token", external_id="2", total="50.00", customer_id="c-1")
    assert money() == [("held", 1200, ["unconfirmed"]), ("held", 600, ["unconfirmed"])]
    assert judged_alike()


def test_what_a_server_named_while_it_called_the_order_pending_is_no_hearsay(
    tell: Tell, program: Program, anna: Agreement
) -> None:
    choose_profile(program=program, given=ProfileInput(profile="affise"), by=STORY, at=NOON)
    tell(auth="token", status="2", clickid=clicked(anna), action_id="1", sum="90.00")
    tell(auth="token", status="1", action_id="1", sum="100.00")
    assert money() == [("pending", 1200, [])]
    assert judged_alike()


def test_the_decline_of_an_invented_order_is_not_that_of_the_real_one(tell: Tell, anna: Agreement) -> None:
    tell(external_id="1", total="1.00")
    order = Conversion.objects.get()
    decline_conversion(conversion=order, code="fraud", reason="No such order", by=STORY, at=NOON + timedelta(hours=1))
    receipt = tell(auth="token", at=NOON + timedelta(hours=2), external_id="1", total="100.00", click_id=clicked(anna))
    assert warned(receipt) == ["decline_undone"]
    assert money() == [("pending", 1200, [])]
    order.refresh_from_db()
    assert (order.state, order.received_at) == ("confirmed", NOON + timedelta(hours=2))
    assert not replies_open([order.id], at=NOON + timedelta(hours=2))
    assert judged_alike()


def test_the_decline_of_what_a_server_called_pending_stands(tell: Tell, program: Program, anna: Agreement) -> None:
    choose_profile(program=program, given=ProfileInput(profile="affise"), by=STORY, at=NOON)
    order = {"clickid": clicked(anna), "action_id": "1", "sum": "100.00"}
    tell(auth="token", status="2", **order)
    later = NOON + timedelta(hours=1)
    decline_conversion(conversion=Conversion.objects.get(), code="fraud", reason="Stolen card", by=STORY, at=later)
    tell(auth="token", at=NOON + timedelta(hours=2), status="1", **order)
    assert (money(), Conversion.objects.get().state) == ([], "declined")


def test_what_only_a_page_told_of_is_in_no_figure_of_the_day(tell: Tell, program: Program) -> None:
    def figures() -> list[tuple[int, int]]:
        from_at, until_at = NOON - timedelta(days=1), NOON + timedelta(days=1)
        return list(orders_by_day(program, from_at=from_at, until_at=until_at).values())

    tell(external_id="1", total="90000.00")
    assert figures() == []
    tell(auth="token", external_id="1", total="100.00")
    assert figures() == [(1, 10000)]
