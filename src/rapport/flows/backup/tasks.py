"""What the worker does about backups; safe to run twice."""

import logging

from django.conf import settings

from rapport.apps.jobs.retry import job
from rapport.flows.backup.stillness import AlreadyRuns
from rapport.flows.backup.taking import take_backup
from rapport.kit.clock import now

_log = logging.getLogger(__name__)


@job(retries=3, key="backup", queue="long", first_wait_s=300)
def back_up() -> None:
    """Take a backup; while another one is taken, leave it to that one."""
    try:
        take_backup(at=now())
    except AlreadyRuns:
        _log.info("a backup is being taken already")


def backups_are_nightly() -> bool:
    """Say whether backups are taken by themselves."""
    return bool(settings.BACKUP_NIGHTLY)
