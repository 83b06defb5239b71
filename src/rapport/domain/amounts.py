"""What an order is worth after everything reported about it: revisions first, then corrections, then the basis."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from rapport.domain.story import AmountReport, Correction, DecisionKind, ReportedConversion
from rapport.domain.terms import Basis, DiscountTreatment, Treatment

Exact = Fraction | int
"""An amount in minor units that may have a fraction of one; whole amounts stay plain integers, which are faster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is left of an order, never below zero in any part.

    `cancelled` when a correction took everything; `over_corrected` when more was taken than there was; `too_late`
    names the corrections that came after the reversal window.
    """

    total: int
    tax: Exact
    shipping: Exact
    discount: Exact
    cancelled: bool = False
    over_corrected: bool = False
    too_late: tuple[str, ...] = ()


def possible_reports(conversion: ReportedConversion) -> list[AmountReport]:
    """Return the amounts that the order may have, smallest first: one, or the variants of an open conflict.

    A later revision amends all earlier ones. Several different amounts of the same revision are a conflict, which a
    person settles by choosing one of them.
    """
    if len(conversion.reports) == 1:
        return list(conversion.reports)
    latest = max(report.revision for report in conversion.reports)
    variants = sorted({report for report in conversion.reports if report.revision == latest})
    if len(variants) == 1:
        return variants
    choice = conversion.last_decision(DecisionKind.CONFLICT_SETTLED)
    return [choice.amounts] if choice and choice.amounts in variants else variants


def in_conflict(conversion: ReportedConversion) -> bool:
    """Say whether an order, or one of its corrections, was told with two amounts and nobody has settled it."""
    if len(possible_reports(conversion)) > 1:
        return True
    contradicted = any(correction.in_conflict for correction in conversion.corrections)
    return contradicted and conversion.last_decision(DecisionKind.CONFLICT_SETTLED) is None


def uncorrected(report: AmountReport) -> Left:
    """Return the order as it was reported."""
    return Left(
        total=report.total_minor,
        tax=report.tax_minor,
        shipping=report.shipping_minor,
        discount=report.discount_minor,
    )


def left_of(report: AmountReport, corrections: Sequence[Correction], *, until_ms: int | None) -> Left:
    """Return what the corrections leave of the order; sums of deltas, so their order cannot matter.

    What comes after `until_ms` takes nothing away (None: everything counts).
    """
    if not corrections:
        return uncorrected(report)
    counted = [correction for correction in corrections if _counts(correction, until_ms)]
    deltas = [(correction, correction.total_minor) for correction in counted if correction.total_minor is not None]
    cancelled = len(deltas) < len(counted)
    total = report.total_minor + sum(delta for _, delta in deltas)
    tax = _part(report.tax_minor, [(one.tax_minor, delta) for one, delta in deltas], report.total_minor)
    shipping = _part(report.shipping_minor, [(one.shipping_minor, delta) for one, delta in deltas], report.total_minor)
    discount = _part(report.discount_minor, [(one.discount_minor, delta) for one, delta in deltas], report.total_minor)
    over_corrected = min(total, tax, shipping, discount) < 0
    # What the customer got back whole has no parts left, whatever single parts were reported.
    kept = int(total > 0 and not cancelled)
    return Left(
        total=max(total, 0) * kept,
        tax=max(tax, 0) * kept,
        shipping=max(shipping, 0) * kept,
        discount=max(discount, 0) * kept,
        cancelled=cancelled,
        over_corrected=over_corrected,
        too_late=tuple(sorted(one.external_id for one in corrections if one not in counted)),
    )


def basis_of(left: Left, basis: Basis) -> Exact:
    """Return the part of what is left that a percentage is paid on; nothing where the customer paid nothing."""
    if left.total == 0:
        return 0
    amount: Exact = left.total
    if basis.tax is Treatment.EXCLUDED:
        amount -= left.tax
    if basis.shipping is Treatment.EXCLUDED:
        amount -= left.shipping
    if basis.discount is DiscountTreatment.IGNORED:
        amount += left.discount
    return max(amount, 0)


def share_left(report: AmountReport, left: Left) -> Exact:
    """Return which part of the order stands, 0 to 1: a fixed amount shrinks with it.

    An order of nothing, such as a lead, stands whole until it is cancelled.
    """
    if left.cancelled:
        return 0
    if report.total_minor == 0 or left.total >= report.total_minor:
        return 1
    return Fraction(left.total, report.total_minor)


def _counts(correction: Correction, until_ms: int | None) -> bool:
    """Say whether a correction counts: in time, or in the partner's favour."""
    in_time = until_ms is None or correction.occurred_at_ms <= until_ms
    return in_time or (correction.total_minor is not None and correction.total_minor > 0)


def _part(whole: int, deltas: Sequence[tuple[int | None, int]], total: int) -> Exact:
    """Return what is left of tax, shipping or discount; a delta that names none takes it in proportion to the total."""
    named = sum(part for part, _ in deltas if part is not None)
    in_proportion = sum(delta for part, delta in deltas if part is None)
    # Deltas of an order of nothing have no proportion.
    return whole + named + (Fraction(whole * in_proportion, total) if whole and in_proportion and total else 0)
