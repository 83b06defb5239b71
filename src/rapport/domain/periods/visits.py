"""What a finished day's clicks or impressions pay: their number and a rate, rounded once."""

from fractions import Fraction

from rapport.domain.days import hold_end_ms
from rapport.domain.money import decimals_of, round_half_up
from rapport.domain.periods.judging import PeriodJudgement
from rapport.domain.terms import Terms, VisitPay


def exact_minor(number: int, pay: VisitPay, currency: str) -> Fraction:
    """Return what so many visits pay before the cap of the day, in minor units."""
    return Fraction(number * pay.each * 10 ** decimals_of(currency))


def judge_visits(
    number: int, pay: VisitPay, *, terms: Terms, version_id: str, day_ms: int, zone: str
) -> PeriodJudgement:
    """Judge one day of one agreement; the hold counts from that day on."""
    value = exact_minor(number, pay, terms.currency)
    target_minor = round_half_up(value)
    if pay.at_most_minor is not None:
        target_minor = min(target_minor, pay.at_most_minor)
    return PeriodJudgement(
        target_minor=target_minor,
        number=number,
        value=value,
        version_id=version_id,
        last_at_ms=day_ms,
        hold_until_ms=hold_end_ms(day_ms, hold_days=terms.hold.days, zone=zone),
    )
