"""Replays for stories, made by the real use-case."""

from datetime import datetime

from rapport.apps.programs.models import Program
from rapport.apps.replays.models import Replay
from rapport.domain.terms import Terms, parse
from rapport.flows.replaying.asked import Asked, last_year
from rapport.flows.replaying.ordering import order_replay
from rapport.kit.clock import now
from tests.make.identity import STORY


def make_replay(program: Program, *, terms: Terms | None = None, at: datetime | None = None) -> Replay:
    """Return a replay of the draft over the last year, with its answer."""
    moment = at or now()
    tried = terms or parse(program.draft.document, currency=program.currency)
    assert isinstance(tried, Terms)
    first_on, last_on = last_year(program, at=moment)
    return order_replay(Asked(program, tried, first_on, last_on), by=STORY, at=moment)
