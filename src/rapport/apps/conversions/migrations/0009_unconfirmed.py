"""Reports that no server stands behind, the clicks and codes that only they name, and how postbacks are written."""

import django.db.models.deletion
from django.db import migrations, models

from rapport.apps.record.guards import Guarded, append_only
from rapport.apps.record.vault import SealedField

_guard, _unguard = append_only("conversions_report")
_WORDING = ("revision", "currency", "total_minor", "tax_minor", "shipping_minor", "discount_minor")
_DOORS = [
    ("api", "API"),
    ("postback", "Postback"),
    ("file", "File"),
    ("shop", "Shop"),
    ("console", "Console"),
    ("demo", "Demo"),
    ("script", "Script"),
]


class Migration(migrations.Migration):
    dependencies = [("conversions", "0008_links_of_clicks"), ("programs", "0003_own_terms")]

    operations = [
        migrations.CreateModel(
            "PostbackProfile",
            [
                (
                    "program",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="programs.program",
                    ),
                ),
                ("profile", models.CharField(max_length=32)),
                ("names", models.JSONField(default=dict)),
                ("secret", SealedField(blank=True, default="")),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField("receipt", "authentic", models.BooleanField(default=True)),
        migrations.AddField("namedclick", "confirmed", models.BooleanField(default=True)),
        migrations.AddField("namedcoupon", "confirmed", models.BooleanField(default=True)),
        migrations.AlterField("correction", "door", models.CharField(choices=_DOORS, max_length=8)),
        Guarded(_unguard, _guard),
        migrations.RemoveConstraint("report", "one_wording_once"),
        migrations.AddField("report", "confirmed", models.BooleanField(default=True)),
        migrations.AlterField("report", "door", models.CharField(choices=_DOORS, max_length=8)),
        migrations.AddConstraint(
            "report",
            models.UniqueConstraint(fields=("conversion", "confirmed", *_WORDING), name="one_wording_once"),
        ),
        Guarded(_guard, _unguard),
    ]
