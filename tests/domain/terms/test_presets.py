"""The terms that a merchant may start from: each promises what its name and summary say."""

from typing import Any

from rapport.domain.terms import Preset, presets, sentences
from tests.make.judging import decide, make_click, make_promises, make_sale
from tests.make.scenarios import parsed

OFFERED = {
    "crazyforbargains": (
        "CrazyForBargains: a shop with loyal partners",
        "12 percent of every sale for a year after the click, repeat purchases included.",
        "You earn 12 % of every sale, for 365 days after the click, repeat purchases included.",
        {},
    ),
    "generous-digital": (
        "Generous: digital goods",
        "40 percent of every sale: a copy costs nothing, a customer does.",
        "You earn 40 % of every sale, for 90 days after the click, repeat purchases included.",
        {},
    ),
    "lead-and-sale": (
        "Leads and sales",
        "A fixed amount for every lead, and a share of the sale that may follow.",
        (
            "You earn 5.00 EUR for every lead and 8 % of every sale, "
            "for 60 days after the click, repeat purchases not included."
        ),
        {"lead": 10},
    ),
    "software-subscription": (
        "Software by subscription",
        "20 percent of the first payment and of every rebill for a year.",
        (
            "You earn 20 % of every sale and 20 % of every rebill, "
            "for 365 days after the click, repeat purchases not included."
        ),
        {"rebill": 15},
    ),
    "careful-start": (
        "A careful start",
        "5 percent of the first sale within a month of the click.",
        "You earn 5 % of every sale, for 30 days after the click, repeat purchases not included.",
        {},
    ),
}


def test_each_preset_earns_what_it_says_and_holds_what_it_names() -> None:
    offered: dict[str, Any] = {}
    for preset in _ways():
        terms = parsed(preset.document, "EUR")
        offered[preset.key] = (preset.name, preset.summary, sentences(terms)[0], dict(terms.hold.by_kind))
    assert offered == OFFERED
    assert next(iter(offered)) == "crazyforbargains", "the classic is offered first"


def test_all_presets_share_the_ordinary_holds_windows_and_paydays() -> None:
    for preset in _ways():
        terms = parsed(preset.document, "EUR")
        assert (terms.hold.days, terms.reversal.window_days, terms.notice.days) == (30, 180, 30)
        assert (terms.payout.threshold_minor, terms.payout.day) == (50_00, 15)


def _ways() -> list[Preset]:
    return [preset for preset in presets() if not preset.by_trade]


TRADES = {
    "retail": (["new", "back"], 500),
    "sleepwear": (["sale"], 1_200),
    "publishing": (["sale", "rebill"], 3_000),
    "gaming": (["sign-up", "sale"], 2_500),
    "travel": (["sale"], 400),
    "education": (["lead", "sale"], 2_000),
    "web-hosting": (["large", "small"], 6_000),
    "lead-generation": (["lead"], 0),
    "gambling": (["deposit", "rebill"], 0),
    "personal-finance": (["lead", "account"], 0),
    "telecommunications": (["new", "prolonged"], 2_000),
    "real-estate": (["visit", "sale"], 250),
}
"""What each pays by which rules, and how much for a sale of 100.00 of a customer of whom nothing is told."""


def test_each_trade_has_terms_that_can_be_promised_in_every_currency_and_pay_what_they_say() -> None:
    offered = {}
    for preset in presets():
        if not preset.by_trade:
            continue
        for currency in ("JPY", "KWD"):
            parsed(preset.document, currency)
        terms = parsed(preset.document, "EUR")
        decision = decide(make_sale(), make_click(), promises=make_promises(terms={"trm_1": terms}))
        offered[preset.key] = ([rule.name for rule in terms.rules], decision.target_minor)
    assert offered == TRADES


def test_what_a_trade_promises_is_what_its_sentences_say() -> None:
    found = {preset.key: sentences(parsed(preset.document, "EUR")) for preset in presets()}
    assert found["travel"][1] == "4 % of every sale, at most 60.00 EUR an order."
    assert found["publishing"][2] == "10 % of every rebill, for 12 months after the first order."
    assert found["gambling"][2] == "25 % of every rebill, for as long as the customer pays."
    assert found["real-estate"][0] == (
        "You earn 100.00 EUR for every “visit” and 2.5 % of every sale, without an end after the click, "
        "repeat purchases not included."
    )
    assert found["web-hosting"][1] == "60.00 EUR for every sale, for orders of at least 100.00 EUR."
