"""The page of exchange rates: a file, a rate by hand, what jumped."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client

from rapport.apps.identity.models import Organisation, Role
from rapport.apps.rates.models import ExchangeRate
from rapport.apps.rates.queries import doubts_of, rate_for
from rapport.kit.clock import now
from tests.make.identity import make_member, make_organisation
from tests.support.pages import words_of

pytestmark = pytest.mark.django_db

LIST = Path(__file__).parents[3] / "apps" / "rates" / "files" / "eurofxref-hist-90d.xml"


@pytest.fixture
def ours() -> Organisation:
    return make_organisation()


@pytest.fixture
def finance(client: Client, ours: Organisation) -> Client:
    """Somebody of finance, signed in."""
    client.force_login(make_member(ours, Role.FINANCE))
    return client


def text(answer: HttpResponseBase) -> str:
    """What a page says."""
    assert isinstance(answer, HttpResponse)
    return words_of(answer.content)


def at(ours: Organisation) -> str:
    return f"/console/settings/{ours.id}/rates/"


def entered(rate: str, *, ago: int = 0, base: str = "USD") -> dict[str, str]:
    day = (now() - timedelta(days=ago)).date()
    return {"what": "rate", "base": base, "quote": "EUR", "rate": rate, "day": str(day)}


def test_a_rate_by_hand_stands_in_the_list_with_its_age(finance: Client, ours: Organisation) -> None:
    assert "No rate is known yet." in text(finance.get(at(ours)))
    page = text(finance.post(at(ours), entered("0.92", ago=12), follow=True))
    assert "1 rate kept, 0 known before." in page
    assert "0.92 EUR" in page
    assert "12 days, too old" in page
    assert "Entered by hand" in page


def test_a_file_of_the_bank_is_taken_in(finance: Client, ours: Organisation) -> None:
    fresh = LIST.read_bytes().replace(b"2026-03-02", str(now().date()).encode())
    sent = {"what": "file", "file": SimpleUploadedFile("list.xml", fresh)}
    assert "10 rates kept" in text(finance.post(at(ours), sent, follow=True))
    assert ExchangeRate.objects.filter(workspace=ours).count() == 10


def test_what_cannot_be_used_is_said_at_its_field_and_nothing_is_lost(finance: Client, ours: Organisation) -> None:
    answer = finance.post(at(ours), {"what": "file", "file": SimpleUploadedFile("list.xml", b"no list")})
    assert answer.status_code == 422
    assert "This is no file of the European Central Bank" in text(answer)
    answer = finance.post(at(ours), entered("1,08"))
    assert answer.status_code == 422
    assert "is not a rate" in text(answer)
    assert 'value="1,08"' in answer.content.decode()
    assert finance.post(at(ours), {"what": "file"}).status_code == 422


def test_a_jump_waits_until_somebody_takes_it_or_leaves_it(finance: Client, ours: Organisation) -> None:
    today = now().date()
    finance.post(at(ours), entered("0.92", ago=1))
    page = text(finance.post(at(ours), entered("9.2"), follow=True))
    assert "wait for you below" in page
    assert "Rates that jumped" in page
    first = doubts_of(ours.id).get()
    finance.post(f"{at(ours)}{first.id}/refuse/")
    assert rate_for(ours.id, ("USD", "EUR"), day=today).text == "0.92"  # type: ignore[union-attr]  # known above
    finance.post(at(ours), entered("9.3"))
    second = doubts_of(ours.id).get()
    finance.post(f"{at(ours)}{second.id}/take/")
    assert rate_for(ours.id, ("USD", "EUR"), day=today).text == "9.3"  # type: ignore[union-attr]  # known above
    assert finance.post(f"{at(ours)}{second.id}/take/").status_code == 422
