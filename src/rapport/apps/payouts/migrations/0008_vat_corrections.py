"""VAT that was put right after a payout had arrived."""

import django.db.models.deletion
from django.db import migrations, models

from rapport.apps.record.guards import Guarded, append_only


class Migration(migrations.Migration):
    dependencies = [("payouts", "0007_payout_currencies")]

    operations = [
        migrations.CreateModel(
            name="VatCorrection",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("treatment", models.CharField(blank=True, max_length=16)),
                ("percent", models.CharField(blank=True, max_length=8)),
                ("vat_minor", models.BigIntegerField()),
                ("corrected_at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=8)),
                ("actor_id", models.CharField(max_length=64)),
                (
                    "payout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="payouts.payout"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["payout", "id"], name="vat_correction_payout")]},
        ),
        Guarded(*append_only("payouts_vatcorrection")),
    ]
