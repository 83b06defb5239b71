"""Adds names of a program's own for its links."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0003_own_terms"),
        ("tracking", "0003_sealed_secrets"),
    ]

    operations = [
        migrations.CreateModel(
            name="TrackingDomain",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=253)),
                ("token", models.CharField(max_length=43)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for its proof"),
                            ("proven", "Proven"),
                            ("lost", "Proof lost"),
                            ("removed", "Removed"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("in_links", models.BooleanField(default=False)),
                ("problem", models.CharField(blank=True, max_length=250)),
                ("created_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.program"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "removed"), _negated=True),
                        fields=("program", "name"),
                        name="domain_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proven")), fields=("name",), name="domain_owner"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("in_links", True)), fields=("program",), name="domain_in_links"
                    ),
                ],
            },
        ),
    ]
