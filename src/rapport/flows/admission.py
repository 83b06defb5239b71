"""How a partner comes in: apply on the terms shown, ask and answer, approve with all that follows, or decline."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from rapport.apps.delivery.actions import queue_mail
from rapport.apps.delivery.letters import Button, Letter
from rapport.apps.identity.actions import create_organisation
from rapport.apps.identity.digests import digest_of
from rapport.apps.identity.inputs import OrganisationInput, PersonInput
from rapport.apps.identity.languages import speaking
from rapport.apps.identity.models import Organisation
from rapport.apps.identity.queries import partner_organisation_of, team_of
from rapport.apps.partners import actions as partners
from rapport.apps.partners.errors import SomebodyIsIn
from rapport.apps.partners.inputs import ApplicationInput, DeclineInput
from rapport.apps.partners.models import Agreement, Application
from rapport.apps.partners.queries import application_behind, introduction_of, organisation_admitted, rules_of
from rapport.apps.programs.models import Program, TermsVersion
from rapport.apps.programs.queries import terms_of, version_in_force
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.apps.threads.models import Side
from rapport.apps.threads.queries import messages_of
from rapport.apps.tracking.actions import create_link
from rapport.apps.tracking.inputs import LinkInput
from rapport.domain.terms import sentences
from rapport.flows.invitations import Host, invite_partner_person
from rapport.kit.ids import random_token

APPLICANT = Actor.system("application-form")
RULES_JOB = "rapport.flows.tasks.try_approval_rules"


@dataclass(frozen=True, slots=True)
class Received:
    """An application with the address of its thread; `path` is empty when the same person had applied before."""

    application: Application
    path: str


def apply(*, program: Program, given: ApplicationInput, at: datetime) -> Received:
    """Receive an application and mail the applicant the address under which questions and the decision are read."""
    secret = random_token()
    with transaction():
        application = partners.apply_to_program(
            program_id=program.id,
            given=given,
            sentence=promise(program, at=at),
            secret_digest=digest_of(secret),
            by=APPLICANT,
            at=at,
        )
        if application.secret_digest != digest_of(secret):
            return Received(application, "")  # the address went out with the first mail, and only there
        path = thread_path(program, secret)
        if application.website:
            partners.ask_for_proof(application=application)
        _write(application, subject=gettext_noop("Your application to %(program)s"), words=_RECEIVED, path=path, at=at)
        # By its path: what the rules say is one floor of use-cases above this one.
        import_string(RULES_JOB).enqueue(application_id=application.id)
    return Received(application, path)


def ask(*, application: Application, question: str, by: Actor, at: datetime) -> Application:
    """Ask the applicant back; the mail carries one more address of the thread."""
    with transaction():
        asked = partners.ask_applicant(application_id=application.id, question=question, by=by, at=at)
        path = thread_path(application.program, partners.add_secret(application=asked))
        _write(
            asked,
            subject=gettext_noop("A question about your application to %(program)s"),
            words=_ASKED,
            path=path,
            at=at,
        )
    return asked


def answer(*, application: Application, text: str, at: datetime) -> Application:
    """Take the applicant's answer."""
    return partners.answer_question(application_id=application.id, answer=text, by=APPLICANT, at=at)


def decline(*, application: Application, given: DeclineInput, by: Actor, at: datetime) -> Application:
    """Decline with a fixed code and a reason, and let the applicant know both."""
    with transaction():
        declined = partners.decline_application(application_id=application.id, given=given, by=by, at=at)
        path = thread_path(application.program, partners.add_secret(application=declined))
        _write(declined, subject=gettext_noop("Your application to %(program)s"), words=_DECLINED, path=path, at=at)
    return declined


def approve(*, application: Application, by: Actor, at: datetime) -> Agreement:
    """Approve: organisation, agreement on the terms accepted, a first link and the mailed way in, all or nothing."""
    with transaction():
        partners.locked_open_application(application.id)
        organisation = _organisation(application, by=by, at=at)
        agreement = partners.admit_partner(application_id=application.id, organisation_id=organisation.id, by=by, at=at)
        create_link(agreement_id=agreement.id, given=LinkInput(), by=by, at=at)
        _let_in(application, organisation, by=by, at=at)
    return agreement


def answer_within(program: Program) -> timedelta:
    """Return how long an applicant waits at most: the clock that a program shows."""
    return timedelta(days=rules_of(program).answer_days)


def answer_by(application: Application) -> datetime:
    """Return until when an applicant has an answer, counted from the application or from its last answer to us."""
    within = answer_within(application.program)
    said = [message.at for message in messages_of(application.id) if message.side == Side.PARTNER]
    return max(application.received_at, *said) + within if said else application.received_at + within


def moment_words(moment: datetime, *, zone: str) -> str:
    """Return a moment as people write it, in the program's zone: 4 May 2026, 14:00."""
    return date_format(moment.astimezone(ZoneInfo(zone)), "DATETIME_FORMAT")


def lacks_people(agreement: Agreement) -> bool:
    """Say whether nobody of the partner has come in yet, and it is known whom to invite."""
    known = application_behind(agreement.id) or introduction_of(agreement.id)
    return known is not None and not team_of(agreement.partner.organisation_id).exists()


def invite_again(*, agreement: Agreement, by: Actor, at: datetime) -> None:
    """Mail the way in once more; the address that was mailed before, used or not, opens nothing any more."""
    with transaction():
        application = application_behind(agreement.id)
        if application is None or not lacks_people(agreement):
            raise SomebodyIsIn
        _let_in(application, agreement.partner.organisation, by=by, at=at)


def promise(program: Program, *, at: datetime) -> str:
    """Return the terms in force as the sentences that a newcomer reads and accepts, in the language of the moment."""
    version = version_in_force(program.id, at=at)
    return wording(version, currency=program.currency) if version else ""


def wording(version: TermsVersion, *, currency: str) -> str:
    """Return a version as plain sentences, one a line."""
    return "\n".join(sentences(terms_of(version, currency=currency), speech=translation))


def thread_path(program: Program, secret: str) -> str:
    """Return the address of an applicant's thread."""
    return reverse("public:application", args=(program.slug, secret))


_RECEIVED = gettext_noop(
    "We have your application. You have an answer by %(answer_by)s. At the address below you can follow it; if you"
    " named a site or profile, you can show there that it is yours."
)
_ASKED = gettext_noop(
    "There is a question about your application. Please answer it at the address below; a day later at most you have"
    " our decision."
)
_DECLINED = gettext_noop("Your application was not accepted this time. The reason stands at the address below.")
_APPROVED = gettext_noop("You are a partner of this program now. Sign in to make your first link.")


def _organisation(application: Application, *, by: Actor, at: datetime) -> Organisation:
    """Return the organisation in which the applicant holds a seat, or was promised one, or a new one.

    Where others hold the seats by now, an old promise gives none: they may have ended it.
    """
    known = partner_organisation_of(application.email)
    if known:
        return known
    admitted = organisation_admitted(workspace_id=application.program.workspace_id, email=application.email)
    if admitted and not team_of(admitted.id).exists():
        return admitted
    given = OrganisationInput(name=application.organisation_name, website=application.website)
    return create_organisation(given=given, by=by, at=at)


def _let_in(application: Application, organisation: Organisation, *, by: Actor, at: datetime) -> None:
    program = application.program
    if partner_organisation_of(application.email):
        path = reverse("home")
        _write(application, subject=gettext_noop("Welcome to %(program)s"), words=_APPROVED, path=path, at=at)
        return
    invite_partner_person(
        organisation_id=organisation.id,
        given=PersonInput(name=application.name, email=application.email, language=application.language),
        host=Host(program.workspace_id, program.name),
        by=by,
        at=at,
    )


def _write(application: Application, *, subject: str, words: str, path: str, at: datetime) -> None:
    program = application.program
    with speaking(application.language):
        letter = Letter(
            recipient=application.email,
            subject=_(subject) % {"program": program.name},
            paragraphs=(_(words) % {"answer_by": moment_words(answer_by(application), zone=program.zone)},),
            button=Button(_("Open"), path),
            workspace_id=program.workspace_id,
            about_id=application.id,
            holds_secret=True,
        )
        queue_mail(letter=letter, at=at)
