"""Says how far each mail has come, and keeps the addresses that get no more."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def note_what_was_sent(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    Mail = apps.get_model("delivery", "Mail")
    Mail.objects.filter(sent_at__isnull=False).update(state="sent")


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_initial")]

    operations = [
        migrations.AddField(
            "Mail", "about_id", models.CharField(blank=True, default="", max_length=32), preserve_default=False
        ),
        migrations.AddField("Mail", "attempts", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("Mail", "reported_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "Mail",
            "state",
            models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("sent", "Sent"),
                    ("bounced", "Came back"),
                    ("complained", "Marked as unwanted"),
                    ("suppressed", "Not sent: address is suppressed"),
                    ("given-up", "Given up"),
                ],
                default="queued",
                max_length=12,
            ),
        ),
        migrations.AddIndex("Mail", models.Index(fields=["about_id", "id"], name="mail_about")),
        migrations.CreateModel(
            name="MailReport",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bounce", "Came back for good"),
                            ("delay", "Is late, or came back for now"),
                            ("complaint", "Was marked as unwanted"),
                        ],
                        max_length=12,
                    ),
                ),
                ("status", models.CharField(blank=True, max_length=12)),
                ("words", models.CharField(blank=True, max_length=250)),
                ("at", models.DateTimeField()),
                (
                    "mail",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="delivery.mail"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(blank=True, max_length=32)),
                ("email", models.EmailField(max_length=254)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("bounce", "Mail came back for good"),
                            ("complaint", "Marked our mail as unwanted"),
                            ("by-hand", "Put here by hand"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=250)),
                ("created_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "mail",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="delivery.mail",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("workspace_id", "email"),
                        name="suppressed_once",
                    )
                ],
            },
        ),
        migrations.RunPython(note_what_was_sent, migrations.RunPython.noop),
    ]
