"""Is what was written still as it was written: guards, seals of rows, digests of the audit."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext as _

from rapport.apps.commissions.models import Attribution, Commission, PeriodStanding, Proposal
from rapport.apps.invoices.models import Invoice, InvoiceCorrection, InvoiceObjection, InvoiceSeries
from rapport.apps.partners.models import Acceptance, Agreement, Suspension, TermsOffer
from rapport.apps.payouts.models import (
    Payout,
    PayoutExchange,
    PayoutFile,
    PayoutMethod,
    PayoutMethodCurrency,
    PayoutRun,
    PayoutRunRate,
    PayoutSettings,
    PayoutTax,
    PayoutVerdict,
    RailAccount,
    RailCall,
    VatCorrection,
    WriteOff,
)
from rapport.apps.programs.models import TermsVersion
from rapport.apps.record.errors import Unreadable
from rapport.apps.record.guards import missing_guards
from rapport.apps.record.linking import broken_links
from rapport.apps.record.models import AuditRow
from rapport.apps.record.sealing import broken_seals, digest_of, seals_without_row
from rapport.apps.record.vault import open_cell, sealed_columns
from rapport.apps.taxes.models import (
    SelfBilling,
    TaxForm,
    TaxNumber,
    TaxProfile,
    TaxRate,
    TaxRequest,
    TaxSettings,
    VatCheck,
    VatOverride,
    VatRateRow,
)
from rapport.apps.tracking.models import Coupon, Link
from rapport.flows.doctor.looks import Seen

APPEND_ONLY = (
    "rates_exchangerate",
    "commissions_attribution",
    "commissions_commissionline",
    "conversions_conversionline",
    "conversions_humandecision",
    "conversions_report",
    "invoices_invoice",
    "invoices_invoicecorrection",
    "partners_acceptance",
    "partners_termsoffer",
    "payouts_changenotice",
    "payouts_payoutexchange",
    "payouts_payoutfile",
    "payouts_payoutline",
    "payouts_payoutmethodcurrency",
    "payouts_payoutrunrate",
    "payouts_payouttax",
    "payouts_payoutverdict",
    "payouts_vatcorrection",
    "programs_ownterms",
    "programs_termsversion",
    "record_auditlink",
    "record_auditrow",
    "record_linkedauditrow",
    "taxes_taxrequest",
    "taxes_vatcheck",
    "taxes_vatoverride",
    "taxes_vatraterow",
)

SEALED: tuple[type[Model], ...] = (
    TermsVersion,
    Agreement,
    Acceptance,
    TermsOffer,
    Suspension,
    Link,
    Coupon,
    Attribution,
    Commission,
    Proposal,
    PeriodStanding,
    PayoutMethod,
    PayoutMethodCurrency,
    PayoutSettings,
    PayoutRun,
    PayoutRunRate,
    PayoutVerdict,
    Payout,
    PayoutExchange,
    PayoutTax,
    WriteOff,
    PayoutFile,
    RailAccount,
    RailCall,
    TaxProfile,
    TaxNumber,
    VatCheck,
    VatRateRow,
    VatOverride,
    TaxForm,
    TaxSettings,
    TaxRate,
    SelfBilling,
    TaxRequest,
    InvoiceSeries,
    Invoice,
    InvoiceObjection,
    InvoiceCorrection,
    VatCorrection,
)

_FEW = 10
_AUDITED = ("id", "at", "actor_kind", "actor_id", "action", "subject", "workspace_id", "data", "digest")


def guards(seen: Seen) -> Iterator[str]:
    """Look for the guards that keep tables from being rewritten."""
    seen.count(len(APPEND_ONLY))
    for guard in missing_guards(*APPEND_ONLY, connection=connection):
        yield _("The guard %(guard)s is missing.") % {"guard": guard}


def rows(seen: Seen) -> Iterator[str]:
    """Hold every agreement and money row to the seal that its last action left."""
    for model in SEALED:
        for number, broken in broken_seals(model):
            seen.count(number)
            for subject in broken:
                kind, _colon, key = subject.partition(":")
                yield _("%(id)s (%(kind)s) is not as the last action left it.") % {"id": key, "kind": kind}
        if missing := seals_without_row(model):
            kind = str(model._meta.verbose_name)
            yield _("%(number)s rows were taken away: %(kind)s.") % {"number": missing, "kind": kind}


def audit_rows(seen: Seen) -> Iterator[str]:
    """Hold every audit row to its digest."""
    for page in seen.pages(AuditRow.objects.order_by("id").values_list(*_AUDITED).iterator(500)):
        for *columns, digest in page:
            if digest_of(columns) != digest:
                yield _("The audit row %(id)s is not as it was written.") % {"id": columns[0]}


def audit_links(seen: Seen) -> Iterator[str]:
    """Follow the chain of the audit: a row that was removed, changed or put elsewhere breaks its link."""
    for number, wrong in broken_links():
        seen.count(number)
        for link, audit_id in wrong:
            if audit_id:
                yield _("The audit row %(id)s was taken away.") % {"id": audit_id}
            else:
                yield _("Link %(number)s of the audit does not hold what it was made of.") % {"number": link}


def cells(seen: Seen) -> Iterator[str]:
    """Open every cell that the vault sealed: a missing key shows before somebody must be paid."""
    for model in apps.get_models():
        names = sealed_columns(model)
        for row in _rows_of(model) if names else ():
            seen.count(1)
            for name in names:
                yield from _opened(row, name)


def _rows_of(model: type[Model]) -> Iterator[Model]:
    # A form on file has megabytes, so few at once.
    rows: Iterator[Model] = model._default_manager.order_by("pk").iterator(_FEW)  # noqa: SLF001 - documented; `objects` is not known of any table
    return rows


def _opened(row: Model, name: str) -> Iterator[str]:
    try:
        open_cell(row, name)
    except Unreadable as problem:
        yield _("%(id)s, %(column)s: %(problem)s") % {"id": row.pk, "column": name, "problem": problem.sentence}
