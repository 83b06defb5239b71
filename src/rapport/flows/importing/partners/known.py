"""What is known of a workspace's partners before a file brings more: how to tell them apart, and what they own."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from rapport.apps.identity.models import Membership
from rapport.apps.ledger.queries import openings_of
from rapport.apps.partners.models import Agreement, AgreementState, Application, Introduction, Partner
from rapport.apps.payouts.details import details_of
from rapport.apps.payouts.queries import methods_in_use
from rapport.apps.programs.models import Program
from rapport.apps.tracking.models import Coupon, LinkAlias
from rapport.flows.importing.partners.lines import domains_of

Names = dict[str, set[str]]


@dataclass(frozen=True)
class Known:
    """Partners by their marks, and what agreements of the program own.

    `by_mail`, `by_domain` and `by_account` name partners; `agreements` is the one that lives by partner, `barred` are
    partners whose agreement ended for a breach. Codes and old addresses name agreements.
    """

    by_mail: Names = field(default_factory=lambda: defaultdict(set))
    by_domain: Names = field(default_factory=lambda: defaultdict(set))
    by_account: Names = field(default_factory=lambda: defaultdict(set))
    names: dict[str, str] = field(default_factory=dict)
    organisations: dict[str, str] = field(default_factory=dict)
    agreements: dict[str, Agreement] = field(default_factory=dict)
    barred: set[str] = field(default_factory=set)
    codes: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[tuple[str, str], str] = field(default_factory=dict)
    openings: Mapping[str, int] = field(default_factory=dict)


def known_of(program: Program) -> Known:
    """Load what is known for a program: partners of its whole workspace, agreements and codes of its own."""
    living = Agreement.objects.filter(program=program).exclude(state=AgreementState.ENDED).select_related("program")
    agreements = {row.partner_id: row for row in living}
    living_ids = [row.id for row in agreements.values()]
    barred = Agreement.objects.filter(program=program, ended_for_breach=True)
    aliases = LinkAlias.objects.filter(removed_at__isnull=True).select_related("link")
    known = Known(
        agreements=agreements,
        barred=set(barred.values_list("partner_id", flat=True)),
        codes=dict(Coupon.objects.filter(program=program).values_list("code", "agreement_id")),
        aliases={
            (one.place, one.text): one.link.agreement_id for one in aliases if one.place or one.program_id == program.id
        },
        openings={owner: minor for owner, (_entry, minor) in openings_of(living_ids).items()},
    )
    _load_marks(known, program.workspace_id)
    return known


def _load_marks(known: Known, workspace_id: str) -> None:
    partners = list(Partner.objects.filter(workspace_id=workspace_id).select_related("organisation"))
    partner_of = {row.organisation_id: row.id for row in partners}
    for row in partners:
        known.names[row.id] = row.name
        known.organisations[row.id] = row.organisation_id
        _mark(known, row.id, mail="", website=row.organisation.website)
    seats = Membership.objects.filter(organisation_id__in=list(partner_of), ended_at__isnull=True)
    for organisation_id, mail in seats.values_list("organisation_id", "person__email"):
        _mark(known, partner_of[organisation_id], mail=mail, website="")
    applied = Application.objects.filter(agreement__partner__workspace_id=workspace_id)
    for partner_id, mail, website in applied.values_list("agreement__partner_id", "email", "website"):
        _mark(known, partner_id, mail=mail, website=website)
    brought = Introduction.objects.filter(agreement__partner__workspace_id=workspace_id)
    for partner_id, mail in brought.values_list("agreement__partner_id", "email"):
        _mark(known, partner_id, mail=mail, website="")
    for organisation_id, method in methods_in_use(list(partner_of)).items():
        number = details_of(method).number
        if number:
            known.by_account[number.lower()].add(partner_of[organisation_id])


def _mark(known: Known, partner_id: str, *, mail: str, website: str) -> None:
    if mail:
        known.by_mail[mail.lower()].add(partner_id)
    for domain in domains_of(mail, website):
        known.by_domain[domain].add(partner_id)
