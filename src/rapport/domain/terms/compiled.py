"""From the rules of a version to their compiled form.

By kind of conversion: which conditions ask the order, which ask its lines, and the amount.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rapport.domain.terms.conditions import Between, When
from rapport.domain.terms.rules import Choice, Flat, MarginPercent, Pay, Percent, PerUnit, Recurring, Rule
from rapport.domain.terms.tree import Among, Amount, Condition, Fact, Known, Least, Most, Number, Product, Within


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """One rule: what it asks of the order, what of each line, and what it pays for the lines that match.

    `asks_currency` when an amount of the order in the program's currency is needed to know what it pays.
    """

    name: str
    order: tuple[Condition, ...]
    line: tuple[Condition, ...]
    pays: Amount
    asks_currency: bool
    recurs: bool

    @property
    def is_plain(self) -> bool:
        """Say whether it matches every conversion of its kind, whole."""
        return not self.order and not self.line


@dataclass(frozen=True, slots=True)
class Compiled:
    """The rules of a version by kind of conversion, in their order, and which of those that match pay."""

    choice: Choice
    rules: Mapping[str, tuple[CompiledRule, ...]]

    def takes_all(self, kind: str) -> CompiledRule | None:
        """Return the rule that pays every conversion of a kind whole, where there is one: nothing else is asked."""
        rules = self.rules.get(kind, ())
        first = rules[0] if rules else None
        alone = first is not None and first.is_plain and (self.choice is Choice.FIRST or len(rules) == 1)
        return first if alone else None

    def named(self, kind: str, name: str) -> CompiledRule | None:
        """Return the rule of this kind and name, where there is one."""
        return next((rule for rule in self.rules.get(kind, ()) if rule.name == name), None)


def compile_rules(rules: Iterable[Rule], choice: Choice) -> Compiled:
    """Compile the rules of a version."""
    by_kind: dict[str, tuple[CompiledRule, ...]] = {}
    for rule in rules:
        by_kind[rule.when.kind] = (*by_kind.get(rule.when.kind, ()), _compiled(rule))
    return Compiled(choice, by_kind)


def _compiled(rule: Rule) -> CompiledRule:
    line = _line_conditions(rule)
    asks = isinstance(rule.pay, Percent | MarginPercent) or bool(rule.when.amount or rule.when.price)
    order = (*_order_conditions(rule.when), *_recurring(rule.recurring))
    return CompiledRule(rule.name, order, line, _bounded(rule), asks, recurs=rule.recurring is not None)


def _order_conditions(when: When) -> tuple[Condition, ...]:
    words = {
        Fact.CUSTOMER: (when.customer,) if when.customer else (),
        Fact.COUNTRY: when.country,
        Fact.DEVICE: when.device,
        Fact.COUPON: (when.coupon,) if when.coupon else (),
        Fact.COUPON_CODE: when.coupon_code,
        Fact.SEGMENT: when.segment,
        Fact.PLACEMENT: when.placement,
        Fact.CHANNEL: when.channel,
        Fact.WEEKDAY: when.weekday,
    }
    numbers = {Fact.AMOUNT: when.amount, Fact.QUANTITY: when.quantity, Fact.HOUR: when.hour, Fact.DAY: _days(when)}
    return (*_among(words), *_within(numbers))


def _line_conditions(rule: Rule) -> tuple[Condition, ...]:
    when = rule.when
    words = {Fact.PRODUCT: when.product, Fact.CATEGORY: when.category, Fact.BRAND: when.brand}
    # A share of the margin is paid where somebody told what a line costs; a later rule may pay the other lines.
    costs = {Fact.COST: ("told",)} if isinstance(rule.pay, MarginPercent) else {}
    return (*_among(words), *_within({Fact.PRICE: when.price}), *_among(costs))


def _recurring(recurring: Recurring | None) -> Iterable[Condition]:
    if recurring is None:
        return ()
    bounds = {
        Fact.MONTHS_SINCE_FIRST: None if recurring.months is None else Between(below=recurring.months),
        Fact.TIMES_BEFORE: None if recurring.times is None else Between(below=recurring.times),
    }
    return _within(bounds)


def _among(words: Mapping[Fact, tuple[str, ...]]) -> Iterable[Condition]:
    return (Among(fact, frozenset(word.casefold() for word in some)) for fact, some in words.items() if some)


def _within(numbers: Mapping[Fact, Between | None]) -> Iterable[Condition]:
    return (Within(fact, bounds.least, bounds.below) for fact, bounds in numbers.items() if bounds)


def _days(when: When) -> Between | None:
    """Return the days of a rule as numbers; the last day still counts."""
    if when.from_day is None and when.until_day is None:
        return None
    least = None if when.from_day is None else when.from_day.toordinal()
    return Between(least, None if when.until_day is None else when.until_day.toordinal() + 1)


def _bounded(rule: Rule) -> Amount:
    """Bound what a rule pays for one order; what it pays at least shrinks with the order."""
    amount = _pay(rule.pay)
    if rule.at_least_minor is not None:
        amount = Most(amount, Product(Number(rule.at_least_minor), Known(Fact.SHARE_LEFT)))
    return amount if rule.at_most_minor is None else Least(amount, Number(rule.at_most_minor))


def _pay(pay: Pay) -> Amount:
    if isinstance(pay, Flat):
        return Product(Number(pay.flat_minor), Known(Fact.SHARE_LEFT))
    if isinstance(pay, PerUnit):
        return Product(Number(pay.per_unit_minor), Known(Fact.PIECES))
    if isinstance(pay, MarginPercent):
        return Product(Most(Known(Fact.MARGIN), Number(0)), Number(_hundredth(pay.percent)))
    return Product(Known(Fact.BASIS), Number(_hundredth(pay.percent)))


def _hundredth(percent: Decimal) -> Fraction:
    return Fraction(percent) / 100
