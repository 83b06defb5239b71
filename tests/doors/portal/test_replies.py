"""What a partner may say about a commission, and what it reads of a decline, a hold and a proposed change."""

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.commissions.models import Attribution, Commission, Proposal
from rapport.flows.declining import decline_conversion, uphold_decline
from rapport.flows.tasks import proposals_wait, tell_proposals
from rapport.kit.clock import now
from rapport.kit.ids import new_id
from tests.doors.portal.conftest import Partnership
from tests.make.identity import STORY


@pytest.fixture
def portal(anna: Partnership) -> Client:
    client = Client()
    client.force_login(anna.person)
    return client


def page_of(portal: Client, anna: Partnership) -> str:
    address = reverse("portal:commission", args=[anna.agreement.id, anna.commission.id])
    return " ".join(portal.get(address).content.decode().split())


def write(portal: Client, anna: Partnership, body: str) -> int:
    address = reverse("portal:commission-reply", args=[anna.agreement.id, anna.commission.id])
    return portal.post(address, {"body": body}).status_code


def test_a_decline_can_be_replied_to_and_after_the_last_word_no_more(portal: Client, anna: Partnership) -> None:
    assert anna.commission.conversion
    decline_conversion(
        conversion=anna.commission.conversion,
        code="fraud",
        reason="The card was stolen.",
        evidence="See https://shop.example/77",
        by=STORY,
        at=now(),
    )
    declined = page_of(portal, anna)
    assert "Declined: Fraud. You may reply below until" in declined
    assert 'href="https://shop.example/77"' in declined
    home = portal.get(reverse("portal:home", args=[anna.agreement.id])).content.decode()
    assert "Order =10428 was declined" in home
    assert "declined, you may reply until" in home
    assert write(portal, anna, " ") == 422
    assert write(portal, anna, "It was my own mother.") == 303
    replied = page_of(portal, anna)
    assert "held until a person has looked at your reply" in replied
    assert "It was my own mother." in replied
    uphold_decline(conversion=anna.commission.conversion, reason="The bank insists.", by=STORY, at=now())
    final = page_of(portal, anna)
    assert "the decline was upheld, which is final" in final
    assert "<textarea" not in final
    assert write(portal, anna, "Please!") == 422


def test_a_question_about_what_waits_is_taken(portal: Client, anna: Partnership) -> None:
    assert write(portal, anna, "When is this mine?") == 303
    assert "When is this mine?" in page_of(portal, anna)


def test_a_proposed_change_is_told_before_it_is_booked(portal: Client, anna: Partnership) -> None:
    Commission.objects.filter(pk=anna.commission.id).update(
        accrued_minor=0, payable_minor=anna.commission.accrued_minor, state="approved"
    )
    Proposal.objects.create(
        id=new_id("pro", at=now()),
        commission=anna.commission,
        attribution=Attribution.objects.get(conversion=anna.commission.conversion),
        target_minor=0,
        cause="judged",
        created_at=now(),
    )
    assert proposals_wait()
    tell_proposals.func()
    assert not proposals_wait()
    page = page_of(portal, anna)
    assert "Nothing is booked yet." in page
    assert "You may reply below until" in page
    home = reverse("portal:home", args=[anna.agreement.id])
    assert "Order =10428 may change" in portal.get(home).content.decode()
    assert write(portal, anna, "Those were real visitors.") == 303
    assert "You have replied; a person decides." in page_of(portal, anna)
    assert "may change" not in portal.get(home).content.decode()
