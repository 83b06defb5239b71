"""Links through the audit, and which row is in which."""

import django.db.models.deletion
from django.db import migrations, models

import rapport.apps.record.vault
from rapport.apps.record.guards import Guarded, append_only


class Migration(migrations.Migration):
    dependencies = [("record", "0003_seals")]

    operations = [
        migrations.CreateModel(
            name="AuditLink",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("rows_count", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("proof", rapport.apps.record.vault.SealedField()),
            ],
        ),
        migrations.CreateModel(
            name="LinkedAuditRow",
            fields=[
                ("audit_id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="record.auditlink"
                    ),
                ),
            ],
        ),
        Guarded(*append_only("record_auditlink", "record_linkedauditrow")),
    ]
