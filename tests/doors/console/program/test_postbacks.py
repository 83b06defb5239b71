"""How postbacks are read is chosen on a page, and tried there before anything is sent."""

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.conversions.models import Conversion, PostbackProfile
from rapport.apps.conversions.profiles import PROFILES
from rapport.apps.conversions.queries import reading_of
from rapport.apps.programs.models import Program
from tests.support.pages import words_of


def at(program: Program, name: str = "postbacks") -> str:
    return reverse(f"program:{name}", args=[program.id])


def test_a_profile_is_chosen_with_names_of_one_s_own(manager: Client, program: Program) -> None:
    form = {"profile": "everflow", "names": "adv1 = customer_id\nadv2 ="}
    words = words_of(manager.post(at(program), form, follow=True).content)
    assert "are read this way" in words
    assert "transaction_id={click_id}" in words
    reading = reading_of(program.id)
    assert (reading.profile.slug, reading.names) == ("everflow", {"adv1": "customer_id", "adv2": ""})


def test_a_secret_is_sealed_shown_nowhere_and_kept_when_none_is_given(manager: Client, program: Program) -> None:
    manager.post(at(program), {"profile": "clickbank", "secret": "OURSECRETKEY"})
    assert "OURSECRETKEY" not in PostbackProfile.objects.get().secret
    assert "OURSECRETKEY" not in manager.get(at(program)).content.decode()
    manager.post(at(program), {"profile": "clickbank", "names": "a = total"})
    assert reading_of(program.id).secret == "OURSECRETKEY"


@pytest.mark.parametrize(
    "wrong",
    [
        {"profile": "nobody"},
        {"profile": "tune", "names": "adv1"},
        {"profile": "tune", "names": "adv1 = customer_id\ntest ="},
        {"profile": "tune", "names": "TYPE = kind"},
        {"profile": "tune", "names": "external_id = customer_id"},
        {"profile": "tune", "names": "adv1 = wages"},
        {"profile": "tune", "names": "a\x00 = total"},
    ],
)
def test_what_cannot_be_chosen_changes_nothing_and_stays_in_the_form(
    manager: Client, program: Program, wrong: dict[str, str]
) -> None:
    answer = manager.post(at(program), wrong)
    assert answer.status_code == 422
    assert not PostbackProfile.objects.exists()


@pytest.mark.parametrize("slug", list(PROFILES))
def test_the_example_of_every_profile_can_be_tried_as_it_is_shown(manager: Client, program: Program, slug: str) -> None:
    manager.post(at(program), {"profile": slug})
    page = manager.get(at(program))
    example = page.context["example"].removeprefix(page.context["example"].partition("\n\n")[0] + "\n\n")
    answer = manager.post(at(program, "postbacks-try"), {"line": example})
    assert answer.status_code == 200, words_of(answer.content)
    assert "An order." in words_of(answer.content)
    assert not Conversion.objects.exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("type=refund&of=10428", "A correction"),
        ('{"external_id": "1", "total": "5.00"}', "An order."),
        ("external_id=1&total=12,50", "not an amount"),
        ("external_id=1&total=1&currency=EURO", "Shorten this"),
        ("external_id=1&total=1&kind=nothing", "do not name this kind"),
        ("{", "no valid JSON"),
        ("", "required"),
        ("nonsense", "not known"),
    ],
)
def test_a_tried_line_says_what_would_be_read_or_what_is_wrong(
    manager: Client, program: Program, line: str, words: str
) -> None:
    assert words in words_of(manager.post(at(program, "postbacks-try"), {"line": line}).content)
