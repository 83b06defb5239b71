"""Facts that no door may let through crash where they are made."""

import pytest

from rapport.domain.story import Correction, CorrectionKind, DecisionKind, HumanDecision
from tests.make.judging import make_sale


def test_only_an_amendment_adds_to_an_order() -> None:
    assert Correction(external_id="a", kind=CorrectionKind.AMENDMENT, occurred_at_ms=0, total_minor=5).total_minor == 5
    for kind in (CorrectionKind.REFUND, CorrectionKind.CANCEL, CorrectionKind.CHARGEBACK):
        with pytest.raises(ValueError, match="only an amendment may add"):
            Correction(external_id="a", kind=kind, occurred_at_ms=0, total_minor=5)
        with pytest.raises(ValueError, match="only an amendment may add"):
            Correction(external_id="a", kind=kind, occurred_at_ms=0, total_minor=-5, tax_minor=1)


def test_an_amendment_says_by_how_much() -> None:
    with pytest.raises(ValueError, match="says by how much"):
        Correction(external_id="a", kind=CorrectionKind.AMENDMENT, occurred_at_ms=0)


def test_the_last_word_stands_by_its_moment_and_then_its_id() -> None:
    words = tuple(
        HumanDecision(kind=kind, decided_at_ms=at_ms, decision_id=decision_id)
        for kind, at_ms, decision_id in (
            (DecisionKind.DECLINE_UNDONE, 2, "b"),
            (DecisionKind.DECLINED, 2, "a"),
            (DecisionKind.HOLD_LIFTED, 3, "c"),
        )
    )
    sale = make_sale(decisions=words)
    assert sale.last_decision(DecisionKind.DECLINED, DecisionKind.DECLINE_UNDONE) is words[0]
    assert sale.last_decision(DecisionKind.CONFLICT_SETTLED) is None
