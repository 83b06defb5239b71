"""Audit rows are written once: the database itself refuses whatever would change them."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from rapport.apps.record.actions import audit
from rapport.apps.record.guards import append_only, missing_guards
from rapport.apps.record.models import AuditRow
from tests.make.identity import NOON, STORY
from tests.support.databases import FreshDatabase

TABLE = "record_auditrow"


def refused(statement: str) -> bool:
    """Try a statement and take it back; say whether the database refused it because of a guard."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return "append-only" in str(error)
    return False


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record_auditrow SET action = 'nothing.happened'",
        "UPDATE record_auditrow SET data = '{}' WHERE action = 'tested'",
        "DELETE FROM record_auditrow",
        "DELETE FROM record_auditrow WHERE action = 'tested'",
    ],
)
def test_an_audit_row_can_be_neither_changed_nor_deleted(statement: str) -> None:
    audit(by=STORY, at=NOON, action="tested", subject="org_x")
    assert refused(statement)
    assert AuditRow.objects.get().action == "tested"


@pytest.mark.django_db
def test_an_audit_row_cannot_be_replaced_or_emptied() -> None:
    row = audit(by=STORY, at=NOON, action="tested", subject="org_x")
    if connection.vendor == "sqlite":
        assert refused("INSERT OR REPLACE INTO record_auditrow SELECT * FROM record_auditrow")
    else:
        assert refused("TRUNCATE record_auditrow")
        assert refused(
            "INSERT INTO record_auditrow SELECT * FROM record_auditrow ON CONFLICT (id) DO UPDATE SET action = 'x'"
        )
    assert AuditRow.objects.get() == row


@pytest.mark.django_db
def test_django_cannot_change_one_either() -> None:
    row = audit(by=STORY, at=NOON, action="tested", subject="org_x")
    row.action = "nothing.happened"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        row.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        row.delete()


def test_a_missing_guard_is_found_and_put_back(fresh_database: FreshDatabase) -> None:
    assert missing_guards(TABLE, connection=connection) == []
    forwards, backwards = append_only(TABLE)
    with connection.schema_editor() as editor:
        backwards(apps, editor)
    missing = {"sqlite": ["delete", "update"], "postgresql": ["delete", "truncate", "update"]}[fresh_database.engine]
    assert missing_guards(TABLE, connection=connection) == [f"{TABLE}_no_{verb}" for verb in missing]
    with connection.schema_editor() as editor:
        forwards(apps, editor)
    assert missing_guards(TABLE, connection=connection) == []
