"""What was known around the orders of a story when they were judged: what the conditions of rules look at."""

from rapport.domain.candidates import Earned, Question, around_credit
from rapport.domain.judgement import Judgement, Outcome
from rapport.domain.order_facts import Around
from rapport.domain.promises import Promises
from rapport.domain.story import ReportedConversion, Story

_BINDING = frozenset({Outcome.EARNED, Outcome.NO_RATE})
_NO_PURCHASE = frozenset({Outcome.DECLINED, Outcome.TEST})


def arounds(story: Story, judgement: Judgement, promises: Promises) -> dict[str, Around]:
    """Return what was known around each order from which somebody earns, by its id; as `domain.judge` looks at it."""
    touches = {touch.click_id: touch for touch in story.touches}
    found: dict[str, Around] = {}
    earlier: list[Earned] = []
    bought = frozenset[str]() if story.knows_customer else None
    for conversion in sorted(story.conversions, key=_place_in_story):
        decision = judgement.on(conversion.id)
        if decision.credit and decision.outcome in _BINDING:
            question = Question(conversion, promises, earlier, {}, story.zone, story.currency, touches, bought)
            found[conversion.id] = around_credit(decision.credit, question)
            earlier.append(Earned(conversion.id, conversion.kind, decision.credit, conversion.occurred_at_ms))
        if bought is not None and decision.outcome not in _NO_PURCHASE:
            bought |= {conversion.kind}
    return found


def _place_in_story(conversion: ReportedConversion) -> tuple[int, str, str]:
    return (conversion.occurred_at_ms, conversion.kind, conversion.external_id)
