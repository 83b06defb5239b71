"""The story of a commission in order: the click, the order, what was taken back, the hold, the payday."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from rapport.apps.commissions.models import CommissionState
from rapport.apps.conversions.models import DeclineCode
from rapport.domain.books import AccountKind, EntryKind
from rapport.domain.credit import Via
from rapport.domain.money import Money, format_amount
from rapport.domain.story import DecisionKind
from rapport.flows.explaining.explanation import PartnerWord, Step
from rapport.flows.explaining.vat import vat_sentences
from rapport.flows.explaining.words import binding_words, day_words, decision_words, hold_words, local_day, rate_words
from rapport.kit.clock import from_ms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rapport.apps.commissions.models import Commission
    from rapport.apps.conversions.models import Binding, HumanDecision
    from rapport.apps.ledger.models import Entry, Posting
    from rapport.apps.payouts.models import Payout
    from rapport.flows.explaining.gathering import Gathered

_EARLIEST = datetime.min.replace(tzinfo=UTC)


def story_steps(found: Gathered, *, word: PartnerWord, payday: date | None) -> tuple[Step, ...]:
    """Return the steps in the order in which they happened, then those that are still to come."""
    told = [*_touch(found), _order(found), *_decided(found), *(_booked(entry, found) for entry in found.entries)]
    told.sort(key=lambda step: step.at or _EARLIEST)
    return (*told, *coming_steps(found.commission, zone=found.program.zone, word=word, payday=payday))


def _touch(found: Gathered) -> list[Step]:
    credit = found.decision.credit
    if credit is None or credit.agreement_id != found.commission.agreement_id:
        return []
    if credit.via is Via.COUPON:
        return []
    if credit.via is Via.FILE:
        return [_bound(found.bindings[credit.touch_id], zone=found.program.zone)]
    click = found.clicks.get(credit.touch_id)
    at = from_ms(credit.counts_from_ms)
    if click is None or click.link is None:
        return [Step(at, "done", _("An earlier order bound the customer"), _("Repeat purchases are included."))]
    return [Step(at, "done", _click_heading(click.link.name), _click_sentence(found, credit.touch_id))]


def _bound(bound: Binding, *, zone: str) -> Step:
    told = day_words(local_day(bound.told_at, zone))
    sentence = _("%(line)s, told on %(day)s.") % {"line": binding_words(bound), "day": told}
    return Step(bound.from_at, "done", _("The shop's file binds the customer to this partner"), sentence)


def _click_heading(link_name: str) -> str:
    return _("A visitor clicks in “%(name)s”") % {"name": link_name} if link_name else _("A visitor clicks")


def _click_sentence(found: Gathered, click_id: str) -> str:
    click = found.clicks[click_id]
    facts = click.facts or {}
    link = click.link
    parts = [_("Link %(code)s") % {"code": link.code}] if link else []
    placement = facts.get("placement") or (link.placement if link else "")
    if placement:
        parts.append(_("placement %(placement)s") % {"placement": placement})
    parts += [str(facts[name]) for name in ("channel", "device", "country") if facts.get(name)]
    seen = "" if click.facts_joined_at else " " + _("Details of the visit are being looked up.")
    return ", ".join(parts) + ". " + _("The signature of the click id is good.") + seen


def _order(found: Gathered) -> Step:
    conversion, decision = found.conversion, found.decision
    code = next((one.code for one in conversion.coupons.all() if _is_own_winner(found, one.code)), "")
    exchange, own = decision.exchange, found.program.currency
    paid = Money(decision.amounts.total_minor, exchange.currency if exchange else own)
    sentence = _("The customer paid %(amount)s %(currency)s.") % {
        "amount": format_amount(paid),
        "currency": paid.currency,
    }
    if exchange:
        sentence += " " + _("%(rate)s.") % {"rate": rate_words(exchange, own)}
    if code:
        sentence += " " + _("The order used the code %(code)s.") % {"code": code}
    heading = _("The shop reports %(kind)s %(order)s") % {"kind": conversion.kind, "order": conversion.external_id}
    return Step(conversion.occurred_at, "done", heading, sentence)


def _is_own_winner(found: Gathered, code: str) -> bool:
    credit = found.decision.credit
    if credit is None or credit.agreement_id != found.commission.agreement_id:
        return False
    return credit.via is Via.COUPON and credit.touch_id == code


def _decided(found: Gathered) -> list[Step]:
    """Tell what people decided about the order, and why: whoever gave a reason was told that the partner reads it."""
    told = (one for one in found.conversion.decisions.all() if one.kind not in _TOLD_BY_BOOKS)
    return [Step(one.at, "done", decision_words(one.kind), _reason(one)) for one in told]


_TOLD_BY_BOOKS = frozenset({DecisionKind.APPROVED, DecisionKind.APPROVAL_UNDONE})
"""Decisions that book something of their own: its entry tells them."""


def _reason(one: HumanDecision) -> str:
    if one.kind != DecisionKind.DECLINED:
        return one.reason
    return _("%(code)s: %(reason)s") % {"code": DeclineCode(one.data["code"]).label, "reason": one.reason}


def _booked(entry: Entry, found: Gathered) -> Step:
    """Tell one entry: what it moved, as the partner's worth rises or falls by it."""
    postings = own_postings(entry, found.commission)
    paid = paying_step(entry, found.payouts, found.commission)
    if paid:
        return paid
    minor = sum(effect_of(one.source.kind, one.destination.kind) * one.amount_minor for one in postings)
    amount = Money(minor, found.commission.currency)
    if entry.kind == EntryKind.APPROVED:
        whole = sum(one.amount_minor for one in postings)
        silent = entry.reason == "end-of-hold"
        heading = _("Approved, because nobody objected") if silent else _("Approved by hand")
        return Step(entry.booked_at, "done", heading, _("It is yours now."), Money(whole, amount.currency), _("yours"))
    if entry.kind == EntryKind.APPROVAL_UNDONE:
        whole = sum(one.amount_minor for one in postings)
        heading = _("The approval was taken back")
        sentence = _why_undone(entry, found) or _("It waits for a person again.")
        return Step(entry.booked_at, "reversed", heading, sentence, Money(whole, amount.currency), _("waiting"))
    if minor < 0:
        heading, sentence = _fall_heading(entry.reason), _fall_sentence(found)
        return Step(entry.booked_at, "reversed", heading, sentence, amount, _("corrected"))
    return Step(entry.booked_at, "done", _("Booked"), _("The commission was judged and booked."), amount, _("booked"))


def own_postings(entry: Entry, commission: Commission) -> list[Posting]:
    """Return what an entry moved of this commission's money; a payout's entry moves that of many."""
    return [one for one in entry.postings.all() if one.memo == commission.id]


def paying_step(entry: Entry, payouts: Mapping[str, Payout], commission: Commission) -> Step | None:
    """Tell what a payout did with a commission's money, where the entry is of one."""
    payout = payouts.get(entry.subject)
    minor = sum(one.amount_minor for one in own_postings(entry, commission))
    return _paying(entry, payout, Money(minor, commission.currency)) if payout else None


def _paying(entry: Entry, payout: Payout, amount: Money) -> Step:
    """Tell what a payout did with the commission's money."""
    words = {"day": day_words(payout.run.pay_on), "reference": payout.reference or payout.id}
    if entry.kind == EntryKind.SETTLED:
        sentence = _("With the payout of %(day)s, reference %(reference)s.") % words
        return Step(entry.booked_at, "paid", _("Paid"), sentence, amount, _("paid"))
    if entry.kind == EntryKind.RESERVED:
        sentence = " ".join((_("It goes out with the payout of %(day)s.") % words, *vat_sentences(payout)))
        return Step(entry.booked_at, "done", _("Taken into a payout"), sentence, amount, _("to pay"))
    sentence = _("It is yours again and goes out with a later payout.")
    return Step(entry.booked_at, "reversed", _("The payout did not arrive"), sentence, amount, _("yours"))


def _why_undone(entry: Entry, found: Gathered) -> str:
    """Return the reason that the person gave who took the approval back."""
    undone = found.conversion.decisions.filter(kind=DecisionKind.APPROVAL_UNDONE, at=entry.booked_at)
    return next((one.reason for one in undone), "")


def effect_of(source: str, destination: str) -> int:
    """Say whether a movement makes a commission worth more (1), less (-1) or the same."""
    if source == AccountKind.EXPENSE:
        return 1
    return -1 if destination == AccountKind.EXPENSE else 0


def _fall_heading(reason: str) -> str:
    return {
        "corrected": _("The order was corrected"),
        "click-facts": _("The click turned out not to count"),
        "reported": _("A later report changed it"),
        "declined": _("The order was declined"),
        "proposal-accepted": _("A proposal was accepted"),
    }.get(reason, _("Judged again"))


def _fall_sentence(found: Gathered) -> str:
    corrections = list(found.conversion.corrections.all().order_by("occurred_at"))
    if not corrections:
        return _("The books hold the difference to what was booked before.")
    names = ", ".join(f"{one.get_kind_display()} {one.external_id}" for one in corrections)
    return _("Reported by the shop: %(names)s.") % {"names": names}


def coming_steps(commission: Commission, *, zone: str, word: PartnerWord, payday: date | None) -> list[Step]:
    """Return what is still to come for a commission: a person's look, the end of its hold, its payday."""
    steps: list[Step] = []
    if commission.state in {CommissionState.HELD, CommissionState.DISPUTED}:
        reasons = " ".join(hold_words(hold) for hold in commission.holds)
        steps.append(Step(None, "held", _("Held until a person has looked at it"), reasons))
    if commission.state == CommissionState.PENDING:
        on = local_day(commission.hold_until, zone)
        sentence = _("The hold ends at the start of %(day)s. Silence means approval.") % {"day": day_words(on)}
        steps.append(Step(commission.hold_until, "next", _("Approved, if nobody objects"), sentence))
    if payday and word.word in {"waiting", "yours"}:
        at = datetime.combine(payday, time.min, tzinfo=ZoneInfo(zone))
        due = Money(commission.accrued_minor + commission.payable_minor, commission.currency)
        when = {"day": day_words(payday)}
        sentence = _("With the payout of %(day)s, once your balance reaches the threshold.") % when
        steps.append(Step(at, "paid-next", _("Paid"), sentence, due, _("to pay")))
    return steps
