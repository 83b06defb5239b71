"""The people of a demo come from the machine itself; its pages say how far it is and how to begin for real."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from rapport.flows.demo.building import Building, begun, note
from rapport.flows.demo.planning import Play
from tests.make.identity import PASSWORD, make_person

pytestmark = pytest.mark.django_db

LOCAL: dict[str, Any] = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8100"}
PLAY = Play(seed=12, until=date(2026, 6, 25), partners=55, months=12)


@pytest.fixture
def demo(settings: Settings, tmp_path: Path) -> Building:
    settings.DEMO, settings.DATA_FOLDER, settings.ALLOWED_HOSTS = True, tmp_path, ["*"]
    return begun(PLAY)


def arrives(email: str, environment: dict[str, Any]) -> tuple[int, str]:
    """Try to sign in from somewhere."""
    answer = Client(**(LOCAL | environment)).post("/accounts/login/", {"login": email, "password": PASSWORD})
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_FORWARDED": "for=192.0.2.7"},
        {"HTTP_HOST": "demo.shop.example"},
    ],
)
def test_people_of_a_demo_sign_in_on_its_machine_only(settings: Settings, elsewhere: dict[str, Any]) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    for email in ("ines@demo.example", "ines@shop.example"):
        make_person(email=email, password=PASSWORD)
    status, page = arrives("ines@demo.example", elsewhere)
    assert (status, "from nowhere else" in page) == (422, True)
    assert arrives("ines@demo.example", {})[0] == 302
    assert arrives("ines@shop.example", elsewhere)[0] == 302


def test_pages_say_how_far_the_demo_is_built(demo: Building) -> None:
    client = Client(**LOCAL)
    note(demo)
    assert b'value="0"' in client.get("/accounts/login/").content
    assert b'value="0"' in client.get("/demo/building/").content
    note(Building(PLAY.seed, PLAY.until.isoformat(), 55, 12, entered=55, played=365, done=True))
    done = client.get("/demo/building/")
    assert (done["HX-Refresh"], done.content.strip()) == ("true", b"")
    page = client.get("/accounts/login/").content
    assert b"The demo is being built" not in page
    assert b"/demo/start/" in page


def test_a_demo_says_how_to_start_ones_own_program(demo: Building) -> None:
    note(demo)
    assert b"rapport up --data ./data" in Client(**LOCAL).get("/demo/start/").content
