"""Looks whether what the clock starts has anything to do: for most of it, most of the time, there is nothing."""

import time
from collections.abc import Callable

from rapport.apps.jobs import actions, queries
from rapport.apps.jobs.models import DueSchedule
from rapport.apps.jobs.pulse import Beat
from rapport.apps.jobs.schedule import Schedule
from rapport.kit.clock import now

_CRON_PAUSE_S = 60.0
_EARLY_S = 0.5  # looks come about once a second: the one nearest to the time is meant, not the one after it
_UNMOVED_S = 10.0  # where nothing was written meanwhile; what falls due by the clock alone waits no longer than this
_KNOWN_S = 5.0  # who starts a tick looks at its row again; until then another worker's tick costs us one look more


class Lookout:
    """One worker's looks. Where there was nothing to do it looks again after the schedule's own time, not all the time.

    A tick that finds nothing to do stays due, because nothing is written for it: without the pause an idle worker asks
    every question of every schedule twice a second.
    """

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        """Begin with everything still to be looked at."""
        self._timer = timer
        self._again_s: dict[str, float] = {}
        self._unmoved: dict[str, tuple[Beat, float]] = {}
        self._known: dict[str, DueSchedule] = {}
        self._known_until_s = 0.0

    def look_at(self, schedule: Schedule, beat: Beat | None = None) -> bool:
        """Start a due schedule and say whether it was; look before asking for the database's write lock.

        While the beat is that of a look that found nothing, the next one can wait.
        """
        at, known = now(), self._what_is_known().get(schedule.name)
        is_due = known is None or known.rhythm != schedule.rhythm or known.next_at <= at
        if not is_due or self._timer() < self._again_s.get(schedule.name, 0.0):
            return False
        if self._is_unmoved(schedule, beat):
            return False
        if schedule.has_work():
            self._known_until_s = 0.0
            return actions.take_tick(schedule=schedule, at=at)
        self._again_s[schedule.name] = self._timer() + (schedule.every_seconds or _CRON_PAUSE_S) - _EARLY_S
        if beat is not None:
            self._unmoved[schedule.name] = beat, self._timer() + _UNMOVED_S
        return False

    def _is_unmoved(self, schedule: Schedule, beat: Beat | None) -> bool:
        seen, until_s = self._unmoved.get(schedule.name, (None, 0.0))
        return beat is not None and beat == seen and self._timer() < until_s and not schedule.to_the_second

    def _what_is_known(self) -> dict[str, DueSchedule]:
        if self._timer() >= self._known_until_s:
            self._known = {row.name: row for row in queries.schedules()}
            self._known_until_s = self._timer() + _KNOWN_S
        return self._known
