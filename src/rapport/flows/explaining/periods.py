"""Explain what a tier or bonus pays: what was counted, which steps were reached, the sum, and what comes next."""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.apps.commissions.models import Attribution, Commission, CommissionState
from rapport.apps.commissions.periods import is_of_visits, promise_named, standing_of, visit_pay_named
from rapport.apps.ledger.models import Entry
from rapport.apps.ledger.queries import entries_of
from rapport.apps.payouts.queries import payouts_of_commission
from rapport.apps.programs.queries import terms_of
from rapport.domain.books import EntryKind
from rapport.domain.money import Money, decimals_of
from rapport.domain.periods import PeriodJudgement, StepPaid, from_document
from rapport.domain.terms import Bonus, Tier, bonus_sentence, step_pays, tier_sentence, visit_sentence
from rapport.flows.explaining.explanation import Explanation, FormulaRow, Step, exact_text
from rapport.flows.explaining.gathering import entry_rows, promise_behind
from rapport.flows.explaining.progress import missing_words
from rapport.flows.explaining.steps import coming_steps, effect_of, own_postings, paying_step
from rapport.flows.explaining.words import (
    day_words,
    due_from,
    hold_words,
    local_day,
    money_words,
    partner_word,
    source_name,
)
from rapport.flows.paydays import payday_after
from rapport.kit.clock import from_ms


def explain_period(commission: Commission, *, at: datetime) -> Explanation:
    """Explain what a tier or bonus pays for one period."""
    program = commission.agreement.program
    judgement = standing_of(commission).latest
    if judgement is None:
        raise AssertionError("a commission of a period was judged")
    judged = from_document(judgement.document)
    terms = terms_of(commission.version, currency=commission.currency)
    payouts = {row.id: row for row in payouts_of_commission(commission.id)}
    payday = payday_after(terms.payout, program=program, after=local_day(due_from(commission, at=at), program.zone))
    word = partner_word(commission, zone=program.zone, payday=payday, payout=next(reversed(payouts.values()), None))
    entries = list(entries_of(commission.id))
    told = [paying_step(entry, payouts, commission) or _booked(entry, commission) for entry in entries]
    promise = None if is_of_visits(commission.source) else promise_named(terms, commission.source)
    return Explanation(
        commission_id=commission.id,
        agreement_id=commission.agreement_id,
        partner_name=commission.agreement.partner.name,
        program_id=program.id,
        program_name=program.name,
        zone=program.zone,
        order=source_name(commission.source),
        kind="",
        conversion_id="",
        amount=commission.worth,
        state=commission.state,
        state_word=str(CommissionState(commission.state).label),
        partner=word,
        holds=tuple(hold_words(hold) for hold in commission.holds),
        steps=(
            Step(from_ms(judged.last_at_ms), "done", source_name(commission.source), _counted(judged, commission)),
            *told,
            *coming_steps(commission, zone=program.zone, word=word, payday=payday),
        ),
        considered=(),
        promise=promise_behind(commission, rule=judgement.rule),
        formula=tuple(_formula(judged, judgement, promise, commission)),
        rules=tuple(_sentences(judged, promise, commission)),
        entries=tuple(entry_rows(entries, commission)),
        judged_at=judgement.judged_at,
        judgements=judgement.number,
    )


def _counted(judged: PeriodJudgement, commission: Commission) -> str:
    if is_of_visits(commission.source):
        sentence = ngettext("%(number)s of a person counts.", "%(number)s of people count.", judged.number)
        return sentence % {"number": judged.number}
    sentence = ngettext(
        "%(number)s conversion counts, with a basis of %(value)s together; the last is of %(day)s.",
        "%(number)s conversions count, with a basis of %(value)s together; the last is of %(day)s.",
        judged.number,
    )
    day = day_words(local_day(from_ms(judged.last_at_ms), commission.agreement.program.zone))
    return sentence % {"number": judged.number, "value": _exact(judged.value, commission.currency), "day": day}


def _booked(entry: Entry, commission: Commission) -> Step:
    """Tell one entry: approved, or what a later judgement added or took."""
    postings = own_postings(entry, commission)
    if entry.kind == EntryKind.APPROVED:
        silent = entry.reason == "end-of-hold"
        heading = _("Approved, because nobody objected") if silent else _("Approved by hand")
        whole = Money(sum(one.amount_minor for one in postings), commission.currency)
        return Step(entry.booked_at, "done", heading, _("It is yours now."), whole, _("yours"))
    minor = sum(effect_of(one.source.kind, one.destination.kind) * one.amount_minor for one in postings)
    amount = Money(minor, commission.currency)
    if minor < 0:
        sentence = _("What counts has changed; the books hold the difference.")
        return Step(entry.booked_at, "reversed", _("Judged again"), sentence, amount, _("corrected"))
    sentence = _("What counts was judged, and the difference booked.")
    return Step(entry.booked_at, "done", _("Booked"), sentence, amount, _("booked"))


def _formula(
    judged: PeriodJudgement, judgement: Attribution, promise: Tier | Bonus | None, commission: Commission
) -> Iterable[FormulaRow]:
    currency = commission.currency
    if is_of_visits(commission.source):
        yield FormulaRow(_("Clicks or impressions of people"), "factor", factor=f"× {judged.number}")
        yield FormulaRow(_("Exactly, before the most for a day"), "exact", factor=_exact(judged.value, currency))
    for one in judged.steps:
        yield from _step_rows(one, currency)
    if isinstance(promise, Bonus) and judged.target_minor:
        yield FormulaRow(_("Reached"), "line", amount=Money(judged.target_minor, currency))
    kept_minor = judgement.document["kept_minor"]
    if kept_minor:
        yield FormulaRow(_("Left standing by a person"), "line", amount=Money(kept_minor, currency))
    words = _("Comes on top, rounded once, half up")
    yield FormulaRow(words, "total", amount=Money(judgement.target_minor, currency))


def _step_rows(one: StepPaid, currency: str) -> Iterable[FormulaRow]:
    number = ngettext("%(number)s conversion", "%(number)s conversions", one.number) % {"number": one.number}
    yield FormulaRow(_("%(number)s, basis") % {"number": number}, "exact", factor=_exact(one.basis, currency))
    pays = step_pays(one.step, currency, translation)
    yield FormulaRow(_("The step pays %(pays)s") % {"pays": pays}, "exact", factor=_exact(one.pays, currency))
    yield FormulaRow(_("Less what the rule paid for them"), "exact", factor=_exact(-one.paid, currency))


def _sentences(judged: PeriodJudgement, promise: Tier | Bonus | None, commission: Commission) -> Iterable[str]:
    terms = terms_of(commission.version, currency=commission.currency)
    if is_of_visits(commission.source):
        yield visit_sentence(visit_pay_named(terms, commission.source), terms, speech=translation)
    if promise is None:
        return
    yield (
        tier_sentence(promise, terms, speech=translation)
        if isinstance(promise, Tier)
        else bonus_sentence(promise, terms, speech=translation)
    )
    coming = missing_words(judged, promise, kind=terms.rule(promise.rule).when.kind, currency=commission.currency)
    if coming:
        yield coming


def _exact(amount: Fraction, currency: str) -> str:
    if amount.denominator == 1:
        return money_words(Money(int(amount), currency))
    return f"{exact_text(amount, decimals_of(currency))} {currency}"
