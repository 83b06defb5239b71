"""Both executors agree to the cent: random stories and terms, judged again by the engine and paid by statements."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as some

from rapport.apps.commissions.past import Held
from rapport.apps.conversions.past import BasketLine
from rapport.apps.conversions.queries import LoadedStory
from rapport.apps.conversions.recording import StoryKey
from rapport.apps.programs.models import Program, TermsVersion
from rapport.domain.judge import judge
from rapport.domain.promises import Promises
from rapport.domain.story import Story
from rapport.domain.terms import Problems, Terms, parse
from rapport.flows.offers import Offer
from rapport.flows.replaying.adding import Sums
from rapport.flows.replaying.asked import Asked
from rapport.flows.replaying.cash import Due
from rapport.flows.replaying.columns.conditions import Unsaid
from rapport.flows.replaying.columns.executing import Execution, Sources
from rapport.flows.replaying.columns.facts import Beside, Rows, story_rows
from rapport.flows.replaying.columns.fitting import Bound, _eligible
from rapport.flows.replaying.columns.store import Held as Files
from rapport.flows.replaying.columns.store import Store
from rapport.flows.replaying.comparing import Comparing, Told
from rapport.flows.replaying.lines import Line
from rapport.flows.replaying.promising import Draft
from rapport.kit.clock import from_ms
from tests.make.richness import rich, told
from tests.make.scenarios import Decided, Scenario, assemble
from tests.make.stories import make_scenario

STORIES = 1200
CHUNK = 120


@pytest.mark.drill(seconds=20)
@pytest.mark.parametrize("first", range(0, STORIES, CHUNK))
def test_every_line_of_many_replays_is_the_same_by_both(first: int, tmp_path: Path) -> None:
    met: Counter[str] = Counter()
    for seed in range(first, first + CHUNK):
        met.update(_compared(seed, tmp_path / str(seed)))
    assert met["paid by statements"] > 20


@examples(max_examples=25)
@given(seed=some.integers(STORIES, 10**9))
def test_any_other_replay_is_the_same_by_both(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    _compared(seed, tmp_path_factory.mktemp("columns"))


def _compared(seed: int, folder: Path) -> Counter[str]:
    """Compare one replay, order by order and sum by sum; return what was met."""
    scenario, draft = _scenario(seed)
    stories = [told(assemble(scenario, scenario.facts), seed)]
    promises = scenario.promises()
    if any(_differs(terms, draft) for terms in promises.terms.values()):
        return Counter({"another earner": 1})
    case = _Case(scenario, draft, promises, stories)
    expected, lines = Sums(), list(case.lines())
    for line in lines:
        expected.add(line)
    try:
        found, left = case.by_statements(Store(folder), lines)
    except Unsaid:
        return Counter({"unsaid": 1})
    assert found == _comparable(expected), f"seed {seed}"
    return Counter({"paid by statements": len(lines) - left, "left to the engine": left})


def _differs(before: Terms, after: Terms) -> bool:
    return before.attribution != after.attribution or _eligible(before) != _eligible(after)


class _Case:
    """Stories of one program with its promises, and a draft."""

    def __init__(self, scenario: Scenario, draft: Terms, promises: Promises, stories: list[Story]) -> None:
        program = Program(id="prg_1", zone=scenario.zone, currency=scenario.currency)
        versions = tuple(TermsVersion(id=version_id) for version_id in promises.terms)
        self.asked = Asked(program, draft, date(2023, 1, 1), date(2026, 1, 1))
        self.comparing = Comparing(self.asked, Offer(program, versions), 0)
        self.promises, self.stories = promises, stories
        rng = random.Random(scenario.seed)  # noqa: S311 - repeatable, not secret
        self.held = {key: held for story in stories for key, held in _books(story, promises, rng)}
        self.baskets = {one.id: _basket(one.items) for story in stories for one in story.conversions if one.items}

    def lines(self) -> Iterator[Line]:
        """Yield what the engine says."""
        sides = (self.promises, self.promises, self.comparing.draft.promises(self.promises))
        beside = Told(self.held, self.baskets)
        for story in self.stories:
            lines = self.comparing.of_story(LoadedStory(story, ()), sides, beside)
            yield from (line for line in lines if line.matters)

    def by_statements(self, store: Store, lines: list[Line]) -> tuple[Mapping[str, object], int]:
        """Return what the statements say, with what they leave to the engine, and how much that is."""
        store.folder.mkdir(parents=True, exist_ok=True)
        rows = Rows(1)
        for story in self.stories:
            story_rows(story, self.promises, rows, beside=Beside(held=self.held, baskets=self.baskets))
        files = store.add(Files(), rows.facts, rows.shares)
        bound = Bound(self.promises.terms, Draft(self.asked.terms, frozenset(self.promises.terms)), {})
        sums = Sums()
        with store.engine() as engine:
            execution = Execution(engine, self.asked, bound)
            left: dict[str, StoryKey] = {}
            for first, last, _orders in execution.open(Sources(*store.views(files))):
                execution.read(first, last)
                left |= execution.left_to_engine()
                execution.pay()
                execution.add_to(sums)
        again = [line for line in lines if line.conversion_id in left]
        for line in again:
            sums.add(line)
        return _comparable(sums), len(again)


def _comparable(sums: Sums) -> Mapping[str, object]:
    """Return everything that was added up, without counters of nothing."""
    groups = {name: getattr(sums, name) for name in ("by_partner", "by_product", "by_month")}
    return {
        **{name: {key: +one for key, one in group.items()} for name, group in groups.items()},
        "totals": {name: minor for name, minor in sums.totals.items() if minor},
        "payable": [{key: minor for key, minor in due.payable.items() if minor} for due in _dues(sums)],
        "paydays": [{key: minor for key, minor in due.paydays.items() if minor} for due in _dues(sums)],
        "hands": sums.all_hands,
        "unlike_books": sums.unlike_books,
        "changed": sums.changed,
        "orders": sums.orders,
    }


def _dues(sums: Sums) -> tuple[Due, Due]:
    return sums.due_then, sums.due_now


def _books(story: Story, promises: Promises, rng: random.Random) -> Iterator[tuple[str, list[Held]]]:
    """Invent books that mostly hold what was promised."""
    for decision in judge(story, promises).decisions:
        credit = decision.credit
        if credit and decision.hold_until_ms:
            minor = decision.target_minor + rng.choice((0, 0, 0, 0, 1))
            until = from_ms(decision.hold_until_ms)
            yield decision.conversion_id, [Held(credit.agreement_id, credit.terms_version_id, minor, until)]


def _basket(items: object) -> list[BasketLine]:

    lines = []
    for item in items:  # type: ignore[attr-defined]  # lines of a basket
        quantity = Decimal(item.quantity.numerator) / Decimal(item.quantity.denominator)
        lines.append(BasketLine(item.product, quantity, item.price_minor, item.discount_minor, item.cost_minor))
    return lines


def _scenario(seed: int) -> tuple[Scenario, Terms]:
    """Return a scenario all of whose versions ask the same and pay differently, and a draft of that kind."""
    rng = random.Random(seed + 77)  # noqa: S311 - repeatable, not secret
    plain = make_scenario(seed, people=seed % 3 == 0)
    scenario = rich(plain) if rng.random() < 0.8 else plain
    base = _for_more(next(iter(scenario.documents.values())), rng, scenario.currency)
    documents = {key: _paying(base, rng, scenario.currency) for key in scenario.documents}
    draft = parse(_paying(base, rng, scenario.currency), currency=scenario.currency)
    assert not isinstance(draft, Problems)
    kinds = parse(base, currency=scenario.currency)
    assert not isinstance(kinds, Problems)
    # A person kept no commission for what no version pays.
    facts = [fact for fact in scenario.facts if not isinstance(fact, Decided) or kinds.pays(fact.kind)]
    return replace(scenario, documents=documents, facts=tuple(facts)), draft


def _for_more(base: Mapping[str, object], rng: random.Random, currency: str) -> Mapping[str, object]:
    """Let most terms pay every order something: stories from which nobody earns prove little."""
    rest = [{"name": f"rest-{kind}", "when": {"kind": kind}, "pay": {"percent": "10"}} for kind in ("sale", "lead")]
    attribution = {**base["attribution"], "click_window_days": 365, "repeat_purchases": True}  # type: ignore[dict-item]  # a section
    more = {**base, "rules": [*base["rules"], *rest], "attribution": attribution}  # type: ignore[misc]  # lists of rules
    return more if rng.random() < 0.9 and not isinstance(parse(more, currency=currency), Problems) else base


def _paying(base: Mapping[str, object], rng: random.Random, currency: str) -> Mapping[str, object]:
    """Return a document that lets the same partners earn other amounts, at other times."""
    for _try in range(30):
        rules = [
            {**rule, "pay": _pay(rng, rule["pay"]), **_bounds(rng)}
            for rule in base["rules"]  # type: ignore[attr-defined]  # a list of rules
        ]
        changed = {
            **base,
            "rules": rules,
            "hold": {"days": rng.randint(0, 60)},
            "reversal": {"window_days": rng.choice((10, 30, 180))},
            "choice": rng.choice(("first", "first", "all")),
        }
        if rng.random() < 0.5:
            changed["basis"] = {
                "tax": rng.choice(("included", "excluded")),
                "shipping": rng.choice(("included", "excluded")),
                "discount": rng.choice(("deducted", "ignored")),
            }
        if not isinstance(parse(changed, currency=currency), Problems):
            return changed
    return base


def _bounds(rng: random.Random) -> Mapping[str, str]:
    return {"at_most": str(rng.randint(1, 99))} if rng.random() < 0.3 else {}


def _pay(rng: random.Random, pay: Mapping[str, str]) -> Mapping[str, str]:
    if "margin_percent" in pay:
        return {"margin_percent": rng.choice(("25", "8.25", "33.3333"))}
    return rng.choice(
        ({"percent": rng.choice(("12", "7.5", "33.3333"))}, {"flat": str(rng.randint(0, 40))}, {"per_unit": "3"})
    )
