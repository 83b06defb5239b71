"""A document of terms becomes typed terms, or a list of what to mend and where."""

import hashlib
import json
from decimal import Decimal
from gettext import NullTranslations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rapport.domain.terms import (
    Calendar,
    CouponPriority,
    DiscountTreatment,
    Flat,
    Percent,
    Problems,
    Terms,
    Treatment,
    canonical,
    digest,
    parse,
    presets,
)
from tests.make.scenarios import parsed
from tests.make.stories import make_scenario

SALE = {"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": "12"}}
LEAD = {"name": "lead", "when": {"kind": "lead"}, "pay": {"flat": "5.00"}}


def document(**sections: object) -> dict[str, object]:
    return {"language": 1, "rules": [SALE], **sections}


def problems(given_document: object, currency: str = "EUR") -> dict[str, str]:
    """Return the sentences by path; there must be some."""
    found = parse(given_document, currency=currency)
    assert isinstance(found, Problems)
    assert len(found) == len(list(found)) > 0
    return {problem.path: problem.sentence for problem in found}


def test_everything_that_a_document_says_is_in_the_terms() -> None:
    terms = parsed(
        {
            "language": 1,
            "rules": [SALE, LEAD],
            "basis": {"tax": "included", "shipping": "included", "discount": "ignored"},
            "attribution": {"click_window_days": 365, "repeat_purchases": True, "coupon": "after_click"},
            "hold": {"days": 45, "by_kind": {"lead": 10}},
            "reversal": {"window_days": 90},
            "payout": {"threshold": "25.50", "calendar": "weekly", "day": 5},
            "notice": {"days": 14},
        },
        "EUR",
    )
    assert [rule.pay for rule in terms.rules] == [Percent(Decimal(12)), Flat(500)]
    assert (terms.basis.tax, terms.basis.discount) == (Treatment.INCLUDED, DiscountTreatment.IGNORED)
    assert (terms.attribution.click_window_days, terms.attribution.repeat_purchases) == (365, True)
    assert terms.attribution.coupon is CouponPriority.AFTER_CLICK
    assert (terms.hold.days_for("sale"), terms.hold.days_for("lead")) == (45, 10)
    assert (terms.reversal.window_days, terms.notice.days) == (90, 14)
    assert (terms.payout.threshold_minor, terms.payout.calendar, terms.payout.day) == (2550, Calendar.WEEKLY, 5)


def test_what_a_document_leaves_out_has_a_default_that_the_canonical_form_writes_down() -> None:
    assert canonical(parsed(document(), "EUR")) == {
        "language": 1,
        "rules": [SALE],
        "basis": {"tax": "excluded", "shipping": "excluded", "discount": "deducted"},
        "attribution": {"click_window_days": 30, "repeat_purchases": False, "coupon": "before_click"},
        "hold": {"days": 30, "by_kind": {}},
        "reversal": {"window_days": 180},
        "payout": {"threshold": "0.00", "calendar": "monthly", "day": 1},
        "notice": {"days": 30},
    }


def test_rules_are_found_by_kind_and_by_name() -> None:
    terms = parsed(document(rules=[SALE, LEAD]), "EUR")
    assert terms.rule_for("lead") is terms.rule("lead")
    assert terms.rule_for("call") is None
    with pytest.raises(KeyError):
        terms.rule("call")


@pytest.mark.parametrize("seed", range(20))
def test_the_canonical_form_is_a_document_of_the_same_terms(seed: int) -> None:
    scenario = make_scenario(seed)
    for original in scenario.documents.values():
        terms = parsed(original, scenario.currency)
        again = parsed(json.loads(json.dumps(canonical(terms))), scenario.currency)
        assert (again, digest(again)) == (terms, digest(terms))


def test_the_same_promise_has_the_same_digest_however_it_is_written() -> None:
    spelled = document(
        rules=[{"pay": {"percent": "12.00"}, "when": {"kind": "sale"}, "name": "sale"}], notice={"days": 30}
    )
    assert digest(parsed(spelled, "EUR")) == digest(parsed(document(), "EUR"))
    assert len(digest(parsed(document(), "EUR"))) == 64


def test_the_digest_of_a_promise_is_that_of_its_text_and_stays_so_for_ever() -> None:
    text = (
        '{"currency":"EUR","terms":{"attribution":{"click_window_days":365,"coupon":"before_click",'
        '"repeat_purchases":true},"basis":{"discount":"deducted","shipping":"excluded","tax":"excluded"},'
        '"hold":{"by_kind":{},"days":30},"language":1,"notice":{"days":30},'
        '"payout":{"calendar":"monthly","day":15,"threshold":"50.00"},"reversal":{"window_days":180},'
        '"rules":[{"name":"sale","pay":{"percent":"12"},"when":{"kind":"sale"}}]}}'
    )
    assert digest(parsed(presets()[0].document, "EUR")) == hashlib.sha256(text.encode()).hexdigest()


def test_another_promise_or_another_currency_has_another_digest() -> None:
    digests = {
        digest(parsed(document(), "EUR")),
        digest(parsed(document(), "USD")),
        digest(parsed(document(notice={"days": 31}), "EUR")),
    }
    assert len(digests) == 3


class TestProblems:
    """What is wrong is said at the field, all of it at once."""

    def test_all_problems_are_found_in_one_reading(self) -> None:
        found = problems(
            {
                "langage": 1,
                "rules": [{"name": "Sale!", "when": {"kind": "sale", "colour": "red"}, "pay": {}}],
                "hold": {"days": -1, "by_kind": {"lead": "ten"}},
                "notice": "a month",
            }
        )
        assert list(found) == [
            "langage",
            "language",
            "rules[0].name",
            "rules[0].when.colour",
            "rules[0].pay",
            "hold.days",
            "hold.by_kind.lead",
            "notice",
        ]
        assert found["langage"] == "This field is not known. Did you mean “language”?"
        assert found["language"] == "This field is missing."
        assert found["rules[0].when.colour"] == "This field is not known. Did you mean “country”?"
        assert found["rules[0].pay"] == "Write exactly one of these fields: percent, flat, per_unit, margin_percent."

    @pytest.mark.parametrize("nonsense", [None, [], "terms", 3])
    def test_a_document_has_fields(self, nonsense: object) -> None:
        assert list(problems(nonsense)) == [""]

    @pytest.mark.parametrize("language", [2, "1", True, None])
    def test_another_language_is_refused(self, language: object) -> None:
        assert list(problems(document(language=language))) == ["language"]

    @pytest.mark.parametrize(
        "percent", [12, 12.5, "12,5", "-1", "100.01", "1e1", "012", "", "12.34567", " 12", "12%", "١٢"]
    )
    def test_a_percentage_is_plain_text_from_0_to_100(self, percent: object) -> None:
        rule = SALE | {"pay": {"percent": percent}}
        assert list(problems(document(rules=[rule]))) == ["rules[0].pay.percent"]

    @pytest.mark.parametrize(
        ("currency", "flat"), [("EUR", "5.001"), ("JPY", "5.0"), ("EUR", 5), ("EUR", "-5"), ("EUR", "50 %s %d")]
    )
    def test_an_amount_fits_the_currency(self, currency: str, flat: object) -> None:
        rule = SALE | {"pay": {"flat": flat}}
        assert list(problems(document(rules=[rule]), currency)) == ["rules[0].pay.flat"]

    def test_both_ways_to_pay_at_once_are_refused(self) -> None:
        rule = SALE | {"pay": {"flat": "5", "percent": "5"}}
        assert list(problems(document(rules=[rule]))) == ["rules[0].pay"]
        assert list(problems(document(rules=[SALE | {"pay": "much"}]))) == ["rules[0].pay"]

    @pytest.mark.parametrize("rules", [[], {}, "sale", [SALE] * 101])
    def test_there_is_at_least_one_rule_and_not_too_many(self, rules: object) -> None:
        assert list(problems(document(rules=rules))) == ["rules"]

    def test_a_name_is_used_once(self) -> None:
        found = problems(document(rules=[SALE, LEAD | {"name": "sale"}]))
        assert found["rules[1].name"].startswith("Another rule is called “sale” already.")

    def test_a_rule_that_is_never_reached_is_pointed_out(self) -> None:
        found = problems(document(rules=[SALE, SALE | {"name": "second"}, SALE | {"name": "third"}]))
        assert list(found) == ["rules[1].when", "rules[2].when"]
        assert "the rule “sale” before it takes every sale" in found["rules[2].when"]

    def test_a_hold_for_a_kind_that_earns_nothing_is_pointed_out(self) -> None:
        found = problems(document(hold={"by_kind": {"lead": 3}}))
        assert found == {"hold.by_kind.lead": "No rule pays “lead”. Kinds that are paid: sale."}

    def test_kinds_of_a_hold_are_names(self) -> None:
        assert list(problems(document(hold={"by_kind": {7: 3}}))) == ["hold.by_kind"]
        assert list(problems(document(hold={"by_kind": [7]}))) == ["hold.by_kind"]

    @pytest.mark.parametrize(("calendar", "last"), [("weekly", 7), ("twice_monthly", 14), ("monthly", 28)])
    def test_the_day_exists_in_the_calendar(self, calendar: str, last: int) -> None:
        parsed(document(payout={"calendar": calendar, "day": last}), "EUR")
        assert list(problems(document(payout={"calendar": calendar, "day": last + 1}))) == ["payout.day"]

    @pytest.mark.parametrize("answer", ["yes", 1, None])
    def test_yes_and_no_are_true_and_false(self, answer: object) -> None:
        found = problems(document(attribution={"repeat_purchases": answer, "coupon": "maybe"}))
        assert list(found) == ["attribution.repeat_purchases", "attribution.coupon"]
        assert found["attribution.coupon"] == "“maybe” does not fit. Write one of: before_click, after_click."

    def test_what_was_written_is_repeated_but_not_at_length(self) -> None:
        found = problems(document(rules=[SALE | {"name": "x" * 10_000}]))
        assert len(found["rules[0].name"]) < 200

    def test_problems_speak_the_readers_language(self) -> None:
        class Shouting(NullTranslations):
            def gettext(self, message: str) -> str:
                return message.upper().replace("%(VALUE)S", "%(value)s")

        found = parse("nothing", currency="EUR", speech=Shouting())
        assert isinstance(found, Problems)
        assert found.items[0].sentence == "“nothing” DOES NOT FIT. WRITE FIELDS WITH NAMES HERE."


JSON: Any = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=9),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@given(
    section=some.sampled_from(["language", "rules", "basis", "attribution", "hold", "reversal", "payout", "extra"]),
    value=JSON,
)
def test_whatever_is_written_is_answered_and_never_an_accident(section: str, value: object) -> None:
    answer = parse(document(**{section: value}), currency="EUR")
    assert isinstance(answer, Terms) or all(problem.sentence for problem in answer)


def test_every_preset_is_right_in_every_kind_of_currency() -> None:
    for preset in presets():
        for currency in ("EUR", "JPY", "KWD", "CLF"):
            assert isinstance(parse(preset.document, currency=currency), Terms), preset.key
        assert preset.name
        assert preset.summary
    assert presets()[0].key == "crazyforbargains"
