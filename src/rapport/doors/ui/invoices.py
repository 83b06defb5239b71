"""An invoice or credit note in the ways that people take it: paper, data, a list for a spreadsheet."""

import json
from collections.abc import Iterable

from django.http import HttpResponse
from django.utils.translation import gettext as _

from rapport.apps.invoices.models import Invoice
from rapport.apps.invoices.queries import correction_of, last_day_to_object, objection_to
from rapport.apps.threads.queries import messages_of
from rapport.domain.money import format_amount
from rapport.doors.ui.pdf import invoice_pdf
from rapport.doors.ui.sheets import Exact, csv_answer


def invoice_shown(invoice: Invoice) -> dict[str, object]:
    """Return what both sides see of a paper beside its own words: how it stands, and what was said about it."""
    return {
        "row": invoice,
        "document": invoice.document,
        "objection": objection_to(invoice),
        "correction": correction_of(invoice),
        "last_day": last_day_to_object(invoice),
        "messages_on": messages_of(invoice.id),
    }


def invoice_paper(invoice: Invoice) -> HttpResponse:
    """Answer with a paper as PDF: the same bytes each time."""
    return _attached(invoice_pdf(invoice.document), "application/pdf", f"{invoice.name}.pdf")


def invoice_data(invoice: Invoice) -> HttpResponse:
    """Answer with everything that stands on a paper, as JSON."""
    text = json.dumps(invoice.document, ensure_ascii=False, indent=2, sort_keys=True)
    return _attached(text.encode(), "application/json", f"{invoice.name}.json")


def invoice_list(name: str, invoices: Iterable[Invoice]) -> HttpResponse:
    """Answer with these papers for a spreadsheet."""
    head = (
        *(_("number"), _("kind"), _("day"), _("partner"), _("net"), _("VAT"), _("total"), _("currency")),
        *(_("payout"), _("takes back")),
    )
    return csv_answer(name, head=head, rows=map(_row, invoices))


def _row(one: Invoice) -> tuple[str, ...]:
    amounts = (Exact(format_amount(money)) for money in (one.net, one.vat, one.total))
    partner, corrects = one.document["supplier"]["name"], one.document["corrects"]
    kind = one.document["kind"]
    return (one.name, kind, one.issued_on.isoformat(), partner, *amounts, one.currency, one.payout_id, corrects)


def _attached(content: bytes, media_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media_type, headers={"X-Content-Type-Options": "nosniff"})
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
