"""Lays the tables."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("recipient", models.EmailField(max_length=254)),
                ("subject", models.CharField(max_length=250)),
                ("body_text", models.TextField()),
                ("body_html", models.TextField(blank=True)),
                ("workspace_id", models.CharField(blank=True, max_length=32)),
                ("holds_secret", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("problem", models.CharField(blank=True, max_length=250)),
            ],
            options={
                "indexes": [models.Index(fields=["workspace_id", "id"], name="mail_workspace")],
            },
        ),
    ]
