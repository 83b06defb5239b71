"""Random stories whose terms ask more: rules with conditions and bounds, baskets, policies of attribution; seeded."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from rapport.domain.basket import Item
from rapport.domain.story import ReportedConversion, Story, Touch, TouchMark
from rapport.domain.terms import PartnerSegment, Problems, parse
from tests.make.scenarios import Decided, Fact, Scenario, parsed
from tests.make.stories import START_MS

_SEGMENTS = (PartnerSegment.BLOGGER, PartnerSegment.COUPON, PartnerSegment.LOYALTY)
_KINDS = ("sale", "sale", "sale", "rebill", "rebill", "lead")


def rich(scenario: Scenario) -> Scenario:
    """Return the scenario under terms that ask more, with partners and links of which more is known."""
    rng = random.Random(scenario.seed + 3_000_017)  # noqa: S311 - stories need to be repeatable, not secret
    documents = {name: _document(rng, document, scenario.currency) for name, document in scenario.documents.items()}
    standings = tuple(replace(one, segment=rng.choice((*_SEGMENTS, ""))) for one in scenario.standings)
    facts = [_credited(fact, documents, scenario.currency) for fact in scenario.facts]
    return replace(
        scenario,
        facts=tuple(fact for fact in facts if fact),
        documents=documents,
        standings=standings,
        clicks=tuple(_link(rng, click) for click in scenario.clicks),
    )


def told(story: Story, seed: int) -> Story:
    """Return the story with what the merchant told of each order and the lake of each click, the same at any time."""
    conversions = tuple(_told(one, seed) for one in story.conversions)
    touches = tuple(_seen(touch, seed) for touch in story.touches)
    return replace(story, conversions=conversions, touches=touches, knows_customer=seed % 3 > 0)


def _credited(fact: Fact, documents: Mapping[str, Mapping[str, object]], currency: str) -> Fact | None:
    """Let a credit that a person kept name a rule of its new terms; nothing is left of it where none pays the kind."""
    if not isinstance(fact, Decided) or fact.decision.credit is None:
        return fact
    credit = fact.decision.credit
    rule = parsed(documents[credit.terms_version_id], currency).rule_for(fact.kind)
    if rule is None:
        return None
    return replace(fact, decision=replace(fact.decision, credit=replace(credit, rule=rule.name)))


def _document(rng: random.Random, document: Mapping[str, object], currency: str) -> Mapping[str, object]:
    """Invent rules until they can be promised; a random heap is often contradictory."""
    for _try in range(50):
        invented = {
            **document,
            "rules": [_rule(rng, number) for number in range(rng.randint(1, 4))],
            "attribution": _attribution(rng, document["attribution"]),
            "hold": {"days": rng.randint(0, 60)},
            **({"choice": rng.choice(("best", "all"))} if rng.random() < 0.6 else {}),
        }
        if not isinstance(parse(invented, currency=currency), Problems):
            return invented
    return document


def _rule(rng: random.Random, number: int) -> dict[str, object]:
    kind = rng.choice(_KINDS)
    bounds = {name: str(rng.randint(*edges)) for name, edges in _BOUNDS.items() if rng.random() < 0.2}
    recurs = kind == "rebill" and rng.random() < 0.6
    return {
        "name": f"rule-{number}",
        "when": {"kind": kind, **_conditions(rng)},
        "pay": _pay(rng),
        **bounds,
        **({"recurring": rng.choice(({}, {"months": 2}, {"times": 1}, {"months": 3, "times": 2}))} if recurs else {}),
    }


_BOUNDS = {"at_least": (0, 5), "at_most": (5, 400)}


def _pay(rng: random.Random) -> dict[str, str]:
    return rng.choice(
        (
            {"percent": rng.choice(("12", "7.5", "33.3333", "0.3333"))},
            {"flat": str(rng.randint(0, 40))},
            {"per_unit": str(rng.randint(0, 9))},
            {"margin_percent": rng.choice(("25", "8.25"))},
        )
    )


def _conditions(rng: random.Random) -> dict[str, object]:
    asked: dict[str, object] = {
        "product": [rng.choice(("A", "B", "C"))],
        "category": rng.sample(("Shoes", "hats", "Toys"), 2),
        "brand": ["ACME"],
        "price": rng.choice(({"from": "10"}, {"below": "50"}, {"from": "5", "below": "80"})),
        "amount": rng.choice(({"from": "20"}, {"below": "900"}, {"from": "1", "below": "20000"})),
        "quantity": rng.choice(({"from": 3}, {"below": 4})),
        "customer": rng.choice(("new", "returning")),
        "country": rng.sample(("DE", "AT", "FR"), 2),
        "device": rng.sample(("phone", "tablet", "desktop"), 2),
        "coupon": rng.choice(("with", "without")),
        "coupon_code": ["save-anna"],
        "segment": rng.sample(_SEGMENTS, 2),
        "placement": ["Sidebar"],
        "channel": ["mail", "social"],
        "weekday": rng.sample(("monday", "tuesday", "wednesday", "saturday", "sunday"), 3),
        "hour": rng.choice(({"from": 12}, {"below": 12}, {"from": 6, "below": 20})),
        "from": _day(rng.randint(0, 60)),
        "until": _day(rng.randint(40, 120)),
    }
    return {name: asked[name] for name in rng.sample(sorted(asked), rng.choice((0, 0, 1, 1, 2, 3)))}


def _day(days: int) -> str:
    return (datetime.fromtimestamp(START_MS / 1000, UTC) + timedelta(days=days)).date().isoformat()


def _attribution(rng: random.Random, usual: object) -> dict[str, object]:
    policy: dict[str, object] = dict(usual) if isinstance(usual, dict) else {}
    if rng.random() < 0.15:
        policy["click_window_days"] = "lifetime"
    if rng.random() < 0.5:
        policy["view_window_days"] = rng.choice((1, 7, 30))
    if rng.random() < 0.4:
        policy["touch"] = "first"
    if rng.random() < 0.4:
        policy["segments_first"] = rng.sample(_SEGMENTS, rng.randint(1, 2))
    if rng.random() < 0.7:
        policy["stand_down"] = {"minutes": rng.choice((5, 1440)), "segments": rng.sample(_SEGMENTS, 2)}
    return policy


def _link(rng: random.Random, click: Touch) -> Touch:
    if click.refusal:
        return click
    # A view earns more often under these terms, and must meet clicks.
    marks = frozenset({TouchMark.VIEW}) if rng.random() < 0.2 else click.marks
    placement, channel = rng.choice(("", "sidebar", "FOOTER")), rng.choice(("", "Mail", "video"))
    return replace(click, placement=placement, channel=channel, marks=marks)


def _told(one: ReportedConversion, seed: int) -> ReportedConversion:
    rng = random.Random(f"{seed} {one.id}")  # noqa: S311 - see above
    return replace(
        one,
        items=tuple(_item(rng) for _number in range(rng.choice((0, 1, 2, 3)))),
        customer_status=rng.choice(("", "", "new", "returning")),
        country=rng.choice(("", "DE", "FR", "US")),
        channel=rng.choice(("", "social", "paid")),
    )


def _item(rng: random.Random) -> Item:
    return Item(
        product=rng.choice("ABC"),
        category=rng.choice(("shoes", "Hats", "")),
        brand=rng.choice(("acme", "Other", "")),
        quantity=rng.choice((Fraction(1), Fraction(2), Fraction(5), Fraction(3, 2))),
        price_minor=rng.choice((0, 1, 999, rng.randint(1, 20_000))),
        discount_minor=rng.choice((0, 0, 50, 5_000)),
        cost_minor=rng.choice((None, 0, rng.randint(1, 9_000))),
    )


def _seen(touch: Touch, seed: int) -> Touch:
    if touch.facts is None:
        return touch
    rng = random.Random(f"{seed} {touch.click_id}")  # noqa: S311 - see above
    device, country = rng.choice(("phone", "desktop", "")), rng.choice(("AT", "US", ""))
    return replace(touch, facts=replace(touch.facts, device=device, country=country))
