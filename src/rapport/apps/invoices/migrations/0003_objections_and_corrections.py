"""Objections of partners to papers, and papers that were taken back and written anew."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from rapport.apps.record.guards import Guarded, append_only

_guard, _unguard = append_only("invoices_invoice")

_ROLES = [
    ("invoice", "Invoice"),
    ("credit", "Credit note"),
    ("new_invoice", "Invoice, written anew"),
    ("new_credit", "Credit note, written anew"),
    ("cancels_invoice", "Credit note that takes back an invoice"),
    ("cancels_credit", "Invoice that takes back a credit note"),
]
_STATES = [("open", "Disputed"), ("corrected", "Put right"), ("upheld", "Stands as it is")]


def _one(related_name: str, *, is_key: bool = False) -> Any:  # noqa: ANN401 - Django's own types of fields are no help here
    return models.OneToOneField(
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to="invoices.invoice",
        primary_key=is_key,
        serialize=not is_key,
    )


class Migration(migrations.Migration):
    dependencies = [("invoices", "0002_append_only"), ("payouts", "0008_vat_corrections")]

    operations = [
        # SQLite rebuilds a table whose constraints change, which loses its guards: they go and come again.
        Guarded(_unguard, _guard),
        migrations.RemoveConstraint(model_name="invoice", name="one_invoice_of_a_role"),
        migrations.AlterField(model_name="invoice", name="role", field=models.CharField(choices=_ROLES, max_length=16)),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("role__in", ("invoice", "credit"))),
                fields=("payout", "role"),
                name="one_first_invoice",
            ),
        ),
        Guarded(_guard, _unguard),
        migrations.CreateModel(
            name="InvoiceObjection",
            fields=[
                ("invoice", _one("objection", is_key=True)),
                ("state", models.CharField(choices=_STATES, default="open", max_length=10)),
                ("raised_at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=8)),
                ("actor_id", models.CharField(max_length=64)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decided_by_kind", models.CharField(blank=True, max_length=8)),
                ("decided_by_id", models.CharField(blank=True, max_length=64)),
            ],
            options={"indexes": [models.Index(fields=["state", "raised_at"], name="invoice_objection_state")]},
        ),
        migrations.CreateModel(
            name="InvoiceCorrection",
            fields=[
                ("original", _one("correction", is_key=True)),
                ("takes_back", _one("+")),
                ("anew", _one("+")),
                ("reason", models.CharField(max_length=250)),
                ("corrected_at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=8)),
                ("actor_id", models.CharField(max_length=64)),
            ],
        ),
        Guarded(*append_only("invoices_invoicecorrection")),
    ]
