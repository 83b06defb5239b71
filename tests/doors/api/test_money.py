"""Every commission explained and every statement by API, to the merchant and to the partner whose it is."""

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.identity.rights import KeyScope
from tests.doors.api.conftest import Shop, answered, open_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> Shop:
    """A shop that has sold for 104.22 by a code, and took half of it back."""
    opened = open_shop(KeyScope.CONVERSIONS_WRITE, KeyScope.READ)
    opened.sell(coupons=["ANNA12"])
    opened.correct(total="52.11")
    return opened


def test_a_commission_is_explained_to_the_last_number(shop: Shop) -> None:
    commission = Commission.objects.get()
    status, told = answered(shop.client.get(f"/api/v1/commissions/{commission.id}"))
    assert (status, told["amount"], told["state"], told["order"]) == (200, "6.25", "pending", "1001")
    assert told["considered"][0]["won"] is True
    assert [row["amount"] for row in told["formula"] if row["amount"]] == [
        "104.22",
        "104.22",
        "-52.11",
        "52.11",
        "6.25",
    ]
    assert [(row["source"], row["destination"], row["amount"]) for row in told["entries"]] == [
        ("Commission expense", "Accrued", "12.51"),
        ("Accrued", "Commission expense", "6.26"),
    ]
    assert told["rules"] == []
    assert told["version"].startswith("trm_")


def test_a_statement_adds_up_and_says_what_the_list_comes_to_today(shop: Shop) -> None:
    agreement = Commission.objects.get().agreement_id
    status, told = answered(shop.client.get(f"/api/v1/agreements/{agreement}/statement"))
    assert status == 200
    assert told["today"] == {"waiting": "6.25", "yours": "0.00", "beside": [], "balance": "6.25", "unexplained": "0.00"}
    assert (told["opening"], told["closing"], told["lines"]) == ("0.00", "0.00", [])


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("first_on=2026-01-01", "last_on"),
        ("last_on=2026-01-01", "first_on"),
        ("first_on=2026-02-01&last_on=2026-01-01", "last_on"),
        ("first_on=1999-02-01&last_on=2026-01-01", "last_on"),
        ("first_on=soon&last_on=2026-01-01", "first_on"),
    ],
)
def test_days_that_are_none_are_refused_at_their_field(shop: Shop, asked: str, field: str) -> None:
    agreement = Commission.objects.get().agreement_id
    status, told = answered(shop.client.get(f"/api/v1/agreements/{agreement}/statement?{asked}"))
    assert status == 422
    assert field in str(told)


def test_nobody_else_reads_them(shop: Shop) -> None:
    commission = Commission.objects.get()
    other = open_shop(KeyScope.READ)
    assert answered(other.client.get(f"/api/v1/commissions/{commission.id}"))[0] == 404
    assert answered(other.client.get(f"/api/v1/agreements/{commission.agreement_id}/statement"))[0] == 404
    assert answered(open_shop(KeyScope.LINKS_WRITE).client.get(f"/api/v1/commissions/{commission.id}"))[0] == 403
