"""With which totals pages named a click or a code: what tells another total than the server is heard no more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversions", "0010_arrivals")]

    operations = [
        migrations.AddField("namedclick", "told", models.JSONField(blank=True, default=list)),
        migrations.AddField("namedcoupon", "told", models.JSONField(blank=True, default=list)),
    ]
