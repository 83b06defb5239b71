"""What a currency was worth is never rewritten, in the database itself."""

from django.db import migrations

from rapport.apps.record.guards import Guarded, append_only


class Migration(migrations.Migration):
    dependencies = [("rates", "0001_exchange_rates")]

    operations = [Guarded(*append_only("rates_exchangerate"))]
