"""What the clock starts is looked at no more often than it may start."""

import sqlite3

import pytest

from rapport.apps.jobs.lookout import Lookout
from rapport.apps.jobs.models import DueSchedule, Job
from rapport.apps.jobs.pulse import Beat
from rapport.apps.jobs.schedule import Schedule
from rapport.kit.clock import now

PUBLISH = "rapport.apps.tracking.tasks.publish_link_book"
LOOKS: list[str] = []


def nothing_to_do() -> bool:
    LOOKS.append("nothing")
    return False


class Stopwatch:
    """A clock that a story moves."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.mark.django_db
def test_a_due_tick_without_work_writes_nothing_and_is_looked_at_again_after_its_time() -> None:
    LOOKS.clear()
    watch = Stopwatch()
    lookout = Lookout(watch)
    idle = Schedule(name="idle", task_path=PUBLISH, every_seconds=30, only_if=f"{__name__}.nothing_to_do")
    lookout.look_at(idle)
    watch.now_s += 29
    lookout.look_at(idle)
    assert len(LOOKS) == 1
    watch.now_s += 1
    lookout.look_at(idle)
    assert len(LOOKS) == 2
    assert (DueSchedule.objects.count(), Job.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_work_is_started_at_the_first_look_that_finds_it() -> None:
    watch = Stopwatch()
    lookout = Lookout(watch)
    lookout.look_at(Schedule(name="s", task_path=PUBLISH, every_seconds=1, only_if=f"{__name__}.nothing_to_do"))
    watch.now_s += 1
    lookout.look_at(Schedule(name="s", task_path=PUBLISH, every_seconds=1, only_if="rapport.kit.clock.now"))
    assert (DueSchedule.objects.count(), Job.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_what_a_day_starts_is_looked_at_once_a_minute_while_it_has_nothing_to_do() -> None:
    LOOKS.clear()
    watch = Stopwatch()
    lookout = Lookout(watch)
    nightly = Schedule(name="nightly", task_path=PUBLISH, cron="0 3 * * *", only_if=f"{__name__}.nothing_to_do")
    for _ in range(120):
        lookout.look_at(nightly)
        watch.now_s += 1
    assert len(LOOKS) == 2


@pytest.mark.django_db
def test_two_workers_start_a_tick_once_though_each_remembers_for_a_while_what_it_knew() -> None:
    watch = Stopwatch()
    ours, theirs = Lookout(watch), Lookout(watch)
    often = Schedule(name="often", task_path=PUBLISH, every_seconds=3600)
    assert [ours.look_at(often), theirs.look_at(often)] == [True, False]
    for _ in range(20):
        watch.now_s += 1
        assert not ours.look_at(often)
        assert not theirs.look_at(often)
    DueSchedule.objects.update(next_at=now())
    watch.now_s += 5
    assert [theirs.look_at(often), ours.look_at(often)] == [True, False]


def a_beat(version: int) -> Beat:
    return Beat(sqlite3.connect(":memory:"), version, ())


@pytest.mark.django_db
def test_while_nobody_writes_a_question_is_asked_again_after_ten_seconds_and_at_once_when_somebody_does() -> None:
    LOOKS.clear()
    watch = Stopwatch()
    lookout = Lookout(watch)
    still, moved = a_beat(1), a_beat(2)
    often = Schedule(name="often", task_path=PUBLISH, every_seconds=1, only_if=f"{__name__}.nothing_to_do")
    for _ in range(20):
        lookout.look_at(often, still)
        watch.now_s += 1
    assert len(LOOKS) == 2
    lookout.look_at(often, moved)
    assert len(LOOKS) == 3


@pytest.mark.django_db
def test_what_people_wait_for_is_asked_every_second_though_nobody_writes() -> None:
    LOOKS.clear()
    watch = Stopwatch()
    lookout = Lookout(watch)
    still = a_beat(1)
    awaited = Schedule(
        name="awaited", task_path=PUBLISH, every_seconds=1, only_if=f"{__name__}.nothing_to_do", to_the_second=True
    )
    for _ in range(5):
        lookout.look_at(awaited, still)
        watch.now_s += 1
    assert len(LOOKS) == 5
