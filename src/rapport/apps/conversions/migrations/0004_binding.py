"""Bindings of customers that files tell; what was said once is never rewritten."""

import django.db.models.deletion
from django.db import migrations, models

from rapport.apps.record.guards import Guarded, append_only


class Migration(migrations.Migration):
    dependencies = [
        ("conversions", "0003_set_aside"),
        ("partners", "0002_append_only"),
        ("programs", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Binding",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("from_at", models.DateTimeField()),
                ("file_name", models.CharField(max_length=200)),
                ("line", models.PositiveIntegerField()),
                ("told_at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=8)),
                ("actor_id", models.CharField(max_length=64)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.agreement"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bindings",
                        to="conversions.customer",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.program"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "from_at"), name="bound_once_from_a_moment")
                ],
            },
        ),
        Guarded(*append_only("conversions_binding")),
    ]
