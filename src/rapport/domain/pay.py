"""From an order and a rule to an amount: the exact formula, step by step, rounded once at its end."""

from dataclasses import dataclass
from fractions import Fraction

from rapport.domain.amounts import Exact, Left, basis_of, left_of, possible_reports, share_left, uncorrected
from rapport.domain.days import DAY_MS
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


def rate_conversion(conversion: ReportedConversion, *, rule: Rule, terms: Terms) -> Rating:
    """Rate the order by a rule; while a conflict is open, by the reported amount that pays least."""
    ratings = [_rate(report, conversion, rule, terms) for report in possible_reports(conversion)]
    return min(ratings, key=lambda rating: (rating.target_minor, rating.report))


def _rate(report: AmountReport, conversion: ReportedConversion, rule: Rule, terms: Terms) -> Rating:
    whole = uncorrected(report)
    exact = _exact(whole, report, rule, terms.basis)
    uncorrected_minor = target_minor = round_half_up(exact)
    left = whole
    if conversion.corrections:
        until_ms = conversion.occurred_at_ms + terms.reversal.window_days * DAY_MS
        left = left_of(report, conversion.corrections, until_ms=until_ms)
        exact = _exact(left, report, rule, terms.basis)
        target_minor = round_half_up(exact)
    return Rating(
        report=report,
        left=left,
        target_minor=target_minor,
        uncorrected_minor=uncorrected_minor,
        formula=(
            *_steps(whole, left, report, rule, terms.basis),
            FormulaStep(StepLabel.EXACT, exact),
            FormulaStep(StepLabel.COMMISSION, target_minor),
        ),
    )


def _exact(left: Left, report: AmountReport, rule: Rule, basis: Basis) -> Fraction:
    """Compute what the rule pays for what is left, without rounding anything."""
    if isinstance(rule.pay, Flat):
        return Fraction(rule.pay.flat_minor * share_left(report, left))
    return Fraction(basis_of(left, basis) * _percent(rule.pay), 100)


def _steps(whole: Left, left: Left, report: AmountReport, rule: Rule, basis: Basis) -> list[FormulaStep]:
    """Show the numbers that lead to the exact amount, for whoever wants to follow them with a pencil."""
    if isinstance(rule.pay, Flat):
        steps = [FormulaStep(StepLabel.FLAT, rule.pay.flat_minor)]
        share = share_left(report, left)
        return steps if share == 1 else [*steps, FormulaStep(StepLabel.SHARE_LEFT, share)]
    before = basis_of(whole, basis)
    return [
        *_order_steps(whole, basis),
        FormulaStep(StepLabel.BASIS_OF_ORDER, before),
        *([] if left is whole else _corrected_steps(before, basis_of(left, basis))),
        FormulaStep(StepLabel.PERCENT, _percent(rule.pay)),
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
