"""What `rapport doctor` sees of the machine, told by spoiling one thing at a time."""

import os
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import Settings

from rapport.apps.jobs.models import Job
from rapport.config import health
from rapport.config.env import environment, prepare_data_folder
from rapport.kit.clock import now
from tests.apps.jobs import sample_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Settings) -> Path:
    """A data folder in order."""
    settings.DATA_FOLDER = tmp_path
    prepare_data_folder(environment().model_copy(update={"data": tmp_path}))
    return tmp_path


def problems() -> dict[str, tuple[str, ...]]:
    return {check.name: check.problems for check in health.system_checks() if check.problems}


def test_a_sound_installation_has_no_problems() -> None:
    assert problems() == {}


def test_a_missing_folder_is_seen(data: Path) -> None:
    shutil.rmtree(data / "journal")
    assert "journal" in problems()["folders"][0]


def test_a_full_disk_is_seen_before_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 1 << 60)
    assert "MB are free" in problems()["disk"][0]


def test_missing_and_unreadable_keys_of_the_vault_are_seen(data: Path, settings: Settings) -> None:
    settings.VAULT_KEYS, settings.VAULT_KEYS_FILE = "", data / "secrets" / "vault_keys"
    assert "no key" in problems()["secrets"][0]
    settings.VAULT_KEYS_FILE.touch(mode=0o600)
    assert "number:key" in problems()["secrets"][0]


def test_a_secret_that_others_can_read_is_seen(data: Path) -> None:
    (data / "secrets" / "secret_key").chmod(0o644)
    assert "chmod 600" in problems()["secrets"][0]


def test_a_clock_that_was_set_back_is_seen(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data / "rapport.sqlite3").touch()
    os.utime(data / "rapport.sqlite3", (time.time() + 60, time.time() + 60))
    if connection.vendor == "postgresql":
        monkeypatch.setattr(health, "now", lambda: now() - timedelta(minutes=1))
    assert "clock" in problems()["clock"][0]


def test_a_job_that_nobody_takes_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    sample_jobs.publish.enqueue("prg_1")
    monkeypatch.setattr(health, "now", lambda: now() + timedelta(minutes=6))
    assert any("is a worker running?" in sentence for sentence in problems()["jobs"])


def test_a_job_that_was_given_up_is_seen() -> None:
    sample_jobs.publish.enqueue("prg_1")
    Job.objects.get().task.set_failed(RuntimeError("no"))
    assert "1 jobs were given up" in problems()["jobs"][0]


def test_a_migration_that_is_missing_is_seen() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'jobs'")
    assert "rapport migrate" in problems()["tables"][0]


def test_the_business_is_not_looked_at_before_its_tables_stand() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'jobs'")
    assert [check.name for check in health.all_checks()][-1] == "tables"


def test_missing_guards_are_seen() -> None:
    drop: dict[str, Callable[[str, str], str]] = {
        "sqlite": lambda name, _: f"DROP TRIGGER {name}",
        "postgresql": lambda name, table: f"DROP TRIGGER {name} ON {table}",
    }
    name, table = _a_guard()
    with connection.cursor() as cursor:
        cursor.execute(drop[connection.vendor](name, table))
    assert problems()["guards of the books"], settings.DATABASES["default"]["ENGINE"]


def _a_guard() -> tuple[str, str]:
    """Return one trigger that protects the books, and its table."""
    question = {
        "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger_posting'",
        "postgresql": "SELECT tgname, tgrelid::regclass::text FROM pg_trigger "
        "WHERE NOT tgisinternal AND tgrelid = 'ledger_posting'::regclass",
    }
    with connection.cursor() as cursor:
        cursor.execute(question[connection.vendor])
        name, table = cursor.fetchone()
    return name, table
