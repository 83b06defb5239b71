"""Deciding who comes in."""

import re
from html import unescape

from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from rapport.apps.delivery.models import Mail
from rapport.apps.identity.models import Organisation, Role
from rapport.apps.partners.models import Agreement, ApplicationState
from rapport.apps.tracking.models import Link
from tests.doors.console.conftest import client_of
from tests.make.program_pages import Everything


def words_of(content: bytes) -> str:
    apart = re.sub(r"(</(?:th|td|dt|h\d)>)", r"\1 ", content.decode())
    return re.sub(r"\s+", " ", unescape(strip_tags(apart)))


def address(told: Everything, name: str) -> str:
    return reverse(f"console:{name}", args=[told.program.id, told.application.id])


def test_today_shows_the_applicant_and_one_click_lets_it_in(manager: Client, told: Everything) -> None:
    page = manager.get(reverse("console:today", args=[told.program.id]))
    assert "Sleep Atlas wants to join" in words_of(page.content)
    assert address(told, "application-approve") in page.content.decode()
    answer = manager.post(address(told, "application-approve"))
    agreement = Agreement.objects.get(partner__name="Sleep Atlas")
    assert (answer.status_code, answer["Location"]) == (
        303,
        reverse("console:partner", args=[told.program.id, agreement.id]),
    )
    assert Link.objects.filter(agreement=agreement).count() == 1
    assert Mail.objects.filter(recipient=told.application.email).count() == 2


def test_approving_twice_says_that_it_is_decided_and_admits_once(manager: Client, told: Everything) -> None:
    manager.post(address(told, "application-approve"))
    again = manager.post(address(told, "application-approve"))
    assert again.status_code == 422
    assert Agreement.objects.filter(partner__name="Sleep Atlas").count() == 1


def test_a_question_goes_by_mail_and_stands_in_the_thread(manager: Client, told: Everything) -> None:
    answer = manager.post(address(told, "application-ask"), {"question": "Which mattresses do you test?"})
    assert answer.status_code == 303
    told.application.refresh_from_db()
    assert told.application.state == ApplicationState.QUESTIONS
    assert "Which mattresses do you test?" in words_of(manager.get(address(told, "application")).content)


def test_declining_without_a_reason_asks_for_one_and_loses_nothing(manager: Client, told: Everything) -> None:
    answer = manager.post(address(told, "application-decline"), {"code": "no_fit", "reason": " "})
    assert answer.status_code == 422
    assert 'value="no_fit" selected' in answer.content.decode()
    told.application.refresh_from_db()
    assert told.application.state == ApplicationState.RECEIVED


def test_declining_keeps_code_and_reason(manager: Client, told: Everything) -> None:
    given = {"code": "no_fit", "reason": "We sell to hotels only."}
    assert manager.post(address(told, "application-decline"), given).status_code == 303
    told.application.refresh_from_db()
    assert (told.application.state, told.application.decline_code) == (ApplicationState.DECLINED, "no_fit")
    assert "We sell to hotels only." in words_of(manager.get(address(told, "application")).content)


def test_finance_does_not_see_who_applies(marlow: Organisation, told: Everything) -> None:
    finance = client_of(marlow, Role.FINANCE)
    page = words_of(finance.get(reverse("console:today", args=[told.program.id])).content)
    assert "Sleep Atlas" not in page
    assert finance.get(address(told, "application")).status_code == 403
