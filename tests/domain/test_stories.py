"""A thousand customers (ten thousand in the drill), each told in twenty orders: the books end in the same place."""

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from rapport.domain.credit import HoldReason, Via
from rapport.domain.judge import judge
from rapport.domain.judgement import Decision, Flag, Judgement, Outcome, Why
from rapport.domain.story import Story
from tests.domain.reference import Expected, expected
from tests.make.hearsay import with_hearsay
from tests.make.richness import rich, told
from tests.make.scenarios import Fact, Scenario, assemble
from tests.make.stories import make_scenario, orders_of_arrival
from tests.support.drills import scaled

STORIES = scaled(whole=10_000, on_sqlite=1_000, on_postgresql=1_000)
ORDERS = 20
CORNERS = 1_000
CHUNK = 50

Books = Counter[tuple[str, str]]
"""What is booked by conversion and agreement, as the sum of differences."""


def _scenario(seed: int) -> Scenario:
    """Invent a scenario; every other one is under terms that ask more than the kind of a conversion."""
    scenario = make_scenario(seed)
    return rich(scenario) if seed % 2 else scenario


def _story(scenario: Scenario, arrived: Sequence[Fact]) -> Story:
    story = with_hearsay(assemble(scenario, arrived), scenario.seed)
    return told(story, scenario.seed) if scenario.seed % 2 else story


@pytest.mark.drill(seconds=1)
@pytest.mark.parametrize("first", range(0, STORIES, CHUNK))
def test_a_story_ends_the_same_in_every_order_of_arrival(first: int) -> None:
    for seed in range(first, first + CHUNK):
        scenario = _scenario(seed)
        ends = [_end_of(scenario, order) for order in orders_of_arrival(scenario, ORDERS)]
        assert all(end == ends[0] for end in ends), f"story {seed}"


@pytest.mark.drill(seconds=1)
@pytest.mark.parametrize("first", range(0, STORIES, CHUNK))
def test_the_slow_model_agrees_after_every_step(first: int) -> None:
    for seed in range(first, first + CHUNK):
        scenario = _scenario(seed)
        promises = scenario.promises()
        arrived: list[Fact] = []
        for fact in orders_of_arrival(scenario, 2)[1]:
            arrived.append(fact)
            story = _story(scenario, arrived)
            judged = {decision.conversion_id: _seen(decision) for decision in judge(story, promises).decisions}
            assert judged == expected(story, promises), f"story {seed} after {len(arrived)} facts"


@settings(max_examples=200)
@given(seed=some.integers(STORIES, 10**12), known=some.integers(0, 30))
def test_the_slow_model_agrees_on_any_other_story_however_much_of_it_is_known(seed: int, known: int) -> None:
    scenario = _scenario(seed)
    story, promises = _story(scenario, scenario.facts[:known]), scenario.promises()
    judged = {decision.conversion_id: _seen(decision) for decision in judge(story, promises).decisions}
    assert judged == expected(story, promises)


def test_the_stories_visit_every_corner() -> None:
    """Stories that never meet a rule prove nothing about it."""
    met: Counter[str] = Counter()
    for seed in range(CORNERS):
        scenario = _scenario(seed)
        story = _story(scenario, scenario.facts)
        for decision in judge(story, scenario.promises()).decisions:
            met.update(_corners(decision))
    rare = {corner: met[corner] for corner in EVERY_CORNER if met[corner] < 3}
    assert not rare


EVERY_CORNER = frozenset(
    [f"outcome {outcome}" for outcome in Outcome]
    + [f"via {via}" for via in Via]
    + [f"hold {hold}" for hold in HoldReason]
    + [f"flag {flag}" for flag in Flag]
    + [f"why {why}" for why in Why]
)


def _corners(decision: Decision) -> Iterator[str]:
    yield f"outcome {decision.outcome}"
    if decision.credit:
        yield f"via {decision.credit.via}"
    yield from (f"hold {hold}" for hold in decision.holds)
    yield from (f"flag {flagged.flag}" for flagged in decision.flags)
    yield from (f"why {one.why}" for one in decision.considered)


def _end_of(scenario: Scenario, order: list[Fact]) -> Judgement:
    """Let the facts arrive one by one, judge at each, book the difference; return the last judgement."""
    promises = scenario.promises()
    arrived: list[Fact] = []
    books: Books = Counter()
    judgement = Judgement(())
    for fact in order:
        arrived.append(fact)
        judgement = judge(_story(scenario, arrived), promises)
        _book_the_difference(books, judgement)
    return judgement


def _book_the_difference(books: Books, judgement: Judgement) -> None:
    """Move every balance to its target, and see that nothing else is left anywhere."""
    targets = {
        (decision.conversion_id, decision.credit.agreement_id): decision.target_minor
        for decision in judgement.decisions
        if decision.credit
    }
    for account in {*books, *targets}:
        books[account] += targets.get(account, 0) - books[account]
    assert {account: minor for account, minor in books.items() if minor} == {
        account: minor for account, minor in targets.items() if minor
    }


def _seen(decision: Decision) -> Expected:
    flags = {flagged.flag: flagged.about for flagged in decision.flags}
    credit = decision.credit
    return Expected(
        outcome=decision.outcome,
        agreement=credit.agreement_id if credit else None,
        version=credit.terms_version_id if credit else None,
        rule=credit.rule if credit else None,
        via=credit.via if credit else None,
        target_minor=decision.target_minor,
        holds=frozenset(decision.holds),
        hold_until_ms=decision.hold_until_ms,
        over_corrected=Flag.OVER_CORRECTED in flags,
        too_late=flags.get(Flag.CORRECTED_TOO_LATE, ()),
    )
