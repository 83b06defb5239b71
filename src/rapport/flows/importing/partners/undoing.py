"""Take an import of partners back, partner by partner, as long as none has accepted and no money has come."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from rapport.apps.commissions.queries import commissions_of_agreement
from rapport.apps.conversions.actions import take_codes_owner
from rapport.apps.identity.actions import revoke_invitation
from rapport.apps.identity.queries import open_invitations_of
from rapport.apps.imports.actions import note_undone
from rapport.apps.imports.models import BroughtLine, ImportRun, RunState
from rapport.apps.imports.queries import brought_by
from rapport.apps.ledger.actions import reverse_entry
from rapport.apps.ledger.models import Book
from rapport.apps.ledger.queries import openings_of
from rapport.apps.partners.actions import withdraw
from rapport.apps.partners.models import Agreement, AgreementState
from rapport.apps.payouts.models import Payout
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Refusal
from rapport.apps.record.write import transaction
from rapport.apps.tracking.actions import switch_link
from rapport.apps.tracking.bringing import remove_aliases, take_coupons_back
from rapport.apps.tracking.queries import coupons_of, links_of
from rapport.flows.judging import judge_touched
from rapport.flows.offers import load_offer
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


def undo_import(*, run: ImportRun, by: Actor, at: datetime) -> Undone:
    """Withdraw every agreement that this import made, with its codes, old links, balance and invitation.

    Lines that were merged into partners who were there before stay: nobody can tell any more what they changed.
    """
    if run.state != RunState.DONE or not brought_by(run.id).exists():
        raise NothingToUndo
    stays: list[Stays] = []
    made = list(brought_by(run.id).filter(made=True, undone_at__isnull=True))
    for row in made:
        why = until_settled(partial(_undo, run, row, by=by, at=at))
        if why:
            stays.append(Stays(row.agreement, why))
    return Undone(len(made) - len(stays), tuple(stays))


class _Stay(Exception):
    """This partner stays: nothing of its transaction is kept."""


def _undo(run: ImportRun, row: BroughtLine, *, by: Actor, at: datetime) -> str:
    """Take one partner back in one transaction; return why not, or nothing."""
    try:
        with transaction():
            offer = load_offer(run.program_id)
            _check(row.agreement_id)
            coupons = list(coupons_of(row.agreement_id))
            touched = take_codes_owner(coupons)
            withdraw(agreement_id=row.agreement_id, reason=run.id, by=by, at=at)
            judge_touched(touched, offer=offer, cause="import-undone", by=by, at=at)
            _take_back(row.agreement, by=by, at=at)
            note_undone(run=run, agreement_id=row.agreement_id, by=by, at=at)
            # An order may have been judged while the locks were waited for; the book's is the last of them.
            Book.objects.select_for_update().get(subject=run.program_id)
            _check(row.agreement_id, withdrawn=True)
    except _Stay as stays:
        return str(stays)
    return ""


def _check(agreement_id: str, *, withdrawn: bool = False) -> None:
    """Stop where the partner has accepted or earned, or was paid."""
    agreement = Agreement.objects.get(pk=agreement_id)
    if agreement.state != AgreementState.PROPOSED and not withdrawn:
        raise _Stay(_("The terms are accepted. End the agreement on the partner's page."))
    if commissions_of_agreement(agreement_id).exists():
        raise _Stay(_("It has earned. End the agreement on the partner's page."))
    if Payout.objects.filter(agreement_id=agreement_id).exists():
        raise _Stay(_("It was paid. End the agreement on the partner's page."))


def _take_back(agreement: Agreement, *, by: Actor, at: datetime) -> None:
    """Take back all that the agreement came with; the mirror of its balance last, for the book is the last lock."""
    remove_aliases(agreement_id=agreement.id, by=by, at=at)
    take_coupons_back(agreement_id=agreement.id, by=by, at=at)
    for link in links_of(agreement.id):
        switch_link(link_id=link.id, active=False, by=by, at=at)
    for invitation in open_invitations_of(agreement.partner.organisation_id):
        revoke_invitation(invitation_id=invitation.id, by=by, at=at)
    opening = openings_of([agreement.id]).get(agreement.id)
    if opening:
        reverse_entry(entry_id=opening[0], mirror_id=new_id("ent", at=at), reason="import-undone", by=by, at=at)
