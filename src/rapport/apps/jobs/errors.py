"""Refusals about jobs."""

from django.utils.translation import gettext as _

from rapport.apps.record.errors import Refusal


class JobNotFound(Refusal):
    """No job has this id."""

    code = "job_not_found"

    def __init__(self, job_id: str) -> None:
        """Name the id that was asked for."""
        super().__init__(_("There is no job %(id)s.") % {"id": job_id}, fields={"job_id": _("Unknown.")})


class JobNotFailed(Refusal):
    """Only a job that was given up can be run again by hand."""

    code = "job_not_failed"

    def __init__(self, job_id: str) -> None:
        """Say why nothing needs to be done."""
        super().__init__(_("Job %(id)s has not failed; it waits, runs or is done.") % {"id": job_id})


class SameJobWaits(Refusal):
    """Another job with the same key waits already and will do the same work."""

    code = "same_job_waits"

    def __init__(self, key: str) -> None:
        """Name the key that both share."""
        super().__init__(_("A newer job for “%(key)s” waits already and will do this work.") % {"key": key})


class IntentionStarted(Refusal):
    """What has begun, or is decided, cannot be withdrawn any more."""

    code = "intention_started"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("This has begun already, or is over. Open the page again to see what became of it."))


class JobInterrupted(Exception):
    """The worker is stopping: the job ends here and is run again, without a lost attempt."""
