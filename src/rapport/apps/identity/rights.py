"""Rights: what each role and each scope of an API key may do, and on which rows."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from django.core.exceptions import FieldError, ObjectDoesNotExist
from django.db.models import Model, QuerySet

from rapport.apps.identity.errors import NotFound
from rapport.apps.identity.models import Role
from rapport.apps.record.actors import Actor, ActorKind


class Capability(StrEnum):
    """One thing that somebody may be allowed to do. Those of the portal look at rows from the partner's side."""

    PROGRAM_READ = "program.read"
    PROGRAM_WRITE = "program.write"
    TERMS_WRITE = "terms.write"
    APPLICATION_READ = "application.read"
    APPLICATION_DECIDE = "application.decide"
    PARTNER_READ = "partner.read"
    PARTNER_WRITE = "partner.write"
    LINK_READ = "link.read"
    LINK_WRITE = "link.write"
    CONVERSION_READ = "conversion.read"
    CONVERSION_REPORT = "conversion.report"
    CONVERSION_DECIDE = "conversion.decide"
    COMMISSION_READ = "commission.read"
    COMMISSION_DECIDE = "commission.decide"
    LEDGER_READ = "ledger.read"
    PAYOUT_READ = "payout.read"
    PAYOUT_WRITE = "payout.write"
    PAYOUT_APPROVE = "payout.approve"
    RATE_READ = "rate.read"
    RATE_WRITE = "rate.write"
    TEAM_READ = "team.read"
    TEAM_WRITE = "team.write"
    ORGANISATION_WRITE = "organisation.write"
    KEY_READ = "key.read"
    KEY_WRITE = "key.write"
    JOB_READ = "job.read"
    JOB_RUN = "job.run"
    AUDIT_READ = "audit.read"
    OUTBOX_READ = "outbox.read"
    OUTBOX_WRITE = "outbox.write"
    PORTAL_READ = "portal.read"
    PORTAL_WRITE = "portal.write"


class KeyScope(StrEnum):
    """What an API key may be made for."""

    CONVERSIONS_WRITE = "conversions:write"
    LINKS_WRITE = "links:write"
    TERMS_WRITE = "terms:write"
    READ = "read"


_C = Capability
_PORTAL = frozenset({_C.PORTAL_READ, _C.PORTAL_WRITE})
_WHOLE_TEAM = frozenset({_C.PROGRAM_READ, _C.PARTNER_READ, _C.LINK_READ, _C.CONVERSION_READ, _C.TEAM_READ})
_MONEY = frozenset({_C.COMMISSION_READ, _C.LEDGER_READ, _C.PAYOUT_READ})
_PAYING = frozenset({_C.PAYOUT_WRITE, _C.PAYOUT_APPROVE})
_RATES = frozenset({_C.RATE_READ, _C.RATE_WRITE})
_KEY_READ = frozenset({_C.PROGRAM_READ, _C.PARTNER_READ, _C.LINK_READ, _C.CONVERSION_READ, _C.COMMISSION_READ})
# What a key does with links it does on both sides: those of the organisation's programs, and its own as a partner.
_KEY_LINKS = frozenset({_C.LINK_READ, _C.LINK_WRITE, _C.PORTAL_READ, _C.PORTAL_WRITE})

# An organisation can be merchant in one program and partner in another, so whoever runs it also has its portal.
# Sales people bring partners and never reach the books or payouts; finance reads money, pays it out and promises
# nothing; managers see what is paid and pay nobody.
ROLE_CAPABILITIES: Mapping[str, frozenset[Capability]] = MappingProxyType(
    {
        Role.OWNER: frozenset(Capability),
        Role.MANAGER: frozenset(Capability) - {_C.ORGANISATION_WRITE} - _PAYING,
        Role.SALES: _WHOLE_TEAM
        | {_C.APPLICATION_READ, _C.APPLICATION_DECIDE, _C.PARTNER_WRITE, _C.LINK_WRITE, _C.COMMISSION_READ},
        Role.FINANCE: _WHOLE_TEAM
        | _MONEY
        | _PAYING
        | _RATES
        | {_C.CONVERSION_REPORT, _C.COMMISSION_DECIDE, _C.AUDIT_READ},
        Role.PARTNER: _PORTAL,
        KeyScope.CONVERSIONS_WRITE: frozenset({_C.CONVERSION_REPORT, _C.CONVERSION_READ}),
        KeyScope.LINKS_WRITE: _KEY_LINKS,
        KeyScope.TERMS_WRITE: frozenset({_C.PROGRAM_READ, _C.TERMS_WRITE}),
        KeyScope.READ: _KEY_READ | {_C.PORTAL_READ},
    }
)

TEAM_ROLES = (Role.OWNER, Role.MANAGER, Role.SALES, Role.FINANCE)

M = TypeVar("M", bound=Model)


def has(actor: Actor, capability: Capability) -> bool:
    """Say whether the actor holds this capability anywhere."""
    return actor.kind is ActorKind.SYSTEM or bool(organisations_of(actor, capability))


def organisations_of(actor: Actor, capability: Capability) -> frozenset[str]:
    """Return the ids of the organisations in which the actor holds this capability."""
    return frozenset(
        seat.organisation_id for seat in actor.seats if capability in ROLE_CAPABILITIES.get(seat.role, frozenset())
    )


def can(actor: Actor, capability: Capability, obj: Model) -> bool:
    """Say whether the actor may do this to that row. Source: the path to its organisation that the model names."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    end: object = obj
    for step in _path(type(obj), capability).split("__"):
        end = getattr(end, step)
    return end in organisations_of(actor, capability)


def scope(actor: Actor, capability: Capability, rows: QuerySet[M]) -> QuerySet[M]:
    """Return those rows that the actor may do this to; nothing for whoever lacks the capability."""
    if actor.kind is ActorKind.SYSTEM:
        return rows
    path = _path(rows.model, capability)
    organisations = organisations_of(actor, capability)
    return rows.filter(**{f"{path}__in": sorted(organisations)}) if organisations else rows.none()


def find(actor: Actor, capability: Capability, rows: QuerySet[M], **lookup: object) -> M:
    """Return the one row that the actor may do this to; raises `NotFound` for missing and foreign alike."""
    try:
        return scope(actor, capability, rows).get(**lookup)
    except ObjectDoesNotExist:
        raise NotFound from None


def _path(model: type[Model], capability: Capability) -> str:
    """Return the path from a model to the organisation that decides; a model that names none is a slip of ours."""
    name = "partner_path" if capability in _PORTAL else "workspace_path"
    path: str | None = getattr(model, name, None)
    if path is None:
        raise FieldError(f"{model.__name__} names no {name}, so {capability} cannot be decided for it")
    return path
