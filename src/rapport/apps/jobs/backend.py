"""The queue as the Django Tasks API sees it: django-tasks-db, with our row written beside each of its rows."""

from typing import Any

from django_tasks_db.backend import DatabaseBackend

from rapport.apps.jobs.retry import JobTask


class JobBackend(DatabaseBackend):
    """Stores jobs in the caller's transaction and joins a call to the waiting job of the same key."""

    # Any: the package types its base by Django 6, which has the same classes under another name.
    task_class: Any = JobTask

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401 - see above
        """Store one call, or return the result of the waiting job that will do the same work."""
        # The registry of models is not ready when decorators build the backend.
        from rapport.apps.jobs import actions  # noqa: PLC0415 - see above

        return actions.enqueue_job(
            key=task.key_for(tuple(args), kwargs) if isinstance(task, JobTask) else "",
            at_once=task.run_after is None,
            store=lambda: super(JobBackend, self).enqueue(task, args, kwargs),
        )
