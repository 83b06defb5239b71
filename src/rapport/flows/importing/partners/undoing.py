"""Take an import of partners back, partner by partner, until the first money: who accepted meanwhile is told why."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.apps.commissions.queries import commissions_of_agreement
from rapport.apps.conversions.actions import take_codes_owner
from rapport.apps.delivery.actions import queue_mail
from rapport.apps.delivery.letters import Button, Letter
from rapport.apps.identity.actions import revoke_invitation
from rapport.apps.identity.languages import speaking
from rapport.apps.identity.queries import open_invitations_of
from rapport.apps.imports.actions import note_undone
from rapport.apps.imports.models import BroughtLine, ImportRun, RunState
from rapport.apps.imports.queries import brought_by
from rapport.apps.ledger.actions import reverse_entry
from rapport.apps.ledger.models import Book
from rapport.apps.ledger.queries import openings_of
from rapport.apps.partners.actions import end_agreement, withdraw
from rapport.apps.partners.models import Agreement, AgreementState
from rapport.apps.payouts.models import Payout
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Refusal
from rapport.apps.record.write import transaction
from rapport.apps.tracking.actions import switch_link
from rapport.apps.tracking.bringing import remove_aliases, take_coupons_back
from rapport.apps.tracking.queries import coupons_of, links_of
from rapport.domain.money import Money, format_amount
from rapport.flows.judging import judge_touched
from rapport.flows.offers import load_offer
from rapport.flows.partner_letters import readers_of
from rapport.flows.retrying import until_settled
from rapport.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class Stays:
    """A partner whose import is not taken back, and why."""

    agreement: Agreement
    sentence: str


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, and what stays."""

    agreements: int
    stays: tuple[Stays, ...]


class NothingToUndo(Refusal):
    """Only a finished import of partners can be undone."""

    code = "nothing_to_undo"

    def __init__(self) -> None:
        """Say so."""
        super().__init__(_("Only an import of partners that is done can be undone."))


def undo_import(*, run: ImportRun, by: Actor, at: datetime, reason: str = "") -> Undone:
    """Take back every agreement that this import made, with its codes, old links, balance and invitation.

    What nobody accepted is withdrawn as if it had never begun. Where the partner accepted and nothing was earned or
    paid yet, the agreement ends with a `reason` that the partner reads: clicks before that still earn in their
    window, since the promise stood when they happened. Without a reason whoever accepted stays.

    Lines that were merged into partners who were there before stay: nobody can tell any more what they changed.
    """
    if run.state != RunState.DONE or not brought_by(run.id).exists():
        raise NothingToUndo
    stays: list[Stays] = []
    made = list(brought_by(run.id).filter(made=True, undone_at__isnull=True))
    for row in made:
        why = until_settled(partial(_undo, run, row, reason=reason.strip(), by=by, at=at))
        if why:
            stays.append(Stays(row.agreement, why))
    return Undone(len(made) - len(stays), tuple(stays))


class _Stay(Exception):
    """This partner stays: nothing of its transaction is kept."""


def _undo(run: ImportRun, row: BroughtLine, *, reason: str, by: Actor, at: datetime) -> str:
    """Take one partner back in one transaction; return why not, or nothing."""
    try:
        with transaction():
            offer = load_offer(run.program_id)
            accepted = _check(row.agreement_id, reason=reason)
            coupons = list(coupons_of(row.agreement_id))
            touched = take_codes_owner(coupons)
            if accepted:
                end_agreement(agreement_id=row.agreement_id, for_breach=False, reason=reason, by=by, at=at)
            else:
                withdraw(agreement_id=row.agreement_id, reason=run.id, by=by, at=at)
            judge_touched(touched, offer=offer, cause="import-undone", by=by, at=at)
            taken_minor = _take_back(row.agreement, by=by, at=at)
            note_undone(run=run, agreement_id=row.agreement_id, by=by, at=at)
            # An order may have been judged while the locks were waited for; the book's is the last of them.
            Book.objects.select_for_update().get(subject=run.program_id)
            _check_money(row.agreement_id)
            if accepted:
                _tell(row.agreement, reason, taken_minor, at=at)
    except _Stay as stays:
        return str(stays)
    return ""


def _check(agreement_id: str, *, reason: str) -> bool:
    """Stop where there is money, or where no reason is given to a partner who accepted; say whether it did."""
    _check_money(agreement_id)
    accepted = Agreement.objects.get(pk=agreement_id).state != AgreementState.PROPOSED
    if accepted and not reason:
        raise _Stay(_("The terms are accepted. Give a reason that the partner reads, and its agreement ends."))
    return accepted


def _check_money(agreement_id: str) -> None:
    """Stop where the partner has earned or was paid."""
    if commissions_of_agreement(agreement_id).exists():
        raise _Stay(_("It has earned. End the agreement on the partner's page."))
    if Payout.objects.filter(agreement_id=agreement_id).exists():
        raise _Stay(_("It was paid. End the agreement on the partner's page."))


def _take_back(agreement: Agreement, *, by: Actor, at: datetime) -> int:
    """Take back all that the agreement came with, and return the balance that went with it.

    The mirror of the balance comes last, for the book is the last lock.
    """
    remove_aliases(agreement_id=agreement.id, by=by, at=at)
    take_coupons_back(agreement_id=agreement.id, by=by, at=at)
    for link in links_of(agreement.id):
        switch_link(link_id=link.id, active=False, by=by, at=at)
    for invitation in open_invitations_of(agreement.partner.organisation_id):
        revoke_invitation(invitation_id=invitation.id, by=by, at=at)
    opening = openings_of([agreement.id]).get(agreement.id)
    if opening:
        reverse_entry(entry_id=opening[0], mirror_id=new_id("ent", at=at), reason="import-undone", by=by, at=at)
    return opening[1] if opening else 0


def _tell(agreement: Agreement, reason: str, taken_minor: int, *, at: datetime) -> None:
    """Write to a partner who accepted that its agreement ended, why, and what becomes of what it had."""
    for reader in readers_of(agreement):
        with speaking(reader.language):
            queue_mail(letter=_letter(agreement, reason, taken_minor, recipient=reader.email), at=at)


def _letter(agreement: Agreement, reason: str, taken_minor: int, *, recipient: str) -> Letter:
    program = agreement.program
    words = {"program": program.name, "amount": format_amount(Money(taken_minor, program.currency))}
    balance = _("The balance of %(amount)s that was brought along is taken back with it.") % words
    return Letter(
        recipient=recipient,
        subject=_("%(program)s ended your agreement") % words,
        paragraphs=(
            _("Your agreement with %(program)s was brought along by a file that had to be taken back.") % words,
            reason,
            _("Clicks up to now still earn within their window. Codes and links lead to nothing from now on."),
            *([balance] if taken_minor else []),
        ),
        button=Button(_("Look at your portal"), reverse("portal:home", args=(agreement.id,))),
        workspace_id=program.workspace_id,
    )
