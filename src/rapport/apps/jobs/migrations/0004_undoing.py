"""What was done is taken back by the worker, too, asked for by somebody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_taken_back")]

    operations = [
        migrations.AddField("intention", "undone_by_kind", models.CharField(blank=True, default="", max_length=8)),
        migrations.AddField("intention", "undone_by_id", models.CharField(blank=True, default="", max_length=64)),
        migrations.AlterField(
            "intention",
            "state",
            models.CharField(
                choices=[
                    ("intended", "About to happen"),
                    ("withdrawn", "Withdrawn"),
                    ("done", "Done"),
                    ("refused", "Refused"),
                    ("undoing", "Being taken back"),
                    ("undone", "Undone"),
                ],
                default="intended",
                max_length=9,
            ),
        ),
        migrations.RemoveIndex("intention", "intention_due"),
        migrations.AddIndex(
            "intention",
            models.Index(
                condition=models.Q(("state__in", ("intended", "undoing"))), fields=["due_at"], name="intention_waits"
            ),
        ),
    ]
