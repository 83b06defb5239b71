"""The postbacks of other systems, as their manuals write them, read as the reports that they are."""

import hashlib
import json
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from rapport.apps.conversions.inputs import ConversionInput, CorrectionInput, EditInput
from rapport.apps.conversions.postback import Postback, Reading, read_postback
from rapport.apps.conversions.profiles import PROFILES
from rapport.apps.record.errors import BadInput
from rapport.wire.events import PostbackEvent

CLICK = "IAEBm8SqlAAAAAAABQECAwR8K1u7pQAA"
SECRET = "SECRETKEY"


def told(slug: str, line: str, **names: str) -> Postback:
    """Read a line of a manual with a click id in its place."""
    text = line.replace("{click}", CLICK)
    is_json = text.startswith("{")
    event = PostbackEvent(
        receipt_id="rcp_1",
        at_ms=0,
        program_id="prg_1",
        auth="token",
        params={} if is_json else dict(parse_qsl(text, keep_blank_values=True)),
        body=text if is_json else None,
    )
    return read_postback(event, currency="EUR", reading=Reading(PROFILES[slug], names, SECRET))


def order(slug: str, line: str, **names: str) -> ConversionInput:
    report = told(slug, line, **names).report
    assert isinstance(report, ConversionInput)
    return report


def taken_back(slug: str, line: str) -> CorrectionInput:
    report = told(slug, line).report
    assert isinstance(report, CorrectionInput)
    return report


EXPECTED: dict[str, dict[str, Any]] = {
    "rapport": {"tax": "19.24"},
    "post_affiliate_pro": {},
    "tune": {"coupons": ()},
    "everflow": {},
    "affise": {},
    "cj": {"total": "120.55", "discount": "10.00", "customer_status": "new"},
    "awin": {"channel": "aw"},
    "shareasale": {"customer_status": "new"},
    "clickbank": {"external_id": "CWOGBZLN", "coupons": (), "tax": "19.24"},
}


@pytest.mark.parametrize("slug", list(PROFILES))
def test_the_line_of_each_manual_is_an_order_with_its_click(slug: str) -> None:
    given = order(slug, PROFILES[slug].example)
    wanted = {
        "kind": "sale",
        "external_id": "10428",
        "total": "120.50",
        "currency": "EUR",
        "click_ids": (CLICK,),
        "coupons": ("ANNA12",),
        "test": False,
    }
    wanted |= EXPECTED[slug]
    assert {name: getattr(given, name) for name in wanted} == wanted


def test_the_manual_shows_these_very_lines() -> None:
    page = (Path(__file__).parents[3] / "docs" / "postbacks.md").read_text(encoding="utf-8")
    shown = dict(line.split(" ", 1) for line in page.split("```")[1].strip().splitlines())
    assert shown == {slug: PROFILES[slug].example for slug in PROFILES.keys() - {"rapport", "clickbank"}}
    for slug, line in shown.items():
        assert order(slug, line).external_id == "10428"
    titles = {row.split("|")[1].strip() for row in page.splitlines() if row.startswith("| ")}
    assert {profile.title for profile in PROFILES.values()} <= titles


def test_what_a_system_sends_beside_it_is_named_as_unread() -> None:
    assert told("post_affiliate_pro", PROFILES["post_affiliate_pro"].example).unread == ("ProductID",)
    assert told("awin", PROFILES["awin"].example).unread == ("tt", "tv", "merchant", "parts")


def test_baskets_become_lines() -> None:
    cj = order("cj", PROFILES["cj"].example)
    assert [(line.product, line.price, str(line.quantity)) for line in cj.lines] == [
        ("sku-1", "60.25", "1"),
        ("sku-2", "35.15", "2"),
    ]
    assert [line.product for line in order("shareasale", PROFILES["shareasale"].example).lines] == ["sku-1", "sku-2"]
    parts = order("awin", "amount=30&ref=1&parts=BOOKS:10.00|TOYS:20.00")
    assert [(line.category, line.price) for line in parts.lines] == [("BOOKS", "10.00"), ("TOYS", "20.00")]


@pytest.mark.parametrize(
    ("slug", "line", "confirmed"),
    [
        ("post_affiliate_pro", "OrderID=1&TotalCost=5&Status=A", True),
        ("post_affiliate_pro", "OrderID=1&TotalCost=5&Status=P", False),
        ("tune", "adv_sub=1&amount=5&status=pending", False),
        ("affise", "action_id=1&sum=5&status=1", True),
        ("affise", "action_id=1&sum=5&status=2", False),
        ("affise", "action_id=1&sum=5&status=5", False),
        ("shareasale", "tracking=1&amount=5&transtype=lead", True),
    ],
)
def test_what_is_pending_there_is_unconfirmed_here(slug: str, line: str, confirmed: bool) -> None:
    assert told(slug, line).confirmed is confirmed


@pytest.mark.parametrize(
    ("slug", "line"),
    [
        ("post_affiliate_pro", "OrderID=10428&TotalCost=120.50&Status=D"),
        ("tune", "adv_sub=10428&status=rejected"),
        ("affise", "action_id=10428&status=3&sum=120.50&clickid={click}"),
        ("shareasale", "action=void&ordernumber=10428"),
        ("everflow", "type=cancel&of=10428"),
        ("awin", "type=cancel&of=10428"),
    ],
)
def test_what_is_declined_there_is_cancelled_here(slug: str, line: str) -> None:
    given = taken_back(slug, line)
    assert (given.kind, given.of, given.of_kind, given.total) == ("cancel", "10428", "sale", None)


def test_an_edit_says_what_the_order_comes_to_unless_our_own_words_say_otherwise() -> None:
    line = "action=edit&ordernumber=10428&newamount=80.50&date=11/30/2026&merchantId=1234"
    given = told("shareasale", line)
    assert given.report == EditInput(of="10428", total="80.50")
    assert given.unread == ("date", "merchantId")
    assert taken_back("shareasale", "action=edit&type=refund&of=10428&total=5.00").kind == "refund"


def test_a_refund_in_our_own_words_is_understood_beside_every_profile() -> None:
    for slug in PROFILES.keys() - {"clickbank"}:
        given = taken_back(slug, "type=refund&of=10428&external_id=R-1&total=40.00")
        assert (given.kind, given.of, given.total) == ("refund", "10428", "40.00"), slug


@pytest.mark.parametrize(
    ("slug", "line", "field"),
    [
        ("affise", "action_id=1&sum=5&status=9", "status"),
        ("shareasale", "action=edit&ordernumber=1&newamount=5&amount=6", "amount"),
        ("shareasale", "action=edit&newamount=5", "of"),
        ("shareasale", "action=edit&ordernumber=1", "total"),
        ("shareasale", "action=mend&ordernumber=1", "action"),
        ("shareasale", "tracking=1&amount=5&skulist=a,b&pricelist=1&quantitylist=1,1", "skulist"),
        ("cj", "OID=1&ITEM1=a&AMT1=12,50", "price"),
        ("cj", "OID=1&ITEM1=a&AMT1=10&DCNT1=50", "discount"),
        ("cj", "OID=1&ITEM1=a&AMT1=10&DISCOUNT=10.01", "discount"),
        ("awin", "ref=1&amount=5&parts=BOOKS", "parts"),
        ("post_affiliate_pro", "OrderID=1&TotalCost=5&total=6", "total"),
        ("tune", "amount=5", ""),
    ],
)
def test_what_contradicts_itself_is_refused_at_its_name(slug: str, line: str, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        told(slug, line)
    assert list(refused.value.fields) == [field]


def test_numbers_of_lines_are_read_as_they_are_written() -> None:
    given = order("cj", "OID=1&ITEM1=a&AMT1=10&ITEM01=b&AMT01=5&ITEM02=c&AMT02=1")
    assert [(line.product, line.price) for line in given.lines] == [("b", "5"), ("a", "10"), ("c", "1")]
    assert given.total == "16"


def test_clickbank_s_order_without_a_number_is_refused() -> None:
    with pytest.raises(BadInput):
        told("clickbank", json.dumps({**SALE, "receipt": None}))


def test_an_order_without_a_number_counts_once_for_its_click_where_the_system_has_it_so() -> None:
    assert order("tune", "transaction_id={click}&amount=5").external_id == f"click:{CLICK}"
    with pytest.raises(BadInput):
        told("cj", "CJEVENT={click}&AMOUNT=5")


def test_names_of_the_program_s_own_go_first_and_one_may_be_left_unread() -> None:
    given = told("everflow", "order_id=1&amount=5&adv1=c-77&coupon_code=ANNA12", adv1="customer_id", coupon_code="")
    assert isinstance(given.report, ConversionInput)
    assert (given.report.customer_id, given.report.coupons, given.unread) == ("c-77", (), ("coupon_code",))
    own = told("rapport", "order=1&total=5&noise=1", order="external_id", noise="")
    assert isinstance(own.report, ConversionInput)
    assert (own.report.external_id, own.unread) == ("1", ("noise",))


def encrypted(document: dict[str, Any], secret: str = SECRET) -> str:
    """Encrypt a notification as ClickBank does."""
    key, iv = hashlib.sha1(secret.encode(), usedforsecurity=False).hexdigest()[:32].encode(), b"0123456789abcdef"
    padder = PKCS7(128).padder()
    padded = padder.update(json.dumps(document).encode()) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    sealed = encryptor.update(padded) + encryptor.finalize()
    return json.dumps({"notification": b64encode(sealed).decode(), "iv": b64encode(iv).decode()})


SALE = {"receipt": "CW", "transactionType": "SALE", "currency": "USD", "totalOrderAmount": 12.5, "trackingCodes": []}


def test_clickbank_s_notification_is_decrypted_with_the_vendor_s_key() -> None:
    given = order("clickbank", encrypted(SALE | {"vendorVariables": {"rpid": CLICK}}))
    assert (given.external_id, given.total, given.currency, given.click_ids) == ("CW", "12.5", "USD", (CLICK,))
    with pytest.raises(BadInput) as refused:
        told("clickbank", encrypted(SALE, "ANOTHER"))
    assert "notification" in refused.value.fields


@pytest.mark.parametrize(
    ("event", "kind", "of_kind"),
    [("RFND", "refund", "sale"), ("CGBK", "chargeback", "sale"), ("INSF", "cancel", "sale")],
)
def test_clickbank_s_reversals_name_their_sale(event: str, kind: str, of_kind: str) -> None:
    given = taken_back("clickbank", json.dumps(SALE | {"transactionType": event, "totalOrderAmount": -12.5}))
    assert (given.kind, given.of, given.of_kind, given.total) == (kind, "CW", of_kind, "12.5")


def test_clickbank_s_rebills_tests_and_news_without_an_order() -> None:
    rebill = order("clickbank", json.dumps(SALE | {"transactionType": "BILL", "receipt": "CW-B001"}))
    assert (rebill.kind, rebill.external_id) == ("rebill", "CW-B001")
    assert order("clickbank", json.dumps(SALE | {"transactionType": "TEST_SALE"})).test
    assert told("clickbank", json.dumps({"transactionType": "CANCEL-REBILL"})).report is None
    with pytest.raises(BadInput):
        told("clickbank", json.dumps({"transactionType": "SOMETHING"}))
