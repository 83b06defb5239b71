"""How many orders a second the pure engine judges on one core: under one rule, and under thirty with conditions.

    python -m bench.decisions [--orders 20000] [--rounds 5]

An order is a story of its own: a click and a sale of a basket of three lines, judged whole, with every reason. Figures
are medians of rounds in processor time, told beside `loop`: how often a second this machine adds up two fractions,
so that figures of two machines can be compared. Ends with one line of JSON.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from rapport.domain.basket import Item
from rapport.domain.judge import judge
from rapport.domain.promises import InForce, Promises, Standing
from rapport.domain.story import AmountReport, ReportedConversion, Story, Touch
from rapport.domain.terms import Problems, Terms, parse

DAY_MS = 86_400_000
NOON_MS = 1_773_921_600_000
_ADDED = 20_000
AIMS = {"one rule": 100_000, "thirty rules": 20_000}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    stories = [_story(number) for number in range(options.orders)]
    found: dict[str, float] = {"loop": _median(options.rounds, _ADDED, _add_fractions)}
    for name, rules in (("one rule", _one_rule()), ("thirty rules", _thirty_rules())):
        promises = _promises(rules)
        found[name] = _median(options.rounds, options.orders, lambda: [judge(story, promises) for story in stories])  # noqa: B023 - measured at once
    for name, rate in found.items():
        aim = f" (aim {AIMS[name]:,})" if name in AIMS else ""
        print(f"{name:>14}: {rate:>12,.0f} a second{aim}")
    print(json.dumps({"bench": "decisions", **{name.replace(" ", "_"): round(rate) for name, rate in found.items()}}))


def _median(rounds: int, number: int, work: Callable[[], object]) -> float:
    rates = []
    for _round in range(rounds):
        started = time.process_time()
        work()
        rates.append(number / (time.process_time() - started))
    return statistics.median(rates)


def _add_fractions() -> None:
    for number in range(_ADDED):
        Fraction(number, 7) + Fraction(1, 3)


def _one_rule() -> list[dict[str, Any]]:
    return [{"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": "12"}}]


def _thirty_rules() -> list[dict[str, Any]]:
    """Return rules of which most ask something, and the last takes what is left."""
    asked: list[dict[str, Any]] = []
    for number in range(29):
        when: dict[str, Any] = {"kind": "sale", "category": [f"Category {number}", f"Category {number + 100}"]}
        if number % 3 == 0:
            when |= {"country": ["DE", "AT"], "amount": {"from": "50"}}
        asked.append(
            {"name": f"rule-{number}", "when": when, "pay": {"percent": f"{1 + number % 20}.5"}, "at_most": "90"}
        )
    return [*asked, {"name": "rest", "when": {"kind": "sale"}, "pay": {"percent": "5"}}]


def _promises(rules: list[dict[str, Any]]) -> Promises:
    terms = parse({"language": 1, "rules": rules}, currency="EUR")
    if isinstance(terms, Problems):
        raise TypeError(f"the terms of the measurement do not parse: {terms}")
    known: dict[str, Terms] = {"trm_1": terms}
    standing = Standing(agreement_id="agr_1", active_from_ms=0, acceptances=(InForce("trm_1", 0),), segment="blogger")
    return Promises(terms=known, program=(InForce("trm_1", 0),), agreements={"agr_1": standing})


def _story(number: int) -> Story:
    click = Touch(click_id=f"c{number}", at_ms=NOON_MS - DAY_MS, agreement_id="agr_1", link_id="lnk_1")
    order = ReportedConversion(
        id=f"cnv_{number}",
        kind="sale",
        external_id=str(number),
        occurred_at_ms=NOON_MS + number,
        reports=(AmountReport(total_minor=10_000 + number, tax_minor=1_597, shipping_minor=490),),
        items=tuple(_item(number + line) for line in range(3)),
        click_ids=(click.click_id,),
        country=("DE", "AT", "FR")[number % 3],
    )
    return Story(
        program_id="prg_1",
        zone="Europe/Berlin",
        currency="EUR",
        touches=(click,),
        conversions=(order,),
        knows_customer=True,
    )


def _item(number: int) -> Item:
    return Item(product=f"P{number % 50}", category=f"Category {number % 31}", price_minor=1_000 + number % 700)


if __name__ == "__main__":
    main()
