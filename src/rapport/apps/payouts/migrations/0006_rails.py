"""Rails: where a program's money comes from, files part by part, calls to providers, what banks want corrected."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import rapport.apps.record.vault
from rapport.apps.record.guards import Guarded, append_only
from rapport.apps.record.resealing import change_sealed

_guard, _unguard = append_only("payouts_payoutfile")

_PAYOUT = (
    *("id", "run_id", "agreement_id", "amount_minor", "currency", "state", "known", "method_id", "method_kind"),
    *("method_copy", "commissions_count", "reserved_at", "sent_at", "settled_at", "ended_at", "reference", "reason"),
)
_FILE = (*("run_id", "method_kind", "payouts_count", "total_minor", "digest", "made_at", "actor_kind", "actor_id"),)
_FILE_NOW = (*_FILE, "part", "format", "account_id", "number", "execute_on", "program_name")


def _reseal(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    after = (*_PAYOUT[:7], "unclaimed", *_PAYOUT[7:])
    change_sealed(apps.get_model("payouts", "Payout").objects, change=_nothing, before=_PAYOUT, after=after)
    files = apps.get_model("payouts", "PayoutFile")
    files.sealed_as = ("run_id", "method_kind")
    change_sealed(files.objects, change=_nothing, before=_FILE, after=_FILE_NOW)


def _reseal_back(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    before = (*_PAYOUT[:7], "unclaimed", *_PAYOUT[7:])
    change_sealed(apps.get_model("payouts", "Payout").objects, change=_nothing, before=before, after=_PAYOUT)
    files = apps.get_model("payouts", "PayoutFile")
    files.sealed_as = ("run_id", "method_kind")
    change_sealed(files.objects, change=_nothing, before=_FILE_NOW, after=_FILE)


def _nothing(_row: object) -> None:
    """Leave the rows as they are: only what their seal covers grew."""


class Migration(migrations.Migration):
    dependencies = [("payouts", "0005_write_offs"), ("programs", "0002_append_only"), ("record", "0003_seals")]

    operations = [
        # SQLite rebuilds a table whose constraints change, which loses its guards: they go and come again.
        Guarded(_unguard, _guard),
        migrations.CreateModel(
            name="ChangeNotice",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=4)),
                ("corrected", rapport.apps.record.vault.SealedField()),
                ("shown", models.CharField(blank=True, max_length=64)),
                ("received_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="RailAccount",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("iban", "Bank account with an IBAN (SEPA)"),
                            ("ach", "Bank account in the USA (ACH)"),
                            ("paypal", "PayPal"),
                            ("wise", "Wise"),
                            ("bank", "Bank account elsewhere"),
                            ("manual", "By hand, as agreed"),
                        ],
                        max_length=8,
                    ),
                ),
                ("details", rapport.apps.record.vault.SealedField()),
                ("shown", models.CharField(max_length=250)),
                ("changed_at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=8)),
                ("actor_id", models.CharField(max_length=64)),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RailCall",
            fields=[
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="call",
                        serialize=False,
                        to="payouts.payoutfile",
                    ),
                ),
                ("name", models.CharField(max_length=64, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for the worker"),
                            ("asked", "On its way"),
                            ("taken", "Taken by the provider"),
                            ("refused", "Refused, nothing was paid"),
                            ("unknown", "Nobody knows whether it arrived"),
                            ("given_back", "Given back"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("unsure", models.BooleanField(default=False)),
                ("batch_id", models.CharField(blank=True, max_length=64)),
                ("problem", models.CharField(blank=True, max_length=250)),
                ("first_asked_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("look_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="payoutfile",
            name="one_file_of_a_kind",
        ),
        migrations.AddField(
            model_name="payout",
            name="unclaimed",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="payoutfile",
            name="execute_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="payoutfile",
            name="format",
            field=models.CharField(
                choices=[
                    ("csv", "Plain list (CSV)"),
                    ("pain001", "SEPA file (pain.001.001.09)"),
                    ("nacha", "NACHA file"),
                    ("paypal-call", "Call of PayPal Payouts"),
                    ("paypal-csv", "File for PayPal's pages (CSV)"),
                    ("wise-csv", "Batch file of Wise (CSV)"),
                ],
                default="csv",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="payoutfile",
            name="number",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="payoutfile",
            name="part",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="payoutfile",
            name="program_name",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AlterField(
            model_name="payout",
            name="method_kind",
            field=models.CharField(
                choices=[
                    ("iban", "Bank account with an IBAN (SEPA)"),
                    ("ach", "Bank account in the USA (ACH)"),
                    ("paypal", "PayPal"),
                    ("wise", "Wise"),
                    ("bank", "Bank account elsewhere"),
                    ("manual", "By hand, as agreed"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="payoutfile",
            name="method_kind",
            field=models.CharField(
                choices=[
                    ("iban", "Bank account with an IBAN (SEPA)"),
                    ("ach", "Bank account in the USA (ACH)"),
                    ("paypal", "PayPal"),
                    ("wise", "Wise"),
                    ("bank", "Bank account elsewhere"),
                    ("manual", "By hand, as agreed"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="payoutmethod",
            name="kind",
            field=models.CharField(
                choices=[
                    ("iban", "Bank account with an IBAN (SEPA)"),
                    ("ach", "Bank account in the USA (ACH)"),
                    ("paypal", "PayPal"),
                    ("wise", "Wise"),
                    ("bank", "Bank account elsewhere"),
                    ("manual", "By hand, as agreed"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="changenotice",
            name="payout",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="payouts.payout"
            ),
        ),
        migrations.AddField(
            model_name="railaccount",
            name="program",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.program"
            ),
        ),
        migrations.AddField(
            model_name="payoutfile",
            name="account",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payouts.railaccount",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutfile",
            constraint=models.UniqueConstraint(fields=("run", "method_kind", "part"), name="one_file_of_a_kind"),
        ),
        migrations.AddIndex(
            model_name="railcall",
            index=models.Index(fields=["look_at"], name="rail_call_look"),
        ),
        migrations.AddIndex(
            model_name="railcall",
            index=models.Index(fields=["batch_id"], name="rail_call_batch"),
        ),
        migrations.AddConstraint(
            model_name="changenotice",
            constraint=models.UniqueConstraint(fields=("payout", "code"), name="one_notice_of_a_code"),
        ),
        migrations.AddConstraint(
            model_name="railaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_at__isnull", True)), fields=("program", "kind"), name="one_account_in_use"
            ),
        ),
        migrations.RunPython(_reseal, _reseal_back),
        Guarded(_guard, _unguard),
        Guarded(*append_only("payouts_changenotice")),
    ]
