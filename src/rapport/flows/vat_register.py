"""Ask the register of the union about a partner's VAT id, and keep what it said."""

from datetime import datetime

from django.conf import settings

from rapport.apps.delivery.outgoing import outgoing
from rapport.apps.partners.models import Agreement
from rapport.apps.record.actors import Actor
from rapport.apps.taxes.actions import note_check
from rapport.apps.taxes.errors import NoVatId
from rapport.apps.taxes.inputs import Checked
from rapport.apps.taxes.models import CheckSource, VatCheck
from rapport.apps.taxes.providers.vies import ask_vies
from rapport.apps.taxes.queries import profile_of
from rapport.domain.tax import EU


def ask_register(agreement: Agreement, *, by: Actor, at: datetime) -> VatCheck:
    """Ask first, outside of any transaction; then note the answer with its day."""
    profile = profile_of(agreement.partner.organisation_id)
    if profile is None or not profile.vat_id or profile.country not in EU:
        raise NoVatId
    told = ask_vies(profile.vat_id, url=settings.VIES_URL, way_out=outgoing())
    checked = Checked(CheckSource.VIES, told.is_valid, told.name, told.reference)
    return note_check(profile=profile, checked=checked, by=by, at=at)
