"""What the pages of shops take, refuse and show."""

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from rapport.apps.identity.models import Role
from rapport.apps.programs.models import Program
from rapport.apps.shops.models import ChannelDay, Shop, ShopDelivery
from rapport.apps.shops.providers.stripe.simulator import StripeSimulator
from rapport.apps.shops.queries import keys_of
from rapport.flows.shops.ordering import order_comparison
from rapport.kit.clock import now
from tests.make.identity import STORY, make_member, make_organisation
from tests.make.road import make_program
from tests.make.shops import arrive, deliver, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return make_program(make_organisation())


@pytest.fixture
def owner(client: Client, program: Program) -> Client:
    client.force_login(make_member(program.workspace, Role.OWNER))
    return client


def post(client: Client, where: str, /, **data: Any) -> Any:  # noqa: ANN401 - an answer with its context
    given = {"name": "Shop", "sale_kind": "sale", "renewal_kind": "sale", **data}
    return client.post(where, given)


def connect_page(program: Program, kind: str) -> str:
    return f"/console/{program.id}/shops/connect/{kind}/"


@pytest.mark.parametrize(
    ("kind", "given", "field", "words"),
    [
        ("stripe", {}, "key", "Give a restricted key, or the signing secret"),
        ("stripe", {"key": "rk", "code_percent": "0"}, "code_percent", "more than 0"),
        ("stripe", {"key": "rk", "code_percent": "ten"}, "code_percent", "Give a number"),
        ("stripe", {"key": "rk", "sale_kind": "gift"}, "sale_kind", "valid choice"),
        (
            "shopify",
            {"address": "shop.example", "key": "a", "signing_secret": "b"},
            "address",
            "ends in .myshopify.com",
        ),
        ("shopify", {"address": "http://a.myshopify.com", "key": "a", "signing_secret": "b"}, "address", "https://"),
        ("woocommerce", {"address": "http://shop.example", "key": "a", "secret": "b"}, "address", "https://"),
        (
            "woocommerce",
            {"address": "https://shop.example:8443", "key": "a", "secret": "b"},
            "address",
            "without a port",
        ),
        ("woocommerce", {"address": "https://user@shop.example", "key": "a", "secret": "b"}, "address", "https://"),
        ("json", {}, "number", "required"),
        ("json", {"sample": "{"}, "sample", "no JSON"),
        ("json", {"sample": "[]"}, "sample", "one object"),
        ("json", {"number": "a..b", "total": "t", "header": "x"}, "number", "names with dots"),
        ("json", {"number": "a", "total": "t", "header": "x y"}, "header", "characters that are allowed"),
    ],
)
def test_what_cannot_be_connected_is_told_at_its_field(
    owner: Client, program: Program, kind: str, given: dict[str, str], field: str, words: str
) -> None:
    standard = {"signing": "password", "header": "x-webhook-secret"} if kind == "json" else {}
    answer = post(owner, connect_page(program, kind), **{**standard, **given})
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert not Shop.objects.exists()


def test_a_shopify_address_is_completed_and_secrets_are_sealed(owner: Client, program: Program) -> None:
    given = {"address": "Marlow-Lind", "key": "shpat_1", "signing_secret": "shpss_1", "code_percent": "7,50 %"}
    answer = post(owner, connect_page(program, "shopify"), **given)
    shop = Shop.objects.get()
    assert answer.status_code == 303
    assert (shop.address, shop.settings["code_percent"]) == ("https://Marlow-Lind.myshopify.com", "7.5")
    assert keys_of(shop) == {"key": "shpat_1"}
    assert "shpat_1" not in json.dumps([shop.access_secret, shop.signing_secret, shop.settings])
    page = owner.get(answer["location"])
    assert "shpat_1" not in page.content.decode()
    again = post(owner, f"{answer['location']}again/", address=shop.address, code_percent="7.5")
    shop.refresh_from_db()
    assert (again.status_code, keys_of(shop)) == (303, {"key": "shpat_1"})
    assert owner.get(f"{answer['location']}again/").context["form"].initial["code_percent"] == "7.5"


def test_a_sample_fills_the_fields_and_keeps_nothing(owner: Client, program: Program) -> None:
    sample = '{"order": {"id": 1, "total": 2}}'
    given = {"sample": sample, "signing": "password", "header": "x-webhook-secret"}
    answer = post(owner, connect_page(program, "json"), **given)
    assert answer.status_code == 200
    assert (answer.context["form"]["number"].value(), answer.context["is_guess"]) == ("order.id", True)
    assert not Shop.objects.exists()
    made = post(owner, connect_page(program, "json"), **given, number="order.id", total="order.total")
    assert made.status_code == 303
    assert Shop.objects.get().settings["profile"]["number"] == "order.id"


@pytest.fixture
def shop(program: Program) -> Shop:
    stripe = StripeSimulator()
    made = make_shop(program, "stripe", stripe, at=now())
    stripe.buy(1_000, at=now())
    deliver(made, stripe, at=now())
    return made


def test_deliveries_are_found_by_state_and_id(owner: Client, shop: Shop) -> None:
    address = f"/console/{shop.program_id}/shops/{shop.id}/deliveries/"
    delivery = ShopDelivery.objects.get()
    for query, number in (("", 1), ("?state=taken", 1), ("?state=refused", 0), ("?id=nobody", 0), ("?state=x", 1)):
        assert len(owner.get(f"{address}{query}").context["deliveries"]) == number
    assert len(owner.get(f"{address}?id={delivery.delivery_id}").context["deliveries"]) == 1
    page = owner.get(f"{address}{delivery.id}/").content.decode()
    assert "buyer1@example.com" in page, "who may report orders reads what came"


def test_sales_people_see_what_became_of_a_delivery_and_not_whom_it_names(client: Client, shop: Shop) -> None:
    client.force_login(make_member(shop.program.workspace, Role.SALES))
    delivery = ShopDelivery.objects.get()
    page = client.get(f"/console/{shop.program_id}/shops/{shop.id}/deliveries/{delivery.id}/").content.decode()
    assert "Taken" in page
    assert "buyer1@example.com" not in page


def test_settings_change_and_a_delivery_without_body_cannot_run_again(owner: Client, shop: Shop) -> None:
    address = f"/console/{shop.program_id}/shops/{shop.id}/"
    assert post(owner, f"{address}settings/", code_percent="12").status_code == 303
    assert post(owner, f"{address}settings/", code_percent="-1").status_code == 422
    shop.refresh_from_db()
    assert shop.settings["code_percent"] == "12"
    delivery = ShopDelivery.objects.get()
    ShopDelivery.objects.update(body="")
    answer = owner.post(f"{address}deliveries/{delivery.id}/again/", follow=True)
    assert "forgotten after its time" in answer.content.decode()


def test_a_comparison_is_ordered_for_days_and_bad_days_are_told(owner: Client, shop: Shop) -> None:
    address = f"/console/{shop.program_id}/shops/{shop.id}/comparisons/"
    page = owner.post(address, {"from_on": "2026-03-01", "until_on": "2026-03-02"}, follow=True)
    assert page.context["comparison"].from_at.isoformat() == "2026-02-28T23:00:00+00:00"
    assert "is being read" in page.content.decode()
    assert "Give days" in owner.post(address, {"from_on": "yesterday"}, follow=True).content.decode()
    made = order_comparison(shop, from_at=now() - timedelta(days=1), until_at=now(), by=STORY, at=now())
    assert owner.get(f"{address}{made.id}/?fate=differs").status_code == 200


def test_daily_totals_are_read_line_by_line(owner: Client, program: Program) -> None:
    address = f"/console/{program.id}/shops/share/"
    good = "2026-05-04,organic,31,2104.50,12\n\n2026-05-04, news ,9,611.00\n"
    assert owner.post(address, {"totals": good}).status_code == 303
    assert sorted(ChannelDay.objects.values_list("channel", "orders", "total_minor", "new_orders")) == [
        ("news", 9, 61_100, None),
        ("organic", 31, 210_450, 12),
    ]
    for bad, words in {
        "2026-05-04,organic,31": "Line 1: write it as",
        "04.05.2026,organic,31,1": "Line 1: write it as",
        "2026-05-04,organic,many,1": "Line 1: write it as",
        "2026-05-04,organic,1,1.999": "Line 1: “1.999” has too many decimals",
        "2026-05-04,,1,1": "Line 1: write it as",
        "x\n" * 2_001: "at most 2000 lines",
    }.items():
        answer = owner.post(address, {"totals": bad})
        assert answer.status_code == 422
        assert words in answer.context["form"].errors["totals"][0]
    for days in ("30", "90", "365", "x"):
        assert owner.get(f"{address}?days={days}").status_code == 200


def test_the_hook_answers_every_message_and_keeps_only_proven_ones(client: Client, shop: Shop) -> None:
    stripe = StripeSimulator()
    stripe.buy(500, at=now())
    [sent] = stripe.sent
    headers = stripe.headers(sent, at=now())
    address = f"/hooks/{shop.id}/"

    def send(body: bytes, **more: Any) -> Any:  # noqa: ANN401 - an answer
        return client.post(address, body, content_type="application/json", headers={**headers, **more})

    assert send(sent.body + b"x").status_code == 401
    assert send(b"x" * 2_000_001).status_code == 413
    broken = b"[]"
    header = stripe.headers(type(sent)("x", broken), at=now())["stripe-signature"]
    assert send(broken, **{"stripe-signature": header}).status_code == 422
    assert client.get(address).status_code == 405
    assert client.post("/hooks/shp_nobody/").status_code == 404
    before = ShopDelivery.objects.count()
    assert not arrive(shop, stripe, sent, at=now()), "the first event of another account has the same id"
    assert ShopDelivery.objects.count() == before


def test_the_script_is_small_and_asked_for_again_only_when_it_changed(client: Client) -> None:
    answer = client.get("/t.js")
    assert answer["content-type"] == "text/javascript; charset=utf-8"
    assert len(gzip.compress(answer.content, 9)) <= 2_048
    assert client.get("/t.js", headers={"if-none-match": answer["etag"]}).status_code == 304


def test_the_plug_in_comes_with_the_programs_parameter(owner: Client, program: Program) -> None:
    answer = owner.get(f"/console/{program.id}/shops/plugin/rapport.php")
    assert f"RAPPORT_PARAMETER = '{program.parameter}'" in answer.content.decode()
    assert answer["content-disposition"] == 'attachment; filename="rapport-click-id.php"'
