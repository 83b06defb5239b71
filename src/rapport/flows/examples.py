"""What a promise would pay for an invented order: the real judge on a story of one click and one order."""

from rapport.domain.days import DAY_MS
from rapport.domain.judge import judge
from rapport.domain.judgement import Decision
from rapport.domain.promises import InForce, Promises, Standing
from rapport.domain.story import AmountReport, ReportedConversion, Story, Touch
from rapport.domain.terms import Terms

_NAME = "example"


def example_of(terms: Terms, *, kind: str, total_minor: int, zone: str, clicked_at_ms: int) -> Decision:
    """Return what a partner on these terms earns when a visitor orders a day after the click; `total_minor` is net."""
    order = ReportedConversion(
        id=_NAME,
        kind=kind,
        external_id=_NAME,
        occurred_at_ms=clicked_at_ms + DAY_MS,
        reports=(AmountReport(total_minor=total_minor),),
        click_ids=(_NAME,),
    )
    click = Touch(click_id=_NAME, at_ms=clicked_at_ms, agreement_id=_NAME, link_id=_NAME)
    story = Story(program_id=_NAME, zone=zone, currency=terms.currency, touches=(click,), conversions=(order,))
    bound = (InForce(_NAME, clicked_at_ms),)
    standing = Standing(agreement_id=_NAME, active_from_ms=clicked_at_ms, acceptances=bound)
    promises = Promises(terms={_NAME: terms}, program=bound, agreements={_NAME: standing})
    return judge(story, promises).on(_NAME)
