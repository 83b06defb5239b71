"""What is said about a program, and whether it is open."""

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.identity.models import Organisation, Role
from rapport.apps.programs.models import Program, ProgramState
from rapport.apps.tracking.book import program_entries
from rapport.kit.clock import now
from tests.make.identity import make_member
from tests.make.program_pages import make_everything
from tests.support.pages import words_of


def settings(program: Program) -> str:
    return reverse("program:settings", args=[program.id])


def given(program: Program, **changed: str) -> dict[str, str]:
    fields = ("name", "landing_url", "currency", "zone", "fallback_url", "slug", "pitch")
    return {name: getattr(program, name) for name in fields} | {"hosts": "\n".join(program.hosts)} | changed


def test_what_is_said_about_a_program_can_be_changed(manager: Client, program: Program) -> None:
    answer = manager.post(settings(program), given(program, name="Linen", hosts="m.shop.example", zone="Asia/Tokyo"))
    assert (answer.status_code, answer["Location"]) == (303, settings(program))
    program.refresh_from_db()
    assert (program.name, program.zone) == ("Linen", "Asia/Tokyo")
    assert program.hosts == ["shop.example", "m.shop.example"]


def test_cookies_may_wait_for_consent_and_the_edge_is_told(manager: Client, program: Program) -> None:
    assert 'name="consent_required" checked' not in " ".join(manager.get(settings(program)).content.decode().split())
    manager.post(settings(program), given(program, consent_required="on"))
    (entry,) = program_entries([program.id])
    assert entry.consent_required
    manager.post(settings(program), given(program))
    (entry,) = program_entries([program.id])
    assert not entry.consent_required


def test_zone_and_currency_are_fixed_once_something_is_booked(manager: Client, marlow: Organisation) -> None:
    program = make_everything(marlow, at=now()).program
    assert "the books of the program have entries" in words_of(manager.get(settings(program)).content)
    answer = manager.post(settings(program), given(program, name="Linen", zone="Asia/Tokyo", currency="USD"))
    assert answer.status_code == 303
    program.refresh_from_db()
    assert (program.name, program.zone, program.currency) == ("Linen", "Europe/Berlin", "EUR")


@pytest.mark.parametrize(
    ("field", "value"), [("landing_url", "shop"), ("hosts", "a b/c"), ("slug", "-"), ("zone", "X")]
)
def test_what_cannot_be_used_is_named_at_its_field(manager: Client, program: Program, field: str, value: str) -> None:
    answer = manager.post(settings(program), given(program, **{field: value}))
    assert answer.status_code == 422
    assert f"id_{field}_error" in answer.content.decode()


def test_a_program_is_paused_opened_again_and_closed(manager: Client, program: Program) -> None:
    move = reverse("program:move", args=[program.id])
    for state in (ProgramState.PAUSED, ProgramState.OPEN, ProgramState.CLOSED):
        words = words_of(manager.post(move, {"state": state.value}, follow=True).content)
        assert f"The program is now: {state.label.lower()}." in words
    refused = words_of(manager.post(move, {"state": "open"}, follow=True).content)
    assert "cannot become" in refused
    program.refresh_from_db()
    assert program.state == ProgramState.CLOSED


@pytest.mark.parametrize("state", ["", "draft", "wizard"])
def test_an_odd_wish_moves_nothing(manager: Client, program: Program, state: str) -> None:
    words = words_of(manager.post(reverse("program:move", args=[program.id]), {"state": state}, follow=True).content)
    assert "Choose whether to open, pause or close the program." in words
    program.refresh_from_db()
    assert program.state == ProgramState.OPEN


def test_finance_reads_and_changes_nothing(marlow: Organisation, program: Program) -> None:
    finance = Client()
    finance.force_login(make_member(marlow, Role.FINANCE))
    page = finance.get(settings(program))
    assert "shop.example" in words_of(page.content)
    assert "Save" not in words_of(page.content)
    assert finance.post(settings(program), given(program)).status_code == 403
