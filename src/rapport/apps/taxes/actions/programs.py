"""Say what a program asks for, what is kept back from a partner, and that a partner was asked."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from django.utils.translation import gettext as _

from rapport.apps.partners.models import Agreement, Partner
from rapport.apps.programs.models import Program
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows, seal_stored
from rapport.apps.record.write import transaction
from rapport.apps.taxes.errors import bad_field
from rapport.apps.taxes.inputs import RateInput, TaxSettingsInput, checked_percent, checked_rules
from rapport.apps.taxes.models import TaxRate, TaxRequest, TaxSettings
from rapport.apps.taxes.queries import profile_of, rate_of, tax_settings_of
from rapport.domain.tax import Lack
from rapport.kit.ids import new_id


def change_tax_settings(*, program: Program, given: TaxSettingsInput, by: Actor, at: datetime) -> TaxSettings:
    """Say what a program asks for before it pays, and whether it bills itself for its partners."""
    rules = checked_rules(given)
    if given.self_billing and profile_of(program.workspace_id) is None:
        raise bad_field("self_billing", _("Fill in your own tax profile first: your name and address stand on each."))
    with transaction():
        Program.objects.select_for_update().get(pk=program.pk)
        row = tax_settings_of(program)
        row.rules = [asdict(rule) | {"needs": [str(need) for need in rule.needs]} for rule in rules]
        row.self_billing, row.changed_at = given.self_billing, at
        row.save()
        seal_rows([row])
        data = {"rules": row.rules, "self_billing": row.self_billing}
        workspace_id = program.workspace_id
        audit(by=by, at=at, action="tax_settings.changed", subject=program.id, workspace_id=workspace_id, data=data)
    return row


def change_rate(*, partner: Partner, given: RateInput, by: Actor, at: datetime) -> TaxRate | None:
    """Say what is kept back from a partner from now on; None where nothing ever was and nothing is."""
    percent = checked_percent(given)
    with transaction():
        Partner.objects.select_for_update().get(pk=partner.pk)
        before = rate_of(partner.id)
        known = (before.percent, before.reason) if before else ("0", "")
        if known == (percent, given.reason):
            return before
        if before:
            TaxRate.objects.filter(pk=before.pk).update(replaced_at=at)
            seal_stored(TaxRate, [before.pk])
        row = TaxRate(
            id=new_id("txr", at=at),
            partner=partner,
            percent=percent,
            reason=given.reason,
            changed_at=at,
            actor_kind=by.kind,
            actor_id=by.id,
        )
        row.save(force_insert=True)
        seal_rows([row])
        data = {"partner": partner.id, "percent": percent, "reason": given.reason, "before": known[0]}
        audit(by=by, at=at, action="tax_rate.changed", subject=row.id, workspace_id=partner.workspace_id, data=data)
        announce(at=at, kind="tax_rate.changed", subject=partner.id, workspace_id=partner.workspace_id)
    return row


def request_papers(
    *, agreement: Agreement, occasion: str, lacks: Collection[Lack], by: Actor, at: datetime
) -> TaxRequest | None:
    """Note that a partner is asked for papers, inside the caller's transaction; None where it was asked before."""
    row, is_new = TaxRequest.objects.get_or_create(
        agreement=agreement,
        occasion=occasion,
        defaults={"id": new_id("txq", at=at), "lacks": [str(lack) for lack in lacks], "asked_at": at},
    )
    if not is_new:
        return None
    seal_rows([row])
    data = {"occasion": occasion, "lacks": row.lacks}
    workspace_id = agreement.program.workspace_id
    audit(by=by, at=at, action="tax_papers.requested", subject=agreement.id, workspace_id=workspace_id, data=data)
    return row
