"""Audit rows are written once and never changed."""

from django.db import migrations

from rapport.apps.record.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("record", "0001_initial")]

    operations = [migrations.RunPython(*append_only("record_auditrow"))]
