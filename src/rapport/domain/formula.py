"""The numbers that lead to a commission, for whoever wants to follow them with a pencil."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rapport.domain.amounts import Exact, Left, basis_of
from rapport.domain.exchange import Exchange
from rapport.domain.judgement import FormulaStep, StepLabel
from rapport.domain.terms import (
    Basis,
    DiscountTreatment,
    Flat,
    MarginPercent,
    Pay,
    Percent,
    PerUnit,
    Rule,
    Treatment,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one rule pays for, of what is left of an order, in the program's currency: exact numbers.

    `weight` is its part of the order; `cost` and `margin` are None where nobody told the cost of its lines.
    """

    rule: Rule
    weight: Exact
    basis: Exact
    margin: Exact | None
    pieces: Exact
    share_left: Exact
    exact: Exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """An order as it was reported and as it is left, and how it comes to the program's currency."""

    whole: Left
    left: Left
    basis: Basis
    exchange: Exchange | None
    factor: Exact | None


def whole_steps(working: Working, part: Part) -> list[FormulaStep]:
    """Show one rule that pays for the whole order, in the currency of the order as far as that goes."""
    pay = part.rule.pay
    if isinstance(pay, Flat):
        steps = [FormulaStep(StepLabel.FLAT, pay.flat_minor)]
        return steps if part.share_left == 1 else [*steps, FormulaStep(StepLabel.SHARE_LEFT, part.share_left)]
    steps = [*basis_steps(working), FormulaStep(StepLabel.PERCENT, percent_of(pay))]
    if working.exchange is None:
        return steps
    before = Fraction(basis_of(working.left, working.basis) * percent_of(pay), 100)
    steps.append(FormulaStep(StepLabel.IN_ITS_CURRENCY, before))
    rate = working.exchange.rate
    return [*steps, FormulaStep(StepLabel.EXCHANGE_RATE, rate.exact)] if rate else steps


def part_steps(working: Working, parts: Sequence[Part]) -> list[FormulaStep]:
    """Show several rules, or one that pays for a part of the order: the order first, then each rule under its name."""
    asked = any(not isinstance(part.rule.pay, Flat | PerUnit) for part in parts)
    steps = [*basis_steps(working), *_converted(working)] if asked else []
    for part in parts:
        steps += [
            FormulaStep(label, amount, part.rule.name)
            for label, amount in (*_pay_steps(part), *_bound_steps(part), (StepLabel.RULE_PAYS, part.exact))
        ]
    return steps


def basis_steps(working: Working) -> list[FormulaStep]:
    """Show how the order comes to what a percentage is paid on, before and after what was taken back."""
    before, now = basis_of(working.whole, working.basis), basis_of(working.left, working.basis)
    steps = [*_order_steps(working.whole, working.basis), FormulaStep(StepLabel.BASIS_OF_ORDER, before)]
    if now != before:
        steps += [FormulaStep(StepLabel.CORRECTED, now - before), FormulaStep(StepLabel.BASIS_NOW, now)]
    return steps


def percent_of(pay: Pay) -> Exact:
    """Return the rate of a percentage as an exact number; 0 of what is none."""
    rate = pay.percent if isinstance(pay, Percent | MarginPercent) else Decimal(0)
    numerator, denominator = rate.as_integer_ratio()
    return numerator if denominator == 1 else Fraction(numerator, denominator)


def _converted(working: Working) -> list[FormulaStep]:
    exchange, factor = working.exchange, working.factor
    if exchange is None or exchange.rate is None or factor is None:
        return []
    return [
        FormulaStep(StepLabel.EXCHANGE_RATE, exchange.rate.exact),
        FormulaStep(StepLabel.CONVERTED, basis_of(working.left, working.basis) * factor),
    ]


def _pay_steps(part: Part) -> list[tuple[StepLabel, Exact]]:
    pay, steps = part.rule.pay, [] if part.weight == 1 else [(StepLabel.PART_OF_ORDER, part.weight)]
    if isinstance(pay, Flat):
        return [(StepLabel.FLAT, pay.flat_minor), *_share(part)]
    if isinstance(pay, PerUnit):
        return [(StepLabel.PIECES, part.pieces), (StepLabel.PER_UNIT, pay.per_unit_minor)]
    steps.append((StepLabel.BASIS_OF_RULE, part.basis))
    if isinstance(pay, MarginPercent) and part.margin is not None:
        steps += [(StepLabel.COST, part.margin - part.basis), (StepLabel.MARGIN, part.margin)]
    return [*steps, (StepLabel.PERCENT, percent_of(pay))]


def _bound_steps(part: Part) -> list[tuple[StepLabel, Exact]]:
    """Show the bound that decides; one that changes nothing is not shown."""
    rule = part.rule
    if rule.at_most_minor is not None and part.exact == rule.at_most_minor:
        return [(StepLabel.AT_MOST, rule.at_most_minor)]
    if rule.at_least_minor is not None and part.exact == rule.at_least_minor * part.share_left:
        return [(StepLabel.AT_LEAST, rule.at_least_minor), *_share(part)]
    return []


def _share(part: Part) -> list[tuple[StepLabel, Exact]]:
    return [] if part.share_left == 1 else [(StepLabel.SHARE_LEFT, part.share_left)]


def _order_steps(whole: Left, basis: Basis) -> list[FormulaStep]:
    steps = [FormulaStep(StepLabel.PAID_BY_CUSTOMER, whole.total)]
    if whole.shipping and basis.shipping is Treatment.EXCLUDED:
        steps.append(FormulaStep(StepLabel.SHIPPING, -whole.shipping))
    if whole.tax and basis.tax is Treatment.EXCLUDED:
        steps.append(FormulaStep(StepLabel.TAX, -whole.tax))
    if whole.discount and basis.discount is DiscountTreatment.IGNORED:
        steps.append(FormulaStep(StepLabel.DISCOUNT, whole.discount))
    return steps
