"""Names of a program's own: added, proven by a record of the domain, shown in links, lost with the record."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rapport.apps.programs.models import Program
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.apps.tracking.errors import DomainNotProven, DomainTaken
from rapport.apps.tracking.inputs import DomainInput
from rapport.apps.tracking.models import DomainState, TrackingDomain
from rapport.kit.ids import new_id, random_token

# A name server may be away for a while; whoever cannot be asked for so long is not trusted any more.
SILENCE_TOLERATED = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the records of a domain said: the proof is there, is not there, or nobody answered."""

    found: bool
    answered: bool
    problem: str = ""


def add_domain(*, program_id: str, given: DomainInput, by: Actor, at: datetime) -> TrackingDomain:
    """Add a name that is to be proven; the installation's own names need no proof and are refused."""
    with transaction():
        program = Program.objects.get(pk=program_id)
        own = {urlsplit(address).hostname for address in (settings.PUBLIC_URL, settings.EDGE_URL)}
        if given.name in own or _living(given.name).filter(program=program).exists():
            raise DomainTaken(given.name)
        domain = TrackingDomain.objects.create(
            id=new_id("dom", at=at), program=program, name=given.name, token=random_token(24), created_at=at
        )
        _told(domain, what="domain.added", by=by, at=at)
    return domain


def note_proof(*, domain_id: str, proof: Proof, by: Actor, at: datetime) -> TrackingDomain:
    """Note what the records said; a proof that is gone, or silence for days, takes the name from the link book."""
    with transaction():
        domain = TrackingDomain.objects.select_for_update().select_related("program").get(pk=domain_id)
        if domain.state == DomainState.REMOVED:
            return domain
        before, domain.asked_at, domain.problem = domain.state, at, proof.problem[:250]
        if proof.found:
            _found(domain, at=at)
        elif before == DomainState.PROVEN and (proof.answered or _silent_for_long(domain, at=at)):
            domain.state, domain.in_links = DomainState.LOST, False
        domain.save(update_fields=["state", "asked_at", "seen_at", "problem", "in_links"])
        if domain.state != before:
            _told(domain, what=f"domain.{domain.state}", by=by, at=at)
    return domain


def show_in_links(*, domain_id: str, by: Actor, at: datetime) -> TrackingDomain:
    """Show this name in the links of its program from now on; links under other names go on leading."""
    with transaction():
        domain = TrackingDomain.objects.select_for_update().select_related("program").get(pk=domain_id)
        if domain.state != DomainState.PROVEN:
            raise DomainNotProven(domain.name)
        TrackingDomain.objects.filter(program=domain.program, in_links=True).update(in_links=False)
        domain.in_links = True
        domain.save(update_fields=["in_links"])
        _told(domain, what="domain.shown", by=by, at=at)
    return domain


def remove_domain(*, domain_id: str, by: Actor, at: datetime) -> TrackingDomain:
    """Let no link lead on under this name any more; removing twice is removing once."""
    with transaction():
        domain = TrackingDomain.objects.select_for_update().select_related("program").get(pk=domain_id)
        if domain.state != DomainState.REMOVED:
            domain.state, domain.in_links = DomainState.REMOVED, False
            domain.save(update_fields=["state", "in_links"])
            _told(domain, what="domain.removed", by=by, at=at)
    return domain


def _found(domain: TrackingDomain, *, at: datetime) -> None:
    """Note the proof, unless another program holds the name: then its own record must go first."""
    if _living(domain.name).filter(state=DomainState.PROVEN).exclude(pk=domain.pk).exists():
        domain.problem = _("Another program holds this name. It is free once that program's record is gone.")
        return
    domain.state, domain.seen_at = DomainState.PROVEN, at


def _silent_for_long(domain: TrackingDomain, *, at: datetime) -> bool:
    return domain.seen_at is None or at - domain.seen_at > SILENCE_TOLERATED


def _living(name: str) -> QuerySet[TrackingDomain]:
    return TrackingDomain.objects.filter(name=name).exclude(state=DomainState.REMOVED)


def _told(domain: TrackingDomain, *, what: str, by: Actor, at: datetime) -> None:
    workspace, data = domain.program.workspace_id, {"name": domain.name}
    audit(by=by, at=at, action=what, subject=domain.id, workspace_id=workspace, data=data)
    announce(at=at, kind=what, subject=domain.id, workspace_id=workspace, data=data)
