"""Keep a partner's agreement that the program bills in its name, and its end."""

import hashlib
from datetime import datetime

from rapport.apps.partners.models import Agreement
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import transaction
from rapport.apps.taxes.errors import NoProfileYet, SelfBillingOff
from rapport.apps.taxes.models import SelfBilling
from rapport.apps.taxes.queries import profile_of, self_billing_of, tax_settings_of
from rapport.kit.ids import new_id


def agree_to_self_billing(*, agreement: Agreement, text: str, language: str, by: Actor, at: datetime) -> SelfBilling:
    """Keep the words to which a partner agreed; agreeing twice is agreeing once."""
    if not tax_settings_of(agreement.program).self_billing:
        raise SelfBillingOff
    if profile_of(agreement.partner.organisation_id) is None:
        raise NoProfileYet
    with transaction():
        Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
        known = self_billing_of(agreement.id)
        if known:
            return known
        row = SelfBilling(
            id=new_id("sba", at=at),
            agreement=agreement,
            text=text,
            language=language,
            digest=hashlib.sha256(text.encode()).hexdigest(),
            accepted_at=at,
            actor_kind=by.kind,
            actor_id=by.id,
        )
        row.save(force_insert=True)
        seal_rows([row])
        _trace(row, "agreed", by=by, at=at)
    return row


def end_self_billing(*, agreement: Agreement, by: Actor, at: datetime) -> SelfBilling | None:
    """End it: the partner bills from now on; ending twice is ending once."""
    with transaction():
        Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
        row = self_billing_of(agreement.id)
        if row:
            row.ended_at = at
            row.save(update_fields=["ended_at"])
            seal_rows([row])
            _trace(row, "ended", by=by, at=at)
    return row


def _trace(row: SelfBilling, what: str, *, by: Actor, at: datetime) -> None:
    workspace_id = row.agreement.program.workspace_id
    data = {"agreement": row.agreement_id, "digest": row.digest}
    audit(by=by, at=at, action=f"self_billing.{what}", subject=row.id, workspace_id=workspace_id, data=data)
    announce(at=at, kind=f"self_billing.{what}", subject=row.agreement_id, workspace_id=workspace_id)
