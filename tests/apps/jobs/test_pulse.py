"""The pulse is another one after whatever others wrote, and the same one after everything else."""

import os
import threading
from pathlib import Path

import pytest
from django.db import connection

from rapport.apps.jobs.models import Job
from rapport.apps.jobs.pulse import beat
from rapport.apps.record.models import Announcement
from rapport.kit.clock import now
from tests.support.databases import FreshDatabase


def in_another_thread(act: object) -> None:
    """Do something over a connection of its own, as another process would."""

    def run() -> None:
        assert callable(act)
        act()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_only_what_others_write_changes_it(fresh_database: FreshDatabase) -> None:
    if fresh_database.engine != "sqlite":
        assert beat() is None, "PostgreSQL does not tell"
        return
    before = beat()
    assert before is not None
    assert Job.objects.count() == 0
    in_another_thread(Job.objects.count)
    assert beat() == before
    in_another_thread(lambda: Announcement.objects.create(at=now(), kind="program.changed", subject="prg_1"))
    assert beat() != before


def test_a_new_name_in_a_watched_folder_changes_it(fresh_database: FreshDatabase, tmp_path: Path) -> None:
    if fresh_database.engine != "sqlite":
        assert beat((tmp_path,)) is None
        return
    assert beat((tmp_path / "nowhere",)) == beat((tmp_path / "nowhere",))
    before = beat((tmp_path,))
    os.utime(tmp_path, ns=(1, 1))
    assert beat((tmp_path,)) != before


def test_a_connection_that_was_opened_anew_is_never_taken_for_the_old_one(fresh_database: FreshDatabase) -> None:
    before = beat()
    connection.close()
    assert fresh_database.engine != "sqlite" or beat() != before


@pytest.mark.django_db
def test_it_costs_no_lock_and_no_row(django_assert_num_queries: object) -> None:
    assert callable(django_assert_num_queries)
    with django_assert_num_queries(1 if connection.vendor == "sqlite" else 0):
        beat()
