"""Jobs about jobs."""

from rapport.apps.jobs import actions
from rapport.apps.jobs.retry import job
from rapport.kit.clock import now


@job(key="forget-jobs")
def forget_old_jobs() -> int:
    """Remove finished jobs that nobody will ask about any more."""
    return actions.forget_jobs(at=now())
