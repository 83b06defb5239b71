"""A partner objects to a paper that was written in its name: the thread, the decision, and the letter that tells it."""

from collections.abc import Callable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.apps.delivery.actions import queue_mail
from rapport.apps.delivery.letters import Button, Letter
from rapport.apps.identity.languages import speaking
from rapport.apps.invoices import actions
from rapport.apps.invoices.models import Invoice, InvoiceCorrection
from rapport.apps.record.actors import Actor
from rapport.apps.record.inputs import read_input
from rapport.apps.record.write import transaction
from rapport.apps.threads.actions import post_message
from rapport.apps.threads.inputs import MessageInput
from rapport.apps.threads.models import Side
from rapport.flows.partner_letters import language_of, readers_of

Tell = Callable[[], tuple[str, str]]
"""Says subject and text of a letter in the language that is spoken; the subject names the paper by `number`."""


def object_to(invoice: Invoice, body: str, *, by: Actor, at: datetime) -> None:
    """Take what a partner has against a paper; what it says later goes to the same thread."""
    given = read_input(MessageInput, {"body": body})
    actions.object_to_invoice(invoice=invoice, given=given, by=by, at=at)


def answer(invoice: Invoice, body: str, *, by: Actor, at: datetime) -> None:
    """Write to the partner about a paper; nothing else changes."""
    given = read_input(MessageInput, {"body": body})
    with transaction():
        _tell(invoice, lambda: (_("About your invoice %(number)s"), given.body), by=by, at=at)


def uphold(invoice: Invoice, body: str, *, by: Actor, at: datetime) -> None:
    """Decide that a disputed paper stands, and say why."""
    given = read_input(MessageInput, {"body": body})
    with transaction():
        actions.uphold_invoice(invoice=invoice, by=by, at=at)
        _tell(invoice, lambda: (_("Invoice %(number)s stands"), given.body), by=by, at=at)


def put_right(invoice: Invoice, reason: str, *, by: Actor, at: datetime) -> InvoiceCorrection:
    """Take a paper back, write it anew, and tell the partner."""
    with transaction():
        row = actions.correct_invoice(invoice=invoice, reason=reason, by=by, at=at)
        told = {"number": invoice.name, "back": row.takes_back.name, "anew": row.anew.name}

        def tell() -> tuple[str, str]:
            words = _("%(back)s takes %(number)s back, and %(anew)s takes its place.") % told
            return _("Invoice %(number)s was put right"), f"{words}\n\n{row.reason}"

        _tell(invoice, tell, by=by, at=at)
    return row


def _tell(invoice: Invoice, tell: Tell, *, by: Actor, at: datetime) -> None:
    agreement = invoice.payout.agreement
    workspace_id = agreement.program.workspace_id
    with speaking(language_of(agreement)):
        given = MessageInput(body=tell()[1])
    post_message(subject=invoice.id, side=Side.PROGRAM, given=given, by=by, at=at, workspace_id=workspace_id)
    for reader in readers_of(agreement):
        with speaking(reader.language):
            queue_mail(letter=_letter(invoice, tell, recipient=reader.email), at=at)


def _letter(invoice: Invoice, tell: Tell, *, recipient: str) -> Letter:
    agreement, (subject, body) = invoice.payout.agreement, tell()
    return Letter(
        recipient=recipient,
        subject=f"{agreement.program.name}: {subject % {'number': invoice.name}}",
        paragraphs=tuple(body.split("\n\n")),
        button=Button(_("Look and reply"), reverse("portal:invoice", args=(agreement.id, invoice.id))),
        workspace_id=agreement.program.workspace_id,
        about_id=invoice.id,
    )
