"""Say where the money of a program comes from, rail by rail."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from rapport.apps.payouts.account_inputs import SECRETS, AccountInput, checked_account
from rapport.apps.payouts.details import account_of, put_account
from rapport.apps.payouts.hooks import HOOK
from rapport.apps.payouts.models import MethodKind, RailAccount
from rapport.apps.payouts.queries import account_in_use
from rapport.apps.programs.models import Program
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Unreadable
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import transaction
from rapport.kit.ids import new_id, random_token


def change_account(*, program: Program, kind: MethodKind, given: AccountInput, by: Actor, at: datetime) -> RailAccount:
    """Take in where the money of a program comes from; files that were made keep the account before."""
    with transaction():
        Program.objects.select_for_update().get(pk=program.pk)
        before = account_in_use(program.id, kind)
        kept = _opened(before)
        found = checked_account(kind, _with_secrets(given, kept))
        if kind == MethodKind.PAYPAL:
            found[HOOK] = kept.get(HOOK) or random_token()
        if before and kept == found:
            return before
        _replace(before, at=at)
        account = RailAccount(
            id=new_id("rac", at=at), program=program, kind=kind, changed_at=at, actor_kind=by.kind, actor_id=by.id
        )
        put_account(account, found)
        account.save(force_insert=True)
        seal_rows([account])
        _trace(account, "changed", before, by=by, at=at)
    return account


def forget_account(*, program: Program, kind: MethodKind, by: Actor, at: datetime) -> None:
    """Stop using an account; the rail then makes plain lists again."""
    with transaction():
        before = account_in_use(program.id, kind)
        if before:
            _replace(before, at=at)
            _trace(before, "forgotten", None, by=by, at=at)


def _opened(account: RailAccount | None) -> Mapping[str, str]:
    """Return what an account held; whoever lost the vault's keys enters it anew."""
    try:
        return account_of(account) if account else {}
    except Unreadable:
        return {}


def _with_secrets(given: AccountInput, kept: Mapping[str, str]) -> AccountInput:
    """Return what was typed, with the secrets that were left free as they were."""
    again = {name: kept[name] for name in SECRETS if not getattr(given, name) and kept.get(name)}
    return given.model_copy(update=again)


def _replace(before: RailAccount | None, *, at: datetime) -> None:
    if before:
        before.replaced_at = at
        before.save(update_fields=["replaced_at"])
        seal_rows([before])


def _trace(account: RailAccount, what: str, before: RailAccount | None, *, by: Actor, at: datetime) -> None:
    """Keep in the audit a digest of what is sealed, and nothing of it."""
    workspace_id = account.program.workspace_id
    data = {
        "kind": str(account.kind),
        "account": account.id,
        "replaces": before.id if before else "",
        "digest": hashlib.sha256(account.details.encode()).hexdigest(),
    }
    program_id = account.program_id
    audit(by=by, at=at, action=f"rail_account.{what}", subject=program_id, workspace_id=workspace_id, data=data)
    announce(at=at, kind=f"rail_account.{what}", subject=program_id, workspace_id=workspace_id)
