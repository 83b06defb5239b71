"""Bring the tables of a backup back, once its files and settings are there, and catch up with its journal."""

import shutil
from datetime import datetime
from pathlib import Path

from django_tasks.base import TaskResultStatus

from rapport.apps.jobs.actions import recover_job
from rapport.apps.jobs.models import Job
from rapport.apps.tracking.publishing import publish_book
from rapport.flows.backup.archive import Manifest
from rapport.flows.backup.files import WORKSHOP
from rapport.flows.backup.marker import note_restored
from rapport.flows.backup.refusals import CannotRestore
from rapport.flows.backup.tables import bring_back, engine
from rapport.flows.postbacks import take_postbacks
from rapport.kit.clock import to_ms
from rapport.lake.ingest import ingest
from rapport.wire.journal import recover


def bring_tables_back(manifest: Manifest, *, data: Path) -> None:
    """Fill the database from the workshop; raises `CannotRestore` when it is of another kind, or not empty."""
    if manifest.engine != engine():
        raise CannotRestore(f"The backup holds tables of {manifest.engine}, and the settings name {engine()}.")
    bring_back(data / WORKSHOP / "tables", migrations=manifest.migrations)
    shutil.rmtree(data / WORKSHOP)


def catch_up(data: Path, *, at: datetime) -> None:
    """Hand back what ran when the tables were copied, and take in what the journal's later copy has beyond them."""
    for job in Job.objects.filter(task__status=TaskResultStatus.RUNNING):
        recover_job(job=job, at=at)
    recover(data / "journal")
    ingest(journal=data / "journal", lake=data / "lake", now_ms=to_ms(at))
    take_postbacks(at=at)
    publish_book(at=at)
    note_restored(data, at=at)
