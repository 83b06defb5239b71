"""The applicant's thread: questions are read and answered under the mailed address."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from rapport.apps.delivery.models import Mail
from rapport.apps.partners.inputs import DeclineInput
from rapport.apps.partners.models import Application, DeclineCode
from rapport.apps.threads.queries import messages_of
from rapport.doors.public.applications import ANSWERS_AN_HOUR
from rapport.flows import admission
from rapport.kit.clock import now
from tests.make.identity import STORY
from tests.make.program_pages import make_application
from tests.make.road import make_program
from tests.support.pages import words_of


@pytest.fixture(autouse=True)
def _nobody_came_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def application(db: None) -> Application:
    return make_application(make_program(), at=now())


def mailed_address(application: Application) -> str:
    """The address of the thread in the last mail."""
    text = Mail.objects.filter(recipient=application.email).latest("id").body_text
    return "/p/" + next(word for word in text.split() if "/applications/" in word).partition("/p/")[2]


def test_whoever_has_the_address_sees_what_was_sent_and_that_it_waits(client: Client, application: Application) -> None:
    words = words_of(client.get(mailed_address(application)).content)
    assert "You have an answer by mail by" in words
    assert "I compare mattresses." in words


def test_a_question_is_answered_in_the_thread(client: Client, application: Application) -> None:
    admission.ask(application=application, question="Which mattresses?", by=STORY, at=now())
    address = mailed_address(application)
    assert "Which mattresses?" in words_of(client.get(address).content)
    assert client.post(address, {"answer": "All that are sold here."}).status_code == 303
    assert [message.body for message in messages_of(application.id)] == ["Which mattresses?", "All that are sold here."]
    assert "You have an answer by mail by" in words_of(client.get(address).content)


@pytest.mark.parametrize("answer", ["", "  ", "a" * 4001, "a\x00b"])
def test_an_answer_that_cannot_be_used_is_refused_at_its_field(
    client: Client, application: Application, answer: str
) -> None:
    admission.ask(application=application, question="Which mattresses?", by=STORY, at=now())
    refused = client.post(mailed_address(application), {"answer": answer})
    assert refused.status_code == 422
    assert "id_answer_error" in refused.content.decode()


def test_a_declined_applicant_reads_why_and_answers_no_more(client: Client, application: Application) -> None:
    given = DeclineInput(code=DeclineCode.NO_FIT, reason="We look for blogs about linen.")
    admission.decline(application=application, given=given, by=STORY, at=now())
    address = mailed_address(application)
    words = words_of(client.get(address).content)
    assert "The audience does not fit the program" in words
    assert "We look for blogs about linen." in words
    assert client.post(address, {"answer": "But I am one."}).status_code == 422


def test_an_approved_applicant_is_told_where_to_go(client: Client, application: Application) -> None:
    address = mailed_address(application)
    admission.approve(application=application, by=STORY, at=now())
    assert "You are in." in words_of(client.get(address).content)


def test_every_mailed_address_opens_the_thread_and_caches_keep_none(client: Client, application: Application) -> None:
    old = mailed_address(application)
    admission.ask(application=application, question="Which mattresses?", by=STORY, at=now())
    for address in (old, mailed_address(application)):
        page = client.get(address)
        assert "Which mattresses?" in page.content.decode()
        assert "no-store" in page["Cache-Control"]


def test_flooding_the_thread_is_slowed_down(client: Client, application: Application) -> None:
    admission.ask(application=application, question="Which mattresses?", by=STORY, at=now())
    address = mailed_address(application)
    statuses = [client.post(address, {"answer": "All."}).status_code for _time in range(ANSWERS_AN_HOUR + 1)]
    assert statuses[-1] == 429
