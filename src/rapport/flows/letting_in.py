"""Let applicants in by the rules of a program, never when something about them should be seen by a person."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from rapport.apps.conversions.models import Conversion, ConversionState
from rapport.apps.partners.errors import AlreadyDecided
from rapport.apps.partners.models import (
    Agreement,
    Application,
    ApplicationState,
    ApprovalRules,
    ProofWay,
    SiteProof,
)
from rapport.apps.partners.queries import applications_of, proof_of, rules_of
from rapport.apps.partners.sites import host_of_site, is_profile
from rapport.apps.record.actors import Actor, ActorKind
from rapport.apps.record.models import AuditRow
from rapport.apps.shops.actions import customer_hash
from rapport.apps.shops.providers.reading import email_key
from rapport.apps.shops.queries import connected_shops
from rapport.flows.admission import approve
from rapport.flows.proving import World, check_proof
from rapport.flows.shops.taking import customers_there

MOST_APPLICATIONS = 3
"""More open or declined applications of one domain than this are looked at by a person."""


def try_rules(application: Application, *, at: datetime) -> Agreement | None:
    """Approve an application that a rule of its program lets in; whoever is flagged, asked or decided waits."""
    if application.state != ApplicationState.RECEIVED or list(flags_of(application)):
        return None
    rules, proof = rules_of(application.program), proof_of(application.id)
    for name, holds in _RULES.items():
        if getattr(rules, name) and holds(application, proof, at):
            try:
                return approve(application=application, by=Actor.system(rule_name(name)), at=at)
            except AlreadyDecided:
                return None
    return None


def check_and_let_in(application: Application, *, world: World, at: datetime) -> Agreement | None:
    """Look whether the applicant's site is proven, and let it in if a rule says so."""
    check_proof(application, world=world, at=at)
    return try_rules(application, at=at)


def flags_of(application: Application) -> Iterator[str]:
    """Go through what a person should see about an applicant before it is let in."""
    workspace_id = application.program.workspace_id
    host, mail_host = host_of_site(application.website), application.email.rpartition("@")[2]
    about = _about(application, host)
    others = Application.objects.filter(about, program__workspace_id=workspace_id).exclude(pk=application.pk)
    if others.filter(agreement__ended_for_breach=True).exists() or _breached(application, host):
        yield _("An agreement with this mail address or site was ended for a breach of the terms.")
    if others.filter(state=ApplicationState.DECLINED, program=application.program).exists():
        yield _("An application with this mail address or site was declined before.")
    if others.filter(program=application.program).count() >= MOST_APPLICATIONS:
        yield _("There are several applications with this mail address or site.")
    if (host and host == host_of_site(application.program.landing_url)) or mail_host == host_of_site(
        application.program.landing_url
    ):
        yield _("The applicant names the shop's own site or mail.")


def rules_in_words(rules: ApprovalRules) -> list[str]:
    """Return the rules that are on, as the public page tells them."""
    told = {
        "verified_site": _("whoever proves that the site is theirs"),
        "verified_profile": _("whoever proves that the profile is theirs"),
        "known_customer": _("customers of the shop"),
    }
    return [words for name, words in told.items() if getattr(rules, name)]


@dataclass(frozen=True, slots=True)
class LetIn:
    """An application that a rule approved: whose, by which rule, and when."""

    agreement_id: str
    name: str
    rule: str
    at: datetime


def approved_by_rules(program_id: str, *, most: int) -> list[LetIn]:
    """Return whom rules let in lately, the latest first, as the audit has it."""
    applications = dict(
        applications_of(program_id).filter(state=ApplicationState.APPROVED).values_list("id", "organisation_name")
    )
    rows = AuditRow.objects.filter(action="application.approved", actor_kind=ActorKind.SYSTEM, subject__in=applications)
    by_rule = rows.filter(actor_id__startswith="rule:").order_by("-id")[:most]
    return [
        LetIn(row.data["agreement"], applications[row.subject], row.actor_id.removeprefix("rule:"), row.at)
        for row in by_rule
    ]


def rule_name(name: str) -> str:
    """Return the actor that a rule is on record as."""
    return f"rule:{name.replace('_', '-')}"


def _about(application: Application, host: str) -> Q:
    about = Q(email=application.email)
    if host and not is_profile(application.website):
        about |= Q(website__icontains=f"//{host}") | Q(website__icontains=f"//www.{host}")
    elif application.website:
        about |= Q(website__iexact=application.website)
    return about


def _breached(application: Application, host: str) -> bool:
    """Say whether a partner who came another way broke the terms under this mail address or site."""
    ended = Agreement.objects.filter(program__workspace_id=application.program.workspace_id, ended_for_breach=True)
    about = Q(introduction__email=application.email) | Q(
        partner__organisation__memberships__person__email=application.email
    )
    if host and not is_profile(application.website):
        about |= Q(partner__organisation__website__icontains=f"//{host}")
        about |= Q(partner__organisation__website__icontains=f"//www.{host}")
    return ended.filter(about).exists()


def _site_is_proven(application: Application, proof: SiteProof | None, _at: datetime) -> bool:
    return (
        proof is not None
        and proof.proven_at is not None
        and proof.way != ProofWay.PROFILE
        and bool(application.website)
    )


def _profile_is_proven(application: Application, proof: SiteProof | None, _at: datetime) -> bool:
    return (
        proof is not None
        and proof.proven_at is not None
        and proof.way == ProofWay.PROFILE
        and bool(application.website)
    )


def _is_customer(application: Application, _proof: SiteProof | None, at: datetime) -> bool:
    """Say whether somebody with this mail address bought; the way in is mailed, so only its owner gains by it."""
    mail = application.email
    keys = {mail, hashlib.sha256(mail.encode()).hexdigest(), *_hashes_in_shops(application, at=at)}
    bought = Conversion.objects.filter(program=application.program, customer__key__in=keys, test=False)
    return bought.filter(remaining_minor__gt=0).exclude(state=ConversionState.DECLINED).exists()


def _hashes_in_shops(application: Application, *, at: datetime) -> set[str]:
    """Return under which hashes the shops of a program know this mail address: by itself, and by their own ids."""
    program_id = application.program_id
    known = {email_key(application.email)}
    for shop in connected_shops().filter(program_id=program_id):
        known |= set(customers_there(shop, application.email, at=at))
    return {customer_hash(program_id, one) for one in known if one}


_RULES: dict[str, Callable[[Application, SiteProof | None, datetime], bool]] = {
    "verified_site": _site_is_proven,
    "verified_profile": _profile_is_proven,
    "known_customer": _is_customer,
}
