"""What was said once is never rewritten, in the database itself."""

from django.db import migrations

from rapport.apps.record.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("programs", "0001_initial")]

    operations = [migrations.RunPython(*append_only("programs_termsversion"))]
