"""Examine and keep what was found, for the page and for whoever opens Today."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from rapport.apps.record.actions import keep_examination
from rapport.apps.record.models import Examination
from rapport.flows.doctor import run_checks


def examine(*, clock: Callable[[], datetime], tell: Callable[[str, int], None] | None = None) -> Examination:
    """Look at everything and keep what was found; `tell` hears how far it is."""
    started_at = clock()
    checks = list(run_checks(tell=tell))
    return keep_examination(
        started_at=started_at,
        finished_at=clock(),
        checks=[asdict(check) for check in checks],
        problems_count=sum(len(check.problems) for check in checks),
    )
