"""Nobody asks for the orders of a link by its clicks, so that every order need not write an index of them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversions", "0007_currencies"),
        ("tracking", "0004_tracking_domains"),
    ]

    operations = [
        # Without rebuilding the table, which SQLite would do for a changed column. The second is PostgreSQL's own.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="namedclick",
                    name="link",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tracking.link",
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    [
                        "DROP INDEX IF EXISTS conversions_namedclick_link_id_158fb88e",
                        "DROP INDEX IF EXISTS conversions_namedclick_link_id_158fb88e_like",
                    ],
                    "CREATE INDEX conversions_namedclick_link_id_158fb88e ON conversions_namedclick (link_id)",
                ),
            ],
        ),
    ]
