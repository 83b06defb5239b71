"""Partners may be paid in another currency than their program's: what they wish, a run's rates, what a payout sends."""

import django.db.models.deletion
from django.db import migrations, models

from rapport.apps.record.guards import Guarded, append_only

_TABLES = ("payouts_payoutmethodcurrency", "payouts_payoutexchange", "payouts_payoutrunrate")


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0006_rails"),
    ]

    operations = [
        migrations.CreateModel(
            name="PayoutMethodCurrency",
            fields=[
                (
                    "method",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="wish",
                        serialize=False,
                        to="payouts.payoutmethod",
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
            ],
        ),
        migrations.CreateModel(
            name="PayoutExchange",
            fields=[
                (
                    "payout",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="exchange",
                        serialize=False,
                        to="payouts.payout",
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("rate", models.CharField(max_length=64)),
                ("rate_day", models.DateField()),
                ("rate_source", models.CharField(max_length=20)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="exchange_is_positive")
                ],
            },
        ),
        migrations.CreateModel(
            name="PayoutRunRate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("currency", models.CharField(max_length=3)),
                ("rate", models.CharField(max_length=64)),
                ("rate_day", models.DateField()),
                ("rate_source", models.CharField(max_length=20)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rates", to="payouts.payoutrun"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("run", "currency"), name="one_rate_in_a_run")],
            },
        ),
        Guarded(*append_only(*_TABLES)),
    ]
