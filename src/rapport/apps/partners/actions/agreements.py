"""Write agreements: made, suspended, resumed, ended, and the terms that bind them."""

from datetime import datetime

from rapport.apps.partners.errors import AgreementMove, NotOffered
from rapport.apps.partners.models import Acceptance, Agreement, AgreementState, Partner, Suspension
from rapport.apps.partners.queries import terms_offers_of
from rapport.apps.programs.models import TermsVersion
from rapport.apps.programs.queries import coming_version, version_in_force
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import transaction
from rapport.domain import states
from rapport.kit.ids import new_id


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
        agreement_told(agreement, what="agreement.suspended", by=by, at=at, reason=reason)
    return agreement


def resume_agreement(*, agreement_id: str, by: Actor, at: datetime) -> Agreement:
    """End the suspension."""
    with transaction():
        agreement = _moved(agreement_id, AgreementState.ACTIVE)
        agreement.suspensions.filter(until_at__isnull=True).update(until_at=at)
        agreement_told(agreement, what="agreement.resumed", by=by, at=at)
    return agreement


def end_agreement(*, agreement_id: str, for_breach: bool, reason: str, by: Actor, at: datetime) -> Agreement:
    """End: clicks before this moment earn inside their window; after a breach they are held for a person."""
    with transaction():
        agreement = _moved(agreement_id, AgreementState.ENDED)
        agreement.ended_at = at
        agreement.ended_for_breach = for_breach
        agreement.save(update_fields=("ended_at", "ended_for_breach"))
        agreement_told(agreement, what="agreement.ended", by=by, at=at, reason=reason, for_breach=for_breach)
    return agreement


def accept_terms(
    *, agreement_id: str, version_id: str, sentence: str, language: str, by: Actor, at: datetime
) -> Acceptance:
    """Accept a version; it binds from its effective moment, or from now where that has passed.

    The first version that a partner who was brought along accepts binds from the moment at which it was offered, and
    makes the agreement active.
    """
    with transaction():
        agreement = Agreement.objects.select_for_update().select_related("program").get(pk=agreement_id)
        known = agreement.acceptances.filter(version_id=version_id).first()
        if known:
            return known
        offered = _offered(agreement, version_id, at=at)
        proposed = agreement.state == AgreementState.PROPOSED
        if proposed:
            agreement.state = AgreementState.ACTIVE
            agreement.save(update_fields=("state",))
        since = terms_offers_of(agreement.id).get(version=offered).from_at if proposed else at
        acceptance = accepted(agreement, offered, from_at=since, sentence=sentence, language=language, by=by, at=at)
        agreement_told(agreement, what="terms.accepted", by=by, at=at, version=version_id)
        if proposed:
            agreement_told(agreement, what="agreement.active", by=by, at=at, version=version_id)
    return acceptance


def _offered(agreement: Agreement, version_id: str, *, at: datetime) -> TermsVersion:
    """Return a version that may be accepted now: offered to this agreement alone, else in force or coming next."""
    if agreement.state == AgreementState.ENDED:
        raise NotOffered
    own = terms_offers_of(agreement.id).first()
    if own:
        offers: tuple[TermsVersion | None, ...] = (own.version,)
    else:
        offers = (version_in_force(agreement.program_id, at=at), coming_version(agreement.program_id, at=at))
    found = next((version for version in offers if version and version.id == version_id), None)
    if found is None:
        raise NotOffered
    return found


def accepted(  # noqa: PLR0913 - what an acceptance keeps
    agreement: Agreement,
    version: TermsVersion,
    *,
    sentence: str,
    language: str,
    by: Actor,
    at: datetime,
    from_at: datetime | None = None,
) -> Acceptance:
    """Write that a version binds an agreement; inside the caller's transaction, who seals it by `agreement_told`."""
    return Acceptance.objects.create(
        id=new_id("acp", at=at),
        agreement=agreement,
        version=version,
        from_at=max(from_at or at, version.effective_at),
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


def agreement_told(agreement: Agreement, *, what: str, by: Actor, at: datetime, **data: object) -> None:
    """Audit, seal and announce what happened to an agreement, inside the caller's transaction."""
    workspace = agreement.program.workspace_id
    audit(by=by, at=at, action=what, subject=agreement.id, workspace_id=workspace, data=data)
    agreement.refresh_from_db()
    for rows in ([agreement], agreement.acceptances.all(), agreement.suspensions.all(), agreement.offers.all()):
        seal_rows(rows)
    announce(at=at, kind=what, subject=agreement.id, workspace_id=workspace, data=data)
