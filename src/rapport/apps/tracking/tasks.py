"""What the worker does for tracking."""

from rapport.apps.jobs.retry import job
from rapport.apps.tracking.publishing import publish_book
from rapport.kit.clock import now


@job(retries=5, key="link-book", first_wait_s=1)
def publish_link_book() -> None:
    """Take changes over into the link book."""
    publish_book(at=now())
