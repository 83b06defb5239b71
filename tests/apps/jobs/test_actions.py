"""A job's life: waiting, taken, tried again, given up, recovered, run again; told with time as an argument."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django_tasks.base import TaskResultStatus
from django_tasks.exceptions import InvalidTaskError
from django_tasks_db.models import DBTaskResult

from rapport.apps.jobs import actions, queries
from rapport.apps.jobs.errors import JobInterrupted, JobNotFailed, JobNotFound, SameJobWaits
from rapport.apps.jobs.models import Job
from rapport.apps.record.actors import Actor, ActorKind
from rapport.apps.record.errors import Refusal
from rapport.apps.record.queries import trail_of
from rapport.kit.clock import now
from tests.apps.jobs import sample_jobs

pytestmark = pytest.mark.django_db

OLGA = Actor(ActorKind.PERSON, "usr_olga")
QUEUES = ("default", "long")


def take(worker_id: str = "w1", *, at: datetime | None = None) -> Job | None:
    return actions.claim_job(worker_id=worker_id, at=at or now(), queues=QUEUES)


def taken(worker_id: str = "w1", *, at: datetime | None = None) -> Job:
    job = take(worker_id, at=at)
    assert job is not None
    return job


def state_of(job: Job) -> str:
    row = queries.job_row(str(job.pk))
    assert row is not None
    return row.state


def test_a_job_exists_only_if_the_callers_transaction_is_committed() -> None:
    with transaction.atomic():
        sample_jobs.publish.enqueue("prg_1")
        transaction.set_rollback(True)
    assert take() is None


def test_a_job_is_taken_once() -> None:
    sample_jobs.publish.enqueue("prg_1")
    assert taken("w1").attempts == 1
    assert take("w2") is None


def test_the_value_of_a_finished_job_is_kept() -> None:
    result = sample_jobs.publish.enqueue("prg_1")
    assert actions.finish_job(job=taken(), outcome="prg_1 changed", at=now())
    result.refresh()
    assert result.return_value == "prg_1 changed"


def test_urgent_jobs_go_first_and_jobs_for_later_wait() -> None:
    at = now()
    sample_jobs.publish.enqueue("prg_plain")
    sample_jobs.publish.using(priority=5).enqueue("prg_urgent")
    sample_jobs.publish.using(run_after=at + timedelta(hours=1)).enqueue("prg_later")
    keys = [taken(f"w{number}", at=at + timedelta(seconds=1)).key for number in range(2)]
    assert keys == ["publish:prg_urgent", "publish:prg_plain"]
    assert take("w3", at=at + timedelta(minutes=59)) is None
    assert taken("w3", at=at + timedelta(minutes=61)).key == "publish:prg_later"


def test_a_second_call_with_the_same_key_joins_the_waiting_job() -> None:
    first = sample_jobs.publish.enqueue("prg_1")
    assert sample_jobs.publish.enqueue(program_id="prg_1").id == first.id
    assert sample_jobs.publish.enqueue("prg_2").id != first.id


def test_a_call_while_the_same_key_runs_waits_for_its_end() -> None:
    sample_jobs.publish.enqueue("prg_1")
    running = taken("w1")
    again = sample_jobs.publish.enqueue("prg_1")
    assert again.id != str(running.pk)
    assert take("w2") is None
    actions.finish_job(job=running, outcome=None, at=now())
    assert str(taken("w2").pk) == again.id


def test_a_new_call_ends_the_wait_of_a_job_that_failed_before() -> None:
    sample_jobs.publish.enqueue("prg_1")
    actions.finish_job(job=taken(), outcome=RuntimeError("away"), at=now())
    assert take() is None
    sample_jobs.publish.enqueue("prg_1")
    assert taken().attempts == 2


def test_a_failed_job_is_tried_again_later_each_time_and_then_given_up() -> None:
    result = sample_jobs.fail.enqueue("no answer")
    at = now()
    for attempt in (1, 2):
        job = taken(at=at)
        assert job.attempts == attempt
        actions.finish_job(job=job, outcome=RuntimeError("no answer"), at=at)
        wait = DBTaskResult.objects.get(pk=job.pk).run_after - at
        assert timedelta(seconds=5 * 2 ** (attempt - 1)) <= wait <= timedelta(seconds=10 * 2 ** (attempt - 1))
        assert take(at=at) is None
        at += wait
    actions.finish_job(job=taken(at=at), outcome=RuntimeError("no answer"), at=at)
    [failed] = queries.failed_jobs()
    assert (failed.job_id, failed.attempts, failed.error) == (result.id, 3, "RuntimeError: no answer")
    assert "RuntimeError" in failed.traceback


def test_a_refusal_of_the_business_is_not_asked_again() -> None:
    sample_jobs.refuse.enqueue()
    job = taken()
    actions.finish_job(job=job, outcome=Refusal("Already paid."), at=now())
    assert state_of(job) == TaskResultStatus.FAILED


def test_a_job_whose_code_is_gone_is_given_up() -> None:
    result = sample_jobs.publish.enqueue("prg_1")
    DBTaskResult.objects.filter(pk=result.id).update(task_path="tests.apps.jobs.sample_jobs.no_longer_there")
    job = taken()
    actions.finish_job(job=job, outcome=ImportError("gone"), at=now())
    assert state_of(job) == TaskResultStatus.FAILED


def test_a_name_that_is_no_job_is_given_up() -> None:
    result = sample_jobs.publish.enqueue("prg_1")
    DBTaskResult.objects.filter(pk=result.id).update(task_path="tests.apps.jobs.sample_jobs.write_line")
    job = taken()
    actions.finish_job(job=job, outcome=RuntimeError("no task"), at=now())
    assert state_of(job) == TaskResultStatus.FAILED


def test_a_job_of_a_dead_worker_is_recovered_after_its_lease() -> None:
    at = now()
    sample_jobs.note.enqueue("unused", "line")
    job = taken("dead", at=at)
    assert queries.lapsed_jobs(at=at + actions.LEASE, dead_workers=[]) == []
    [lapsed] = queries.lapsed_jobs(at=at + actions.LEASE + timedelta(seconds=1), dead_workers=[])
    assert actions.recover_job(job=lapsed, at=at + actions.LEASE)
    assert not actions.recover_job(job=lapsed, at=at + actions.LEASE), "somebody recovered it already"
    assert taken("alive", at=at + timedelta(minutes=1)).attempts == 2
    assert not actions.finish_job(job=job, outcome="too late", at=now())
    assert state_of(job) == TaskResultStatus.RUNNING


def test_a_job_of_a_worker_known_to_be_dead_is_recovered_at_once() -> None:
    sample_jobs.note.enqueue("unused", "line")
    job = taken("dead")
    assert queries.lapsed_jobs(at=now(), dead_workers=["dead"]) == [job]
    assert queries.lapsed_jobs(at=now(), dead_workers=["another"]) == []


def test_a_worker_that_renews_its_lease_keeps_its_job() -> None:
    at = now()
    sample_jobs.note.enqueue("unused", "line")
    job = taken("alive", at=at)
    assert actions.renew_leases(worker_id="alive", at=at + timedelta(seconds=15)) == 1
    assert queries.lapsed_jobs(at=at + timedelta(seconds=30), dead_workers=[]) == []
    assert not actions.recover_job(job=job, at=at), "the lease was renewed since it was looked at"


def test_work_that_must_not_be_repeated_is_given_up_when_its_worker_dies() -> None:
    sample_jobs.pay_once.enqueue("unused")
    job = taken("dead")
    assert actions.recover_job(job=job, at=now())
    assert state_of(job) == TaskResultStatus.FAILED


def test_an_interrupted_job_loses_no_attempt_and_waits_no_time() -> None:
    sample_jobs.note.enqueue("unused", "line")
    actions.finish_job(job=taken(), outcome=JobInterrupted(), at=now())
    assert taken().attempts == 1


def test_a_failed_job_gives_way_to_a_newer_one_of_its_key() -> None:
    sample_jobs.publish.enqueue("prg_1")
    running = taken()
    sample_jobs.publish.enqueue("prg_1")
    actions.finish_job(job=running, outcome=RuntimeError("away"), at=now())
    assert queries.failed_jobs() == []
    assert taken().pk != running.pk


def test_a_failed_job_can_be_run_again_by_hand_and_the_record_says_by_whom() -> None:
    sample_jobs.pay_once.enqueue("unused")
    job = taken()
    actions.finish_job(job=job, outcome=RuntimeError("bank is closed"), at=now())
    row = actions.run_job_again(by=OLGA, at=now(), job_id=str(job.pk))
    assert (row.state, row.attempts) == (TaskResultStatus.READY, 0)
    assert taken().pk == job.pk
    assert [str(entry.actor_id) for entry in trail_of(f"job_{job.pk.hex}")] == ["usr_olga"]


def test_only_failed_jobs_can_be_run_again() -> None:
    waiting = sample_jobs.publish.enqueue("prg_1")
    for job_id, refusal in ((waiting.id, JobNotFailed), ("no-such-id", JobNotFound), (str(uuid4()), JobNotFound)):
        with pytest.raises(refusal):
            actions.run_job_again(by=OLGA, at=now(), job_id=job_id)


def test_a_job_is_not_run_again_beside_a_waiting_one_of_its_key() -> None:
    sample_jobs.publish.enqueue("prg_1")
    job = taken()
    actions.finish_job(job=job, outcome=Refusal("no"), at=now())
    sample_jobs.publish.enqueue("prg_1")
    with pytest.raises(SameJobWaits, match="publish:prg_1"):
        actions.run_job_again(by=OLGA, at=now(), job_id=str(job.pk))


def test_the_figures_of_the_queue_count_every_job_once() -> None:
    at = now()
    for number in range(3):
        sample_jobs.publish.enqueue(f"prg_{number}")
    sample_jobs.publish.using(run_after=at + timedelta(hours=1)).enqueue("prg_later")
    taken()
    sample_jobs.refuse.using(priority=9).enqueue()
    actions.finish_job(job=taken(), outcome=Refusal("no"), at=at)
    figures = queries.job_figures(at=at + timedelta(seconds=30))
    assert (figures.waiting, figures.later, figures.running, figures.failed) == (2, 1, 1, 1)
    assert figures.oldest_waiting_s >= 30 - 1
    assert len(queries.running_jobs()) == 1


def test_progress_is_shown_while_the_worker_holds_the_job() -> None:
    sample_jobs.note.enqueue("unused", "line")
    job = taken()
    actions.report_progress(job=job, progress=queries.Progress(done=3, total=10, message="x" * 300))
    [row] = queries.running_jobs()
    assert row.progress == queries.Progress(done=3, total=10, message="x" * 200)
    actions.recover_job(job=job, at=now())
    actions.report_progress(job=job, progress=queries.Progress(done=9, total=10, message=""))
    shown = queries.job_row(str(job.pk))
    assert shown is not None
    assert shown.progress == row.progress


def test_old_jobs_are_forgotten_and_failed_ones_kept_longer() -> None:
    done, failed = sample_jobs.publish.enqueue("prg_1"), sample_jobs.refuse.using(priority=-1).enqueue()
    actions.finish_job(job=taken(), outcome=None, at=now())
    actions.finish_job(job=taken(), outcome=Refusal("no"), at=now())
    assert actions.forget_jobs(at=now()) == 0
    assert actions.forget_jobs(at=now() + timedelta(days=3)) == 1
    assert queries.job_row(done.id) is None
    assert queries.job_row(failed.id) is not None
    assert actions.forget_jobs(at=now() + timedelta(days=91)) == 1


def test_a_moment_without_a_zone_never_reaches_the_queue() -> None:
    with pytest.raises(InvalidTaskError, match="aware"):
        sample_jobs.publish.using(run_after=datetime(2027, 1, 1)).enqueue("prg_1")  # noqa: DTZ001 - the mistake shown
