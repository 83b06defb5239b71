"""Have invoices and credit notes no gap and no double, and do they come to what the payouts took."""

from collections.abc import Iterator

from django.db.models import Count, Max, Min, Sum
from django.utils.translation import gettext as _

from rapport.apps.invoices.models import Invoice, InvoiceSeries
from rapport.apps.invoices.queries import FIRST
from rapport.apps.payouts.models import PayoutTax
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
    first = Invoice.objects.filter(role__in=FIRST).order_by("payout_id").values_list("payout_id")
    for page in seen.pages(first.annotate(Sum("net_minor"), Sum("vat_minor")).iterator(PAGE)):
        taxes = PayoutTax.objects.in_bulk([payout_id for payout_id, _net, _vat in page])
        for payout_id, *sums in page:
            if sums != [taxes[payout_id].net_minor, taxes[payout_id].vat_minor]:
                yield _("%(id)s was billed otherwise than it was paid.") % {"id": payout_id}
