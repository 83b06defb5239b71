"""The outbox of a demo opens on the machine itself and nowhere else."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from rapport.apps.delivery.actions import queue_mail
from rapport.apps.delivery.letters import Letter
from rapport.kit.clock import now

pytestmark = pytest.mark.django_db

LOCAL: dict[str, Any] = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8100"}


@pytest.fixture(autouse=True)
def _demo(settings: Settings) -> None:
    settings.DEMO, settings.EMAIL_HOST, settings.PUBLIC_URL = True, "", "http://localhost:8100"
    letter = Letter(recipient="a@example.com", subject="Your code", paragraphs=(), code="BCDF-GHJK", holds_secret=True)
    queue_mail(letter=letter, at=now())


def seen(environment: dict[str, Any]) -> int:
    return Client(**(LOCAL | environment)).get("/outbox/").status_code


def test_a_demo_on_this_machine_shows_its_codes() -> None:
    page = Client(**LOCAL).get("/outbox/")
    assert b"BCDF-GHJK" in page.content
    assert "no-store" in page["Cache-Control"]
    assert seen({"REMOTE_ADDR": "::1"}) == 200


@pytest.mark.parametrize(
    "environment",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_FORWARDED": "for=192.0.2.7"},
        {"HTTP_VIA": "1.1 proxy"},
    ],
)
def test_whoever_comes_from_elsewhere_finds_no_page(environment: dict[str, str]) -> None:
    assert seen(environment) == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [("DEMO", False), ("EMAIL_HOST", "mail.example"), ("PUBLIC_URL", "https://partners.example.com")],
)
def test_a_real_installation_has_no_such_page(settings: Settings, name: str, value: object) -> None:
    setattr(settings, name, value)
    assert seen({}) == 404


def test_a_public_name_asked_for_closes_the_page(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "partners.example.com"]
    assert seen({"HTTP_HOST": "partners.example.com"}) == 404
