"""The partner's side of paying: how, what was paid, and the statement."""

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.identity.models import Role
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.models import Payout
from rapport.domain.payouts import Outcome
from rapport.flows.paying import record_outcome
from rapport.kit.clock import now
from tests.make.identity import make_member
from tests.make.payouts import MARA, make_payable, make_sent_run
from tests.make.road import make_agreement, make_program


@pytest.fixture
def anna(db: None) -> Agreement:
    """A partner to whom 120.00 are due."""
    agreement = make_agreement(make_program(), name="Slow Mornings")
    make_payable(agreement.program, agreement, order="A-1")
    return agreement


@pytest.fixture
def partner(anna: Agreement) -> Client:
    client = Client()
    client.force_login(make_member(anna.partner.organisation, Role.PARTNER))
    return client


def read(partner: Client, name: str, *keys: str) -> str:
    answer = partner.get(reverse(f"portal:{name}", args=keys))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_partner_says_how_to_be_paid_and_follows_the_money(partner: Client, anna: Agreement) -> None:
    assert "Say how to be paid" in read(partner, "payouts", anna.id)
    address = reverse("portal:method", args=[anna.id])
    given = {
        "kind": "iban",
        "holder": "Anna Reuter",
        "town": "Berlin",
        "residence": "DE",
        "iban": "DE88370400440532013000",
    }
    refused = partner.post(address, given)
    assert (refused.status_code, "This is not an IBAN" in refused.content.decode()) == (422, True)
    assert partner.post(address, given | {"iban": "DE89 3704 0044 0532 0130 00"}).status_code == 303
    shown = read(partner, "method", anna.id)
    assert ("DE… 3000" in shown, "0532" in shown) == (True, False)
    payout = Payout.objects.get(run=make_sent_run(anna.program, at=now()))
    assert "on its way" in read(partner, "payouts", anna.id)
    record_outcome(payout=payout, outcome=Outcome.SETTLED, words="REF-1", by=MARA, at=now())
    assert "REF-1" in read(partner, "payouts", anna.id)
    assert "A-1" in read(partner, "payout", anna.id, payout.id)
    assert "ref. REF-1" in read(partner, "commissions", anna.id)
    record_outcome(payout=payout, outcome=Outcome.RETURNED, words="Account closed", by=MARA, at=now())
    assert "yours again" in read(partner, "payout", anna.id, payout.id)


def test_the_statement_is_a_page_a_file_and_a_paper(partner: Client, anna: Agreement) -> None:
    assert "Owed at the end" in read(partner, "statement", anna.id)
    for name, beginning in (("statement-csv", b"\xef\xbb\xbf"), ("statement-pdf", b"%PDF")):
        answer = partner.get(reverse(f"portal:{name}", args=[anna.id]))
        assert answer.content.startswith(beginning)
        assert answer["X-Content-Type-Options"] == "nosniff"
