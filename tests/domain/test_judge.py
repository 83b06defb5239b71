"""What is judged on one order: amounts, corrections, conflicts, holds, and people's last words."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rapport.domain.credit import HoldReason
from rapport.domain.judge import judge
from rapport.domain.judgement import Decision, Flag, Outcome, StepLabel
from rapport.domain.promises import Suspension
from rapport.domain.story import AmountReport, Correction, CorrectionKind, DecisionKind, HumanDecision, TouchFacts
from rapport.domain.terms import Terms
from tests.make.judging import (
    ANNA,
    DAY_MS,
    NOON,
    decide,
    make_click,
    make_promises,
    make_sale,
    make_standing,
    make_story,
    make_terms,
    moment,
)

FLAT = [{"name": "lead", "when": {"kind": "lead"}, "pay": {"flat": "5.00"}}]


def refund(
    total_minor: int | None,
    *,
    kind: CorrectionKind = CorrectionKind.REFUND,
    after_ms: int = DAY_MS,
    tax_minor: int | None = None,
    number: int = 1,
) -> Correction:
    return Correction(
        external_id=f"rf-{number}",
        kind=kind,
        occurred_at_ms=NOON + after_ms,
        total_minor=total_minor,
        tax_minor=tax_minor,
    )


def earned(
    *corrections: Correction, amounts: AmountReport | None = None, terms: Terms | None = None, kind: str = "sale"
) -> Decision:
    """Judge one order that Anna brought."""
    sale = make_sale(kind=kind, reports=(amounts or AmountReport(total_minor=10_000),), corrections=corrections)
    return decide(sale, make_click(), promises=make_promises(terms={"trm_1": terms or make_terms()}))


def steps(decision: Decision) -> dict[StepLabel, Fraction | int]:
    return {step.label: step.amount for step in decision.formula}


def person(kind: DecisionKind, *, at_ms: int = NOON, number: int = 1, **more: object) -> HumanDecision:
    return HumanDecision(kind=kind, decided_at_ms=at_ms, decision_id=f"{number}", **more)  # type: ignore[arg-type] # any field


class TestBasis:
    """The part of an order that a percentage is paid on."""

    ORDER = AmountReport(total_minor=12_892, tax_minor=1_980, shipping_minor=490, discount_minor=1_000)

    @pytest.mark.parametrize(
        ("tax", "shipping", "discount", "basis_minor"),
        [
            ("excluded", "excluded", "deducted", 10_422),
            ("included", "excluded", "deducted", 12_402),
            ("excluded", "included", "deducted", 10_912),
            ("included", "included", "deducted", 12_892),
            ("included", "included", "ignored", 13_892),
        ],
    )
    def test_it_is_what_the_customer_paid_without_what_the_terms_exclude(
        self, tax: str, shipping: str, discount: str, basis_minor: int
    ) -> None:
        terms = make_terms(basis={"tax": tax, "shipping": shipping, "discount": discount})
        decision = earned(amounts=self.ORDER, terms=terms)
        assert steps(decision)[StepLabel.BASIS_OF_ORDER] == basis_minor

    def test_every_number_of_the_formula_is_shown(self) -> None:
        decision = earned(refund(-2_199, tax_minor=-354), amounts=self.ORDER)
        assert [(step.label.value, step.amount) for step in decision.formula] == [
            ("paid_by_customer", 12_892),
            ("shipping", -490),
            ("tax", -1_980),
            ("basis_of_order", 10_422),
            ("corrected", -1_845 + Fraction(490 * 2_199, 12_892)),
            ("basis_now", 8_577 + Fraction(490 * 2_199, 12_892)),
            ("percent", 12),
            ("exact", (8_577 + Fraction(490 * 2_199, 12_892)) * Fraction(12, 100)),
            ("commission", 1_039),
        ]

    def test_a_discount_that_is_ignored_is_shown_as_added(self) -> None:
        decision = earned(amounts=self.ORDER, terms=make_terms(basis={"discount": "ignored"}))
        assert steps(decision)[StepLabel.DISCOUNT] == 1_000

    def test_an_order_of_nothing_has_no_basis_even_before_its_discount(self) -> None:
        gift = AmountReport(total_minor=0, discount_minor=5_000)
        assert earned(amounts=gift, terms=make_terms(basis={"discount": "ignored"})).target_minor == 0

    def test_parts_larger_than_the_whole_never_make_a_basis_negative(self) -> None:
        assert earned(amounts=AmountReport(total_minor=100, tax_minor=300)).target_minor == 0


class TestCorrections:
    """Deltas on an order, in whatever order they came."""

    def test_a_partial_refund_takes_tax_and_shipping_in_proportion(self) -> None:
        order = AmountReport(total_minor=12_000, tax_minor=2_000, shipping_minor=600)
        assert earned(refund(-6_000), amounts=order).target_minor == 564  # 12 % of half of 94.00

    @pytest.mark.parametrize("kind", [CorrectionKind.CANCEL, CorrectionKind.CHARGEBACK, CorrectionKind.REFUND])
    def test_a_correction_without_amount_takes_everything_that_is_left(self, kind: CorrectionKind) -> None:
        decision = earned(refund(None, kind=kind), refund(-3_000, number=2))
        assert (decision.outcome, decision.target_minor, decision.flags[0].flag) == (
            Outcome.EARNED,
            0,
            Flag.FACTS_NOT_JOINED,
        )

    def test_an_excess_is_cut_at_zero_and_flagged_even_when_an_amendment_adds_again(self) -> None:
        assert Flag.OVER_CORRECTED in [one.flag for one in earned(refund(-10_001)).flags]
        added = refund(500, kind=CorrectionKind.AMENDMENT, number=2)
        decision = earned(refund(-10_100), added)
        assert (decision.target_minor, decision.flags[0].flag) == (48, Flag.FACTS_NOT_JOINED)

    def test_an_amendment_that_adds_counts_even_after_the_reversal_window(self) -> None:
        late = refund(1_000, kind=CorrectionKind.AMENDMENT, after_ms=999 * DAY_MS)
        assert earned(late).target_minor == 1_320

    @pytest.mark.parametrize(("beyond_ms", "target_minor"), [(0, 600), (1, 1_200)])
    def test_a_correction_after_the_reversal_window_takes_nothing_back_and_is_shown(
        self, beyond_ms: int, target_minor: int
    ) -> None:
        decision = earned(refund(-5_000, after_ms=180 * DAY_MS + beyond_ms))
        assert decision.target_minor == target_minor
        too_late = [one.about for one in decision.flags if one.flag is Flag.CORRECTED_TOO_LATE]
        assert too_late == ([("rf-1",)] if beyond_ms else [])

    def test_a_fixed_amount_shrinks_with_the_order(self) -> None:
        terms = make_terms(rules=FLAT)
        order = AmountReport(total_minor=9_000)
        decision = earned(refund(-6_000), amounts=order, terms=terms, kind="lead")
        assert (decision.target_minor, decision.uncorrected_minor) == (167, 500)
        assert [(step.label.value, step.amount) for step in decision.formula] == [
            ("flat", 500),
            ("share_left", Fraction(1, 3)),
            ("exact", Fraction(500, 3)),
            ("commission", 167),
        ]

    def test_a_fixed_amount_does_not_grow_when_the_order_does(self) -> None:
        bigger = refund(5_000, kind=CorrectionKind.AMENDMENT)
        assert earned(bigger, terms=make_terms(rules=FLAT), kind="lead").target_minor == 500

    def test_a_lead_of_nothing_keeps_its_fixed_amount_until_it_is_cancelled(self) -> None:
        lead, terms = AmountReport(total_minor=0), make_terms(rules=FLAT)
        assert earned(amounts=lead, terms=terms, kind="lead").target_minor == 500
        cancel = refund(None, kind=CorrectionKind.CANCEL)
        assert earned(cancel, amounts=lead, terms=terms, kind="lead").target_minor == 0

    def test_the_parts_of_an_order_of_nothing_have_no_proportion(self) -> None:
        gift = AmountReport(total_minor=0, discount_minor=500)
        amended = refund(1_000, kind=CorrectionKind.AMENDMENT)
        assert earned(amended, amounts=gift, terms=make_terms(basis={"discount": "ignored"})).target_minor == 180

    def test_corrections_are_visible_although_nobody_earns(self) -> None:
        decision = decide(make_sale(corrections=(refund(-20_000),)))
        assert [one.flag for one in decision.flags] == [Flag.OVER_CORRECTED]

    @given(
        total_minor=some.integers(1, 10**9),
        cuts=some.lists(some.integers(0, 10**9), max_size=5),
        tax=some.fractions(0, 1),
    )
    def test_refunds_in_any_order_end_at_the_same_cent_and_the_whole_at_zero(
        self, total_minor: int, cuts: list[int], tax: Fraction
    ) -> None:
        amounts = AmountReport(total_minor=total_minor, tax_minor=int(total_minor * tax))
        ends = sorted(min(cut, total_minor) for cut in cuts)
        parts = [b - a for a, b in zip([0, *ends], [*ends, total_minor], strict=True)]
        refunds = [refund(-part, number=number) for number, part in enumerate(parts)]
        some_refunds = refunds[:-1]
        forward, backward = earned(*some_refunds, amounts=amounts), earned(*some_refunds[::-1], amounts=amounts)
        assert forward.target_minor == backward.target_minor <= forward.uncorrected_minor
        assert earned(*refunds, amounts=amounts).target_minor == 0


class TestConflicts:
    """One revision, several amounts."""

    LOW, HIGH = AmountReport(revision=1, total_minor=5_000), AmountReport(revision=1, total_minor=9_000)

    def judged(self, *reports: AmountReport, decisions: tuple[HumanDecision, ...] = ()) -> Decision:
        return decide(make_sale(reports=reports, decisions=decisions), make_click())

    def test_the_smallest_amount_is_booked_whichever_came_first_and_a_person_is_asked(self) -> None:
        one, other = self.judged(self.LOW, self.HIGH), self.judged(self.HIGH, self.LOW)
        assert one == other
        assert (one.target_minor, one.amounts, one.holds) == (600, self.LOW, (HoldReason.CONFLICT,))

    def test_smallest_means_what_pays_least_under_the_terms(self) -> None:
        taxed = AmountReport(revision=1, total_minor=9_000, tax_minor=8_000)
        assert self.judged(self.LOW, taxed).amounts == taxed

    def test_a_later_revision_amends_all_earlier_ones(self) -> None:
        amended = AmountReport(revision=2, total_minor=7_000)
        decision = self.judged(self.LOW, amended, self.HIGH)
        assert (decision.target_minor, decision.holds) == (840, ())

    def test_a_person_chooses_and_may_choose_again(self) -> None:
        first = person(DecisionKind.CONFLICT_SETTLED, amounts=self.LOW)
        second = person(DecisionKind.CONFLICT_SETTLED, at_ms=NOON + 1, number=2, amounts=self.HIGH)
        decision = self.judged(self.LOW, self.HIGH, decisions=(second, first))
        assert (decision.target_minor, decision.holds) == (1_080, ())

    def test_a_choice_that_is_no_longer_among_the_amounts_settles_nothing(self) -> None:
        elsewhere = person(DecisionKind.CONFLICT_SETTLED, amounts=AmountReport(revision=0, total_minor=1))
        assert self.judged(self.LOW, self.HIGH, decisions=(elsewhere,)).holds == (HoldReason.CONFLICT,)

    def test_a_correction_told_with_two_amounts_holds_until_a_person_settles_it(self) -> None:
        torn = make_sale(corrections=(replace(refund(-5_000), in_conflict=True),))
        assert decide(torn, make_click()).holds == (HoldReason.CONFLICT,)
        assert decide(torn).holds == (HoldReason.CONFLICT,)
        settled = person(DecisionKind.CONFLICT_SETTLED, amounts=AmountReport(total_minor=10_000))
        assert decide(replace(torn, decisions=(settled,)), make_click()).holds == ()

    def test_lifting_a_hold_does_not_settle_a_conflict(self) -> None:
        lifted = person(DecisionKind.HOLD_LIFTED, hold=HoldReason.CONFLICT)
        assert self.judged(self.LOW, self.HIGH, decisions=(lifted,)).holds == (HoldReason.CONFLICT,)

    def test_it_is_visible_although_nobody_earns(self) -> None:
        assert decide(make_sale(reports=(self.LOW, self.HIGH))).holds == (HoldReason.CONFLICT,)


class TestHolds:
    """What keeps a commission waiting."""

    def test_it_ends_at_the_midnight_of_the_program_after_the_last_day(self) -> None:
        # 30 days after 19 March is 18 April, which ends in Berlin at 22:00 UTC: summer time has begun.
        assert earned().hold_until_ms == moment("2026-04-18 22:00")

    def test_some_kinds_wait_differently(self) -> None:
        terms = make_terms(rules=FLAT, hold={"days": 30, "by_kind": {"lead": 0}})
        assert earned(terms=terms, kind="lead").hold_until_ms == moment("2026-03-19 23:00")

    @pytest.mark.parametrize(
        ("suspension", "holds"),
        [
            (Suspension(NOON), (HoldReason.AGREEMENT_SUSPENDED,)),
            (Suspension(NOON - 9, NOON + 1), (HoldReason.AGREEMENT_SUSPENDED,)),
            (Suspension(NOON - 9, NOON), ()),
            (Suspension(NOON + 1), ()),
        ],
    )
    def test_an_order_during_a_suspension_is_held_though_it_earns(
        self, suspension: Suspension, holds: tuple[HoldReason, ...]
    ) -> None:
        promises = make_promises(make_standing(ANNA, suspensions=(suspension,)))
        decision = decide(make_sale(), make_click(), promises=promises)
        assert (decision.target_minor, decision.holds) == (1_200, holds)

    def test_an_agreement_ended_for_breach_is_held_until_a_person_lifts_it(self) -> None:
        promises = make_promises(make_standing(ANNA, ended_at_ms=NOON, ended_for_breach=True))
        held = decide(make_sale(), make_click(), promises=promises)
        lifted = person(DecisionKind.HOLD_LIFTED, hold=HoldReason.ENDED_FOR_BREACH)
        free = decide(make_sale(decisions=(lifted,)), make_click(), promises=promises)
        assert (held.holds, free.holds) == ((HoldReason.ENDED_FOR_BREACH,), ())


class TestOutcomes:
    """Answers that no touch decides."""

    def test_a_test_is_judged_and_explained_and_pays_nothing(self) -> None:
        decision = decide(make_sale(test=True), make_click())
        assert (decision.outcome, decision.target_minor, decision.lines[0].target_minor) == (Outcome.TEST, 0, 0)
        assert steps(decision)[StepLabel.COMMISSION] == 1_200

    def test_a_declined_order_pays_nothing_until_the_decline_is_undone(self) -> None:
        declined = person(DecisionKind.DECLINED, code="fraud")
        undone = person(DecisionKind.DECLINE_UNDONE, at_ms=NOON + 1, number=2)
        assert decide(make_sale(decisions=(declined,)), make_click()).outcome is Outcome.DECLINED
        assert decide(make_sale(decisions=(undone, declined)), make_click()).target_minor == 1_200

    def test_a_reply_opens_a_decline_again_and_an_upheld_one_is_declined_for_good(self) -> None:
        said = [
            person(kind, at_ms=NOON + number, number=number)
            for number, kind in enumerate(
                (DecisionKind.DECLINED, DecisionKind.DECLINE_REPLIED, DecisionKind.DECLINE_UPHELD), 1
            )
        ]
        replied = decide(make_sale(decisions=tuple(said[:2])), make_click())
        assert (replied.target_minor, replied.holds) == (1_200, (HoldReason.DISPUTED,))
        lifted = person(DecisionKind.HOLD_LIFTED, at_ms=NOON + 9, number=9, hold=HoldReason.DISPUTED)
        assert decide(make_sale(decisions=(*said[:2], lifted)), make_click()).holds == (HoldReason.DISPUTED,)
        upheld = decide(make_sale(decisions=tuple(said)), make_click())
        assert (upheld.outcome, upheld.target_minor, upheld.holds) == (Outcome.DECLINED, 0, ())

    @pytest.mark.parametrize(
        ("since", "held"),
        [
            ((), True),
            ((person(DecisionKind.APPROVED, at_ms=NOON + 2, number=2),), False),
            (
                (person(DecisionKind.HOLD_LIFTED, at_ms=NOON + 2, number=2, hold=HoldReason.APPROVAL_UNDONE),),
                False,
            ),
            ((person(DecisionKind.APPROVED, at_ms=NOON - 2, number=2),), True),
        ],
    )
    def test_an_approval_that_was_taken_back_waits_for_a_person(
        self, since: tuple[HumanDecision, ...], held: bool
    ) -> None:
        undone = person(DecisionKind.APPROVAL_UNDONE)
        decision = decide(make_sale(decisions=(undone, *since)), make_click())
        assert (decision.target_minor, decision.holds == (HoldReason.APPROVAL_UNDONE,)) == (1_200, held)

    def test_the_flag_of_missing_facts_goes_when_the_lake_has_spoken(self) -> None:
        assert [one.flag for one in decide(make_sale(), make_click()).flags] == [Flag.FACTS_NOT_JOINED]
        assert decide(make_sale(), make_click(facts=TouchFacts())).flags == ()

    def test_decisions_come_in_the_order_of_the_story(self) -> None:
        conversions = [
            make_sale(4, occurred_at_ms=NOON + 1),
            make_sale(3, kind="zeal"),
            make_sale(2, external_id="b"),
            make_sale(1, external_id="a"),
        ]
        judgement = judge(make_story(*conversions), make_promises())
        assert [decision.conversion_id for decision in judgement.decisions] == ["cnv_1", "cnv_2", "cnv_3", "cnv_4"]


@given(basis_minor=some.integers(0, 10**12), ten_thousandths=some.integers(0, 1_000_000))
def test_a_percentage_is_rounded_once_and_half_up(basis_minor: int, ten_thousandths: int) -> None:
    percent = f"{ten_thousandths // 10_000}.{ten_thousandths % 10_000:04}"
    terms = make_terms(rules=[{"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": percent}}])
    decision = earned(amounts=AmountReport(total_minor=basis_minor), terms=terms)
    assert abs(decision.target_minor * 1_000_000 - basis_minor * ten_thousandths) <= 500_000
    assert decision.target_minor == (basis_minor * ten_thousandths + 500_000) // 1_000_000
