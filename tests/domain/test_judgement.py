"""The judge's answers: found by conversion, compared with the answer before, stored and read again."""

import json
from dataclasses import replace
from datetime import date

import pytest

from rapport.domain.exchange import Exchange, Rate
from rapport.domain.judge import judge
from rapport.domain.judgement import Decision, Unpaid
from rapport.domain.judgement_document import UnknownForm, from_document, to_document
from rapport.domain.story import AmountReport, Correction, CorrectionKind, DecisionKind, HumanDecision
from tests.make.judging import BEN, NOON, decide, make_click, make_promises, make_sale, make_story
from tests.make.richness import rich, told
from tests.make.scenarios import assemble
from tests.make.stories import make_scenario


def test_a_decision_is_found_by_its_conversion() -> None:
    judgement = judge(make_story(make_sale(1), make_sale(2)), make_promises())
    assert judgement.on("cnv_2").conversion_id == "cnv_2"
    with pytest.raises(KeyError):
        judgement.on("cnv_3")


class TestFalls:
    """After approval only a report of the merchant or a person's word makes an amount fall."""

    BEFORE = decide(make_sale(click_ids=("click",)), make_click())

    def test_a_refund_is_a_report(self) -> None:
        refund = Correction(external_id="1", kind=CorrectionKind.REFUND, occurred_at_ms=NOON, total_minor=-1)
        assert decide(make_sale(corrections=(refund,)), make_click()).fall_is_reported(self.BEFORE)

    def test_a_later_revision_is_a_report(self) -> None:
        reports = (AmountReport(total_minor=10_000), AmountReport(revision=1, total_minor=1))
        assert decide(make_sale(reports=reports), make_click()).fall_is_reported(self.BEFORE)

    def test_a_decline_is_a_persons_word(self) -> None:
        declined = HumanDecision(kind=DecisionKind.DECLINED, decided_at_ms=NOON, decision_id="1")
        assert decide(make_sale(decisions=(declined,)), make_click()).fall_is_reported(self.BEFORE)

    def test_an_open_conflict_is_a_question(self) -> None:
        reports = (AmountReport(total_minor=10_000), AmountReport(total_minor=1))
        assert not decide(make_sale(reports=reports), make_click()).fall_is_reported(self.BEFORE)

    def test_another_partner_or_nobody_is_a_question(self) -> None:
        newer = decide(make_sale(), make_click(), make_click("newer", of=BEN, at_ms=NOON - 1))
        assert not newer.fall_is_reported(self.BEFORE)
        assert not decide(make_sale()).fall_is_reported(self.BEFORE)

    def test_another_click_of_the_same_partner_under_the_same_promise_changes_nothing(self) -> None:
        newer = decide(make_sale(), make_click(), make_click("newer", at_ms=NOON - 1))
        assert newer.fall_is_reported(self.BEFORE)


def _some_decisions() -> list[Decision]:
    scenarios = [make(make_scenario(seed)) for seed in range(60) for make in (lambda plain: plain, rich)]
    judgements = [judge(told(assemble(one, one.facts), one.seed), one.promises()) for one in scenarios]
    return [decision for judgement in judgements for decision in judgement.decisions]


def test_every_decision_survives_being_stored_as_json() -> None:
    decisions = _some_decisions()
    assert [from_document(json.loads(json.dumps(to_document(decision)))) for decision in decisions] == decisions


def test_nothing_of_a_decision_is_left_out_of_its_document() -> None:
    foreign = make_sale(exchange=Exchange("USD", Rate("1/1.0834", date(2026, 3, 19), "ecb")))
    unpaid = (Unpaid("shoes", "category", ("shoes",), "hats"),)
    document = to_document(replace(decide(foreign, make_click()), unpaid=unpaid))
    # What a period counts follows from the facts, and is stored with the period.
    assert set(document) == {"version", *Decision.__dataclass_fields__} - {"measures"}


def test_a_decision_on_an_order_in_the_programs_own_currency_is_stored_as_it_always_was() -> None:
    assert "exchange" not in to_document(decide(make_sale(), make_click()))


@pytest.mark.parametrize("rate", [Rate("1/1.0834", date(2026, 3, 19), "ecb"), None])
def test_the_rate_of_a_foreign_order_is_read_back_to_the_last_digit(rate: Rate | None) -> None:
    decision = decide(make_sale(exchange=Exchange("USD", rate)), make_click())
    assert from_document(json.loads(json.dumps(to_document(decision)))) == decision


def test_a_decision_of_a_later_release_is_refused() -> None:
    document = to_document(replace(decide(make_sale()), target_minor=1))
    with pytest.raises(UnknownForm, match=r"^2$"):
        from_document(document | {"version": 2})
