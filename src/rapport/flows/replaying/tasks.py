"""What the worker does for replays; each is safe to run twice."""

import time

from django.conf import settings

from rapport.apps.jobs.apart import seldom
from rapport.apps.jobs.progress import report_progress
from rapport.apps.jobs.retry import job
from rapport.flows.replaying import answering
from rapport.flows.replaying.columns.refreshing import refresh_all
from rapport.kit.clock import now

TELL_EVERY_S = 0.5


@job(retries=3, key="replay:{replay_id}", queue="long")
def run_replay(replay_id: str) -> None:
    """Answer a replay, and say how far it is."""
    told_s = 0.0

    def tell(done: int) -> None:
        nonlocal told_s
        report_progress(done=done)
        if time.monotonic() - told_s >= TELL_EVERY_S:
            answering.note(replay_id, done)
            told_s = time.monotonic()

    answering.answer_replay(replay_id, at=now(), tell=tell)


@job(retries=1, key="replay-facts", queue="long")
def refresh_facts() -> None:
    """Bring the facts that replays run over up to date, so that the next one need not."""
    seldom.do(refresh_all, library="duckdb")


def facts_are_kept() -> bool:
    """Say cheaply whether any program has such facts: those of small ones are never kept."""
    return settings.REPLAYS_FOLDER.is_dir()
