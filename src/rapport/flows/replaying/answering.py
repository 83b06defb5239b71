"""Answer a replay that was ordered: read what was asked, run it, keep what it came to."""

from datetime import datetime

from rapport.apps.replays.actions import fail_replay, finish_replay, note_replay_progress
from rapport.apps.replays.models import Replay, ReplayState
from rapport.apps.replays.queries import replay_of
from rapport.domain.terms import Problems, Terms, parse
from rapport.flows.replaying.asked import Asked
from rapport.flows.replaying.result import to_document
from rapport.flows.replaying.running import Tell, replay


def answer_replay(replay_id: str, *, at: datetime, tell: Tell = lambda _done: None) -> None:
    """Run a replay and keep its answer; what has one already is left alone."""
    row = replay_of(replay_id)
    if row.state != ReplayState.WAITING:
        return
    terms = parse(row.document, currency=row.program.currency)
    if isinstance(terms, Problems):
        # A newer engine may refuse what an older one kept.
        fail_replay(replay_id=row.id, problem=" ".join(problem.sentence for problem in terms), at=at)
        return
    answer = replay(asked_of(row, terms), at=at, tell=tell)
    finish_replay(replay_id=row.id, answer=to_document(answer), at=at)


def asked_of(row: Replay, terms: Terms) -> Asked:
    """Return what a kept replay asks."""
    return Asked(row.program, terms, row.first_on, row.last_on, tuple(row.partners), row.own_too)


def note(replay_id: str, done: int) -> None:
    """Keep how many orders were looked at, for whoever waits."""
    note_replay_progress(replay_id=replay_id, done=done)
