"""New terms in the portal: read beside the old ones, accepted once, never backwards."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from rapport.apps.partners.models import Acceptance
from rapport.apps.programs.actions import publish_terms, save_draft
from rapport.apps.programs.models import TermsVersion
from rapport.domain.terms import presets
from rapport.kit.clock import now
from tests.doors.portal.conftest import Partnership
from tests.make.identity import STORY
from tests.support.pages import words_of


def publish(partnership: Partnership, *, preset: int = 1, days: int = 0) -> TermsVersion:
    """Publish a preset as the next version, in force in so many days."""
    at = now()
    program_id = partnership.program.id
    save_draft(program_id=program_id, document=dict(presets()[preset].document), by=STORY, at=at)
    effective_at = at + timedelta(days=days)
    return publish_terms(program_id=program_id, effective_at=effective_at, note="More for you.", by=STORY, at=at)


def terms(partnership: Partnership) -> str:
    return reverse("portal:terms", args=[partnership.agreement.id])


def accept(partnership: Partnership, version: TermsVersion) -> str:
    return reverse("portal:terms-accept", args=[partnership.agreement.id, version.id])


def test_without_an_offer_the_page_shows_what_binds(by_anna: Client, anna: Partnership) -> None:
    words = words_of(by_anna.get(terms(anna)).content)
    assert "Terms v1 bind both sides." in words
    assert "You earn 12 % of every sale" in words


def test_new_terms_stand_beside_the_old_ones_and_are_accepted_once(by_anna: Client, anna: Partnership) -> None:
    version = publish(anna)
    assert "Terms v2 are there to read" in words_of(by_anna.get(f"/portal/{anna.agreement.id}/").content)
    page = by_anna.get(terms(anna))
    assert "<del>12 </del><ins>40 </ins>" in page.content.decode()
    assert "More for you." in words_of(page.content)
    for _time in range(2):
        assert by_anna.post(accept(anna, version)).status_code == 303
    acceptance = Acceptance.objects.get(agreement=anna.agreement, version=version)
    assert acceptance.sentence.startswith("You earn 40 %")
    assert (acceptance.language, acceptance.actor_id) == ("en", anna.person.id)
    assert "Terms v2 bind both sides." in words_of(by_anna.get(terms(anna)).content)


def test_terms_of_later_say_when_they_take_effect(by_anna: Client, anna: Partnership) -> None:
    version = publish(anna, days=40)
    assert "They take effect on" in words_of(by_anna.get(terms(anna)).content)
    by_anna.post(accept(anna, version))
    assert Acceptance.objects.get(version=version).from_at == version.effective_at


def test_a_version_that_was_replaced_meanwhile_is_refused_in_words(by_anna: Client, anna: Partnership) -> None:
    older = publish(anna)
    publish(anna, preset=2)
    answer = by_anna.post(accept(anna, older))
    assert answer.status_code == 422
    assert "This version is not offered any more." in words_of(answer.content)


def test_only_the_partner_accepts(anna: Partnership) -> None:
    version = publish(anna)
    assert Client().post(accept(anna, version)).status_code == 302
    assert not Acceptance.objects.filter(version=version).exists()
