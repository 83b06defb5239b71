"""The terms that a merchant may start from: each promises what its name and summary say."""

from typing import Any

from rapport.domain.terms import presets, sentences
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
    for preset in presets():
        terms = parsed(preset.document, "EUR")
        offered[preset.key] = (preset.name, preset.summary, sentences(terms)[0], dict(terms.hold.by_kind))
    assert offered == OFFERED
    assert next(iter(offered)) == "crazyforbargains", "the classic is offered first"


def test_all_presets_share_the_ordinary_holds_windows_and_paydays() -> None:
    for preset in presets():
        terms = parsed(preset.document, "EUR")
        assert (terms.hold.days, terms.reversal.window_days, terms.notice.days) == (30, 180, 30)
        assert (terms.payout.threshold_minor, terms.payout.day) == (50_00, 15)
