"""Enter what finance knows of VAT: the rate of a country from a day on, and how one partner's supplies are treated."""

from datetime import date, datetime

from rapport.apps.identity.models import Organisation
from rapport.apps.partners.models import Partner
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import transaction
from rapport.apps.taxes.errors import NoSuchRate
from rapport.apps.taxes.models import VatOverride, VatRateRow
from rapport.apps.taxes.tables import VatRate
from rapport.apps.taxes.vat_inputs import OverrideInput, VatRateInput, checked_override, checked_vat_rate
from rapport.apps.taxes.vat_queries import newest_rate_row, override_of, vat_rates_of
from rapport.kit.ids import new_id


def enter_vat_rate(*, workspace_id: str, given: VatRateInput, today: date, by: Actor, at: datetime) -> VatRateRow:
    """Say what the standard rate of a country is from a day on; entering it is having checked it."""
    return _keep(workspace_id, checked_vat_rate(given), today=today, by=by, at=at)


def note_rate_checked(
    *, workspace_id: str, country: str, from_on: date, today: date, by: Actor, at: datetime
) -> VatRateRow:
    """Note that somebody looked today whether a rate still stands as it is; the rate itself stays."""
    rates = vat_rates_of(workspace_id)
    found = next((one for one in rates if (one.country, one.from_on) == (country, from_on)), None)
    if found is None:
        raise NoSuchRate
    return _keep(workspace_id, found, today=today, by=by, at=at)


def take_back_vat_rate(
    *, workspace_id: str, country: str, from_on: date, today: date, by: Actor, at: datetime
) -> VatRateRow:
    """Take back what was entered for a country and day: what came with the program counts again, if anything did."""
    before = newest_rate_row(workspace_id, country, from_on)
    if before is None or not before.percent:
        raise NoSuchRate
    return _keep(workspace_id, VatRate(country, "", from_on, ""), today=today, by=by, at=at)


def override_vat(*, partner: Partner, given: OverrideInput, by: Actor, at: datetime) -> VatOverride | None:
    """Say how a partner's supplies are treated from a day on, and why; None where nothing ever was and nothing is."""
    columns = checked_override(given)
    with transaction():
        Partner.objects.select_for_update().get(pk=partner.pk)
        before = override_of(partner.id, on=given.from_on)
        known = (before.treatment, before.reason) if before else ("", "")
        if known == (columns["treatment"], columns["reason"]) or (not before and not columns["treatment"]):
            return before
        row = VatOverride(
            id=new_id("txv", at=at),
            partner=partner,
            **columns,
            from_on=given.from_on,
            entered_at=at,
            actor_kind=by.kind,
            actor_id=by.id,
        )
        row.save(force_insert=True)
        seal_rows([row])
        data = {"partner": partner.id, "before": known[0], **columns, "from_on": given.from_on.isoformat()}
        workspace_id = partner.workspace_id
        audit(by=by, at=at, action="vat_override.entered", subject=row.id, workspace_id=workspace_id, data=data)
        announce(at=at, kind="vat_override.entered", subject=partner.id, workspace_id=workspace_id)
    return row


def _keep(workspace_id: str, rate: VatRate, *, today: date, by: Actor, at: datetime) -> VatRateRow:
    columns = {"country": rate.country, "percent": rate.percent, "source": rate.source}
    with transaction():
        Organisation.objects.select_for_update().get(pk=workspace_id)
        before = newest_rate_row(workspace_id, rate.country, rate.from_on)
        if before and (before.percent, before.source, before.checked_on) == (rate.percent, rate.source, today):
            return before
        row = VatRateRow(
            id=new_id("vrr", at=at),
            workspace_id=workspace_id,
            **columns,
            from_on=rate.from_on,
            checked_on=today,
            entered_at=at,
            actor_kind=by.kind,
            actor_id=by.id,
        )
        row.save(force_insert=True)
        seal_rows([row])
        data = {**columns, "from_on": rate.from_on.isoformat(), "checked_on": today.isoformat()}
        audit(by=by, at=at, action="vat_rate.entered", subject=row.id, workspace_id=workspace_id, data=data)
    return row
