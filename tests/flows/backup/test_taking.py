"""A backup of a living installation, and the way back on either database: to the row, with every trigger awake."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from rapport.apps.conversions.models import Conversion
from rapport.apps.ledger.models import Entry
from rapport.apps.ledger.queries import missing_guards
from rapport.apps.record.models import Announcement
from rapport.flows.backup import taking, tasks
from rapport.flows.backup.archive import Manifest
from rapport.flows.backup.files import unpack_files
from rapport.flows.backup.keeping import backups
from rapport.flows.backup.marker import restored_at
from rapport.flows.backup.refusals import CannotRestore
from rapport.flows.backup.restoring import bring_tables_back, catch_up
from rapport.flows.backup.stillness import still
from rapport.flows.backup.tables import applied_migrations, bring_back, put_back
from rapport.flows.backup.taking import NotEnoughRoom, take_backup
from rapport.flows.doctor import run_checks
from tests.make.identity import NOON
from tests.make.road import make_agreement, make_click_id, make_link, make_program, report_correction, report_sale
from tests.support.databases import FreshDatabase, connected_to
from tests.support.run import Run


@pytest.fixture
def data(tmp_path: Path, settings: Settings) -> Path:
    """A data folder of the test's own, with something in each of its parts."""
    folder = tmp_path / "data"
    for name in ("journal", "lake", "secrets", "outbox", "imports", "linkbook"):
        (folder / name).mkdir(parents=True)
    (folder / "secrets" / "secret_key").write_text("s3cret")
    (folder / "config.toml").write_text('mail_from = "hello@shop.example"\n')
    settings.DATA_FOLDER, settings.BACKUP_FOLDER = folder, tmp_path / "backups"
    settings.JOURNAL_FOLDER, settings.LAKE_FOLDER = folder / "journal", folder / "lake"
    settings.LINKBOOK_FOLDER = folder / "linkbook"
    return folder


@contextmanager
def empty_database(run: Run) -> Iterator[None]:
    """Connect to a database without a table."""
    name = f"empty_{next(_numbers)}"
    run.engine.create(name)
    try:
        with connected_to(run.engine.url(name)):
            yield
    finally:
        run.engine.drop(name)


_numbers = count(1)


def rows() -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, the columns by name."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names()):
            described = connection.introspection.get_table_description(cursor, table)
            columns = ", ".join(sorted(f'"{column.name}"' for column in described))
            cursor.execute(f'SELECT {columns} FROM "{table}"')  # noqa: S608 - names that the database told
            found[table] = sorted(cursor.fetchall(), key=str)
    return found


def live_a_little() -> None:
    """Earn a commission, and take a part of it back."""
    program = make_program()
    link = make_link(make_agreement(program))
    report_sale(program, external_id="1001", total="100.00", click_ids=[make_click_id(link)])
    report_correction(program, of="1001", kind="refund", external_id="r-1", total="40.00")


def test_an_installation_comes_back_to_the_row_with_its_guards_awake(
    fresh_database: FreshDatabase, run: Run, data: Path, tmp_path: Path
) -> None:
    live_a_little()
    before, laid_out = rows(), applied_migrations()
    kept = take_backup(at=NOON)
    assert backups(tmp_path / "backups") == [kept]
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [kept.path.name], "no workshop is left"

    copy = tmp_path / "copy"
    manifest = unpack_files(kept.path, data=copy)
    assert (copy / "secrets" / "secret_key").read_text() == "s3cret"
    assert "hello@shop.example" in (copy / "config.toml").read_text()
    with pytest.raises(CannotRestore, match="not empty"):
        bring_tables_back(manifest, data=copy)
    with empty_database(run):
        bring_tables_back(manifest, data=copy)
        assert rows() == before
        assert applied_migrations() == laid_out
        assert missing_guards() == []
        catch_up(copy, at=NOON)
        assert [problem for check in run_checks() for problem in check.problems] == []
        with pytest.raises(DatabaseError), transaction.atomic():
            Entry.objects.update(kind="other")
        Announcement.objects.create(at=NOON, kind="later", subject="x", data={})
        live_a_little()
        assert Conversion.objects.count() == 2
    assert restored_at() is None, "the living installation was not brought back"


def test_tables_are_put_back_over_what_became_of_them(fresh_database: FreshDatabase, data: Path) -> None:
    live_a_little()
    before = rows()
    kept = take_backup(at=NOON)
    manifest = unpack_files(kept.path, data=data.with_name("copy"))
    live_a_little()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE left_half_way (id integer)")
    put_back(data.with_name("copy") / ".restoring" / "tables", migrations=manifest.migrations)
    assert rows() == before


def test_tables_of_another_kind_or_of_a_newer_version_are_refused(
    fresh_database: FreshDatabase, run: Run, data: Path
) -> None:
    def manifest(engine: str) -> Manifest:
        return Manifest(made_at="", engine=engine, program="9", migrations=[], missing=[])

    other = "postgresql" if run.engine.name == "sqlite" else "sqlite"
    with pytest.raises(CannotRestore, match=f"holds tables of {other}"):
        bring_tables_back(manifest(other), data=data)
    if run.engine.name == "postgresql":
        with empty_database(run), pytest.raises(CannotRestore, match=r"newer version.*jobs\.9999_later"):
            bring_back(data, migrations=[["jobs", "9999_later"], ["unknown_app", "0001_initial"]])


def test_only_the_newest_are_kept_and_one_is_taken_at_a_time(
    fresh_database: FreshDatabase, data: Path, settings: Settings
) -> None:
    settings.BACKUPS_KEPT = 2
    for _ in range(3):
        tasks.back_up.func()
    assert len(backups(settings.BACKUP_FOLDER)) == 2
    with still(data):
        tasks.back_up.func()
    assert len(backups(settings.BACKUP_FOLDER)) == 2
    settings.BACKUP_NIGHTLY = False
    assert not tasks.backups_are_nightly()


def test_without_room_nothing_is_begun(
    fresh_database: FreshDatabase, data: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "_SPARE_BYTES", 10**18)
    with pytest.raises(NotEnoughRoom, match="MB are needed"):
        take_backup(at=NOON)
    assert list(settings.BACKUP_FOLDER.iterdir()) == []
