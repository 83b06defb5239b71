"""Write to a partner: by mail to everybody who has its portal, about one of its agreements."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.apps.commissions.models import Commission
from rapport.apps.delivery.actions import keep_mail, write_out
from rapport.apps.delivery.letters import Button, Letter
from rapport.apps.delivery.models import Mail
from rapport.apps.identity.languages import speaking
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


Tell = Callable[[], Telling]
"""Makes the words in the language of the moment: each reader is told in its own."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a partner's letters go to, and in which language."""

    email: str
    language: str


@dataclass(frozen=True, slots=True)
class Written:
    """What a partner is told about a commission, written out: the words in its portal, and the mails."""

    words: str
    mails: Sequence[Mail]


Letters = Mapping[str, Written]
"""What was written out before a transaction, by the commission that it is about."""


def letters_about(commissions: Iterable[Commission], tell: Tell) -> Letters:
    """Write out what partners will be told about their commissions: half of the time that telling them takes."""
    return {commission.id: _written(commission, tell) for commission in commissions}


def tell_partner(
    commission: Commission, tell: Tell, *, by: Actor, at: datetime, letters: Letters | None = None
) -> None:
    """Write it under the commission in the portal, and mail it to the partner; inside the caller's transaction."""
    agreement = commission.agreement
    written = (letters or {}).get(commission.id) or _written(commission, tell)
    post_message(
        subject=commission.id,
        side=Side.PROGRAM,
        given=MessageInput(body=written.words),
        by=by,
        at=at,
        workspace_id=agreement.program.workspace_id,
    )
    for mail in written.mails:
        keep_mail(mail=mail, at=at)


def _written(commission: Commission, tell: Tell) -> Written:
    readers = readers_of(commission.agreement)
    with speaking(readers[0].language if readers else ""):
        words = "\n\n".join(_told(tell()))[:LONGEST]
    return Written(words, list(_mails(commission, tell, readers)))


def _mails(commission: Commission, tell: Tell, readers: Iterable[Reader]) -> Iterator[Mail]:
    for reader in readers:
        with speaking(reader.language):
            mail = write_out(_letter(commission, tell(), recipient=reader.email))
        yield mail


def _letter(commission: Commission, telling: Telling, *, recipient: str) -> Letter:
    agreement = commission.agreement
    return Letter(
        recipient=recipient,
        subject=telling.subject % {"program": agreement.program.name, "order": order_words(commission)},
        paragraphs=tuple(_told(telling)),
        button=Button(_("Look and reply"), reverse("portal:commission", args=(agreement.id, commission.id))),
        workspace_id=agreement.program.workspace_id,
        about_id=commission.id,
    )


def _told(telling: Telling) -> list[str]:
    return [sentence for sentence in telling.sentences if sentence]


def know_addresses() -> None:
    """Learn the addresses of all pages now: a worker's first look takes a second, which no transaction should hold."""
    reverse("portal:choose")


def addresses_of(agreement: Agreement) -> list[str]:
    """Return the mail addresses to which letters about an agreement go."""
    return [reader.email for reader in readers_of(agreement)]


def language_of(agreement: Agreement) -> str:
    """Return the language that a partner reads: that of the first who gets its letters."""
    return next((reader.language for reader in readers_of(agreement)), "")


def readers_of(agreement: Agreement) -> list[Reader]:
    """Return those who have the partner's portal; before that, who applied or was brought along."""
    seats = team_of(agreement.partner.organisation_id).filter(person__is_active=True)
    readers = [seat for seat in seats if Capability.PORTAL_READ in ROLE_CAPABILITIES.get(seat.role, frozenset())]
    if readers:
        return list(dict.fromkeys(Reader(seat.person.email, seat.person.language) for seat in readers))
    known = application_behind(agreement.id) or introduction_of(agreement.id)
    return [Reader(known.email, known.language)] if known else []
