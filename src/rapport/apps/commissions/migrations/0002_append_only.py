"""What was said once is never rewritten, in the database itself."""

from django.db import migrations

from rapport.apps.record.guards import Guarded, append_only


class Migration(migrations.Migration):
    dependencies = [("commissions", "0001_initial")]

    operations = [Guarded(*append_only("commissions_attribution", "commissions_commissionline"))]
