"""Gather an explanation: the stored decision, what was accepted, what was reported, and every entry in the books."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal

from django.utils.translation import gettext as _

from rapport.apps.commissions.models import Attribution, Commission, CommissionState
from rapport.apps.conversions.models import Binding, Conversion, NamedClick
from rapport.apps.conversions.queries import bindings_of_customer, replies_open
from rapport.apps.identity.queries import names_of
from rapport.apps.ledger.models import Entry
from rapport.apps.ledger.queries import entries_of
from rapport.apps.partners.models import Acceptance
from rapport.apps.partners.queries import applicant_of
from rapport.apps.payouts.models import Payout
from rapport.apps.payouts.queries import payouts_of_commission
from rapport.apps.programs.models import Program, TermsVersion
from rapport.apps.programs.queries import terms_of
from rapport.domain.exchange import shown
from rapport.domain.judgement import Considered, Decision, Source, StepLabel, Why
from rapport.domain.judgement_document import from_document
from rapport.domain.money import Money, decimals_of
from rapport.domain.terms import Payout as PayoutTerms
from rapport.flows.admission import wording
from rapport.flows.explaining.explanation import EntryRow, Explanation, FormulaRow, Promise, Touched, exact_text
from rapport.flows.explaining.rules import rule_sentences
from rapport.flows.explaining.steps import own_postings, story_steps
from rapport.flows.explaining.words import (
    account_words,
    binding_words,
    due_from,
    hold_words,
    local_day,
    others_words,
    partner_word,
    rate_words,
    source_words,
    step_words,
    why_words,
)
from rapport.flows.paydays import payday_after


@dataclass(frozen=True, slots=True)
class Gathered:
    """The rows behind one explanation."""

    commission: Commission
    conversion: Conversion
    program: Program
    attribution: Attribution
    decision: Decision
    clicks: dict[str, NamedClick]
    bindings: dict[str, Binding]
    entries: list[Entry]
    payouts: dict[str, Payout]
    """The payouts that took up its money, by id."""


def explain_order(commission: Commission, *, at: datetime) -> Explanation:
    """Explain an order's commission from what is stored; `at` only decides which payday is next."""
    found = _gather(commission)
    program = found.program
    after = local_day(due_from(commission, at=at), program.zone)
    payday = payday_after(_payout(found), program=program, after=after)
    latest = next(reversed(found.payouts.values()), None)
    replies = replies_open([commission.source], at=at)
    word = partner_word(
        commission, zone=program.zone, payday=payday, payout=latest, reply_until=replies.get(commission.source)
    )
    return Explanation(
        commission_id=commission.id,
        agreement_id=commission.agreement_id,
        partner_name=commission.agreement.partner.name,
        program_id=program.id,
        program_name=program.name,
        zone=program.zone,
        order=found.conversion.external_id,
        kind=found.conversion.kind,
        conversion_id=found.conversion.id,
        amount=commission.worth,
        state=commission.state,
        state_word=str(CommissionState(commission.state).label),
        partner=word,
        holds=tuple(hold_words(hold) for hold in commission.holds),
        steps=story_steps(found, word=word, payday=payday),
        considered=tuple(_touched(one, found) for one in found.decision.considered),
        promise=_promise(found),
        formula=tuple(formula_rows(found.decision, commission.currency)) if _earns(found) else (),
        rules=tuple(rule_sentences(found.decision, commission.currency)) if _earns(found) else (),
        entries=tuple(entry_rows(found.entries, found.commission)),
        judged_at=found.attribution.judged_at,
        judgements=found.attribution.number,
    )


def _gather(commission: Commission) -> Gathered:
    conversion = commission.conversion
    if conversion is None:
        raise AssertionError("this commission comes from no conversion")
    attribution = Attribution.objects.filter(conversion=conversion).order_by("-number")[0]
    clicks = NamedClick.objects.filter(conversion__in=_story_of(conversion)).select_related("link", "conversion")
    return Gathered(
        commission=commission,
        conversion=conversion,
        program=commission.agreement.program,
        attribution=attribution,
        decision=from_document(attribution.document),
        clicks={click.click_id: click for click in clicks},
        bindings={one.id: one for one in bindings_of_customer(conversion.customer_id)},
        entries=list(entries_of(commission.id)),
        payouts={row.id: row for row in payouts_of_commission(commission.id)},
    )


def _story_of(conversion: Conversion) -> Iterable[Conversion]:
    if conversion.customer_id is None:
        return [conversion]
    return Conversion.objects.filter(customer_id=conversion.customer_id)


def _payout(found: Gathered) -> PayoutTerms:
    return terms_of(found.commission.version, currency=found.commission.currency).payout


def _earns(found: Gathered) -> bool:
    credit = found.decision.credit
    return credit is not None and credit.agreement_id == found.commission.agreement_id


def _touched(one: Considered, found: Gathered) -> Touched:
    """Say what became of a touch; another partner's is told as such, without its name, click id or code."""
    click = found.clicks.get(one.ref) if one.source is Source.CLICK else None
    bound = found.bindings.get(one.ref)
    is_own = one.agreement_id == found.commission.agreement_id
    return Touched(
        at=click.clicked_at if click else bound.from_at if bound else None,
        heading=binding_words(bound)
        if bound and is_own
        else source_words(one)
        if is_own or not one.agreement_id
        else others_words(one),
        sentence=why_words(one, zone=found.program.zone),
        won=one.why is Why.WON,
        ref=one.ref if one.source is Source.CLICK and is_own else "",
    )


def _promise(found: Gathered) -> Promise:
    rule = found.decision.credit.rule if found.decision.credit and _earns(found) else ""
    return promise_behind(found.commission, rule=rule)


def promise_behind(commission: Commission, *, rule: str) -> Promise:
    """Return what the partner accepted of the version that a commission is paid by."""
    version, currency = commission.version, commission.agreement.program.currency
    acceptance = Acceptance.objects.filter(agreement=commission.agreement, version=version).first()
    return Promise(
        sentences=tuple(_words_of(version, acceptance, currency).splitlines()),
        version_id=version.id,
        version_number=version.number,
        rule=rule,
        accepted_at=acceptance.accepted_at if acceptance else None,
        accepted_by=_accepter(acceptance) if acceptance else "",
        in_force_from=acceptance.from_at if acceptance else None,
    )


def _words_of(version: TermsVersion, acceptance: Acceptance | None, currency: str) -> str:
    """Return the promise as it was read, or as it is offered to a partner who has not accepted anything yet."""
    return acceptance.sentence if acceptance else wording(version, currency=currency)


def _accepter(acceptance: Acceptance) -> str:
    """Name who accepted: a person of the partner, or whoever applied."""
    applicant = applicant_of(acceptance.actor_id)
    return applicant or _actor_words(acceptance.actor_kind, acceptance.actor_id)


def formula_rows(decision: Decision, own: str) -> Iterable[FormulaRow]:
    """Tell the formula line by line, each amount in its currency; a foreign order leaves its own with the rate."""
    exchange = decision.exchange
    for step in decision.formula:
        is_foreign = exchange and step.label not in _IN_OWN_CURRENCY and not step.rule
        currency = exchange.currency if exchange and is_foreign else own
        decimals = decimals_of(currency)
        label = f"{step.rule}: {step_words(step.label)}" if step.rule else step_words(step.label)
        if step.label is StepLabel.PERCENT:
            yield FormulaRow(label, "factor", factor=_("× %(rate)s %%") % {"rate": exact_text(step.amount, 0)})
        elif step.label in _NUMBERS:
            yield FormulaRow(label, "factor", factor=f"× {step.amount}")
        elif step.label is StepLabel.EXCHANGE_RATE and exchange:
            yield FormulaRow(
                f"{label}: {rate_words(exchange, own)}", "factor", factor=f"× {shown(Fraction(step.amount))}"
            )
        elif step.label is StepLabel.EXACT or step.amount != int(step.amount):
            exact = exact_text(step.amount, decimals)
            yield FormulaRow(label, "exact", factor=f"{exact} {currency}" if exchange else exact)
        else:
            yield FormulaRow(label, _kind(step.label), amount=Money(int(step.amount), currency))


_NUMBERS = frozenset({StepLabel.SHARE_LEFT, StepLabel.PART_OF_ORDER, StepLabel.PIECES})
"""Lines of the formula that are plain numbers."""

_IN_OWN_CURRENCY = frozenset({StepLabel.FLAT, StepLabel.CONVERTED, StepLabel.EXACT, StepLabel.COMMISSION})
"""Lines of the formula that are in the program's currency, whatever the order is in."""


def _kind(label: StepLabel) -> Literal["line", "subtotal", "total"]:
    if label is StepLabel.COMMISSION:
        return "total"
    subtotals = {StepLabel.BASIS_OF_ORDER, StepLabel.BASIS_NOW, StepLabel.CONVERTED, StepLabel.RULE_PAYS}
    return "subtotal" if label in subtotals else "line"


def entry_rows(entries: Iterable[Entry], commission: Commission) -> Iterable[EntryRow]:
    """Tell every movement of a commission's money in the books."""
    for entry in entries:
        for posting in own_postings(entry, commission):
            yield EntryRow(
                at=entry.booked_at,
                entry_id=entry.id,
                number=entry.number,
                source=account_words(posting.source.kind),
                destination=account_words(posting.destination.kind),
                actor=_actor_words(entry.actor_kind, entry.actor_id),
                amount=Money(posting.amount_minor, posting.currency),
            )


def _actor_words(kind: str, actor_id: str) -> str:
    if kind == "person":
        return names_of({actor_id}).get(actor_id, _("a person"))
    if kind == "key":
        return _("API key")
    return _("system, %(rule)s") % {"rule": actor_id.replace("-", " ")}
