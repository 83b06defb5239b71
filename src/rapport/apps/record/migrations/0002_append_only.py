"""Audit rows are written once and never changed."""

from django.db import migrations

from rapport.apps.record.guards import Guarded, append_only


class Migration(migrations.Migration):
    dependencies = [("record", "0001_initial")]

    operations = [Guarded(*append_only("record_auditrow"))]
