"""Who was invited to a program's portal, and how far each invitation has come."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.apps.delivery.models import Mail, MailState
from rapport.apps.delivery.queries import latest_mail_about
from rapport.apps.identity.models import Invitation, Membership
from rapport.apps.identity.queries import partner_invitations
from rapport.apps.partners.models import Agreement, AgreementState, Introduction
from rapport.apps.partners.queries import agreements_of, introductions_of
from rapport.apps.record.actors import Actor
from rapport.flows.invitations import invite_introduced


class InvitationState(StrEnum):
    """How far an invitation has come; the furthest counts."""

    NOT_SENT = "not_sent"
    QUEUED = "queued"
    SENT = "sent"
    BOUNCED = "bounced"
    OPENED = "opened"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    REVOKED = "revoked"


STATE_LABELS: dict[InvitationState, Promise] = {
    InvitationState.NOT_SENT: _("Not invited"),
    InvitationState.QUEUED: _("On its way"),
    InvitationState.SENT: _("Sent"),
    InvitationState.BOUNCED: _("Came back"),
    InvitationState.OPENED: _("Opened"),
    InvitationState.ACCEPTED: _("Accepted"),
    InvitationState.EXPIRED: _("Expired"),
    InvitationState.REVOKED: _("Revoked"),
}

_CAME_BACK = frozenset({MailState.BOUNCED, MailState.SUPPRESSED, MailState.GIVEN_UP, MailState.COMPLAINED})


@dataclass(frozen=True, slots=True)
class Invited:
    """A partner with the last invitation of its people; without one nobody was invited yet."""

    agreement: Agreement
    name: str
    email: str
    invitation: Invitation | None
    state: InvitationState
    problem: str

    @property
    def label(self) -> Promise:
        """Return the word for its state."""
        return STATE_LABELS[self.state]

    @property
    def may_be_sent(self) -> bool:
        """Say whether inviting once more can bring somebody in."""
        return self.state is not InvitationState.ACCEPTED

    @property
    def may_be_revoked(self) -> bool:
        """Say whether there is an address that still opens."""
        return self.state in {
            InvitationState.QUEUED,
            InvitationState.SENT,
            InvitationState.BOUNCED,
            InvitationState.OPENED,
        }


def invited_to(program_id: str, *, at: datetime) -> list[Invited]:
    """Return every partner who was brought along or invited and has not ended, by name, in a few queries."""
    agreements = [row for row in agreements_of(program_id) if row.state != AgreementState.ENDED]
    introduced = {row.agreement_id: row for row in introductions_of(program_id)}
    newest: dict[str, Invitation] = {}
    for invitation in partner_invitations([row.partner.organisation_id for row in agreements]).order_by("id"):
        newest[invitation.organisation_id or ""] = invitation
    mails = latest_mail_about([one.id for one in newest.values()])
    inside = _people_inside([row.partner.organisation_id for row in agreements])
    found = []
    for row in agreements:
        who, last = introduced.get(row.id), newest.get(row.partner.organisation_id)
        if who or last:
            mail = mails.get(last.id) if last else None
            is_in = row.partner.organisation_id in inside
            found.append(_invited(row, who, last, mail, is_in=is_in, at=at))
    return found


def invite_everybody(program_id: str, *, by: Actor, at: datetime) -> int:
    """Invite every partner who was brought along and never invited; return how many. Safe to repeat."""
    waiting = [one for one in invited_to(program_id, at=at) if one.state is InvitationState.NOT_SENT]
    for one in waiting:
        invite_introduced(agreement=one.agreement, by=by, at=at)
    return len(waiting)


def counts_of(rows: Sequence[Invited]) -> list[tuple[InvitationState, Promise, int]]:
    """Return how many invitations are in each state, those that there are."""
    counts: dict[InvitationState, int] = defaultdict(int)
    for row in rows:
        counts[row.state] += 1
    return [(state, STATE_LABELS[state], counts[state]) for state in InvitationState if counts[state]]


def _people_inside(organisation_ids: Sequence[str]) -> set[str]:
    seats = Membership.objects.filter(organisation_id__in=organisation_ids, ended_at__isnull=True)
    return set(seats.values_list("organisation_id", flat=True))


def _invited(
    agreement: Agreement,
    who: Introduction | None,
    invitation: Invitation | None,
    mail: Mail | None,
    *,
    is_in: bool,
    at: datetime,
) -> Invited:
    name = who.name if who else invitation.name if invitation else ""
    email = invitation.email if invitation else who.email if who else ""
    problem = mail.problem if mail and mail.state in _CAME_BACK else ""
    state = InvitationState.ACCEPTED if is_in else _state(invitation, mail, at=at)
    return Invited(agreement, name, email, invitation, state, problem)


def _state(invitation: Invitation | None, mail: Mail | None, *, at: datetime) -> InvitationState:
    if invitation is None:
        return InvitationState.NOT_SENT
    reached = {
        InvitationState.ACCEPTED: invitation.accepted_at is not None,
        InvitationState.REVOKED: invitation.revoked_at is not None,
        InvitationState.EXPIRED: invitation.expires_at <= at,
        InvitationState.OPENED: invitation.opened_at is not None,
        InvitationState.BOUNCED: mail is not None and mail.state in _CAME_BACK,
        InvitationState.SENT: mail is not None and mail.sent_at is not None,
    }
    return next((state for state, is_so in reached.items() if is_so), InvitationState.QUEUED)
