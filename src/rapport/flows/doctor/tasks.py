"""What the worker does as the doctor; safe to run twice."""

from rapport.apps.jobs.progress import report_progress
from rapport.apps.jobs.retry import job
from rapport.flows.doctor import examining
from rapport.kit.clock import now


@job(retries=2, key="doctor", queue="long")
def examine() -> None:
    """Look at everything and keep what was found."""
    examining.examine(clock=now, tell=_tell)


def _tell(name: str, rows: int) -> None:
    report_progress(done=rows, total=None, message=name)
