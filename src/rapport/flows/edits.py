"""Edits of other systems: what an order comes to from now on, told as the amendment that leads there."""

from datetime import datetime

from django.utils.translation import gettext as _

from rapport.apps.conversions.actions import lock_stories
from rapport.apps.conversions.inputs import CorrectionInput, EditInput
from rapport.apps.conversions.models import Conversion, Door
from rapport.apps.conversions.queries import conversions_of
from rapport.apps.conversions.reading import read_correction
from rapport.apps.conversions.recording import TakenCorrection, Touched
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.domain.money import BadAmount, Money, format_amount, parse_amount
from rapport.flows.intake import take_corrections
from rapport.flows.offers import Offer


def take_edit(
    edit: EditInput, *, number: str, offer: Offer, received_at: datetime, by: Actor, at: datetime
) -> TakenCorrection | None:
    """Amend an order by what is between it and its new amount, under a number; nothing where it comes to that already.

    Whoever sends an edit again finds no difference any more, so it counts once; the same amount after another one is
    an edit of its own.

    Raises:
        BadInput: no such order is known, so nobody can say by how much it changes; or the amount cannot be read.
    """
    order = _order(edit, offer)
    difference = _new_amount(edit, order) - order.remaining_minor
    if not difference:
        return None
    given = {
        "kind": "amendment",
        "external_id": number,
        "of": order.external_id,
        "of_kind": order.kind,
        "currency": order.currency,
        "total": format_amount(Money(difference, order.currency)),
    }
    read = read_correction(read_input(CorrectionInput, given), frame=offer.frame, received_at=received_at)
    [taken] = take_corrections([read], offer=offer, door=Door.POSTBACK, by=by, at=at)
    return taken


def _order(edit: EditInput, offer: Offer) -> Conversion:
    """Return the order as it stands, locked with its story: nobody changes it between the question and the answer."""
    rows = conversions_of(offer.program.id).filter(kind=edit.of_kind, external_id=edit.of)
    found = rows.first()
    if found is None:
        sentence = _("No order with this number is known. Report it first, and send the edit again.")
        raise BadInput(sentence, fields={"of": sentence})
    lock_stories(Touched.by([found]).in_order())
    return rows.get()


def _new_amount(edit: EditInput, order: Conversion) -> int:
    if edit.currency not in {"", order.currency}:
        sentence = _("The order is in %(own)s. Give its new amount in %(own)s.") % {"own": order.currency}
        raise BadInput(sentence, fields={"currency": sentence})
    try:
        return parse_amount(edit.total, order.currency).minor
    except BadAmount as error:
        raise BadInput(error.sentence(_), fields={"total": error.sentence(_)}) from None
