"""How a partner comes in: the mails, the thread's address, and everything that an approval brings at once."""

from datetime import timedelta

import pytest

from rapport.apps.delivery.models import Mail
from rapport.apps.delivery.queries import outbox
from rapport.apps.identity.actions import accept_invitation
from rapport.apps.identity.models import Invitation, Organisation, Role
from rapport.apps.identity.queries import actor_of, open_invitations_of
from rapport.apps.partners.errors import AlreadyDecided, SomebodyIsIn
from rapport.apps.partners.inputs import ApplicationInput, DeclineInput
from rapport.apps.partners.models import Agreement, Application, DeclineCode
from rapport.apps.partners.queries import agreements_held_by, application_of
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import version_in_force
from rapport.apps.tracking.models import Link
from rapport.flows import admission
from tests.make.identity import NOON, STORY, make_member, make_organisation
from tests.make.road import make_program

pytestmark = pytest.mark.django_db


def apply(program: Program, *, email: str = "anna@example.com") -> admission.Received:
    version = version_in_force(program.id, at=NOON)
    assert version is not None
    given = ApplicationInput(
        name="Anna Reuter",
        organisation_name="Slow Mornings",
        email=email,
        website="https://slow.example/",
        segment="blogger",
        promotion="I write about mornings.",
        accepted_version=version.id,
    )
    return admission.apply(program=program, given=given, at=NOON)


def secret_in(mail: Mail) -> str:
    """Return the secret of the thread that a mail leads to."""
    return mail.body_text.split("/applications/")[1].split()[0].rstrip("/").split("/")[-1]


def opens(program: Program, mail: Mail) -> Application:
    return application_of(slug=program.slug, secret=secret_in(mail))


def test_an_applicant_gets_the_address_of_the_thread_once() -> None:
    program = make_program()
    received = apply(program)
    assert secret_in(outbox()[0]) in received.path
    assert opens(program, outbox()[0]) == received.application
    assert received.application.sentence.startswith("You earn 12 % of every sale")
    again = apply(program)
    assert (again.application, again.path, outbox().count()) == (received.application, "", 1)


def test_a_question_carries_a_fresh_address_beside_the_first_and_its_answer_comes_back() -> None:
    program = make_program()
    application = apply(program).application
    first = outbox()[0]
    asked = admission.ask(application=application, question="Which site?", by=STORY, at=NOON)
    question = outbox().exclude(pk=first.pk).get()
    assert (asked.state, opens(program, question)) == ("questions", application)
    assert opens(program, first) == application
    assert admission.answer(application=application, text="slow.example", at=NOON).state == "received"


def test_a_decline_is_mailed_with_the_way_to_its_reason() -> None:
    program = make_program()
    application = apply(program).application
    why = DeclineInput(code=DeclineCode.INCOMPLETE, reason="Tell us about your site.")
    admission.decline(application=application, given=why, by=STORY, at=NOON)
    assert opens(program, outbox().filter(body_text__contains="not accepted").get()).decline_reason == why.reason


def test_an_approval_brings_organisation_agreement_link_and_invitation_at_once() -> None:
    program = make_program()
    agreement = admission.approve(application=apply(program).application, by=STORY, at=NOON)
    assert (agreement.partner.organisation.name, agreement.state) == ("Slow Mornings", "active")
    assert Link.objects.get(agreement=agreement).destination == program.landing_url
    assert Invitation.objects.get(organisation=agreement.partner.organisation).email == "anna@example.com"
    assert "/invitations/" in outbox().filter(subject__contains="Welcome").get().body_text


def test_who_has_a_portal_already_is_welcomed_without_a_second_organisation() -> None:
    firm = make_organisation("Slow Mornings")
    person = make_member(firm, Role.PARTNER)
    before = Organisation.objects.count()
    program = make_program()
    agreement = admission.approve(application=apply(program, email=person.email).application, by=STORY, at=NOON)
    assert agreement.partner.organisation == firm
    assert Organisation.objects.count() == before + 1  # the program's own workspace
    assert not Invitation.objects.exists()
    assert outbox().filter(subject__contains="Welcome").count() == 1


def test_an_application_is_approved_once() -> None:
    application = apply(make_program()).application
    admission.approve(application=application, by=STORY, at=NOON)
    organisations = Organisation.objects.count()
    with pytest.raises(AlreadyDecided):
        admission.approve(application=application, by=STORY, at=NOON)
    assert (Organisation.objects.count(), Agreement.objects.count()) == (organisations, 1)


def test_a_program_without_terms_promises_nothing() -> None:
    program = make_program()
    assert admission.promise(program, at=NOON.replace(year=2020)) == ""


def test_a_way_in_that_got_lost_is_mailed_again_until_somebody_came_in() -> None:
    agreement = admission.approve(application=apply(make_program()).application, by=STORY, at=NOON)
    later = NOON + timedelta(days=9)
    admission.invite_again(agreement=agreement, by=STORY, at=later)
    secret = outbox().order_by("-created_at").first().body_text.split("/invitations/")[1].split()[0]  # type: ignore[union-attr]  # just mailed
    anna = accept_invitation(secret=secret, name="Anna Reuter", at=later)
    assert agreements_held_by(actor_of(anna)).get() == agreement
    with pytest.raises(SomebodyIsIn):
        admission.invite_again(agreement=agreement, by=STORY, at=later)


def test_who_applies_again_before_coming_in_gets_no_second_organisation() -> None:
    program = make_program()
    first = admission.approve(application=apply(program).application, by=STORY, at=NOON)
    again = admission.approve(application=apply(program).application, by=STORY, at=NOON)
    assert (again, Agreement.objects.count()) == (first, 1)
    assert open_invitations_of(first.partner.organisation_id).count() == 1
