"""The books are append-only and sound in the database itself."""

from django.db import migrations

from rapport.apps.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunPython(guards.create, guards.drop)]
