"""Turn rows into the facts that the rules know."""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from functools import cache

from rapport.apps.conversions.models import (
    Binding,
    Conversion,
    ConversionLine,
    Correction,
    HumanDecision,
    NamedClick,
    NamedCoupon,
    Report,
)
from rapport.domain.basket import Item
from rapport.domain.credit import HoldReason
from rapport.domain.exchange import Exchange
from rapport.domain.judgement_document import credit_from_document
from rapport.domain.story import (
    AmountReport,
    CorrectionKind,
    CouponUse,
    DecisionKind,
    ToldBinding,
    Touch,
    TouchFacts,
    TouchMark,
    TouchRefusal,
)
from rapport.domain.story import (
    Correction as DomainCorrection,
)
from rapport.domain.story import (
    HumanDecision as DomainDecision,
)
from rapport.kit.clock import to_ms
from rapport.wire.clickid import Mark

_MARKS = {
    Mark.VIEW: TouchMark.VIEW,
    Mark.BOT: TouchMark.BOT,
    Mark.FRAMED: TouchMark.FRAMED,
    Mark.NO_CONSENT: TouchMark.NO_CONSENT,
    Mark.TEST: TouchMark.TEST,
}


def wording_of(row: Report) -> AmountReport:
    """Return a stored wording."""
    return AmountReport(
        revision=row.revision,
        total_minor=row.total_minor,
        tax_minor=row.tax_minor,
        shipping_minor=row.shipping_minor,
        discount_minor=row.discount_minor,
    )


def items_of(rows: Iterable[ConversionLine]) -> tuple[Item, ...]:
    """Return the basket in the order in which it was told."""
    return tuple(
        Item(
            product=row.product,
            category=row.category,
            brand=row.brand,
            quantity=_whole(Fraction(row.quantity)),
            price_minor=row.price_minor,
            discount_minor=row.discount_minor,
            cost_minor=row.cost_minor,
        )
        for row in sorted(rows, key=lambda row: row.position)
    )


def _whole(quantity: Fraction) -> Fraction | int:
    return quantity.numerator if quantity.denominator == 1 else quantity


def exchange_of(row: Conversion) -> Exchange | None:
    """Return the currency and the rate of a foreign order; nothing for one in the program's own."""
    return Exchange(row.currency, row.known_rate) if row.is_foreign else None


def touch_of(row: NamedClick, *, proven: bool = True) -> Touch:
    """Return a click, `proven` if a server named it; a refused one carries nothing that could be trusted."""
    if row.refusal or row.link is None or row.clicked_at is None:
        return Touch(click_id=row.click_id, refusal=TouchRefusal(row.refusal or TouchRefusal.UNKNOWN_LINK))
    return Touch(
        click_id=row.click_id,
        at_ms=to_ms(row.clicked_at),
        agreement_id=row.link.agreement_id,
        link_id=row.link.id,
        placement=row.link.placement,
        channel=row.link.channel,
        marks=_marks_of(row.marks),
        facts=_facts(row),
        unconfirmed=not proven,
    )


@cache
def _marks_of(bits: int) -> frozenset[TouchMark]:
    return frozenset(mark for bit, mark in _MARKS.items() if bits & bit)


def _facts(row: NamedClick) -> TouchFacts | None:
    if row.facts_joined_at is None:
        return None
    facts = row.facts or {}
    return TouchFacts(
        bot=bool(facts.get("bot")),
        framed=bool(facts.get("framed")),
        device=str(facts.get("device") or ""),
        country=str(facts.get("country") or ""),
    )


def domain_correction(row: Correction) -> DomainCorrection:
    """Return a correction as a delta."""
    return DomainCorrection(
        external_id=row.external_id,
        kind=CorrectionKind(row.kind),
        occurred_at_ms=to_ms(row.occurred_at),
        total_minor=row.total_minor,
        tax_minor=row.tax_minor,
        shipping_minor=row.shipping_minor,
        discount_minor=row.discount_minor,
        in_conflict=row.in_conflict,
    )


def coupon_use(row: NamedCoupon, *, at: datetime) -> CouponUse:
    """Return a coupon as it was at the order."""
    if row.coupon is None:
        return CouponUse(code=row.code, agreement_id=None, valid=False, why="unknown", unconfirmed=not row.confirmed)
    started = row.coupon.starts_at <= at
    over = row.coupon.ends_at is not None and row.coupon.ends_at <= at
    why = "" if started and not over else "ended" if over else "not_started"
    owner = row.coupon.agreement_id
    return CouponUse(code=row.code, agreement_id=owner, valid=not why, why=why, unconfirmed=not row.confirmed)


def told_binding(row: Binding) -> ToldBinding:
    """Return what a file said about whose customer this is."""
    return ToldBinding(binding_id=row.id, agreement_id=row.agreement_id, from_ms=to_ms(row.from_at))


def human_decision(row: HumanDecision) -> DomainDecision:
    """Return a person's decision."""
    data = row.data
    return DomainDecision(
        kind=DecisionKind(row.kind),
        decided_at_ms=to_ms(row.at),
        decision_id=row.id,
        code=data.get("code", ""),
        amounts=AmountReport(**data["amounts"]) if "amounts" in data else None,
        hold=HoldReason(data["hold"]) if "hold" in data else None,
        touch=data.get("touch"),
        credit=credit_from_document(data["credit"]) if "credit" in data else None,
    )
