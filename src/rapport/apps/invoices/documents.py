"""What stands on an invoice or credit note, as plain data: whoever reads it later needs nothing else."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from rapport.apps.invoices.models import Invoice
from rapport.apps.invoices.queries import period_of
from rapport.apps.invoices.words import words_for
from rapport.apps.payouts.models import Payout, PayoutTax
from rapport.apps.taxes.models import TaxProfile
from rapport.domain.exchange import shown
from rapport.domain.money import Money, format_amount
from rapport.domain.vat import Bill, Share, Treatment

Document = dict[str, object]


def document_of(
    bill: Bill,
    payout: Payout,
    parties: tuple[TaxProfile, TaxProfile],
    *,
    name: str,
    on: date,
    earlier: Mapping[str, str],
) -> Document:
    """Return what stands on the paper of a bill of a partner for a payer (`parties`).

    `earlier` names by payout the invoice that billed something first.
    """
    is_credit, (partner, payer) = bill.net_minor < 0, parties
    words = words_for(partner.country, on=on)
    return {
        "kind": "credit_note" if is_credit else "invoice",
        "title": _("Credit note") if is_credit else _("Invoice"),
        "self_billing": words.self_billing,
        "number": name,
        "issued_on": on.isoformat(),
        "period": [day.isoformat() for day in period_of(payout)],
        "supplier": _party(partner),
        "customer": _party(payer),
        "program": payout.agreement.program.name,
        "payout": payout.id,
        "currency": payout.currency,
        "lines": _lines(bill, payout, earlier),
        "shares": [_share(share, payout.currency) for share in bill.shares],
        "net": _amount(bill.net_minor, payout.currency),
        "vat": _amount(bill.vat_minor, payout.currency),
        "total": _amount(bill.net_minor + bill.vat_minor, payout.currency),
        "notes": [*_notes(bill.shares, reverse_charge=words.reverse_charge), *_exchange(payout)],
        "corrects": "",
    }


def mirrored(invoice: Invoice, *, name: str, on: date) -> Document:
    """Return what stands on the paper that takes an earlier one back: the same with every sign turned."""
    found: Document = dict(invoice.document)
    was_credit = found["kind"] == "credit_note"
    turned = {key: _turned(str(found[key])) for key in ("net", "vat", "total")}
    return found | {
        "kind": "invoice" if was_credit else "credit_note",
        "title": _("Invoice") if was_credit else _("Credit note"),
        "number": name,
        "issued_on": on.isoformat(),
        "lines": [line | {"net": _turned(line["net"])} for line in invoice.document["lines"]],
        "shares": [
            share | {"net": _turned(share["net"]), "vat": _turned(share["vat"])} for share in invoice.document["shares"]
        ],
        "corrects": invoice.name,
        **turned,
    }


def _exchange(payout: Payout) -> list[str]:
    """Say what was sent where the partner is paid in another currency; the invoice itself stays in the program's."""
    exchange = payout.exchanged
    if exchange is None:
        return []
    told = {
        "sent": f"{format_amount(payout.sent)} {exchange.currency}",
        "amount": f"{format_amount(payout.amount)} {payout.currency}",
        "own": payout.currency,
        "theirs": exchange.currency,
        "rate": shown(exchange.known_rate.exact),
        "day": exchange.rate_day.isoformat(),
    }
    return [_("Paid as %(sent)s for %(amount)s: 1 %(own)s = %(rate)s %(theirs)s, rate of %(day)s.") % told]


def both_of(tax: PayoutTax) -> tuple[TaxProfile, TaxProfile]:
    """Return who bills and who is billed by a payout, as they were when it was reserved."""
    if tax.profile is None or tax.payer is None:
        raise AssertionError("what is billed knows both sides")
    return tax.profile, tax.payer


def _party(profile: TaxProfile) -> dict[str, object]:
    return {"name": profile.legal_name, "address": profile.address_lines, "vat_id": profile.vat_id}


def _lines(bill: Bill, payout: Payout, earlier: Mapping[str, str]) -> list[dict[str, str]]:
    sums: dict[str, tuple[int, int]] = {}
    for line in bill.lines:
        key = line.origin.payout_id if line.origin else ""
        count, minor = sums.get(key, (0, 0))
        sums[key] = (count + 1, minor + line.net_minor)
    return [
        {"words": _line_words(key, count, payout, earlier), "net": _amount(minor, payout.currency)}
        for key, (count, minor) in sorted(sums.items())
    ]


def _line_words(key: str, count: int, payout: Payout, earlier: Mapping[str, str]) -> str:
    told = {"program": payout.agreement.program.name, "count": count}
    if key:
        return _("Commissions taken back from invoice %(number)s (%(count)s)") % {
            "number": earlier.get(key, key),
            "count": count,
        }
    return _("Commissions of “%(program)s” (%(count)s)") % told


def _share(share: Share, currency: str) -> dict[str, str]:
    return {
        "treatment": share.treatment.value,
        "percent": percent_text(share),
        "net": _amount(share.net_minor, currency),
        "vat": _amount(share.vat_minor, currency),
    }


def percent_text(share: Share) -> str:
    """Return the percentage as the exact decimal that it was, without a float on the way."""
    thousandths = share.percent * 1_000
    whole, part = divmod(thousandths.numerator // thousandths.denominator, 1_000)
    return f"{whole}.{part:03d}".rstrip("0").rstrip(".")


def _notes(shares: Iterable[Share], *, reverse_charge: str) -> list[str]:
    told = {
        Treatment.REVERSE_CHARGE: _("%(words)s: the recipient owes the VAT.") % {"words": reverse_charge},
        Treatment.SMALL_BUSINESS: _("No VAT is charged: the supplier is exempt as a small business."),
        Treatment.NOT_REGISTERED: _("No VAT is charged: the supplier is not registered for VAT."),
        Treatment.OUTSIDE: _("No VAT is charged: the supply is outside the scope of the supplier's VAT."),
    }
    treatments = dict.fromkeys(share.treatment for share in shares)
    return [told[treatment] for treatment in treatments if treatment in told]


def _amount(minor: int, currency: str) -> str:
    return format_amount(Money(minor, currency))


def _turned(amount: str) -> str:
    """Turn the sign of an amount as it is written; nothing stays nothing."""
    if not amount.strip("0.-"):
        return amount.lstrip("-")
    return amount[1:] if amount.startswith("-") else f"-{amount}"
