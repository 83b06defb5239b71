"""A partner reads the portal in the language that it chose; teams read English whatever their browser says."""

from html import escape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from rapport.apps.identity.models import Person, Role
from rapport.apps.partners.models import Application
from rapport.apps.programs.queries import version_in_force
from rapport.kit.clock import now
from tests.doors.portal.conftest import Partnership
from tests.make.identity import make_member
from tests.support.catalogue import all_texts, read
from tests.support.pages import words_of

GERMAN_BROWSER = {"accept-language": "de-AT,de;q=0.9,en;q=0.5"}
PLACES = (
    *("home", "links", "link-new", "commissions", "reports", "payouts", "invoices"),
    *("method", "taxes", "terms", "profile", "statement"),
)
LONG_ENOUGH = 12
"""Shorter texts are words that German has as well, such as Name; one longer is how the program is called."""


def english_left_in(page: str) -> list[str]:
    """Return the texts that stand on a page untranslated, whatever room they come from."""
    same = {str(one.id) for one in read("de") if one.id == one.string}
    known = {text for _context, text, _many in all_texts()} - same - {"Partner program"}
    plain = [text for text in known if len(text) >= LONG_ENOUGH and "%" not in text]
    assert len(plain) > 500
    return [text for text in plain if f">{escape(text)}<" in page or f'"{escape(text)}"' in page]


@pytest.fixture
def german(anna: Partnership, by_anna: Client) -> Client:
    Person.objects.filter(pk=anna.person.pk).update(language="de")
    return by_anna


@pytest.mark.parametrize("place", PLACES)
def test_no_page_of_the_portal_speaks_english_to_who_reads_german(
    german: Client, anna: Partnership, place: str
) -> None:
    answer = german.get(reverse(f"portal:{place}", args=[anna.agreement.id]))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'lang="de"' in page
    assert "Einnahmen" in page
    assert english_left_in(page) == []


def test_amounts_and_days_are_written_as_the_reader_writes_them(german: Client, anna: Partnership) -> None:
    page = words_of(german.get(reverse("portal:commission", args=[anna.agreement.id, anna.commission.id])).content)
    with translation.override("de"):
        assert anna.commission.get_state_display() == "Offen"
    assert "104,22" in page
    assert "Vom Klick zur Auszahlung" in page


def test_the_language_is_chosen_on_the_profile_and_answers_at_once(by_anna: Client, anna: Partnership) -> None:
    profile = reverse("portal:profile", args=[anna.agreement.id])
    assert "You sign in with" in words_of(by_anna.get(profile, headers=GERMAN_BROWSER).content), (
        "what was chosen counts"
    )
    answer = by_anna.post(profile, {"name": "Anna Neu", "language": "de"}, follow=True)
    assert "Gespeichert." in words_of(answer.content)
    assert "Sie melden sich mit" in words_of(answer.content)
    refused = by_anna.post(profile, {"name": "Anna", "language": "xx"})
    assert refused.status_code == 422
    anna.person.refresh_from_db()
    assert (anna.person.name, anna.person.language) == ("Anna Neu", "de")


def test_teams_read_english_and_see_which_language_a_partner_reads(german: Client, anna: Partnership) -> None:
    team = Client(headers=GERMAN_BROWSER)
    team.force_login(make_member(anna.program.workspace, Role.OWNER))
    page = words_of(team.get(reverse("console:partner", args=[anna.program.id, anna.agreement.id])).content)
    assert "Language of our mail Deutsch" in page
    assert "Agreement" in page
    assert german.get(f"/p/{anna.program.slug}").headers["Content-Language"] == "de"


def test_a_visitor_applies_in_the_language_of_the_browser_and_may_choose_another(anna: Partnership) -> None:
    visitor = Client(headers=GERMAN_BROWSER)
    address = f"/p/{anna.program.slug}"
    page = visitor.get(address)
    assert english_left_in(page.content.decode()) == []
    version = version_in_force(anna.program.id, at=now())
    assert version is not None
    given = {
        "name": "Otto Blum",
        "email": "otto@blum.example",
        "organisation_name": "Blum",
        "segment": "blogger",
        "promotion": "Im Newsletter.",
        "accepted_version": version.id,
        "accept": "on",
    }
    assert '<option value="de" selected>Deutsch</option>' in page.content.decode()
    assert visitor.post(address, given).status_code == 303
    assert visitor.post(address, given | {"email": "eva@blum.example", "language": "en"}).status_code == 303
    chosen = dict(Application.objects.filter(email__endswith="blum.example").values_list("email", "language"))
    assert chosen == {"otto@blum.example": "de", "eva@blum.example": "en"}
    assert Application.objects.get(email="otto@blum.example").sentence.startswith("Sie verdienen ")
