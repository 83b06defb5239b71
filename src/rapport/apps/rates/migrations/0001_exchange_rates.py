import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("identity", "0002_opened_invitations"),
    ]

    operations = [
        migrations.CreateModel(
            name="DoubtfulRate",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("base", models.CharField(max_length=3)),
                ("quote", models.CharField(max_length=3)),
                ("day", models.DateField()),
                ("rate", models.CharField(max_length=32)),
                ("last_good", models.CharField(max_length=80)),
                (
                    "source",
                    models.CharField(
                        choices=[("ecb", "European Central Bank"), ("manual", "Entered by hand")], max_length=8
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Waits for a person"), ("taken", "Taken"), ("refused", "Refused")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "base", "quote", "day", "rate", "source"), name="one_doubt_of_a_rate"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("base", models.CharField(max_length=3)),
                ("quote", models.CharField(max_length=3)),
                ("day", models.DateField()),
                ("rate", models.CharField(max_length=32)),
                (
                    "source",
                    models.CharField(
                        choices=[("ecb", "European Central Bank"), ("manual", "Entered by hand")], max_length=8
                    ),
                ),
                ("at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=8)),
                ("actor_id", models.CharField(max_length=64)),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["workspace", "quote", "day"], name="rate_of_day")],
            },
        ),
    ]
