"""Lays the tables."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("subject", models.CharField(max_length=64)),
                ("side", models.CharField(choices=[("program", "Program"), ("partner", "Partner")], max_length=8)),
                ("actor_kind", models.CharField(max_length=8)),
                ("actor_id", models.CharField(max_length=64)),
                ("body", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["subject", "id"], name="message_subject")],
            },
        ),
    ]
