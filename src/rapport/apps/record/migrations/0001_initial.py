"""Lays the tables."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=64)),
                ("subject", models.CharField(max_length=64)),
                ("workspace_id", models.CharField(blank=True, max_length=32)),
                ("data", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "id"], name="announcement_workspace"),
                    models.Index(fields=["kind", "id"], name="announcement_kind"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditRow",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=8)),
                ("actor_id", models.CharField(max_length=64)),
                ("action", models.CharField(max_length=64)),
                ("subject", models.CharField(max_length=64)),
                ("workspace_id", models.CharField(blank=True, max_length=32)),
                ("data", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject", "id"], name="audit_subject"),
                    models.Index(fields=["workspace_id", "id"], name="audit_workspace"),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotentAnswer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("scope", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=255)),
                ("request_digest", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.JSONField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("scope", "key"), name="answer_once")],
            },
        ),
    ]
