"""Every line of a partner's money: by word, as a file, explained to the cent."""

import csv
import io
from datetime import timedelta

from django.test import Client
from django.urls import reverse

from rapport.flows.declining import decline_conversion
from rapport.kit.clock import now
from tests.doors.portal.conftest import Partnership
from tests.make.identity import STORY, make_member
from tests.make.rates import make_rate
from tests.make.road import make_coupon, report_sale
from tests.support.pages import words_of


def address(partnership: Partnership, name: str, *more: str) -> str:
    return reverse(f"portal:{name}", args=[partnership.agreement.id, *more])


def test_every_line_carries_its_word_and_leads_to_its_explanation(by_anna: Client, anna: Partnership) -> None:
    page = by_anna.get(address(anna, "commissions"))
    assert "waiting until" in words_of(page.content)
    assert address(anna, "commission", anna.commission.id) in page.content.decode()


def test_lines_of_one_word_are_shown_alone(by_anna: Client, anna: Partnership) -> None:
    explained = address(anna, "commission", anna.commission.id)
    shown = by_anna.get(address(anna, "commissions"), {"word": "waiting"}).content.decode()
    others = by_anna.get(address(anna, "commissions"), {"word": "paid"}).content.decode()
    odd = by_anna.get(address(anna, "commissions"), {"word": "'; drop", "page": "999999"})
    assert explained in shown
    assert explained not in others
    assert odd.status_code == 200


def test_the_file_holds_what_the_page_holds_and_no_formula(by_anna: Client, anna: Partnership) -> None:
    answer = by_anna.get(address(anna, "commissions-file"))
    [row] = csv.DictReader(io.StringIO(answer.content.decode()))
    assert row["order"] == "'=10428"
    assert (row["amount"], row["currency"], row["kind"]) == ("12.51", "EUR", "sale")
    assert row["state"].startswith("waiting until")
    assert "k-77" not in answer.content.decode()
    assert row["order_currency"] == row["rate"] == ""
    nothing = by_anna.get(address(anna, "commissions-file"), {"word": "paid"})
    assert len(nothing.content.decode().splitlines()) == 1


def test_the_file_tells_currency_and_rate_of_an_order_from_abroad(by_anna: Client, anna: Partnership) -> None:
    program = anna.agreement.program
    make_coupon(anna.agreement, "ABROAD", at=now() - timedelta(days=9))
    make_rate(program, "USD", "0.92", day=now().date())
    report_sale(program, external_id="U-1", currency="USD", total="100.00", coupons=["ABROAD"], at=now())
    answer = by_anna.get(address(anna, "commissions-file")).content.decode()
    row = next(row for row in csv.DictReader(io.StringIO(answer)) if row["order"] == "U-1")
    assert (row["amount"], row["currency"], row["order_total"], row["order_currency"]) == (
        ("11.04", "EUR", "100.00", "USD")
    )
    assert (row["rate"], row["rate_day"], row["rate_source"]) == ("0.92", str(now().date()), "manual")


def test_the_explanation_shows_click_promise_formula_and_entries(by_anna: Client, anna: Partnership) -> None:
    words = words_of(by_anna.get(address(anna, "commission", anna.commission.id)).content)
    assert "You earn 12.51 € for order =10428" in words
    assert "It earns." in words
    assert "Commission expense → Accrued" in words
    assert "k-77" not in words


def test_a_declined_order_is_told_as_declined(by_anna: Client, anna: Partnership) -> None:
    conversion = anna.commission.conversion
    assert conversion is not None
    decline_conversion(conversion=conversion, code="fraud", reason="A test card.", by=STORY, at=now())
    words = words_of(by_anna.get(address(anna, "commissions"), {"word": "declined"}).content)
    assert "declined" in words
    assert "waiting 0.00 €" in words


def test_without_commissions_the_page_says_what_will_come(anna: Partnership) -> None:
    client = Client()
    client.force_login(make_member(anna.rival.partner.organisation))
    words = words_of(client.get(reverse("portal:commissions", args=[anna.rival.id])).content)
    assert "Nothing earned yet." in words
