"""How a VAT id was checked and who was asked for papers is never rewritten, in the database itself."""

from django.db import migrations

from rapport.apps.record.guards import Guarded, append_only


class Migration(migrations.Migration):
    dependencies = [("taxes", "0001_tax_papers")]

    operations = [Guarded(*append_only("taxes_vatcheck", "taxes_taxrequest"))]
