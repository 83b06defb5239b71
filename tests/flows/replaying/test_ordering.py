"""Ordering replays: what is kept and what is forgotten, how far one is, and why one has no answer."""

from datetime import timedelta

import pytest

from rapport.apps.replays.actions import finish_replay, keep_as_reason, share_replay
from rapport.apps.replays.errors import NoAnswerYet
from rapport.apps.replays.models import Replay, ReplayState
from rapport.flows.replaying.answering import answer_replay, note
from rapport.flows.replaying.tasks import run_replay
from tests.make.identity import NOON, STORY
from tests.make.replays import make_replay
from tests.make.road import make_agreement, make_click_id, make_link, make_program, report_sale

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=31)


def test_old_replays_are_forgotten_but_those_that_somebody_keeps_or_shares() -> None:
    program = make_program()
    kept, shared, forgotten = (make_replay(program, at=NOON + timedelta(seconds=second)) for second in range(3))
    keep_as_reason(replay=kept, draft_digest=kept.digest, by=STORY, at=NOON)
    share_replay(replay=shared, shows_names=False, days=7, by=STORY, at=NOON)
    newest = make_replay(program, at=LATER)
    assert set(Replay.objects.values_list("id", flat=True)) == {kept.id, shared.id, newest.id}
    assert forgotten.id not in set(Replay.objects.values_list("id", flat=True))


def test_terms_that_no_engine_can_read_any_more_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rapport.flows.replaying.ordering.AT_ONCE", -1)
    row = make_replay(make_program(), at=NOON)
    Replay.objects.filter(pk=row.id).update(document={"language": 99})
    answer_replay(row.id, at=NOON)
    row.refresh_from_db()
    assert row.state == ReplayState.FAILED
    assert "not a language" in row.problem
    with pytest.raises(NoAnswerYet):
        share_replay(replay=row, shows_names=False, days=7, by=STORY, at=NOON)


def test_the_worker_says_how_far_it_is_and_the_first_answer_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rapport.flows.replaying.ordering.AT_ONCE", -1)
    program = make_program()
    click = make_click_id(make_link(make_agreement(program)), at=NOON - timedelta(days=3))
    report_sale(program, external_id="1", total="10.00", click_ids=[click], at=NOON - timedelta(days=2))
    row = make_replay(program, at=NOON)
    assert (row.state, row.total) == (ReplayState.WAITING, 1)
    told: list[int] = []
    monkeypatch.setattr(f"{note.__module__}.note_replay_progress", lambda **news: told.append(news["done"]))
    run_replay.func(replay_id=row.id)
    assert told == [1]
    row.refresh_from_db()
    assert row.state == ReplayState.DONE
    finish_replay(replay_id=row.id, answer={}, at=NOON)
    row.refresh_from_db()
    assert row.answer
