"""What was issued is never rewritten, in the database itself."""

from django.db import migrations

from rapport.apps.record.guards import Guarded, append_only


class Migration(migrations.Migration):
    dependencies = [("invoices", "0001_invoices")]

    operations = [Guarded(*append_only("invoices_invoice"))]
