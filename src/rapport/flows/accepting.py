"""Accept terms: in the portal, and on the way in for whoever was brought along; what was held for it is let go."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import get_language

from rapport.apps.identity import actions as identity
from rapport.apps.identity.models import Person
from rapport.apps.identity.queries import actor_of, open_invitation
from rapport.apps.partners.actions import accept_terms
from rapport.apps.partners.errors import TermsMovedOn
from rapport.apps.partners.models import Agreement, AgreementState
from rapport.apps.partners.queries import agreements_of_organisation, offered_version
from rapport.apps.programs.models import TermsVersion
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.flows.admission import wording
from rapport.flows.releasing import release_accepted
from rapport.flows.tasks import release_accepted_commissions


def accept_offered(*, agreement: Agreement, version: TermsVersion, by: Actor, at: datetime) -> None:
    """Accept a version in the words and the language in which it is read now, and let go what was held for it."""
    with transaction():
        _accept(agreement, version, by=by, at=at)
    release_accepted(agreement_id=agreement.id, at=at)


def come_in(
    *,
    secret: str,
    read_versions: Collection[str],
    at: datetime,
    name: str = "",
    password: str = "",
    signed_in: Person | None = None,
) -> Person:
    """Take up an invitation and accept what the partner's agreements offer, all or nothing.

    `read_versions` are the ids of the terms that stood on the page; TermsMovedOn when others are offered by now.
    """
    with transaction():
        organisation_id = open_invitation(secret=secret, at=at).organisation_id
        person = identity.accept_invitation(secret=secret, name=name, password=password, signed_in=signed_in, at=at)
        proposed = proposals_to(organisation_id or "", at=at)
        if {version.id for _agreement, version in proposed} != set(read_versions):
            raise TermsMovedOn
        for agreement, version in proposed:
            _accept(agreement, version, by=actor_of(person), at=at)
    for agreement, _version in proposed:
        release_accepted(agreement_id=agreement.id, at=at)
    return person


def proposals_to(organisation_id: str, *, at: datetime) -> list[tuple[Agreement, TermsVersion]]:
    """Return the agreements that wait for an organisation to accept terms, each with what it is offered."""
    rows = agreements_of_organisation(organisation_id).filter(state=AgreementState.PROPOSED)
    offered = ((agreement, offered_version(agreement, at=at)) for agreement in rows)
    return [(agreement, version) for agreement, version in offered if version]


def _accept(agreement: Agreement, version: TermsVersion, *, by: Actor, at: datetime) -> None:
    accept_terms(
        agreement_id=agreement.id,
        version_id=version.id,
        sentence=wording(version, currency=agreement.program.currency),
        language=get_language() or "en",
        by=by,
        at=at,
    )
    # Done at once as well; the job is for what a kill leaves over, and for an order that is being judged right now.
    release_accepted_commissions.enqueue(agreement_id=agreement.id)
