"""Bring partners along: agreements that nobody applied for, on terms that are offered to them by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rapport.apps.partners.actions.agreements import agreement_told, ensure_partner
from rapport.apps.partners.errors import AcceptedAlready
from rapport.apps.partners.models import Acceptance, Agreement, AgreementState, Introduction, Partner, TermsOffer
from rapport.apps.partners.queries import terms_offers_of
from rapport.apps.programs.actions import publish_own_terms
from rapport.apps.programs.models import TermsVersion
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.kit.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """Who is brought along: what the partner is called and does, whom to write to, and what brings them."""

    organisation_id: str
    name: str
    segment: str
    person: str
    email: str
    language: str
    by_run: str


def propose_agreement(*, program_id: str, workspace_id: str, brought: Brought, by: Actor, at: datetime) -> Agreement:
    """Propose an agreement that earns from now on by what it is offered; a living one of the partner stays as it is."""
    with transaction():
        partner = ensure_partner(
            workspace_id=workspace_id,
            organisation_id=brought.organisation_id,
            name=brought.name,
            segment=brought.segment,
            at=at,
        )
        known = Agreement.objects.filter(program_id=program_id, partner=partner).exclude(state=AgreementState.ENDED)
        agreement = known.select_related("program").first()
        if agreement:
            return agreement
        agreement = Agreement.objects.create(
            id=new_id("agr", at=at),
            program_id=program_id,
            partner=partner,
            state=AgreementState.PROPOSED,
            active_at=at,
            created_at=at,
        )
        introduce(agreement=agreement, brought=brought, at=at)
        agreement_told(agreement, what="agreement.proposed", by=by, at=at, brought_by=brought.by_run)
    return agreement


def rename_unbound(*, partner_id: str, name: str, segment: str, by: Actor, at: datetime) -> Partner:
    """Correct what a partner is called and does, as long as it has accepted nothing: an undone file may come again."""
    with transaction():
        partner = Partner.objects.select_for_update().get(pk=partner_id)
        unbound = not Acceptance.objects.filter(agreement__partner=partner).exists()
        if unbound and (partner.name, partner.segment) != (name, segment):
            partner.name, partner.segment = name, segment
            partner.save(update_fields=("name", "segment"))
            audit(by=by, at=at, action="partner.renamed", subject=partner.id, workspace_id=partner.workspace_id)
    return partner


def introduce(*, agreement: Agreement, brought: Brought, at: datetime) -> Introduction:
    """Keep whom to write to about an agreement, inside the caller's transaction."""
    return Introduction.objects.create(
        agreement=agreement,
        name=brought.person,
        email=brought.email,
        language=brought.language,
        brought_by=brought.by_run,
        created_at=at,
    )


def offer_terms(*, agreement: Agreement, version: TermsVersion, by: Actor, at: datetime) -> TermsOffer:
    """Offer a version to an agreement by name, from now on; the one that stands already is offered once."""
    with transaction():
        Agreement.objects.select_for_update().get(pk=agreement.id)
        known = terms_offers_of(agreement.id).filter(version=version).first()
        if known:
            return known
        offer = TermsOffer.objects.create(
            id=new_id("off", at=at),
            agreement=agreement,
            version=version,
            from_at=max(at, version.effective_at),
            actor_kind=by.kind,
            actor_id=by.id,
        )
        agreement_told(agreement, what="terms.offered", by=by, at=at, version=version.id, number=version.number)
    return offer


def offer_own_terms(
    *, agreement: Agreement, document: Mapping[str, Any], note: str, by: Actor, at: datetime
) -> TermsOffer:
    """Publish a version for this agreement alone and offer it; the partner accepts it like any other."""
    with transaction():
        version = publish_own_terms(
            program_id=agreement.program_id,
            agreement_id=agreement.id,
            document=dict(document),
            note=note,
            by=by,
            at=at,
        )
        return offer_terms(agreement=agreement, version=version, by=by, at=at)


def withdraw(*, agreement_id: str, reason: str, by: Actor, at: datetime) -> Agreement:
    """End an agreement that nobody accepted as if it had never begun: nothing of it earns, whenever it was clicked."""
    with transaction():
        agreement = Agreement.objects.select_for_update().select_related("program").get(pk=agreement_id)
        if agreement.state != AgreementState.PROPOSED:
            raise AcceptedAlready
        agreement.state, agreement.ended_at = AgreementState.ENDED, agreement.active_at
        agreement.save(update_fields=("state", "ended_at"))
        agreement_told(agreement, what="agreement.withdrawn", by=by, at=at, reason=reason)
    return agreement
