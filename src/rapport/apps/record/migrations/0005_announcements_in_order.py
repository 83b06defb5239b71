"""Announcements are read in their order and by kind; nobody reads those of one workspace."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("record", "0004_audit_links")]

    operations = [migrations.RemoveIndex(model_name="announcement", name="announcement_workspace")]
