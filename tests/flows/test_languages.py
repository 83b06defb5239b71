"""Every letter to a partner is written in the language of whoever reads it, figures and days too."""

import pytest

from rapport.apps.delivery.models import Mail
from rapport.apps.identity.models import Person, Role
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.models import Payout
from rapport.apps.threads.queries import messages_of
from rapport.domain.payouts import Outcome
from rapport.flows import admission, paying
from rapport.flows.declining import decline_conversion, undo_decline, uphold_decline
from rapport.flows.replying import answer, reply
from tests.flows.test_declining import commission
from tests.make.identity import NOON, STORY, make_member
from tests.make.joining import application_to
from tests.make.payouts import AFTER_HOLD, MARA, make_method, make_payable, make_sent_run
from tests.make.road import make_agreement, make_coupon, make_program, report_sale

pytestmark = pytest.mark.django_db


def speak(person: Person, language: str) -> Person:
    Person.objects.filter(pk=person.pk).update(language=language)
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def agreement() -> Agreement:
    """An agreement of two people, of whom the first reads German and the second English."""
    agreement = make_agreement(make_program())
    make_coupon(agreement, "ANNA12")
    speak(make_member(agreement.partner.organisation, Role.PARTNER), "de-AT")
    make_member(agreement.partner.organisation, Role.PARTNER)
    return agreement


def letters() -> list[str]:
    """Return the newest two letters as text, the German one first."""
    german = set(Person.objects.filter(language__startswith="de").values_list("email", flat=True))
    newest = sorted(Mail.objects.order_by("-created_at", "-id")[:2], key=lambda mail: mail.recipient not in german)
    return [f"{mail.subject}\n{mail.body_text}" for mail in newest]


def test_two_people_of_one_partner_are_told_in_two_languages(agreement: Agreement) -> None:
    order = report_sale(agreement.program, external_id="10428", total="1000.00", coupons=["ANNA12"]).conversion
    decline_conversion(conversion=order, code="fraud", reason="The card was stolen.", by=STORY, at=NOON)
    german, english = letters()
    assert "Bestellung 10428 wurde abgelehnt" in german
    assert "Die Provision für Bestellung 10428 wurde abgelehnt: Betrug." in german
    assert "Sie können bis zum 16. März 2026 antworten." in german
    assert "Ansehen und antworten" in german
    assert "order 10428 was declined" in english
    assert "until 16 March 2026" in english
    assert "wurde abgelehnt: Betrug" in messages_of(commission().id)[0].body, "the portal's first reader"


def test_the_rest_of_the_talk_follows(agreement: Agreement) -> None:
    order = report_sale(agreement.program, external_id="10428", total="1000.00", coupons=["ANNA12"]).conversion
    decline_conversion(conversion=order, code="fraud", reason="Why.", by=STORY, at=NOON)
    reply(commission=commission(), body="It was I.", by=STORY, at=NOON)
    uphold_decline(conversion=order, reason="No.", by=STORY, at=NOON)
    assert "es bleibt bei der Ablehnung von Bestellung 10428" in letters()[0]
    undo_decline(conversion=order, reason="Yes.", by=STORY, at=NOON)
    assert "Die Ablehnung wurde zurückgenommen; die Bestellung zählt wieder." in letters()[0]
    answer(commission=commission(), body="Hello.", by=STORY, at=NOON)
    assert "eine Nachricht zu Bestellung 10428" in letters()[0]


def test_money_that_arrived_and_money_that_did_not(agreement: Agreement) -> None:
    make_payable(agreement.program, agreement, total="20000.00", order="A-1")
    make_method(agreement.partner.organisation)
    payout = Payout.objects.get(run=make_sent_run(agreement.program))
    paying.record_outcome(payout=payout, outcome=Outcome.SETTLED, words="REF-1", by=MARA, at=NOON + AFTER_HOLD)
    german, english = letters()
    assert "2.400,00 EUR von Partner program" in german
    assert "Das Geld kommt per Überweisung an DE… 3000. Referenz: REF-1." in german
    assert "2,400.00 EUR from Partner program" in english
    payout.refresh_from_db()
    paying.record_outcome(payout=payout, outcome=Outcome.RETURNED, words="Closed", by=MARA, at=NOON + AFTER_HOLD)
    assert "Eine Auszahlung von Partner program ist nicht angekommen" in letters()[0]


def test_whoever_applies_in_german_is_welcomed_and_invited_in_german() -> None:
    program = make_program()
    received = admission.apply(program=program, given=application_to(language="de"), at=NOON)
    assert "Ihre Bewerbung bei Partner program" in letters()[0]
    admission.ask(application=received.application, question="Where?", by=STORY, at=NOON)
    assert "Eine Frage zu Ihrer Bewerbung" in letters()[0]
    admission.approve(application=received.application, by=STORY, at=NOON)
    newest = Mail.objects.order_by("-created_at", "-id")[0]
    assert newest.subject == "Willkommen bei Partner program"
    assert "sieben Tage lang" in newest.body_text
    assert 'lang="de"' in newest.body_html
