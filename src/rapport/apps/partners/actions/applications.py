"""Write applications, and the agreement that follows from one."""

from datetime import datetime

from rapport.apps.identity.digests import digest_of
from rapport.apps.partners.actions.agreements import accepted, agreement_told, ensure_partner
from rapport.apps.partners.errors import AgreementMove, AlreadyDecided, ProgramNotOpen, TermsMovedOn
from rapport.apps.partners.inputs import ApplicationInput, DeclineInput
from rapport.apps.partners.models import (
    Agreement,
    AgreementState,
    Application,
    ApplicationAddress,
    ApplicationState,
    Partner,
)
from rapport.apps.programs.models import Program, ProgramState
from rapport.apps.programs.queries import version_in_force
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.inputs import read_input
from rapport.apps.record.write import transaction
from rapport.apps.threads.actions import post_message
from rapport.apps.threads.inputs import MessageInput
from rapport.apps.threads.models import Side
from rapport.kit.ids import new_id, random_token

_OPEN = (ApplicationState.RECEIVED, ApplicationState.QUESTIONS)


def apply_to_program(
    *, program_id: str, given: ApplicationInput, sentence: str, secret_digest: str, by: Actor, at: datetime
) -> Application:
    """Receive an application on the terms shown; the same address applying again gets its open application back."""
    with transaction():
        # Locked, so that pressing the button twice at once is one application.
        program = Program.objects.select_for_update().get(pk=program_id)
        if program.state != ProgramState.OPEN:
            raise ProgramNotOpen
        version = version_in_force(program_id, at=at)
        if version is None or version.id != given.accepted_version:
            raise TermsMovedOn
        known = Application.objects.filter(program=program, email=given.email, state__in=_OPEN).first()
        if known:
            return known
        application = Application.objects.create(
            id=new_id("app", at=at),
            program=program,
            version=version,
            state=ApplicationState.RECEIVED,
            sentence=sentence,
            secret_digest=secret_digest,
            received_at=at,
            **given.model_dump(exclude={"accepted_version"}),
        )
        _told(application, what="application.received", by=by, at=at)
    return application


def ask_applicant(*, application_id: str, question: str, by: Actor, at: datetime) -> Application:
    """Ask back; the application waits for the answer."""
    return _message(application_id, Side.PROGRAM, question, ApplicationState.QUESTIONS, by=by, at=at)


def answer_question(*, application_id: str, answer: str, by: Actor, at: datetime) -> Application:
    """Take the applicant's answer; the application waits for the program again."""
    return _message(application_id, Side.PARTNER, answer, ApplicationState.RECEIVED, by=by, at=at)


def decline_application(*, application_id: str, given: DeclineInput, by: Actor, at: datetime) -> Application:
    """Decline with a fixed code and a reason that the applicant reads."""
    with transaction():
        application = locked_open_application(application_id)
        application.state = ApplicationState.DECLINED
        application.decline_code = given.code
        application.decline_reason = given.reason
        application.decided_at = at
        application.save(update_fields=("state", "decline_code", "decline_reason", "decided_at"))
        _told(application, what="application.declined", by=by, at=at, code=given.code)
    return application


def add_secret(*, application: Application) -> str:
    """Give the thread one more address and return its secret: only digests are kept, so none can be mailed twice."""
    secret = random_token()
    ApplicationAddress.objects.create(application=application, secret_digest=digest_of(secret))
    return secret


def locked_open_application(application_id: str) -> Application:
    """Lock an application that still waits, or say how it was decided."""
    application = Application.objects.select_for_update().select_related("program").get(pk=application_id)
    if application.state not in _OPEN:
        raise AlreadyDecided(application.get_state_display())
    return application


def admit_partner(*, application_id: str, organisation_id: str, by: Actor, at: datetime) -> Agreement:
    """Approve: the organisation becomes a partner with an agreement on the terms it accepted when it applied."""
    with transaction():
        application = locked_open_application(application_id)
        partner = ensure_partner(
            workspace_id=application.program.workspace_id,
            organisation_id=organisation_id,
            name=application.organisation_name,
            segment=application.segment,
            at=at,
        )
        agreement = _agreed(partner, application, by=by, at=at)
        application.agreement = agreement
        application.state = ApplicationState.APPROVED
        application.decided_at = at
        application.save(update_fields=("agreement", "state", "decided_at"))
        _told(application, what="application.approved", by=by, at=at, agreement=agreement.id)
    return agreement


def _message(
    application_id: str, side: Side, body: str, state: ApplicationState, *, by: Actor, at: datetime
) -> Application:
    with transaction():
        application = locked_open_application(application_id)
        workspace = application.program.workspace_id
        given = read_input(MessageInput, {"body": body})
        post_message(subject=application.id, side=side, given=given, by=by, at=at, workspace_id=workspace)
        application.state = state
        application.save(update_fields=("state",))
        what = "application.asked" if side == Side.PROGRAM else "application.answered"
        _told(application, what=what, by=by, at=at)
    return application


def _agreed(partner: Partner, application: Application, *, by: Actor, at: datetime) -> Agreement:
    before = Agreement.objects.filter(program=application.program, partner=partner)
    # An agreement that has ended stays ended: whoever comes back begins anew, unless the terms were broken.
    barred = before.filter(ended_for_breach=True).first()
    agreement = barred or before.exclude(state=AgreementState.ENDED).first() or _new_agreement(partner, application, at)
    if agreement.state != AgreementState.ACTIVE:
        raise AgreementMove(agreement.get_state_display(), str(AgreementState.ACTIVE.label))
    if not agreement.acceptances.filter(version=application.version).exists():
        accepted(
            agreement,
            application.version,
            sentence=application.sentence,
            language=application.language,
            by=Actor.system(application.id),
            at=at,
        )
    agreement_told(agreement, what="agreement.active", by=by, at=at, version=application.version_id)
    return agreement


def _new_agreement(partner: Partner, application: Application, at: datetime) -> Agreement:
    return Agreement.objects.create(
        id=new_id("agr", at=at),
        program=application.program,
        partner=partner,
        state=AgreementState.ACTIVE,
        active_at=at,
        created_at=at,
    )


def _told(application: Application, *, what: str, by: Actor, at: datetime, **data: object) -> None:
    workspace = application.program.workspace_id
    audit(by=by, at=at, action=what, subject=application.id, workspace_id=workspace, data=data)
    announce(at=at, kind=what, subject=application.id, workspace_id=workspace, data=data)
