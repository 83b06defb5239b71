"""Tiers and bonuses: judgements about a period, the row that is locked for it, and what counts for it."""

from typing import Any

from django.db import migrations, models
from django.db.models.deletion import PROTECT

from rapport.apps.record.guards import Guarded, append_only

_guard, _unguard = append_only("commissions_attribution")


def _to(model: str, *, index: bool = False) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(to=model, on_delete=PROTECT, related_name="+", db_index=index)


class Migration(migrations.Migration):
    dependencies = [
        ("commissions", "0004_due_process"),
        ("conversions", "0011_told_totals"),
        ("partners", "0006_answer_days"),
        ("programs", "0004_consent_required"),
    ]

    operations = [
        Guarded(_unguard, _guard),
        migrations.AlterField(
            "attribution",
            "conversion",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=PROTECT,
                related_name="+",
                to="conversions.conversion",
            ),
        ),
        Guarded(_guard, _unguard),
        migrations.CreateModel(
            name="PeriodStanding",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=64)),
                ("kept_minor", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("agreement", _to("partners.agreement")),
                (
                    "latest",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=PROTECT,
                        related_name="+",
                        to="commissions.attribution",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "source"), name="one_standing_a_period"),
                ]
            },
        ),
        migrations.CreateModel(
            name="CountedConversion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at_ms", models.BigIntegerField()),
                ("basis", models.TextField()),
                ("share_left", models.TextField()),
                ("paid_minor", models.BigIntegerField()),
                ("hold_until_ms", models.BigIntegerField()),
                ("facts_joined", models.BooleanField()),
                ("conversion", _to("conversions.conversion", index=True)),
                ("standing", _to("commissions.periodstanding")),
                ("version", _to("programs.termsversion")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("standing", "conversion"), name="counted_once_a_period"),
                ]
            },
        ),
    ]
