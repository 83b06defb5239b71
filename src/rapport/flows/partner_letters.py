"""Write to a partner: by mail to everybody who has its portal, about one of its agreements."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.apps.commissions.models import Commission
from rapport.apps.delivery.actions import keep_mail, write_out
from rapport.apps.delivery.letters import Button, Letter
from rapport.apps.delivery.models import Mail
from rapport.apps.identity.queries import team_of
from rapport.apps.identity.rights import ROLE_CAPABILITIES, Capability
from rapport.apps.partners.models import Agreement
from rapport.apps.partners.queries import application_behind, introduction_of
from rapport.apps.record.actors import Actor
from rapport.apps.threads.actions import post_message
from rapport.apps.threads.inputs import LONGEST, MessageInput
from rapport.apps.threads.models import Side
from rapport.flows.explaining.words import order_words


@dataclass(frozen=True, slots=True)
class Telling:
    """What a partner is told about a commission: the subject of the mail, and the sentences of it."""

    subject: str
    sentences: Sequence[str]


Letters = Mapping[str, Sequence[Mail]]
"""Mails that were written out before a transaction, by the commission that they are about."""


def letters_about(commissions: Iterable[Commission], telling: Telling) -> Letters:
    """Write out what partners will be told about their commissions: half of the time that telling them takes."""
    return {commission.id: list(_mails(commission, telling)) for commission in commissions}


def tell_partner(
    commission: Commission, telling: Telling, *, by: Actor, at: datetime, letters: Letters | None = None
) -> None:
    """Write it under the commission in the portal, and mail it to the partner; inside the caller's transaction."""
    agreement = commission.agreement
    told = _told(telling)
    post_message(
        subject=commission.id,
        side=Side.PROGRAM,
        given=MessageInput(body="\n\n".join(told)[:LONGEST]),
        by=by,
        at=at,
        workspace_id=agreement.program.workspace_id,
    )
    ready = (letters or {}).get(commission.id)
    for mail in _mails(commission, telling) if ready is None else ready:
        keep_mail(mail=mail, at=at)


def _mails(commission: Commission, telling: Telling) -> Iterator[Mail]:
    agreement = commission.agreement
    letter_words = {"program": agreement.program.name, "order": order_words(commission)}
    for address in addresses_of(agreement):
        letter = Letter(
            recipient=address,
            subject=telling.subject % letter_words,
            paragraphs=tuple(_told(telling)),
            button=Button(_("Look and reply"), reverse("portal:commission", args=(agreement.id, commission.id))),
            workspace_id=agreement.program.workspace_id,
            about_id=commission.id,
        )
        yield write_out(letter)


def _told(telling: Telling) -> list[str]:
    return [sentence for sentence in telling.sentences if sentence]


def know_addresses() -> None:
    """Learn the addresses of all pages now: a worker's first look takes a second, which no transaction should hold."""
    reverse("portal:choose")


def addresses_of(agreement: Agreement) -> list[str]:
    """Return the mail addresses of those who have the partner's portal; before that, of who applied or was brought."""
    seats = team_of(agreement.partner.organisation_id).filter(person__is_active=True)
    readers = [seat for seat in seats if Capability.PORTAL_READ in ROLE_CAPABILITIES.get(seat.role, frozenset())]
    if readers:
        return list(dict.fromkeys(seat.person.email for seat in readers))
    known = application_behind(agreement.id) or introduction_of(agreement.id)
    return [known.email] if known else []
