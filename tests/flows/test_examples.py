"""What a promise would pay for an invented order is what the judge pays for a real one."""

import pytest

from rapport.domain.judgement import Outcome
from rapport.domain.terms import Terms, parse, presets
from rapport.flows.examples import example_of
from rapport.kit.clock import to_ms
from tests.make.identity import NOON


@pytest.mark.parametrize(
    ("preset", "kind", "earned_minor"),
    [(0, "sale", 1029), (1, "sale", 3431), (2, "lead", 500), (2, "sale", 686), (3, "rebill", 1715)],
)
def test_an_example_follows_the_terms(preset: int, kind: str, earned_minor: int) -> None:
    terms = parse(presets()[preset].document, currency="EUR")
    assert isinstance(terms, Terms)
    decision = example_of(terms, kind=kind, total_minor=8577, zone="Europe/Berlin", clicked_at_ms=to_ms(NOON))
    assert (decision.outcome, decision.target_minor) == (Outcome.EARNED, earned_minor)
    assert decision.hold_until_ms is not None
