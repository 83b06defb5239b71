"""Is what is due being done: leases of dead workers, and what people intended."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from rapport.apps.jobs.queries import due_intentions, lapsed_jobs
from rapport.flows.backup.marker import restored_at
from rapport.flows.doctor.looks import Seen
from rapport.kit.clock import now

GRACE = timedelta(minutes=5)
"""What a worker that runs takes care of long before."""


def due(seen: Seen) -> Iterator[str]:
    """Look for jobs whose worker is dead and for intentions that nobody carries out."""
    before = now() - GRACE
    back = restored_at()
    if back and back > before:
        return  # what was due when the copy was taken is done once a worker runs
    lapsed = lapsed_jobs(at=before, dead_workers=[])
    overdue = due_intentions(at=before).count()
    seen.count(len(lapsed) + overdue)
    if lapsed:
        yield _("%(number)s jobs were left behind by a worker that died.") % {"number": len(lapsed)}
    if overdue:
        yield _("%(number)s intentions are overdue: is a worker running?") % {"number": overdue}
