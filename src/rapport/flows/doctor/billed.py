"""Have invoices and credit notes no gap and no double, and do they come to what the payouts took."""

from collections.abc import Collection, Iterator

from django.db.models import Count, Max, Min, Sum
from django.utils.translation import gettext as _

from rapport.apps.invoices.models import InvoiceSeries
from rapport.apps.invoices.queries import standing_papers
from rapport.apps.payouts.models import PayoutTax, VatCorrection
from rapport.flows.doctor.looks import PAGE, Seen


def invoices(seen: Seen) -> Iterator[str]:
    """Count every series, and hold the papers of each payout to its taxes."""
    rows = InvoiceSeries.objects.annotate(
        issued=Count("invoices"), first=Min("invoices__number"), last=Max("invoices__number")
    )
    for series in rows.order_by("pk").iterator(PAGE):
        seen.count(1)
        found = (series.issued, series.first or 1, series.last or 0)
        if found != (series.last_number, 1, series.last_number):
            yield _("%(id)s: the numbers of its invoices have a gap.") % {"id": series.agreement_id}
    yield from _sums(seen)


def _sums(seen: Seen) -> Iterator[str]:
    first = standing_papers().order_by("payout_id").values_list("payout_id")
    for page in seen.pages(first.annotate(Sum("net_minor"), Sum("vat_minor")).iterator(PAGE)):
        taxes = PayoutTax.objects.in_bulk([payout_id for payout_id, _net, _vat in page])
        put_right = _vat_put_right([payout_id for payout_id, _net, _vat in page])
        for payout_id, *sums in page:
            vat_minor = taxes[payout_id].vat_minor + put_right.get(payout_id, 0)
            if sums != [taxes[payout_id].net_minor, vat_minor]:
                yield _("%(id)s was billed otherwise than it was paid.") % {"id": payout_id}


def _vat_put_right(payout_ids: Collection[str]) -> dict[str, int]:
    """Return by payout how much VAT its papers have more, or below zero less, than it paid."""
    rows = VatCorrection.objects.filter(payout_id__in=payout_ids).order_by().values_list("payout_id")
    return dict(rows.annotate(minor=Sum("vat_minor")))
