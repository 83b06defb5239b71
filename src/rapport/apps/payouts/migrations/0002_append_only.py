"""What a payout took, what a run found and which file was made is never rewritten, in the database itself."""

from django.db import migrations

from rapport.apps.record.guards import Guarded, append_only


class Migration(migrations.Migration):
    dependencies = [("payouts", "0001_initial")]

    operations = [Guarded(*append_only("payouts_payoutline", "payouts_payoutverdict", "payouts_payoutfile"))]
