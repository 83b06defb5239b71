"""Jobs of identity: forgetting what has ended."""

from rapport.apps.identity.actions import forget_ended_sessions
from rapport.apps.jobs.retry import job
from rapport.kit.clock import now


@job(retries=1, key="forget-sessions")
def forget_sessions() -> None:
    """Delete the sessions that ended; whoever comes with one of them signs in again anyway."""
    forget_ended_sessions(at=now())
