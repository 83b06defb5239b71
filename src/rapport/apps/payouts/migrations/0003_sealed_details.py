"""What leads to a bank account is sealed: the details of methods, and the copies that payouts keep of them."""

import json
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.exceptions import IrreversibleError

from rapport.apps.record.resealing import change_sealed, forget_what_was_there
from rapport.apps.record.vault import SealedField, sealed_for

_PLAIN = ("kind", "holder", "country", "number", "routing", "note")
_WHEN_AND_WHO = ("changed_at", "usable_at", "actor_kind", "actor_id", "replaced_at")
_METHOD_BEFORE = ("id", "organisation_id", *_PLAIN, *_WHEN_AND_WHO)
_METHOD_AFTER = ("id", "organisation_id", "kind", "details", "country", "masked", *_WHEN_AND_WHO)
_PAYOUT = (
    *("id", "run_id", "agreement_id", "amount_minor", "currency", "state", "known", "method_id", "method_kind"),
    *("{copy}", "commissions_count", "reserved_at", "sent_at", "settled_at", "ended_at", "reference", "reason"),
)


def _seal(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    forget_what_was_there()
    methods = apps.get_model("payouts", "PayoutMethod").objects
    change_sealed(methods, change=_seal_method, before=_METHOD_BEFORE, after=_METHOD_AFTER)
    before, after = (tuple(name.format(copy=copy) for name in _PAYOUT) for copy in ("method_copy", "sealed_copy"))
    change_sealed(apps.get_model("payouts", "Payout").objects, change=_seal_payout, before=before, after=after)


def _seal_method(method: Any) -> None:  # noqa: ANN401 - a row of the past
    text = json.dumps({name: getattr(method, name) for name in _PLAIN}, separators=(",", ":"))
    method.details, method.masked = sealed_for(method, "details", text), _masked(method)
    method.save(update_fields=("details", "masked"))


def _seal_payout(payout: Any) -> None:  # noqa: ANN401 - a row of the past
    text = json.dumps(payout.method_copy, separators=(",", ":"))
    payout.sealed_copy = sealed_for(payout, "method_copy", text)
    payout.save(update_fields=("sealed_copy",))


def _masked(method: Any) -> str:  # noqa: ANN401 - a row of the past
    if method.kind == "paypal":
        name, _at, host = method.number.partition("@")
        return f"{name[:1]}…@{host}"
    country = method.country if method.kind == "iban" else ""
    return f"{country}… {method.number[-4:]}" if method.number else ""


def _refuse_to_open(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    if apps.get_model("payouts", "PayoutMethod").objects.exists():
        raise IrreversibleError("what was sealed is not written in the open again")


class Migration(migrations.Migration):
    dependencies = [("payouts", "0002_append_only"), ("record", "0003_seals")]

    operations = [
        migrations.AddField("payoutmethod", "details", SealedField(default=""), preserve_default=False),
        migrations.AddField(
            "payoutmethod", "masked", models.CharField(blank=True, default="", max_length=264), preserve_default=False
        ),
        migrations.AddField("payout", "sealed_copy", SealedField(default=""), preserve_default=False),
        migrations.RunPython(_seal, _refuse_to_open),
        migrations.RemoveField("payoutmethod", "holder"),
        migrations.RemoveField("payoutmethod", "number"),
        migrations.RemoveField("payoutmethod", "routing"),
        migrations.RemoveField("payoutmethod", "note"),
        migrations.RemoveField("payout", "method_copy"),
        migrations.RenameField("payout", "sealed_copy", "method_copy"),
    ]
