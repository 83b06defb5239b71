"""A program comes to life: created from a preset, published, opened."""

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.identity.models import Organisation, Role
from rapport.apps.programs.models import Program, ProgramState, TermsVersion
from rapport.domain.terms import presets
from tests.make.identity import make_member, make_organisation
from tests.support.pages import words_of

GIVEN = {
    "name": "Linen partners",
    "landing_url": "https://shop.example/",
    "currency": "EUR",
    "zone": "Europe/Berlin",
    "hosts": "www.shop.example\nm.shop.example",
    "preset": "crazyforbargains",
}


def new(organisation: Organisation) -> str:
    return reverse("program:create", args=[organisation.id])


def test_the_first_preset_is_the_classic_and_every_preset_says_what_it_promises(
    manager: Client, marlow: Organisation
) -> None:
    assert manager.get("/console/new/")["Location"] == new(marlow)
    page = manager.get(new(marlow)).content.decode()
    places = [page.index(preset.name) for preset in presets()]
    assert places == sorted(places)
    assert "You earn 12 % of every sale, for 365 days after the click, repeat purchases included." in page
    assert 'value="crazyforbargains" checked' in page


def test_a_program_goes_from_its_first_page_to_open(manager: Client, marlow: Organisation) -> None:
    created = manager.post(new(marlow), GIVEN)
    program = Program.objects.get()
    assert (created.status_code, created["Location"]) == (303, reverse("program:terms", args=[program.id]))
    assert program.hosts == ["shop.example", "www.shop.example", "m.shop.example"]
    assert "No terms are in force yet" in words_of(manager.get(created["Location"]).content)
    published = manager.post(reverse("program:terms-publish", args=[program.id]), {"effective_at": "", "note": ""})
    assert published["Location"] == reverse("program:version", args=[program.id, 1])
    assert "Open the program" in words_of(manager.get(created["Location"]).content)
    manager.post(reverse("program:move", args=[program.id]), {"state": "open"})
    program.refresh_from_db()
    assert program.state == ProgramState.OPEN
    assert Client().get(f"/p/{program.slug}").status_code == 200


@pytest.mark.parametrize("preset", ["lead-and-sale", "careful-start"])
def test_another_preset_becomes_the_draft(manager: Client, marlow: Organisation, preset: str) -> None:
    manager.post(new(marlow), GIVEN | {"preset": preset})
    kinds = {"lead-and-sale": ["lead", "sale"], "careful-start": ["sale"]}[preset]
    assert [rule["when"]["kind"] for rule in Program.objects.get().draft.document["rules"]] == kinds


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "n" * 121),
        ("name", "a\x00b"),
        ("landing_url", "shop.example"),
        ("landing_url", "javascript:alert(1)"),
        ("currency", "XXX"),
        ("zone", "Mars/Base"),
        ("hosts", "https://shop.example/path"),
        ("hosts", "*.shop.example"),
        ("fallback_url", "shop"),
        ("slug", "Not A Slug"),
        ("pitch", "p" * 4001),
    ],
)
def test_what_cannot_be_used_is_named_at_its_field_and_nothing_is_lost(
    manager: Client, marlow: Organisation, field: str, value: str
) -> None:
    answer = manager.post(new(marlow), GIVEN | {"pitch": "Linen and flannel."} | {field: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f"id_{field}_error" in page
    assert "Linen and flannel." in page or field == "pitch"
    assert not Program.objects.exists()


def test_a_taken_address_is_named_and_a_name_without_letters_needs_one(manager: Client, marlow: Organisation) -> None:
    manager.post(new(marlow), GIVEN)
    assert "The address linen-partners is taken." in words_of(manager.post(new(marlow), GIVEN).content)
    nameless = manager.post(new(marlow), GIVEN | {"name": "リネン"})
    assert nameless.status_code == 422
    assert Program.objects.count() == 1


def test_sales_people_open_no_programs(marlow: Organisation) -> None:
    sales = Client()
    sales.force_login(make_member(marlow, Role.SALES))
    assert sales.post(new(marlow), GIVEN).status_code == 403


def test_whoever_runs_two_workspaces_opens_programs_in_both(manager: Client, marlow: Organisation) -> None:
    other = make_organisation("Nordkap")
    assert manager.post(new(other), GIVEN).status_code == 404
    assert not TermsVersion.objects.exists()
