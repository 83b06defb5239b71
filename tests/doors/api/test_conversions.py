"""What a shop hears: what became of its reports, who earns, and why nobody does."""

from datetime import timedelta

from rapport.kit.clock import now
from rapport.wire.clickid import Mark
from tests.doors.api.conftest import Shop, answered, open_shop
from tests.make.rates import make_rate
from tests.make.road import make_click_id

NO_MARKS = Mark(0)


def clicked(shop: Shop, *, marks: Mark = NO_MARKS) -> str:
    return make_click_id(shop.link, at=now() - timedelta(minutes=3), marks=marks)


def test_a_sale_after_a_click_earns_and_says_where_it_is_explained(shop: Shop) -> None:
    status, told = shop.sell(click_ids=[clicked(shop)], tax="4.00")
    commission = told["conversion"]["commissions"][0]
    assert (status, told["taken"], told["warnings"]) == (201, "new", [])
    assert (commission["agreement"], commission["amount"]) == (shop.link.agreement_id, "12.03")
    assert commission["explain"].endswith(f"/console/{shop.program.id}/commissions/{commission['id']}/")


def test_the_same_report_again_is_known_and_reads_the_same_back(shop: Shop) -> None:
    _, first = shop.sell(coupons=["anna12"])
    status, again = shop.sell(coupons=["ANNA12"])
    assert (status, again["taken"], again["conversion"]) == (200, "known", first["conversion"])
    assert shop.client.get(f"/api/v1/conversions/{first['conversion']['id']}").json() == first["conversion"]


def test_more_that_is_told_later_is_added_and_earns(shop: Shop) -> None:
    shop.sell()
    status, told = shop.sell(click_ids=[clicked(shop)])
    assert (status, told["taken"], told["conversion"]["commissions"][0]["amount"]) == (200, "added", "12.51")


def test_another_amount_is_a_conflict_and_the_lower_counts_meanwhile(shop: Shop) -> None:
    shop.sell(coupons=["ANNA12"])
    status, told = shop.sell(total="50.00")
    assert (status, told["code"], told["taken"]) == (409, "conflict", "conflict")
    assert (
        told["conversion"]["commissions"][0] | {"amount": "6.00", "state": "held"}
        == (told["conversion"]["commissions"][0])
    )


def test_a_later_revision_is_an_amendment(shop: Shop) -> None:
    shop.sell(coupons=["ANNA12"])
    status, told = shop.sell(total="50.00", revision=1)
    assert (status, told["taken"], told["conversion"]["total"]) == (200, "amended", "50.00")


def test_half_of_an_order_taken_back_takes_half_of_the_commission(shop: Shop) -> None:
    shop.sell(coupons=["ANNA12"])
    status, told = shop.correct(total="52.11")
    assert (status, told["taken"], told["conversion"]["remaining"]) == (201, "new", "52.11")
    assert told["conversion"]["commissions"][0]["amount"] == "6.25"
    assert shop.correct(total="52.11")[1]["taken"] == "known"
    assert shop.correct(total="10.00")[0] == 409


def test_a_refund_before_its_sale_waits_for_it(shop: Shop) -> None:
    status, told = shop.correct(of="1002")
    assert (status, told["taken"], told["conversion"]) == (202, "waiting", None)
    assert told["warnings"][0]["code"] == "sale_unknown"
    _, told = shop.sell("1002", coupons=["ANNA12"])
    assert (told["conversion"]["state"], told["conversion"]["remaining"]) == ("reversed", "0.00")


def test_an_order_with_a_bad_click_id_is_kept_and_its_sender_warned(shop: Shop) -> None:
    good = clicked(shop)
    forged = good[:-1] + ("A" if good[-1] != "A" else "B")
    foreign = clicked(open_shop())
    status, told = shop.sell(click_ids=["not-a-click", forged, foreign])
    assert (status, told["conversion"]["outcome"]) == (201, "no_eligible_touch")
    codes = [warning["code"] for warning in told["warnings"]]
    assert codes == ["click_id_malformed", "click_id_forged", "click_id_foreign"]


def test_why_nobody_earns_is_said_at_once(shop: Shop) -> None:
    _, told = shop.sell(click_ids=[clicked(shop, marks=Mark.BOT)])
    assert told["warnings"] == [
        {
            "code": "nobody_earns",
            "field": "",
            "sentence": "Nobody earns from this order. Click: A program, not a person, followed the link.",
        }
    ]
    assert shop.sell("1002")[1]["warnings"] == []


def test_the_same_key_gets_the_same_answer_and_another_request_under_it_none(shop: Shop) -> None:
    body = {"kind": "sale", "external_id": "7", "currency": "EUR", "total": "10.00"}
    key = {"Idempotency-Key": "once"}
    first, again = shop.post("conversions", body, **key), shop.post("conversions", body, **key)
    assert (first.status_code, again.status_code, first.content) == (201, 201, again.content)
    assert (first.headers.get("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (None, "true")
    status, told = answered(shop.post("conversions", {**body, "total": "11.00"}, **key))
    assert (status, told["errors"][0]["field"]) == (409, "Idempotency-Key")


def test_a_sale_in_dollars_keeps_its_currency_and_says_by_which_rate_it_earns(shop: Shop) -> None:
    make_rate(shop.program, "EUR", "1.0834", quote="USD", day=now().date())
    status, told = shop.sell(currency="USD", total="100.00", coupons=["ANNA12"])
    order = told["conversion"]
    assert (status, order["currency"], order["total"]) == (201, "USD", "100.00")
    assert order["rate"] == {
        "to": "EUR",
        "rate": "0.92302012",
        "exact": "1/1.0834",
        "day": str(now().date()),
        "source": "manual",
    }
    assert (order["commissions"][0]["amount"], order["commissions"][0]["currency"]) == ("11.08", "EUR")
    status, told = shop.correct(total="50.00", currency="USD")
    assert (status, told["conversion"]["remaining"], told["conversion"]["commissions"][0]["amount"]) == (
        (201, "50.00", "5.54")
    )
    status, told = shop.correct(external_id="rf-2", total="50.00")
    assert (status, told["warnings"][0]["code"]) == (409, "other_currency")


def test_a_sale_without_a_rate_is_kept_and_warned_about(shop: Shop) -> None:
    status, told = shop.sell(currency="CHF", total="100.00", coupons=["ANNA12"])
    assert (status, told["conversion"]["outcome"], told["conversion"]["rate"]) == (201, "no_rate", None)
    assert [one["code"] for one in told["warnings"]] == ["no_rate"]


def test_a_refused_request_keeps_no_answer(shop: Shop) -> None:
    body = {"kind": "sale", "external_id": "7", "currency": "XXX", "total": "10.00"}
    key = {"Idempotency-Key": "once"}
    assert shop.post("conversions", body, **key).status_code == 422
    assert shop.post("conversions", {**body, "currency": "EUR"}, **key).status_code == 201
