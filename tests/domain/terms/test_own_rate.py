"""One partner's own rate changes what was paid like a sale, and nothing else."""

from dataclasses import replace
from decimal import Decimal

import pytest

from rapport.domain.terms import Flat, Pay, Percent, Problems, Terms, parse, presets, with_own_rate


def terms_of(key: str) -> Terms:
    """Return the terms of a preset."""
    [preset] = [one for one in presets() if one.key == key]
    terms = parse(preset.document, currency="EUR")
    assert not isinstance(terms, Problems)
    return terms


@pytest.mark.parametrize(
    ("key", "pay", "pays"),
    [
        ("crazyforbargains", Percent(Decimal(15)), [Percent(Decimal(15))]),
        ("crazyforbargains", Flat(500), [Flat(500)]),
        ("software-subscription", Percent(Decimal(25)), [Percent(Decimal(25)), Percent(Decimal(25))]),
        ("lead-and-sale", Percent(Decimal(9)), [Flat(500), Percent(Decimal(9))]),
    ],
)
def test_an_own_rate_takes_the_place_of_the_usual_one(key: str, pay: Pay, pays: list[Pay]) -> None:
    usual = terms_of(key)
    own = with_own_rate(usual, pay)
    assert [rule.pay for rule in own.rules] == pays
    assert (own.hold, own.attribution, own.payout) == (usual.hold, usual.attribution, usual.payout)


def test_terms_without_sales_get_the_rate_on_what_is_paid_likewise() -> None:
    document = dict(presets()[0].document)
    document["rules"] = [
        {"name": "lead", "when": {"kind": "lead"}, "pay": {"flat": "5"}},
        {"name": "call", "when": {"kind": "call"}, "pay": {"percent": "3"}},
    ]
    terms = parse(document, currency="EUR")
    assert not isinstance(terms, Problems)
    assert [rule.pay for rule in with_own_rate(terms, Percent(Decimal(4))).rules] == [Flat(500), Percent(Decimal(4))]
    only_leads = replace(terms, rules=terms.rules[:1])
    assert [rule.pay for rule in with_own_rate(only_leads, Percent(Decimal(4))).rules] == [Percent(Decimal(4))]
