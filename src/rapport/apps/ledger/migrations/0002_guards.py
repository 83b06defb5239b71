"""The books are append-only and sound in the database itself."""

from django.db import migrations

from rapport.apps.ledger import guards
from rapport.apps.record.guards import Guarded


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [Guarded(guards.create, guards.drop)]
