"""What partners read before they accept."""

from collections.abc import Mapping
from gettext import NullTranslations

import pytest

from rapport.domain.terms import presets, sentences
from tests.make.judging import make_terms
from tests.make.scenarios import parsed


def rule(kind: str, **pay: str) -> Mapping[str, object]:
    return {"name": kind, "when": {"kind": kind}, "pay": pay}


def test_the_classic_promise_reads_as_it_was_meant() -> None:
    assert sentences(parsed(presets()[0].document, "EUR")) == [
        "You earn 12 % of every sale, for 365 days after the click, repeat purchases included.",
        "A percentage is paid on what the customer paid, without tax and shipping. A discount lowers it.",
        "The last partner whose link the customer followed earns.",
        "A customer who uses your coupon is yours, even after another partner's click.",
        "A commission is yours after 30 days, or earlier when we approve it.",
        (
            "When an order is refunded, cancelled or charged back within 180 days, its commission is taken back in "
            "proportion; later it stays yours."
        ),
        "We pay on day 15 of every month, from 50.00 EUR on.",
        "Terms that are worse for you take effect 30 days after we announce them, and never backwards.",
    ]


def test_several_rules_are_one_promise() -> None:
    terms = make_terms(
        rules=[rule("lead", flat="5"), rule("sale", percent="7.50"), rule("sign-up", flat="0.30")],
        attribution={"click_window_days": 1},
        hold={"days": 1, "by_kind": {"lead": 1, "sign-up": 10}},
    )
    said = sentences(terms)
    assert said[0] == (
        "You earn 5.00 EUR for every lead, 7.5 % of every sale and 0.30 EUR for every “sign-up”, "
        "for 1 day after the click, repeat purchases not included."
    )
    assert said[4:7] == [
        "A commission is yours after 1 day, or earlier when we approve it.",
        "For a lead this takes 1 day.",
        "For a “sign-up” this takes 10 days.",
    ]


@pytest.mark.parametrize(
    ("tax", "shipping", "words"),
    [
        ("excluded", "excluded", "what the customer paid, without tax and shipping"),
        ("excluded", "included", "what the customer paid, without tax, with shipping"),
        ("included", "excluded", "what the customer paid, with tax, without shipping"),
        ("included", "included", "all that the customer paid, with tax and shipping"),
    ],
)
def test_the_basis_is_said_in_words(tax: str, shipping: str, words: str) -> None:
    terms = make_terms(basis={"tax": tax, "shipping": shipping, "discount": "ignored"})
    assert sentences(terms)[1] == f"A percentage is paid on {words}. A discount does not lower it."


def test_fixed_amounts_have_no_basis_to_speak_of() -> None:
    said = sentences(make_terms(rules=[rule("lead", flat="5")]))
    assert not any("percentage" in sentence for sentence in said)


@pytest.mark.parametrize(
    ("payout", "sentence"),
    [
        ({"calendar": "weekly", "day": 7}, "We pay every Sunday, from 0 JPY on."),
        ({"calendar": "twice_monthly", "day": 1}, "We pay on days 1 and 15 of every month, from 0 JPY on."),
        ({"calendar": "monthly", "day": 28, "threshold": "900"}, "We pay on day 28 of every month, from 900 JPY on."),
    ],
)
def test_the_calendar_is_said_in_words(payout: Mapping[str, object], sentence: str) -> None:
    assert sentence in sentences(make_terms("JPY", payout=payout))


def test_every_weekday_is_called_by_its_name() -> None:
    said = [sentences(make_terms("JPY", payout={"calendar": "weekly", "day": day}))[-2] for day in range(1, 8)]
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    assert said == [f"We pay every {day}, from 0 JPY on." for day in days]


def test_a_single_day_is_said_in_the_singular() -> None:
    said = sentences(make_terms(reversal={"window_days": 1}, notice={"days": 1}))
    assert said[-3] == (
        "When an order is refunded, cancelled or charged back within 1 day, its commission is taken back in "
        "proportion; later it stays yours."
    )
    assert said[-1] == ("Terms that are worse for you take effect 1 day after we announce them, and never backwards.")


def test_a_rebill_is_called_a_rebill() -> None:
    said = sentences(make_terms(rules=[rule("rebill", percent="20")], hold={"days": 30, "by_kind": {"rebill": 15}}))
    assert said[0].startswith("You earn 20 % of every rebill, ")
    assert "For a rebill this takes 15 days." in said


def test_coupons_after_clicks_are_said_in_words() -> None:
    said = sentences(make_terms(attribution={"coupon": "after_click"}))
    assert "A customer who uses your coupon is yours, unless another partner's click earns." in said


class Bracketing(NullTranslations):
    """A language in which every message stands in brackets."""

    def gettext(self, message: str) -> str:
        return f"[{message}]"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"[{super().ngettext(msgid1, msgid2, n)}]"


def test_every_sentence_of_every_construct_goes_through_the_translator() -> None:
    for preset in presets(speech=Bracketing()):
        assert preset.name.startswith("[")
        assert preset.summary.startswith("[")
        said = sentences(parsed(preset.document, "EUR"), speech=Bracketing())
        assert all(sentence.startswith("[") and sentence.endswith("]") for sentence in said)
