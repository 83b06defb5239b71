"""A schedule: which job starts when, and when it is due next."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self, cast

from cronsim import CronSim, CronSimError
from django.utils.module_loading import import_string

from rapport.apps.jobs.retry import JobTask


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Starts the job at `task_path` by a cron line (UTC) or every so many seconds.

    `only_if` is the dotted path of a question without arguments: while it answers False, a due tick waits and nothing
    is written. Ticks that nobody saw are made up for by one run. `to_the_second` is for work that people wait for and
    that falls due by the clock: it is asked for even while nothing is written anywhere.
    """

    name: str
    task_path: str
    cron: str = ""
    every_seconds: int = 0
    only_if: str = ""
    to_the_second: bool = False

    def __post_init__(self) -> None:
        """Refuse a schedule without a rhythm, or with two."""
        if bool(self.cron) == bool(self.every_seconds):
            message = f"schedule {self.name}: give either cron or every_seconds"
            raise ValueError(message)
        if self.cron:
            self._check_cron()

    @property
    def rhythm(self) -> str:
        """The rhythm as text; a changed one makes the schedule start anew."""
        return self.cron or f"every {self.every_seconds} s"

    def first_at(self, *, now: datetime) -> datetime:
        """Return when a schedule never seen before is due: an interval at once, a cron line at its next moment."""
        return self.next_at(now=now) if self.cron else now

    def next_at(self, *, now: datetime) -> datetime:
        """Return the first due moment after `now`."""
        if self.cron:
            return next(CronSim(self.cron, now))
        return now + timedelta(seconds=self.every_seconds)

    def has_work(self) -> bool:
        """Ask whether a due tick is worth a job."""
        if not self.only_if:
            return True
        return cast("Callable[[], bool]", import_string(self.only_if))()

    def start(self) -> None:
        """Enqueue the job; a job still waiting from the last tick takes this one too."""
        self._task().enqueue()

    @classmethod
    def check(cls, schedules: tuple[Self, ...]) -> None:
        """Raise ImportError or ValueError for a schedule that could not start, before the worker relies on it."""
        if len({schedule.name for schedule in schedules}) < len(schedules):
            message = "two schedules have the same name"
            raise ValueError(message)
        for schedule in schedules:
            schedule._task()  # noqa: SLF001 - its own kind
            if schedule.only_if:
                import_string(schedule.only_if)

    def _check_cron(self) -> None:
        try:
            CronSim(self.cron, datetime(2000, 1, 1, tzinfo=UTC))
        except CronSimError as problem:
            message = f"schedule {self.name}: {self.cron!r} is no cron line"
            raise ValueError(message) from problem

    def _task(self) -> JobTask[Any, Any]:
        task = cast("JobTask[Any, Any]", import_string(self.task_path))
        return task if task.key else replace(task, key=f"schedule:{self.name}")
