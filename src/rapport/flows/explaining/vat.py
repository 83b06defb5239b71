"""How VAT stands on a payout in words: the treatment, the rate, and where a person said so, since when and why."""

from django.utils.translation import gettext as _

from rapport.apps.payouts.models import Payout, PayoutTax
from rapport.apps.taxes.models import VatOverride
from rapport.domain.vat import Treatment
from rapport.flows.explaining.words import day_words


def treatment_words() -> dict[str, str]:
    """Return for every treatment how it is called."""
    return {
        Treatment.STANDARD.value: _("VAT is paid on top"),
        Treatment.REVERSE_CHARGE.value: _("Reverse charge: the program owes the VAT"),
        Treatment.SMALL_BUSINESS.value: _("No VAT: small business"),
        Treatment.NOT_REGISTERED.value: _("No VAT: no VAT id"),
        Treatment.OUTSIDE.value: _("No VAT: outside its scope"),
    }


def vat_sentences(payout: Payout) -> list[str]:
    """Say how VAT stands on a payout that is billed; nothing where the partner writes the invoices."""
    tax = PayoutTax.objects.filter(payout=payout, is_billed=True).first()
    if tax is None:
        return []
    words = treatment_words()[tax.treatment]
    told = [f"{words}, {tax.percent} %." if tax.treatment == Treatment.STANDARD else f"{words}."]
    behind = override_behind(payout)
    return [*told, override_words(behind)] if behind else told


def override_behind(payout: Payout) -> VatOverride | None:
    """Return what finance had said of the partner's VAT when a payout was reserved, if it counted then."""
    rows = VatOverride.objects.filter(
        partner_id=payout.agreement.partner_id, from_on__lte=payout.run.pay_on, entered_at__lte=payout.reserved_at
    )
    found = rows.order_by("from_on", "id").last()
    return found if found and found.treatment else None


def override_words(row: VatOverride) -> str:
    """Say that a person decided, since when and why."""
    told = {"day": day_words(row.from_on), "reason": row.reason}
    return _("So decided by finance for payouts from %(day)s on: %(reason)s") % told
