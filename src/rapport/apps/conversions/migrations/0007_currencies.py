"""Orders have a currency of their own; those that are there are in their program's."""

from django.db import migrations, models

from rapport.apps.record.guards import Guarded, append_only

_guard, _unguard = append_only("conversions_report")

_OWN_CURRENCY = """
UPDATE conversions_conversion SET currency =
(SELECT currency FROM programs_program WHERE programs_program.id = conversions_conversion.program_id)
"""


class Migration(migrations.Migration):
    dependencies = [("conversions", "0006_door_of_shops"), ("programs", "0003_own_terms")]

    operations = [
        migrations.AddField("conversion", "awaits_rate", models.BooleanField(default=False)),
        migrations.AddField(
            "conversion", "currency", models.CharField(default="", max_length=3), preserve_default=False
        ),
        migrations.AddField("conversion", "rate", models.CharField(blank=True, max_length=64)),
        migrations.AddField("conversion", "rate_day", models.DateField(blank=True, null=True)),
        migrations.AddField("conversion", "rate_source", models.CharField(blank=True, max_length=20)),
        migrations.RunSQL(_OWN_CURRENCY, migrations.RunSQL.noop),
        migrations.AddIndex(
            "conversion",
            models.Index(
                condition=models.Q(("awaits_rate", True)), fields=["program", "id"], name="conversion_awaits_rate"
            ),
        ),
        Guarded(_unguard, _guard),
        migrations.RemoveConstraint("report", "one_wording_once"),
        migrations.AddField("report", "currency", models.CharField(blank=True, max_length=3)),
        migrations.AddConstraint(
            "report",
            models.UniqueConstraint(
                fields=(
                    "conversion",
                    "revision",
                    "currency",
                    "total_minor",
                    "tax_minor",
                    "shipping_minor",
                    "discount_minor",
                ),
                name="one_wording_once",
            ),
        ),
        Guarded(_guard, _unguard),
    ]
