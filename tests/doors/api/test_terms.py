"""Terms by the API: the same document, the same problems at the same fields, the same versions as on the pages."""

from datetime import timedelta
from typing import Any

import pytest

from rapport.apps.identity.rights import KeyScope
from rapport.apps.programs.models import TermsVersion
from rapport.domain.terms import presets
from rapport.kit.clock import now
from tests.doors.api.conftest import Shop, answered, open_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> Shop:
    return open_shop(KeyScope.TERMS_WRITE)


def document(*, rate: str = "15") -> dict[str, Any]:
    shoes = {"name": "shoes", "when": {"kind": "sale", "category": ["Shoes"]}, "pay": {"percent": rate}}
    rest = {"name": "rest", "when": {"kind": "sale"}, "pay": {"percent": "12"}}
    return {**presets()[0].document, "rules": [shoes, rest]}


def place(shop: Shop, rest: str = "") -> str:
    return f"programs/{shop.program.id}/terms{rest}"


def put(shop: Shop, body: object, **headers: str) -> tuple[int, Any]:
    return answered(
        shop.client.put(f"/api/v1/{place(shop, '/draft')}", body, content_type="application/json", headers=headers)
    )


def get(shop: Shop, rest: str = "") -> tuple[int, Any]:
    return answered(shop.client.get(f"/api/v1/{place(shop, rest)}"))


def test_a_draft_is_kept_read_and_published(shop: Shop) -> None:
    status, kept = put(shop, {"terms": document()})
    assert status == 200
    assert kept["sentences"][1] == "15 % of every sale, for products of the categories Shoes."
    assert get(shop, "/draft") == (200, kept)

    status, version = answered(shop.post(place(shop), {"note": "More for shoes"}, **{"Idempotency-Key": "once"}))
    assert (status, version["number"], version["in_force"], version["note"]) == (201, 2, True, "More for shoes")
    assert answered(shop.post(place(shop), {"note": "More for shoes"}, **{"Idempotency-Key": "once"})) == (201, version)
    assert TermsVersion.objects.count() == 2

    status, listed = get(shop)
    assert (status, [one["number"] for one in listed["versions"]]) == (200, [2, 1])
    assert get(shop, "/2") == (200, version)
    assert version["terms"] == TermsVersion.objects.get(number=2).document


def test_what_cannot_be_promised_is_refused_at_its_field_and_nothing_is_kept(shop: Shop) -> None:
    before = get(shop, "/draft")
    status, refused = put(shop, {"terms": document(rate="101")})
    assert status == 422
    assert "rules[0].pay.percent" in str(refused)
    assert get(shop, "/draft") == before


def test_a_document_is_checked_without_keeping_it(shop: Shop) -> None:
    before = get(shop, "/draft")
    _status, good = answered(shop.post(place(shop, "/check"), {"terms": document()}))
    assert (good["problems"], good["sentences"][1]) == ([], "15 % of every sale, for products of the categories Shoes.")
    _status, bad = answered(shop.post(place(shop, "/check"), {"terms": {"language": 1, "rules": []}}))
    mend = {"path": "rules", "sentence": "Write a list of 1 to 100 items."}
    assert bad == {"sentences": [], "problems": [mend], "notes": []}
    assert get(shop, "/draft") == before


def test_a_moment_in_the_past_and_a_version_that_is_none_are_refused(shop: Shop) -> None:
    put(shop, {"terms": document()})
    past = (now() - timedelta(days=1)).isoformat()
    status, _refused = answered(shop.post(place(shop), {"effective_at": past}))
    assert status in {409, 422}
    assert TermsVersion.objects.count() == 1
    assert get(shop, "/7")[0] == 404


def test_nobody_else_reads_or_writes_them(shop: Shop) -> None:
    other = open_shop(KeyScope.TERMS_WRITE)
    assert answered(other.client.get(f"/api/v1/{place(shop)}"))[0] == 404
    assert answered(other.client.get(f"/api/v1/{place(shop, '/draft')}"))[0] == 404
    assert answered(other.post(place(shop), {}))[0] == 404
    reader = open_shop(KeyScope.READ)
    assert get(reader)[0] == 200
    assert get(reader, "/draft")[0] == 403
