"""The list of schedules: every job that starts by the clock."""

from rapport.apps.jobs.schedule import Schedule

SCHEDULES: tuple[Schedule, ...] = (
    Schedule(name="forget-jobs", task_path="rapport.apps.jobs.tasks.forget_old_jobs", cron="17 * * * *"),
)
