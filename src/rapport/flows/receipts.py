"""What became of a postback, told to whoever sent it: opened by the program's own token, without partners or buyers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.apps.conversions.models import ConversionState, Receipt, ReceiptState
from rapport.apps.conversions.queries import (
    conversions_in_conflict,
    conversions_of,
    corrections_of,
    reading_of,
    receipts_of,
)
from rapport.apps.conversions.sent import Sent, sent_of, without_persons
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import BadInput
from rapport.apps.tracking.queries import program_proven_by
from rapport.flows.waiting import problem_words

_BECAME = {
    ReceiptState.TAKEN: gettext_lazy("It is recorded."),
    ReceiptState.KNOWN: gettext_lazy("Nothing was changed: there was nothing new in it."),
    ReceiptState.CONFLICT: gettext_lazy("It contradicts what was told before. A person at the program decides."),
    ReceiptState.WAITING: gettext_lazy(
        "It takes something back from an order that is not known yet, and waits for it."
    ),
    ReceiptState.REFUSED: gettext_lazy("It could not be used. Correct what is named here, and send it again."),
}


@dataclass(frozen=True, slots=True)
class ToldReceipt:
    """A receipt as its sender may see it: what became of it, why, and what came."""

    row: Receipt
    program: Program
    became: str
    reasons: Sequence[str]
    warnings: Sequence[str]
    sent: Sequence[Sent]


def open_receipt(receipt_id: str, *, token: str) -> ToldReceipt:
    """Return the receipt of a postback to whoever holds a living token, or signing secret, of its program.

    A receipt id alone opens nothing: it stands in logs, and ids of one moment are alike.

    Raises:
        BadInput: no program has this token, or it has no such receipt (yet).
    """
    program = program_proven_by(token)
    if program is None:
        sentence = _("This is no token that is in force here. The program issues them under Integration.")
        raise BadInput(sentence, fields={"token": sentence})
    row = receipts_of(program.id).filter(pk=receipt_id).first()
    if row is None:
        sentence = _("The program of this token has no such receipt. One that was just given is here in a few seconds.")
        raise BadInput(sentence, fields={"receipt": sentence})
    return _told(row, program)


def _told(row: Receipt, program: Program) -> ToldReceipt:
    reading = reading_of(program.id)
    return ToldReceipt(
        row=row,
        program=program,
        became=_became(row),
        reasons=without_persons(problem_words(row), row, reading=reading),
        warnings=without_persons([warning["sentence"] for warning in row.warnings], row, reading=reading),
        sent=sent_of(row, reading=reading),
    )


def _became(row: Receipt) -> str:
    """Say what became of it, and what has happened since to that one report."""
    if row.state == ReceiptState.WAITING and _has_its_order(row):
        return _("It waited for its order, which is known by now: it has taken effect.")
    if row.state == ReceiptState.CONFLICT and _is_settled(row):
        return _("It contradicted what was told before. That has been settled since.")
    if row.state == ReceiptState.TAKEN and _is_held(row):
        return _("It is recorded, and held until your server or a person confirms the order.")
    return str(_BECAME[ReceiptState(row.state)])


def _has_its_order(row: Receipt) -> bool:
    return corrections_of(row.program_id).filter(pk=row.subject, conversion__isnull=False).exists()


def _is_settled(row: Receipt) -> bool:
    orders = conversions_of(row.program_id).filter(pk=row.subject)
    return orders.exists() and not conversions_in_conflict(row.program_id).filter(pk=row.subject).exists()


def _is_held(row: Receipt) -> bool:
    return conversions_of(row.program_id).filter(pk=row.subject, state=ConversionState.REPORTED).exists()
