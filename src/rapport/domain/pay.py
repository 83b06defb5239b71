"""From an order and a rule to an amount: the exact formula, step by step, rounded once at its end."""

from dataclasses import dataclass
from fractions import Fraction

from rapport.domain.amounts import Exact, Left, basis_of, left_of, possible_reports, share_left, uncorrected
from rapport.domain.days import DAY_MS
from rapport.domain.exchange import Exchange
from rapport.domain.judgement import FormulaStep, StepLabel
from rapport.domain.money import round_half_up
from rapport.domain.story import AmountReport, ReportedConversion
from rapport.domain.terms import Basis, DiscountTreatment, Flat, Percent, Rule, Terms, Treatment


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What one reported amount of an order pays by a rule, now and if nothing had been corrected."""

    report: AmountReport
    left: Left
    target_minor: int
    uncorrected_minor: int
    formula: tuple[FormulaStep, ...]
    waits_for_rate: bool


@dataclass(frozen=True, slots=True)
class _Way:
    """How an order becomes a commission: by which rule, on which basis, and by which factor of its currency.

    The factor is 1 for the program's own currency, and None while the rate of a foreign one is not known.
    """

    rule: Rule
    basis: Basis
    factor: Exact | None = 1

    @property
    def is_closed(self) -> bool:
        """Say whether nothing can be computed before the rate is known; a fixed amount needs none."""
        return self.factor is None and isinstance(self.rule.pay, Percent)


def rate_conversion(conversion: ReportedConversion, *, rule: Rule, terms: Terms, currency: str) -> Rating:
    """Rate the order by a rule, in a currency; while a conflict is open, by the reported amount that pays least."""
    way = _Way(rule, terms.basis, _factor(conversion.exchange, currency))
    ratings = [_rate(report, conversion, way, terms) for report in possible_reports(conversion)]
    return min(ratings, key=lambda rating: (rating.target_minor, rating.report))


def _factor(exchange: Exchange | None, currency: str) -> Exact | None:
    if exchange is None:
        return 1
    return exchange.rate.factor((exchange.currency, currency)) if exchange.rate else None


def _rate(report: AmountReport, conversion: ReportedConversion, way: _Way, terms: Terms) -> Rating:
    whole = uncorrected(report)
    exact = _exact(whole, report, way)
    uncorrected_minor = target_minor = round_half_up(exact)
    left = whole
    if conversion.corrections:
        until_ms = conversion.occurred_at_ms + terms.reversal.window_days * DAY_MS
        left = left_of(report, conversion.corrections, until_ms=until_ms)
        exact = _exact(left, report, way)
        target_minor = round_half_up(exact)
    return Rating(
        report=report,
        left=left,
        target_minor=target_minor,
        uncorrected_minor=uncorrected_minor,
        formula=(
            *_steps(whole, left, report, way),
            *_exchange_steps(conversion.exchange, left, way),
            *_last_steps(exact, target_minor, way),
        ),
        waits_for_rate=way.is_closed,
    )


def _exact(left: Left, report: AmountReport, way: _Way) -> Fraction:
    """Compute what the rule pays for what is left, without rounding anything."""
    if isinstance(way.rule.pay, Flat):
        return Fraction(way.rule.pay.flat_minor * share_left(report, left))
    if way.factor is None:
        return Fraction(0)
    return Fraction(basis_of(left, way.basis) * _percent(way.rule.pay) * way.factor, 100)


def _exchange_steps(exchange: Exchange | None, left: Left, way: _Way) -> list[FormulaStep]:
    """Show how a part of a foreign order comes to the program's currency; a fixed amount is in it already."""
    if exchange is None or isinstance(way.rule.pay, Flat):
        return []
    before = Fraction(basis_of(left, way.basis) * _percent(way.rule.pay), 100)
    steps = [FormulaStep(StepLabel.IN_ITS_CURRENCY, before)]
    return [*steps, FormulaStep(StepLabel.EXCHANGE_RATE, exchange.rate.exact)] if exchange.rate else steps


def _last_steps(exact: Fraction, target_minor: int, way: _Way) -> list[FormulaStep]:
    if way.is_closed:
        return []
    return [FormulaStep(StepLabel.EXACT, exact), FormulaStep(StepLabel.COMMISSION, target_minor)]


def _steps(whole: Left, left: Left, report: AmountReport, way: _Way) -> list[FormulaStep]:
    """Show the numbers that lead to the exact amount, for whoever wants to follow them with a pencil."""
    if isinstance(way.rule.pay, Flat):
        steps = [FormulaStep(StepLabel.FLAT, way.rule.pay.flat_minor)]
        share = share_left(report, left)
        return steps if share == 1 else [*steps, FormulaStep(StepLabel.SHARE_LEFT, share)]
    before = basis_of(whole, way.basis)
    return [
        *_order_steps(whole, way.basis),
        FormulaStep(StepLabel.BASIS_OF_ORDER, before),
        *([] if left is whole else _corrected_steps(before, basis_of(left, way.basis))),
        FormulaStep(StepLabel.PERCENT, _percent(way.rule.pay)),
    ]


def _order_steps(whole: Left, basis: Basis) -> list[FormulaStep]:
    steps = [FormulaStep(StepLabel.PAID_BY_CUSTOMER, whole.total)]
    if whole.shipping and basis.shipping is Treatment.EXCLUDED:
        steps.append(FormulaStep(StepLabel.SHIPPING, -whole.shipping))
    if whole.tax and basis.tax is Treatment.EXCLUDED:
        steps.append(FormulaStep(StepLabel.TAX, -whole.tax))
    if whole.discount and basis.discount is DiscountTreatment.IGNORED:
        steps.append(FormulaStep(StepLabel.DISCOUNT, whole.discount))
    return steps


def _corrected_steps(before: Exact, now: Exact) -> list[FormulaStep]:
    if now == before:
        return []
    return [FormulaStep(StepLabel.CORRECTED, now - before), FormulaStep(StepLabel.BASIS_NOW, now)]


def _percent(pay: Percent) -> Exact:
    numerator, denominator = pay.percent.as_integer_ratio()
    return numerator if denominator == 1 else Fraction(numerator, denominator)
