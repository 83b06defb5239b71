"""Joining a program, the life of an agreement, and which version of the terms binds it."""

import secrets
from datetime import timedelta

import pytest

from rapport.apps.identity.errors import NotFound
from rapport.apps.identity.models import Role
from rapport.apps.partners.actions import (
    accept_terms,
    add_secret,
    admit_partner,
    answer_question,
    apply_to_program,
    ask_applicant,
    decline_application,
    end_agreement,
    resume_agreement,
    suspend_agreement,
)
from rapport.apps.partners.errors import AgreementMove, AlreadyDecided, NotOffered, ProgramNotOpen, TermsMovedOn
from rapport.apps.partners.inputs import ApplicationInput, DeclineInput
from rapport.apps.partners.models import Agreement, Application, DeclineCode, Partner
from rapport.apps.partners.queries import (
    acceptance_at,
    acceptances_of,
    agreements_held_by,
    agreements_of,
    application_of,
    applications_of,
    offered_version,
    open_applications,
    standings,
)
from rapport.apps.programs.actions import move_program, publish_terms, save_draft
from rapport.apps.programs.models import Program, ProgramState, TermsVersion
from rapport.apps.programs.queries import version_in_force
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.apps.record.models import Announcement
from rapport.apps.threads.queries import messages_of
from rapport.domain.promises import InForce, Suspension
from rapport.domain.terms import presets
from rapport.kit.clock import to_ms
from tests.make.identity import NOON, STORY, make_actor, make_organisation
from tests.make.road import START, make_agreement, make_program

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def version_of(program: Program) -> TermsVersion:
    version = version_in_force(program.id, at=NOON)
    assert version is not None
    return version


def given(program: Program, **changes: object) -> ApplicationInput:
    fields = {
        "name": "Anna Reuter",
        "organisation_name": "Slow Mornings",
        "email": "Anna@Example.com",
        "segment": "blogger",
        "promotion": "I write about mornings.",
        "accepted_version": version_of(program).id,
    }
    return read_input(ApplicationInput, {**fields, **changes})


def applied(program: Program, **changes: object) -> Application:
    return apply_to_program(
        program_id=program.id,
        given=given(program, **changes),
        sentence="You earn 12 % of every sale.",
        secret_digest=secrets.token_hex(32),
        by=STORY,
        at=NOON,
    )


def admitted(application: Application) -> Agreement:
    organisation = make_organisation(application.organisation_name)
    return admit_partner(application_id=application.id, organisation_id=organisation.id, by=STORY, at=NOON)


def publish(program: Program, percent: str, *, effective_at: object = NOON) -> TermsVersion:
    document = {
        **presets()[0].document,
        "rules": [{"name": "sales", "when": {"kind": "sale"}, "pay": {"percent": percent}}],
    }
    save_draft(program_id=program.id, document=document, by=STORY, at=NOON)
    return publish_terms(program_id=program.id, effective_at=effective_at, by=STORY, at=NOON)  # type: ignore[arg-type]  # a moment


class TestApplying:
    """Somebody asks to join on the terms shown."""

    def test_the_same_person_has_one_open_application(self) -> None:
        program = make_program()
        first = applied(program)
        assert (applied(program, email="anna@example.com"), first.email) == (first, "anna@example.com")
        assert list(open_applications(program.id)) == [first]

    def test_nobody_joins_a_program_that_is_not_open(self) -> None:
        program = make_program()
        move_program(program_id=program.id, state=ProgramState.PAUSED, by=STORY, at=NOON)
        with pytest.raises(ProgramNotOpen):
            applied(program)

    def test_terms_that_changed_while_the_form_was_open_must_be_read_again(self) -> None:
        program = make_program()
        old = version_of(program).id
        publish(program, "15")
        with pytest.raises(TermsMovedOn):
            applied(program, accepted_version=old)

    def test_a_mail_address_must_be_one(self) -> None:
        with pytest.raises(BadInput) as refused:
            given(make_program(), email="anna at example")
        assert "anna@example.com" in refused.value.fields["email"]

    def test_its_thread_opens_by_the_address_of_every_mail_and_by_no_other(self) -> None:
        program = make_program()
        application = applied(program)
        for secret in (add_secret(application=application), add_secret(application=application)):
            assert application_of(slug=program.slug, secret=secret) == application
        with pytest.raises(NotFound):
            application_of(slug=program.slug, secret="guessed")
        with pytest.raises(NotFound):
            application_of(slug="another", secret=add_secret(application=application))


class TestDeciding:
    """A question, an answer, and one decision."""

    def test_a_question_waits_for_its_answer(self) -> None:
        application = applied(make_program())
        asked = ask_applicant(application_id=application.id, question="Which site?", by=STORY, at=NOON)
        assert asked.state == "questions"
        answered = answer_question(application_id=application.id, answer="slow.example", by=STORY, at=NOON + DAY)
        assert answered.state == "received"
        assert [(row.side, row.body) for row in messages_of(application.id)] == [
            ("program", "Which site?"),
            ("partner", "slow.example"),
        ]

    def test_a_decline_says_why_and_is_final(self) -> None:
        program = make_program()
        application = applied(program)
        why = DeclineInput(code=DeclineCode.NO_FIT, reason="We sell to shops only.")
        declined = decline_application(application_id=application.id, given=why, by=STORY, at=NOON)
        assert (declined.state, declined.decline_code, declined.decided_at) == ("declined", "no_fit", NOON)
        with pytest.raises(AlreadyDecided) as refused:
            ask_applicant(application_id=application.id, question="Sure?", by=STORY, at=NOON)
        assert "declined" in refused.value.sentence
        assert applied(program) != application
        assert len(applications_of(program.id)) == 2

    def test_an_admitted_partner_is_bound_by_the_version_it_read(self) -> None:
        program = make_program()
        application = applied(program)
        publish(program, "15")
        agreement = admitted(application)
        acceptance = acceptance_at(agreement.id, at=NOON)
        assert acceptance is not None
        assert (acceptance.version, acceptance.sentence) == (application.version, "You earn 12 % of every sale.")
        assert (agreement.state, str(agreement.partner)) == ("active", "Slow Mornings")
        with pytest.raises(AlreadyDecided):
            admitted(application)

    def test_one_organisation_has_one_agreement_in_a_program(self) -> None:
        program = make_program()
        first = admitted(applied(program))
        again = applied(program, email="office@example.com")
        organisation_id = first.partner.organisation_id
        second = admit_partner(application_id=again.id, organisation_id=organisation_id, by=STORY, at=NOON)
        assert (second, Partner.objects.count(), second.acceptances.count()) == (first, 1, 1)

    def test_who_left_in_peace_may_come_back_with_an_agreement_of_its_own(self) -> None:
        program = make_program()
        first = admitted(applied(program))
        end_agreement(agreement_id=first.id, for_breach=False, reason="A year abroad", by=STORY, at=NOON)
        again = applied(program, email="office@example.com")
        organisation_id = first.partner.organisation_id
        second = admit_partner(application_id=again.id, organisation_id=organisation_id, by=STORY, at=NOON)
        first.refresh_from_db()
        assert (second.partner, second.state, first.state) == (first.partner, "active", "ended")
        assert second != first
        assert offered_version(first, at=NOON) is None

    def test_who_was_sent_away_is_not_let_in_again_by_an_application(self) -> None:
        program = make_program()
        first = admitted(applied(program))
        end_agreement(agreement_id=first.id, for_breach=True, reason="Spam", by=STORY, at=NOON)
        again = applied(program, email="office@example.com")
        with pytest.raises(AgreementMove) as refused:
            admit_partner(application_id=again.id, organisation_id=first.partner.organisation_id, by=STORY, at=NOON)
        assert "ended" in refused.value.sentence


class TestTheLifeOfAnAgreement:
    """Active, suspended, ended: as moments, so that the rules can ask about any time."""

    def test_its_suspensions_and_its_end_are_told_to_the_rules(self) -> None:
        program = make_program()
        agreement = make_agreement(program)
        suspend_agreement(agreement_id=agreement.id, reason="A check", by=STORY, at=NOON)
        resume_agreement(agreement_id=agreement.id, by=STORY, at=NOON + DAY)
        suspend_agreement(agreement_id=agreement.id, reason="Another", by=STORY, at=NOON + 2 * DAY)
        ended = end_agreement(agreement_id=agreement.id, for_breach=True, reason="Spam", by=STORY, at=NOON + 3 * DAY)

        standing = standings([agreement.id])[agreement.id]

        assert (ended.state, standing.ended_at_ms, standing.ended_for_breach) == ("ended", to_ms(NOON + 3 * DAY), True)
        assert sorted(standing.suspensions, key=lambda one: one.from_ms) == [
            Suspension(to_ms(NOON), to_ms(NOON + DAY)),
            Suspension(to_ms(NOON + 2 * DAY)),
        ]
        assert standing.acceptances == (InForce(version_of(program).id, to_ms(START)),)
        kinds = Announcement.objects.filter(subject=agreement.id).order_by("id").values_list("kind", flat=True)
        assert list(kinds) == [
            "agreement.active",
            "agreement.suspended",
            "agreement.resumed",
            "agreement.suspended",
            "agreement.ended",
        ]

    def test_what_has_ended_does_not_come_back(self) -> None:
        agreement = make_agreement(make_program())
        end_agreement(agreement_id=agreement.id, for_breach=False, reason="Farewell", by=STORY, at=NOON)
        with pytest.raises(AgreementMove):
            suspend_agreement(agreement_id=agreement.id, reason="Too late", by=STORY, at=NOON)


class TestAcceptingTerms:
    """A newer version binds a partner only from its own yes on."""

    def accept(self, agreement: Agreement, version: TermsVersion) -> None:
        accept_terms(
            agreement_id=agreement.id, version_id=version.id, sentence="More.", language="en", by=STORY, at=NOON
        )

    def test_a_version_to_come_binds_from_its_own_moment(self) -> None:
        program = make_program()
        agreement = make_agreement(program)
        assert offered_version(agreement, at=NOON) is None
        coming = publish(program, "15", effective_at=NOON + 9 * DAY)
        assert offered_version(agreement, at=NOON) == coming
        self.accept(agreement, coming)
        self.accept(agreement, coming)
        now, then = acceptance_at(agreement.id, at=NOON), acceptance_at(agreement.id, at=NOON + 9 * DAY)
        assert now is not None
        assert then is not None
        assert (now.version, then.version, agreement.acceptances.count()) == (version_of(program), coming, 2)
        assert [row.version for row in acceptances_of(agreement.id)] == [coming, version_of(program)]

    def test_a_version_in_force_can_be_accepted_while_another_is_announced(self) -> None:
        program = make_program()
        agreement = make_agreement(program)
        second = publish(program, "15")
        publish(program, "16", effective_at=NOON + 9 * DAY)
        self.accept(agreement, second)
        bound = acceptance_at(agreement.id, at=NOON)
        assert bound is not None
        assert bound.version == second

    def test_what_was_replaced_is_not_offered_any_more(self) -> None:
        program = make_program()
        agreement = make_agreement(program)
        second = publish(program, "15")
        publish(program, "16", effective_at=NOON + timedelta(seconds=1))
        with pytest.raises(NotOffered):
            accept_terms(
                agreement_id=agreement.id,
                version_id=second.id,
                sentence="Less.",
                language="en",
                by=STORY,
                at=NOON + DAY,
            )


def test_a_partner_sees_the_agreements_it_holds_and_a_program_all_of_its_own() -> None:
    program = make_program()
    agreement = make_agreement(program)
    make_agreement(program, name="Code Jar")
    partner = make_actor(agreement.partner.organisation, Role.PARTNER)
    assert list(agreements_held_by(partner)) == [agreement]
    assert [row.partner.name for row in agreements_of(program.id)] == ["Code Jar", "Slow Mornings"]
