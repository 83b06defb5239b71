"""Say who an organisation is to tax offices, and note by what its VAT id was checked."""

import hashlib
import json
from datetime import datetime

from rapport.apps.identity.models import Organisation
from rapport.apps.partners.models import Agreement
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows, seal_stored
from rapport.apps.record.write import transaction
from rapport.apps.taxes.errors import PapersOfOthersToo
from rapport.apps.taxes.inputs import Checked, ProfileInput, checked_profile
from rapport.apps.taxes.models import CheckSource, TaxProfile, VatCheck
from rapport.apps.taxes.queries import profile_of
from rapport.kit.ids import new_id


def enter_profile(*, organisation_id: str, given: ProfileInput, by: Actor, at: datetime) -> TaxProfile:
    """Take in who an organisation is to tax offices; the same again changes nothing."""
    columns = checked_profile(given)
    with transaction():
        Organisation.objects.select_for_update().get(pk=organisation_id)
        before = profile_of(organisation_id)
        if before and all(getattr(before, name) == value for name, value in columns.items()):
            return before
        if before:
            TaxProfile.objects.filter(pk=before.pk).update(replaced_at=at)
            seal_stored(TaxProfile, [before.pk])
        profile = TaxProfile(
            id=new_id("txp", at=at),
            organisation_id=organisation_id,
            **columns,
            changed_at=at,
            actor_kind=by.kind,
            actor_id=by.id,
        )
        profile.save(force_insert=True)
        seal_rows([profile])
        if profile.vat_id:
            note_check(profile=profile, checked=Checked(CheckSource.FORM, is_valid=True), by=by, at=at)
        data = {"organisation": organisation_id, "replaces": before.id if before else "", "digest": _digest(profile)}
        audit(by=by, at=at, action="tax_profile.entered", subject=profile.id, data=data)
        announce(at=at, kind="tax_profile.changed", subject=organisation_id)
    return profile


def enter_profile_for(*, agreement: Agreement, given: ProfileInput, by: Actor, at: datetime) -> TaxProfile:
    """Take in for a partner who it is; refused where other workspaces pay the same organisation."""
    check_alone(agreement)
    return enter_profile(organisation_id=agreement.partner.organisation_id, given=given, by=by, at=at)


def note_check(*, profile: TaxProfile, checked: Checked, by: Actor, at: datetime) -> VatCheck:
    """Keep by what the VAT id of a profile was checked, and what came of it."""
    with transaction():
        check = VatCheck(
            profile=profile,
            vat_id=profile.vat_id,
            source=checked.source,
            is_valid=checked.is_valid,
            name=checked.name[:250],
            reference=checked.reference[:64],
            checked_at=at,
            actor_kind=by.kind,
            actor_id=by.id,
        )
        check.save(force_insert=True)
        seal_rows([check])
        data = {"source": str(checked.source), "is_valid": checked.is_valid, "reference": check.reference}
        audit(by=by, at=at, action="vat_id.checked", subject=profile.id, data=data)
    return check


def check_alone(agreement: Agreement) -> None:
    """Refuse to a workspace the papers of a partner whom others pay too."""
    others = Agreement.objects.filter(partner__organisation_id=agreement.partner.organisation_id)
    if others.exclude(program__workspace_id=agreement.program.workspace_id).exists():
        raise PapersOfOthersToo


def _digest(profile: TaxProfile) -> str:
    """Return what the audit keeps of a person: nothing, but a digest that proves what was entered."""
    columns = (profile.country, profile.kind, profile.legal_name, *profile.address_lines, profile.vat_id)
    text = json.dumps([profile.id, *columns, profile.small_business])
    return hashlib.sha256(text.encode()).hexdigest()
