"""Offer one partner a rate of its own: the terms of the program with another pay, for this agreement alone."""

import re
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from rapport.apps.partners.actions import offer_own_terms
from rapport.apps.partners.models import Agreement, AgreementState, TermsOffer
from rapport.apps.partners.queries import acceptance_at, terms_offers_of
from rapport.apps.programs.models import TermsVersion
from rapport.apps.programs.queries import terms_of, version_in_force
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput
from rapport.apps.record.write import transaction
from rapport.domain.money import BadAmount, parse_amount
from rapport.domain.terms import Flat, Pay, Percent, Problems, canonical, parse, with_own_rate
from rapport.flows.invitations import tell_of_offer


def offer_own_rate(*, agreement: Agreement, pay: Pay, note: str, by: Actor, at: datetime) -> TermsOffer:
    """Offer the program's terms in force with another pay; the partner is told by mail, and accepts it or not."""
    currency = agreement.program.currency
    usual = version_in_force(agreement.program_id, at=at)
    if agreement.state == AgreementState.ENDED or usual is None:
        raise BadInput(_("Nothing can be offered: the agreement has ended, or the program has no terms yet."))
    own = with_own_rate(terms_of(usual, currency=currency), pay)
    read = parse(canonical(own), currency=currency)
    if isinstance(read, Problems):
        raise _bad(" ".join(problem.sentence for problem in read))
    standing = _standing(agreement, at=at)
    if standing and standing.document == canonical(read):
        raise _bad(_("This is what the partner has or is offered already."))
    with transaction():
        offered = offer_own_terms(agreement=agreement, document=canonical(read), note=note, by=by, at=at)
        tell_of_offer(agreement=agreement, at=at)
    return offered


def read_pay(text: str, *, currency: str) -> Pay:
    """Read a rate as a person types it: 15 %, or an amount such as 5.00 with the currency of the program."""
    plain = text.replace("%", "").replace(currency, "").strip().replace(",", ".")
    try:
        if "%" in text or currency not in text:
            return Percent(_percent(plain))
        return Flat(parse_amount(plain, currency).minor)
    except BadAmount:
        raise _bad(_("Write 15 %% or 5.00 %(currency)s.") % {"currency": currency}) from None


def _percent(plain: str) -> Decimal:
    if not re.fullmatch(r"\d{1,3}(\.\d{1,4})?", plain, re.ASCII):
        raise _bad(_("Write the rate as a number with at most four decimals, such as 12.5 %%.") % {})
    return Decimal(plain)


def _standing(agreement: Agreement, *, at: datetime) -> TermsVersion | None:
    """Return the version that was offered last, else the one that binds."""
    offered = terms_offers_of(agreement.id).first()
    if offered:
        return offered.version
    bound = acceptance_at(agreement.id, at=at)
    return bound.version if bound else None


def _bad(sentence: str) -> BadInput:
    return BadInput(sentence, fields={"rate": sentence})
