"""Seals: a digest in every audit row and of every agreement and money row; the doctor's examinations."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from rapport.apps.record.guards import Guarded, append_only
from rapport.apps.record.sealing import digest_of

_COLUMNS = ("id", "at", "actor_kind", "actor_id", "action", "subject", "workspace_id", "data")
_guard, _unguard = append_only("record_auditrow")


def _digest_audit_rows(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    rows = apps.get_model("record", "AuditRow").objects
    for row in rows.order_by("id").iterator(500):
        rows.filter(pk=row.pk).update(digest=digest_of(getattr(row, name) for name in _COLUMNS))


class Migration(migrations.Migration):
    dependencies = [("record", "0002_append_only")]

    operations = [
        Guarded(_unguard, _guard),
        migrations.AddField(
            model_name="auditrow",
            name="digest",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(_digest_audit_rows, migrations.RunPython.noop),
        Guarded(_guard, _unguard),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("subject", models.CharField(max_length=96, primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Examination",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField()),
                ("problems_count", models.PositiveIntegerField()),
                ("checks", models.JSONField(default=list)),
            ],
        ),
    ]
