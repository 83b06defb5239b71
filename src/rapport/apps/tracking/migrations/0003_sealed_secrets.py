"""Secrets that sign click ids and postbacks are sealed."""

from base64 import b64encode

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.exceptions import IrreversibleError

from rapport.apps.record.resealing import forget_what_was_there
from rapport.apps.record.vault import SealedField, sealed_for


def _seal(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    forget_what_was_there()
    for name in ("ClickKey", "PostbackSecret"):
        for row in apps.get_model("tracking", name).objects.order_by("pk"):
            row.sealed = sealed_for(row, "secret", b64encode(bytes(row.secret)).decode())
            row.save(update_fields=("sealed",))


def _refuse_to_open(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    if apps.get_model("tracking", "ClickKey").objects.exists():
        raise IrreversibleError("what was sealed is not written in the open again")


class Migration(migrations.Migration):
    dependencies = [("tracking", "0002_link_aliases"), ("record", "0003_seals")]

    operations = [
        migrations.AddField("clickkey", "sealed", SealedField(default=""), preserve_default=False),
        migrations.AddField("postbacksecret", "sealed", SealedField(blank=True, default="")),
        migrations.RunPython(_seal, _refuse_to_open),
        migrations.RemoveField("clickkey", "secret"),
        migrations.RemoveField("postbacksecret", "secret"),
        migrations.RenameField("clickkey", "sealed", "secret"),
        migrations.RenameField("postbacksecret", "sealed", "secret"),
    ]
