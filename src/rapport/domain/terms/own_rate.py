"""Terms for one partner alone: the program's own, but for the rate."""

from dataclasses import replace

from rapport.domain.terms.model import Terms
from rapport.domain.terms.rules import Pay, Rule

_SALE = "sale"


def with_own_rate(terms: Terms, pay: Pay) -> Terms:
    """Return these terms with another pay for what they pay first of all: sales, where they name any.

    Every rule that promised the same as that one follows it (a subscription pays its rebills like the first payment);
    what was promised otherwise stays.
    """
    usual = _usual(terms, pay).pay
    return replace(terms, rules=tuple(replace(rule, pay=pay) if rule.pay == usual else rule for rule in terms.rules))


def _usual(terms: Terms, pay: Pay) -> Rule:
    """Return the rule that a rate without further words is about: for sales, else the first that pays likewise."""
    alike = [rule for rule in terms.rules if type(rule.pay) is type(pay)]
    return terms.rule_for(_SALE) or next(iter(alike), terms.rules[0])
