"""Write applications and agreements."""

from datetime import datetime

from rapport.apps.identity.digests import digest_of
from rapport.apps.partners.errors import AgreementMove, AlreadyDecided, NotOffered, ProgramNotOpen, TermsMovedOn
from rapport.apps.partners.inputs import ApplicationInput, DeclineInput
from rapport.apps.partners.models import (
    Acceptance,
    Agreement,
    AgreementState,
    Application,
    ApplicationAddress,
    ApplicationState,
    Partner,
    Suspension,
)
from rapport.apps.programs.models import Program, ProgramState, TermsVersion
from rapport.apps.programs.queries import coming_version, version_in_force
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.inputs import read_input
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import transaction
from rapport.apps.threads.actions import post_message
from rapport.apps.threads.inputs import MessageInput
from rapport.apps.threads.models import Side
from rapport.domain import states
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


def ensure_partner(*, workspace_id: str, organisation_id: str, name: str, segment: str, at: datetime) -> Partner:
    """Return the organisation as a partner of the workspace, made at the first agreement."""
    partner, _new = Partner.objects.get_or_create(
        workspace_id=workspace_id,
        organisation_id=organisation_id,
        defaults={"id": new_id("prt", at=at), "name": name, "segment": segment, "created_at": at},
    )
    return partner


def suspend_agreement(*, agreement_id: str, reason: str, by: Actor, at: datetime) -> Agreement:
    """Suspend: clicks lead on, conversions are held."""
    with transaction():
        agreement = _moved(agreement_id, AgreementState.SUSPENDED)
        Suspension.objects.create(id=new_id("sus", at=at), agreement=agreement, from_at=at, reason=reason[:250])
        _agreement_told(agreement, what="agreement.suspended", by=by, at=at, reason=reason)
    return agreement


def resume_agreement(*, agreement_id: str, by: Actor, at: datetime) -> Agreement:
    """End the suspension."""
    with transaction():
        agreement = _moved(agreement_id, AgreementState.ACTIVE)
        agreement.suspensions.filter(until_at__isnull=True).update(until_at=at)
        _agreement_told(agreement, what="agreement.resumed", by=by, at=at)
    return agreement


def end_agreement(*, agreement_id: str, for_breach: bool, reason: str, by: Actor, at: datetime) -> Agreement:
    """End: clicks before this moment earn inside their window; after a breach they are held for a person."""
    with transaction():
        agreement = _moved(agreement_id, AgreementState.ENDED)
        agreement.ended_at = at
        agreement.ended_for_breach = for_breach
        agreement.save(update_fields=("ended_at", "ended_for_breach"))
        _agreement_told(agreement, what="agreement.ended", by=by, at=at, reason=reason, for_breach=for_breach)
    return agreement


def accept_terms(
    *, agreement_id: str, version_id: str, sentence: str, language: str, by: Actor, at: datetime
) -> Acceptance:
    """Accept a newer version; it binds from its effective moment, or from now where that has passed."""
    with transaction():
        agreement = Agreement.objects.select_for_update().get(pk=agreement_id)
        known = agreement.acceptances.filter(version_id=version_id).first()
        if known:
            return known
        offered = _offered(agreement.program_id, version_id, at=at)
        acceptance = _accepted(agreement, offered, sentence=sentence, language=language, by=by, at=at)
        _agreement_told(agreement, what="terms.accepted", by=by, at=at, version=version_id)
    return acceptance


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
        _accepted(
            agreement,
            application.version,
            sentence=application.sentence,
            language=application.language,
            by=Actor.system(application.id),
            at=at,
        )
    _agreement_told(agreement, what="agreement.active", by=by, at=at, version=application.version_id)
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


def _offered(program_id: str, version_id: str, *, at: datetime) -> TermsVersion:
    """Return a version that may be accepted at this moment: the one in force, or the one that comes next."""
    offers = (version_in_force(program_id, at=at), coming_version(program_id, at=at))
    found = next((version for version in offers if version and version.id == version_id), None)
    if found is None:
        raise NotOffered
    return found


def _accepted(
    agreement: Agreement, version: TermsVersion, *, sentence: str, language: str, by: Actor, at: datetime
) -> Acceptance:
    return Acceptance.objects.create(
        id=new_id("acp", at=at),
        agreement=agreement,
        version=version,
        from_at=max(at, version.effective_at),
        accepted_at=at,
        sentence=sentence,
        language=language,
        digest=version.digest,
        actor_kind=by.kind,
        actor_id=by.id,
    )


def _moved(agreement_id: str, state: AgreementState) -> Agreement:
    agreement = Agreement.objects.select_for_update().select_related("program").get(pk=agreement_id)
    if not states.find_move(states.AgreementState(agreement.state), states.AgreementState(state)):
        raise AgreementMove(agreement.get_state_display(), str(state.label))
    agreement.state = state
    agreement.save(update_fields=("state",))
    return agreement


def _told(application: Application, *, what: str, by: Actor, at: datetime, **data: object) -> None:
    workspace = application.program.workspace_id
    audit(by=by, at=at, action=what, subject=application.id, workspace_id=workspace, data=data)
    announce(at=at, kind=what, subject=application.id, workspace_id=workspace, data=data)


def _agreement_told(agreement: Agreement, *, what: str, by: Actor, at: datetime, **data: object) -> None:
    workspace = agreement.program.workspace_id
    audit(by=by, at=at, action=what, subject=agreement.id, workspace_id=workspace, data=data)
    agreement.refresh_from_db()
    for rows in ([agreement], agreement.acceptances.all(), agreement.suspensions.all()):
        seal_rows(rows)
    announce(at=at, kind=what, subject=agreement.id, workspace_id=workspace, data=data)
