"""Keep by which number a tax office knows an organisation, and write down whoever looks at it."""

from collections.abc import Collection
from datetime import datetime

from rapport.apps.identity.models import Organisation
from rapport.apps.partners.models import Agreement
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows, seal_stored
from rapport.apps.record.vault import open_cell, seal_cell
from rapport.apps.record.write import transaction
from rapport.apps.taxes.actions.profiles import check_alone
from rapport.apps.taxes.errors import NoProfileYet
from rapport.apps.taxes.models import TaxNumber
from rapport.apps.taxes.numbers import NumberInput, checked_number, masked_number
from rapport.apps.taxes.queries import number_of, profile_of
from rapport.kit.ids import new_id


def enter_number(*, organisation_id: str, given: NumberInput, by: Actor, at: datetime) -> TaxNumber:
    """Take in the tax number of an organisation, sealed; the same again changes nothing."""
    profile = profile_of(organisation_id)
    if profile is None:
        raise NoProfileYet
    number = checked_number(given, country=profile.country)
    with transaction():
        Organisation.objects.select_for_update().get(pk=organisation_id)
        before = number_of(organisation_id)
        if before and (before.country, before.kind) == (profile.country, given.kind) and _opened(before) == number:
            return before
        if before:
            TaxNumber.objects.filter(pk=before.pk).update(replaced_at=at)
            seal_stored(TaxNumber, [before.pk])
        row = TaxNumber(
            id=new_id("txn", at=at),
            organisation_id=organisation_id,
            country=profile.country,
            kind=given.kind,
            shown=masked_number(number),
            changed_at=at,
            actor_kind=by.kind,
            actor_id=by.id,
        )
        seal_cell(row, "number", number)
        row.save(force_insert=True)
        seal_rows([row])
        data = {"organisation": organisation_id, "kind": row.kind, "replaces": before.id if before else ""}
        audit(by=by, at=at, action="tax_number.entered", subject=row.id, data=data)
        announce(at=at, kind="tax_number.changed", subject=organisation_id)
    return row


def enter_number_for(*, agreement: Agreement, given: NumberInput, by: Actor, at: datetime) -> TaxNumber:
    """Take in the number of a partner; refused where other workspaces pay the same organisation."""
    check_alone(agreement)
    return enter_number(organisation_id=agreement.partner.organisation_id, given=given, by=by, at=at)


def open_numbers(*, numbers: Collection[TaxNumber], workspace_id: str, by: Actor, at: datetime) -> dict[str, str]:
    """Return by organisation what these numbers are; that somebody looked at each is written down first."""
    with transaction():
        for row in numbers:
            audit(by=by, at=at, action="tax_number.opened", subject=row.id, workspace_id=workspace_id)
    return {row.organisation_id: _opened(row) for row in numbers}


def _opened(row: TaxNumber) -> str:
    return open_cell(row, "number")
