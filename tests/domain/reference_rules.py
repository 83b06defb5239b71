"""Which rules pay for what, once more, slow and obvious: part of the model that the judge must agree with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from rapport.domain.story import AmountReport, ReportedConversion, Touch
from rapport.domain.terms import Between, Choice, Flat, MarginPercent, Percent, PerUnit, Rule, Terms

Lines = set[int]


@dataclass(frozen=True)
class Asked:
    """An order as the rules of one partner see it; `rate` is what a unit of its currency is worth, None: unknown."""

    order: ReportedConversion
    zone: str
    terms: Terms
    report: AmountReport
    rate: Fraction | None
    segment: str
    touch: Touch | None
    codes: set[str]
    returning: bool | None
    first_ms: int | None
    times: int
    window_over: bool

    def matching(self) -> list[tuple[Rule, Lines]]:
        """Every rule that matches, with the lines that it may pay."""
        found = []
        for rule in self.terms.rules:
            if rule.when.kind != self.order.kind or (self.window_over and rule.recurring is None):
                continue
            lines = {place for place in range(len(self.order.items) or 1) if self.pays_line(rule, place)}
            if lines and self.fits(rule):
                found.append((rule, lines))
        return found

    def fits(self, rule: Rule) -> bool:
        """Whether the order is what the rule asks for."""
        when, order, touch = rule.when, self.order, self.touch
        seen = touch.facts if touch else None
        at = datetime.fromtimestamp(order.occurred_at_ms / 1000, UTC).astimezone(ZoneInfo(self.zone))
        customer = order.customer_status or {None: "", True: "returning", False: "new"}[self.returning]
        country = order.country or (seen.country if seen else "")
        channel = (touch.channel if touch else "") or order.channel
        days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        pieces = sum(item.quantity for item in order.items) if order.items else None
        return all(
            (
                when.customer is None or when.customer == customer,
                one_of(country, when.country),
                one_of(seen.device if seen else "", when.device),
                when.coupon is None or (when.coupon == "with") == bool(self.codes),
                not when.coupon_code or any(one_of(code, when.coupon_code) for code in self.codes),
                one_of(self.segment, when.segment),
                one_of(touch.placement if touch else "", when.placement),
                one_of(channel, when.channel),
                one_of(days[at.weekday()], when.weekday),
                inside(Fraction(at.hour), when.hour),
                when.from_day is None or at.date() >= when.from_day,
                when.until_day is None or at.date() <= when.until_day,
                inside(None if self.rate is None else self.basis_reported() * self.rate, when.amount),
                inside(pieces, when.quantity),
                self.recurs(rule, at),
            )
        )

    def recurs(self, rule: Rule, at: datetime) -> bool:
        """Whether a repeated payment is still promised."""
        if rule.recurring is None:
            return True
        months, times = rule.recurring.months, rule.recurring.times
        if times is not None and self.times >= times:
            return False
        if months is None or self.first_ms is None:
            return True
        first = datetime.fromtimestamp(self.first_ms / 1000, UTC).astimezone(ZoneInfo(self.zone))
        # The month in which the promise ends, and its day: from that day on nothing is paid.
        year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
        return (at.year, at.month + 0, at.day) < (year, month + 1, first.day)

    def pays_line(self, rule: Rule, place: int) -> bool:
        """Whether a line of the basket is what the rule asks for."""
        when = rule.when
        if not self.order.items:
            return not (
                when.product or when.category or when.brand or when.price or isinstance(rule.pay, MarginPercent)
            )
        item = self.order.items[place]
        return all(
            (
                one_of(item.product, when.product),
                one_of(item.category, when.category),
                one_of(item.brand, when.brand),
                inside(None if self.rate is None else item.price_minor * self.rate, when.price),
                item.cost_minor is not None or not isinstance(rule.pay, MarginPercent),
            )
        )

    def basis_reported(self) -> Fraction:
        """The basis before anything was corrected."""
        report, basis = self.report, self.terms.basis
        amount = report.total_minor - (report.tax_minor if basis.tax == "excluded" else 0)
        amount -= report.shipping_minor if basis.shipping == "excluded" else 0
        amount += report.discount_minor if basis.discount == "ignored" else 0
        return Fraction(max(amount, 0) if report.total_minor > 0 else 0)

    def shared(self) -> list[tuple[Rule, Lines]]:
        """What each rule pays for, by the choice of the terms."""
        rules = self.matching()
        if self.terms.choice is Choice.ALL:
            return rules
        shared, left = [], set(range(len(self.order.items) or 1))
        while rules:
            if self.terms.choice is Choice.BEST:
                amounts = [self.exact(rule, lines & left, self.basis_reported(), Fraction(1)) for rule, lines in rules]
                rule, lines = rules.pop(amounts.index(max(amounts)))
            else:
                rule, lines = rules.pop(0)
            if lines & left:
                shared.append((rule, lines & left))
            left -= lines
        return shared

    def exact(self, rule: Rule, lines: Lines, basis: Fraction, standing: Fraction) -> Fraction:
        """What a rule pays exactly for some lines, of this basis of the order and this part of it that stands."""
        if not lines or (self.rate is None and needs_rate(rule)):
            return Fraction(0)
        rate = self.rate or Fraction(0)
        items = [self.order.items[place] for place in lines] if self.order.items else []
        mine = basis * self.part(lines) * rate
        if isinstance(rule.pay, Flat):
            amount = rule.pay.flat_minor * standing
        elif isinstance(rule.pay, PerUnit):
            pieces = sum((item.quantity for item in items), Fraction(0)) if items else Fraction(1)
            amount = rule.pay.per_unit_minor * pieces * standing
        elif isinstance(rule.pay, MarginPercent):
            cost = sum(item.cost_minor or 0 for item in items)
            known = bool(items) and all(item.cost_minor is not None for item in items)
            mine = mine if known else Fraction(0)
            amount = max(mine - cost * standing * rate, Fraction(0)) * Fraction(str(rule.pay.percent)) / 100
        else:
            amount = mine * Fraction(str(rule.pay.percent)) / 100
        if rule.at_least_minor is not None:
            amount = max(amount, rule.at_least_minor * standing)
        return amount if rule.at_most_minor is None else min(amount, Fraction(rule.at_most_minor))

    def part(self, lines: Lines) -> Fraction:
        """Which part of the order some lines are."""
        worths = [
            max(Fraction(item.quantity * item.price_minor - item.discount_minor), Fraction(0))
            for item in self.order.items
        ]
        if not worths:
            return Fraction(1)
        if sum(worths) == 0:
            return Fraction(len(lines), len(worths))
        return sum((worths[place] for place in lines), Fraction(0)) / sum(worths, Fraction(0))

    def only(self, name: str) -> list[tuple[Rule, Lines]]:
        """The one rule that a person let stand, whatever it asks."""
        every = set(range(len(self.order.items) or 1))
        kept = [rule for rule in self.terms.rules if rule.name == name]
        return [(rule, {place for place in every if self.pays_line(rule, place)} or every) for rule in kept]


def needs_rate(rule: Rule) -> bool:
    """Whether an amount of the order must be known in the program's currency."""
    return isinstance(rule.pay, Percent | MarginPercent) or bool(rule.when.amount or rule.when.price)


def one_of(word: str, words: tuple[str, ...]) -> bool:
    """Whether a word is among those asked for; none asked for is all."""
    same: Callable[[str], str] = str.casefold
    return not words or (word != "" and same(word) in [same(one) for one in words])


def inside(number: Fraction | int | None, bounds: Between | None) -> bool:
    """Whether a number lies between two bounds; what nobody knows lies nowhere."""
    if bounds is None:
        return True
    if number is None:
        return False
    return (bounds.least is None or number >= bounds.least) and (bounds.below is None or number < bounds.below)
