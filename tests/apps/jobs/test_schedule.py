"""Schedules: when they are due, that missed ticks run once, and that two schedulers share them."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils.module_loading import import_string

from rapport.apps.jobs import actions, queries
from rapport.apps.jobs.models import DueSchedule, Job
from rapport.apps.jobs.schedule import Schedule
from rapport.config.jobs import SCHEDULES
from rapport.kit.clock import now
from tests.apps.jobs import sample_jobs
from tests.support.databases import FreshDatabase

PUBLISH = "tests.apps.jobs.sample_jobs.refuse"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOURLY = Schedule(name="hourly", task_path=PUBLISH, cron="17 * * * *")
EVERY_MINUTE = Schedule(name="minutely", task_path=PUBLISH, every_seconds=60)


def test_a_cron_line_is_due_at_its_next_moment_and_an_interval_at_once() -> None:
    assert HOURLY.first_at(now=NOON) == NOON.replace(minute=17)
    assert HOURLY.next_at(now=NOON.replace(minute=17)) == NOON.replace(hour=13, minute=17)
    assert EVERY_MINUTE.first_at(now=NOON) == NOON
    assert EVERY_MINUTE.next_at(now=NOON) == NOON + timedelta(minutes=1)


@pytest.mark.parametrize("rhythm", [{}, {"cron": "17 * * * *", "every_seconds": 60}, {"cron": "every full moon"}])
def test_a_schedule_without_one_clear_rhythm_is_refused(rhythm: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"give either cron|is no cron line"):
        Schedule(name="unclear", task_path=PUBLISH, **rhythm)  # type: ignore[arg-type] # the mistake shown


def test_the_list_of_schedules_names_jobs_that_exist() -> None:
    Schedule.check(SCHEDULES)


def test_a_list_with_a_name_twice_or_a_job_that_is_missing_is_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        Schedule.check((HOURLY, HOURLY))
    with pytest.raises(ImportError):
        Schedule.check((Schedule(name="lost", task_path="tests.apps.jobs.sample_jobs.lost", every_seconds=1),))
    with pytest.raises(ImportError):
        Schedule.check((Schedule(name="lost", task_path=PUBLISH, every_seconds=1, only_if="tests.lost"),))


@pytest.mark.django_db
def test_an_hour_without_a_scheduler_is_made_up_for_by_one_run() -> None:
    assert actions.take_tick(schedule=EVERY_MINUTE, at=NOON)
    assert not actions.take_tick(schedule=EVERY_MINUTE, at=NOON + timedelta(seconds=59))
    actions.claim_job(worker_id="w", at=now(), queues=("default",))
    assert actions.take_tick(schedule=EVERY_MINUTE, at=NOON + timedelta(hours=1))
    assert not actions.take_tick(schedule=EVERY_MINUTE, at=NOON + timedelta(hours=1, seconds=59))
    assert Job.objects.count() == 2


@pytest.mark.django_db
def test_a_slow_job_does_not_pile_up_behind_itself() -> None:
    for minute in range(5):
        assert actions.take_tick(schedule=EVERY_MINUTE, at=NOON + timedelta(minutes=minute))
    assert Job.objects.get().key == "schedule:minutely"


@pytest.mark.django_db
def test_a_job_with_a_key_of_its_own_keeps_it() -> None:
    schedule = Schedule(name="forget", task_path="rapport.apps.jobs.tasks.forget_old_jobs", every_seconds=60)
    actions.take_tick(schedule=schedule, at=NOON)
    assert Job.objects.get().key == "forget-jobs"
    assert import_string(schedule.task_path).call() == 0


@pytest.mark.django_db
def test_a_changed_rhythm_starts_anew() -> None:
    actions.take_tick(schedule=EVERY_MINUTE, at=NOON)
    changed = Schedule(name="minutely", task_path=PUBLISH, cron="0 3 * * *")
    assert not actions.take_tick(schedule=changed, at=NOON + timedelta(minutes=5))
    assert DueSchedule.objects.get().next_at == datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_schedules_that_no_longer_exist_are_forgotten() -> None:
    actions.take_tick(schedule=EVERY_MINUTE, at=NOON)
    actions.take_tick(schedule=HOURLY, at=NOON)
    assert actions.forget_schedules(except_for=["hourly"]) == 1
    assert [row.name for row in queries.schedules()] == ["hourly"]


def test_two_schedulers_never_start_the_same_tick_twice(fresh_database: FreshDatabase) -> None:
    actions.take_tick(schedule=EVERY_MINUTE, at=NOON)
    together = threading.Barrier(2)
    taken: list[int] = []

    def schedule_an_hour() -> None:
        for minute in range(1, 31):
            together.wait()
            if actions.take_tick(schedule=EVERY_MINUTE, at=NOON + timedelta(minutes=minute)):
                taken.append(minute)
        connection.close()

    threads = [threading.Thread(target=schedule_an_hour) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 31)), fresh_database.engine


def test_two_callers_with_the_same_key_at_once_make_one_job(fresh_database: FreshDatabase) -> None:
    together = threading.Barrier(4)
    ids: list[str] = []

    def call() -> None:
        for number in range(10):
            together.wait()
            ids.append(sample_jobs.publish.enqueue(f"prg_{number}").id)
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(ids), len(set(ids))) == (40, 10), fresh_database.engine
