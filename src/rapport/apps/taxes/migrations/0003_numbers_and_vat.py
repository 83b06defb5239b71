"""Tax numbers, sealed; VAT rates that finance enters; what finance says of one partner's VAT."""

import django.db.models.deletion
from django.db import migrations, models

import rapport.apps.record.vault
from rapport.apps.record.guards import Guarded, append_only


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0002_opened_invitations"),
        ("partners", "0005_approval_rules"),
        ("taxes", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="TaxNumber",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("country", models.CharField(max_length=2)),
                ("kind", models.CharField(max_length=24)),
                ("number", rapport.apps.record.vault.SealedField()),
                ("shown", models.CharField(max_length=16)),
                ("changed_at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=8)),
                ("actor_id", models.CharField(max_length=64)),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.organisation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at__isnull", True)),
                        fields=("organisation",),
                        name="one_tax_number_in_use",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VatOverride",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("treatment", models.CharField(blank=True, max_length=16)),
                ("from_on", models.DateField()),
                ("reason", models.CharField(max_length=250)),
                ("entered_at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=8)),
                ("actor_id", models.CharField(max_length=64)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["partner", "from_on"], name="vat_override_partner")],
            },
        ),
        migrations.CreateModel(
            name="VatRateRow",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("country", models.CharField(max_length=2)),
                ("percent", models.CharField(blank=True, max_length=8)),
                ("from_on", models.DateField()),
                ("source", models.CharField(blank=True, max_length=250)),
                ("checked_on", models.DateField()),
                ("entered_at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=8)),
                ("actor_id", models.CharField(max_length=64)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.organisation"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["workspace", "id"], name="vat_rate_row_workspace")],
            },
        ),
        Guarded(*append_only("taxes_vatoverride", "taxes_vatraterow")),
    ]
