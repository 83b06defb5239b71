"""Bring one partner along in one transaction: agreement, terms, codes, old links, balance, invitation."""

from dataclasses import dataclass
from datetime import datetime

from rapport.apps.identity.actions import create_organisation
from rapport.apps.identity.inputs import OrganisationInput
from rapport.apps.identity.queries import team_of
from rapport.apps.imports.actions import BroughtFact, keep_brought
from rapport.apps.imports.models import ImportRun, LineFate
from rapport.apps.imports.reading.layout import AT_ONCE, Layout
from rapport.apps.ledger.actions import book_entries
from rapport.apps.ledger.inputs import EntryDraft, posting_drafts
from rapport.apps.ledger.queries import openings_of
from rapport.apps.partners.actions import offer_own_terms, offer_terms, propose_agreement, rename_unbound
from rapport.apps.partners.actions.proposing import Brought
from rapport.apps.partners.models import Agreement, AgreementState
from rapport.apps.partners.queries import introduced_partner, terms_offers_of
from rapport.apps.payouts.actions import enter_method_for
from rapport.apps.payouts.errors import MethodOfOthersToo
from rapport.apps.payouts.inputs import MethodInput
from rapport.apps.payouts.models import MethodKind
from rapport.apps.payouts.queries import method_of
from rapport.apps.programs.models import Program, TermsVersion
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.apps.tracking.actions import create_link
from rapport.apps.tracking.bringing import make_alias
from rapport.apps.tracking.inputs import CouponInput, LinkInput
from rapport.apps.tracking.queries import coupons_by_code, links_of
from rapport.domain.books import EntryKind, opening
from rapport.flows.codes import give_code
from rapport.flows.importing.partners.lines import PartnerLine
from rapport.flows.importing.partners.planning import Group
from rapport.flows.invitations import invite_introduced, tell_of_offer
from rapport.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class Bringing:
    """One run that brings partners along: on which version of terms, by whom, and when."""

    run: ImportRun
    version: TermsVersion
    by: Actor
    at: datetime

    @property
    def layout(self) -> Layout:
        """Return how the file is read."""
        return Layout.of(self.run.layout)


def bring_group(group: Group, bringing: Bringing) -> None:
    """Bring a partner along with everything that its lines tell; what is there already stays as it is."""
    with transaction():
        # Locked, so that two imports of the same people at once make one partner of each.
        program = (
            Program.objects.select_for_update(of=("self",), no_key=True)
            .select_related("workspace")
            .get(pk=bringing.run.program_id)
        )
        agreement, made = _agreement(group, program, bringing)
        _offer(agreement, group, bringing, made=made)
        _tracked(agreement, group, bringing)
        _paid_by(agreement, group, bringing)
        entry_id = _opening(agreement, group, bringing)
        keep_brought(_facts(group, made=made, entry_id=entry_id), run=bringing.run, agreement=agreement)
        if made and bringing.layout.invited == AT_ONCE:
            _invite(agreement, bringing)


def _agreement(group: Group, program: Program, bringing: Bringing) -> tuple[Agreement, bool]:
    line = group.first
    partner_id = group.partner_id or introduced_partner(program.workspace_id, email=line.mail)
    before = Agreement.objects.filter(program=program, partner_id=partner_id).exclude(state=AgreementState.ENDED)
    known = before.select_related("program__workspace", "partner__organisation").first() if partner_id else None
    if known:
        return known, False
    if partner_id:
        named = {"name": line.partner, "segment": line.segment.value}
        organisation_id = rename_unbound(partner_id=partner_id, **named, by=bringing.by, at=bringing.at).organisation_id
    else:
        given = OrganisationInput(name=line.partner, website=line.website)
        organisation_id = create_organisation(given=given, by=bringing.by, at=bringing.at).id
    brought = Brought(
        organisation_id=organisation_id,
        name=line.partner,
        segment=line.segment.value,
        person=line.person,
        email=line.mail,
        language=line.language,
        by_run=bringing.run.id,
    )
    proposed = propose_agreement(
        program_id=program.id, workspace_id=program.workspace_id, brought=brought, by=bringing.by, at=bringing.at
    )
    return Agreement.objects.select_related("program__workspace", "partner__organisation").get(pk=proposed.id), True


def _offer(agreement: Agreement, group: Group, bringing: Bringing, *, made: bool) -> None:
    """Offer the partner's own rate; else, to a new one, what everybody is offered."""
    rate = next((line.rate for line in group.lines if line.rate), None)
    by, at = bringing.by, bringing.at
    if rate:
        before = terms_offers_of(agreement.id).first()
        if before is None or before.version.document != rate:
            offer_own_terms(agreement=agreement, document=rate, note=bringing.run.file_name, by=by, at=at)
    elif made:
        offer_terms(agreement=agreement, version=bringing.version, by=by, at=at)


def _tracked(agreement: Agreement, group: Group, bringing: Bringing) -> None:
    """Give the partner a link, its codes and its old addresses: all of them lead to it from now on."""
    by, at = bringing.by, bringing.at
    if agreement.state not in {AgreementState.PROPOSED, AgreementState.ACTIVE}:
        return
    link = links_of(agreement.id).filter(active=True).order_by("id").first()
    link = link or create_link(agreement_id=agreement.id, given=LinkInput(), by=by, at=at)
    link.agreement = agreement
    codes = sorted({code for line in group.lines for code in line.codes})
    known = coupons_by_code(agreement.program_id, codes=codes) if codes else {}
    for code in codes:
        if code not in known:
            give_code(agreement_id=agreement.id, given=CouponInput(code=code), by=by, at=at)
    for place, text in sorted({old for line in group.lines for old in line.old}):
        make_alias(link=link, place=place, text=text, by=by, at=at)


def _paid_by(agreement: Agreement, group: Group, bringing: Bringing) -> None:
    """Take over how the partner was paid, unless it has said so itself, or others pay the same organisation."""
    details = next((line.method for line in group.lines if line.method), None)
    if details is None or method_of(agreement.partner.organisation_id):
        return
    number = {MethodKind.IBAN: "iban", MethodKind.PAYPAL: "email"}.get(details.kind, "account")
    told = {"holder": details.holder, "country": details.country, "routing": details.routing, "note": details.note}
    given = MethodInput(kind=details.kind, **{**told, **details.facts, number: details.number})
    try:
        enter_method_for(agreement=agreement, given=given, by=bringing.by, at=bringing.at)
    except MethodOfOthersToo:
        return  # the partner says itself how it is paid, once it has come in


def _opening(agreement: Agreement, group: Group, bringing: Bringing) -> str:
    """Book the opening balance once; the book is the last lock to take."""
    minor = next((line.balance_minor for line in group.lines if line.balance_minor), 0)
    if not minor or agreement.id in openings_of([agreement.id]):
        return ""
    currency = agreement.program.currency
    draft = EntryDraft(
        id=new_id("ent", at=bringing.at),
        kind=EntryKind.OPENED,
        subject=agreement.id,
        reason="brought-along",
        postings=posting_drafts([opening(minor)], agreement=agreement.id, currency=currency, memo=agreement.id),
    )
    booked = book_entries(book_subject=agreement.program_id, drafts=[draft], by=bringing.by, at=bringing.at)
    return booked[0].id


def _facts(group: Group, *, made: bool, entry_id: str) -> list[BroughtFact]:
    told = _telling_balance(group)
    return [
        BroughtFact(
            line=line.number,
            fate=LineFate.ACCEPTED if made and line is group.first else LineFate.MERGED,
            made=made and line is group.first,
            opening_entry=entry_id if line is told else "",
            explanation=line.explanation if line is told else "",
        )
        for line in group.lines
    ]


def _telling_balance(group: Group) -> PartnerLine | None:
    telling = [line for line in group.lines if line.balance_minor]
    return min(telling, key=lambda line: (not line.explanation, line.explanation, line.number), default=None)


def _invite(agreement: Agreement, bringing: Bringing) -> None:
    if team_of(agreement.partner.organisation_id).exists():
        tell_of_offer(agreement=agreement, at=bringing.at)
    else:
        invite_introduced(agreement=agreement, by=bringing.by, at=bringing.at)
