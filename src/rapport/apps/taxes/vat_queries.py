"""Read what is known of VAT: the rates that count for a workspace, and what finance said of its partners."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from django.db.models import QuerySet

from rapport.apps.taxes.models import VatOverride, VatRateRow
from rapport.apps.taxes.tables import VatRate, vat_rates


def vat_rates_of(workspace_id: str) -> tuple[VatRate, ...]:
    """Return the rates that count for a workspace, by country and oldest first: what finance entered goes before."""
    shipped = {(one.country, one.from_on): one for one in vat_rates()}
    found = dict(shipped)
    for row in VatRateRow.objects.filter(workspace_id=workspace_id).order_by("id"):
        key = (row.country, row.from_on)
        if row.percent:
            found[key] = VatRate(row.country, row.percent, row.from_on, row.source, row.checked_on, key in shipped)
        elif key in shipped:
            found[key] = replace(shipped[key], checked_on=row.checked_on)
        else:
            found.pop(key, None)
    return tuple(found[key] for key in sorted(found))


def newest_rate_row(workspace_id: str, country: str, from_on: date) -> VatRateRow | None:
    """Return what finance said last of a country and day."""
    rows = VatRateRow.objects.filter(workspace_id=workspace_id, country=country, from_on=from_on)
    return rows.order_by("-id").first()


def overrides_in_force(partner_ids: Collection[str], *, on: date) -> dict[str, VatOverride]:
    """Return for each of these partners what finance said of its VAT and counts on a day."""
    rows = VatOverride.objects.filter(partner_id__in=partner_ids, from_on__lte=on)
    return {row.partner_id: row for row in rows.order_by("from_on", "id")}


def override_of(partner_id: str, *, on: date) -> VatOverride | None:
    """Return what finance said of one partner's VAT and counts on a day."""
    return overrides_in_force([partner_id], on=on).get(partner_id)


def overrides_of(partner_id: str) -> QuerySet[VatOverride]:
    """Return everything that finance said of one partner's VAT, the newest first."""
    return VatOverride.objects.filter(partner_id=partner_id).order_by("-id")
