"""Every answer says what a page may load; Django's own pages, which a developer sees, say nothing."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from rapport.doors.policy import ContentPolicy

HEADER = "Content-Security-Policy"


def _answer(status: int, *, own: str = "") -> HttpResponse:
    made = HttpResponse(status=status)
    if own:
        made[HEADER] = own
    answered = ContentPolicy(lambda _request: made)(RequestFactory().get("/"))
    assert isinstance(answered, HttpResponse)
    return answered


@pytest.mark.parametrize("status", [200, 302, 404, 500])
def test_every_answer_bears_the_policy_of_the_settings(status: int) -> None:
    rules = _answer(status).headers[HEADER].split("; ")
    assert {"default-src 'self'", "object-src 'none'", "frame-ancestors 'none'"} <= set(rules)


def test_a_view_may_give_its_own() -> None:
    assert _answer(200, own="default-src 'none'").headers[HEADER] == "default-src 'none'"


def test_while_somebody_looks_for_a_mistake_djangos_pages_keep_their_style(settings: Settings) -> None:
    settings.DEBUG = True
    assert HEADER not in _answer(404).headers
    assert HEADER not in _answer(500).headers
    assert HEADER in _answer(200).headers
