"""What a batch of reports meets in the tables: customers and orders locked or begun, and the facts known of them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.db import connection
from django.db.models import QuerySet

from rapport.apps.conversions.actions.rating import Rates, meet_rates, rate_columns
from rapport.apps.conversions.capsules import Capsule, read_capsules, read_coupons
from rapport.apps.conversions.models import (
    Conversion,
    ConversionLine,
    ConversionState,
    Customer,
    Door,
    NamedClick,
    NamedCoupon,
    Report,
)
from rapport.apps.conversions.reading import Frame, ReadConversion
from rapport.apps.conversions.recording import Touched
from rapport.apps.conversions.wording import wording_of
from rapport.apps.record.actors import Actor
from rapport.apps.record.asking import composed
from rapport.apps.record.write import insert_rows, new_row
from rapport.apps.tracking.models import Coupon
from rapport.domain.story import AmountReport
from rapport.kit.ids import new_id

Identity = tuple[str, str]


@dataclass(slots=True)
class Batch:
    """Everything the reports of one batch meet in the tables, and the rows they add.

    `wordings` are known amounts by order and whether they are confirmed; doubtful are the clicks and codes that only
    unconfirmed reports named, by order and text.
    """

    frame: Frame
    door: Door
    by: Actor
    at: datetime
    conversions: dict[Identity, Conversion] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    wordings: dict[tuple[str, bool], set[AmountReport]] = field(default_factory=dict)
    strays: set[tuple[str, str, AmountReport, bool]] = field(default_factory=set)
    clicks: set[tuple[str, str]] = field(default_factory=set)
    codes: set[tuple[str, str]] = field(default_factory=set)
    with_lines: set[str] = field(default_factory=set)
    capsules: dict[str, Capsule] = field(default_factory=dict)
    coupons: dict[str, Coupon] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)
    new_customers: set[str] = field(default_factory=set)
    changed: dict[str, Conversion] = field(default_factory=dict)
    new_reports: list[Report] = field(default_factory=list)
    new_lines: list[ConversionLine] = field(default_factory=list)
    new_clicks: list[NamedClick] = field(default_factory=list)
    new_coupons: list[NamedCoupon] = field(default_factory=list)
    doubtful_clicks: dict[tuple[str, str], NamedClick] = field(default_factory=dict)
    doubtful_codes: dict[tuple[str, str], NamedCoupon] = field(default_factory=dict)
    now_confirmed: list[NamedClick | NamedCoupon] = field(default_factory=list)
    told_again: list[NamedClick | NamedCoupon] = field(default_factory=list)
    touched: Touched = field(default_factory=Touched)


def identities(reports: Iterable[ReadConversion]) -> list[Identity]:
    """Return each identity once, sorted, so that two batches meet the same rows in the same order."""
    return sorted({(report.given.kind, report.given.identity) for report in reports})


def lock_customers(batch: Batch, reports: Sequence[ReadConversion]) -> None:
    """Find or make the customers named, and lock them and those whose orders are told again: first of all locks."""
    keys = sorted({report.customer_key for report in reports if report.customer_key})
    owners = _owners(batch, reports) if _others_write() else set()
    if not keys and not owners:
        return
    first = _locked_customers(program_id=batch.frame.program_id, keys=keys) if not owners else _all(batch, keys, owners)
    batch.customers = {customer.key: customer for customer in first}
    missing = [_new_customer(batch, key) for key in keys if key not in batch.customers]
    if missing:
        insert_rows(missing, ignore_known=_others_write())
        found = _locked_customers(program_id=batch.frame.program_id, keys=keys) if _others_write() else missing
        batch.customers |= {customer.key: customer for customer in found}
        batch.new_customers = {row.id for row in missing} & {row.id for row in batch.customers.values()}


@composed
def _locked_customers(program_id: str, keys: Sequence[str]) -> QuerySet[Customer]:
    return Customer.objects.select_for_update().filter(program_id=program_id, key__in=keys).order_by("id")


def _all(batch: Batch, keys: Sequence[str], owners: Collection[str]) -> QuerySet[Customer]:
    mine = Customer.objects.filter(program_id=batch.frame.program_id, key__in=keys)
    return (mine | Customer.objects.filter(pk__in=owners)).select_for_update().order_by("id")


def _owners(batch: Batch, reports: Sequence[ReadConversion]) -> set[str]:
    """Return the customers of the orders that are told again, perhaps by somebody who does not know whose they are."""
    named = sorted({report.given.identity for report in reports})
    return {str(owner) for owner in _owners_of(program_id=batch.frame.program_id, external_ids=named)}


@composed
def _owners_of(program_id: str, external_ids: Sequence[str]) -> QuerySet[Conversion, str | None]:
    told = Conversion.objects.filter(program_id=program_id, external_id__in=external_ids, customer__isnull=False)
    return told.values_list("customer_id", flat=True)


def _new_customer(batch: Batch, key: str) -> Customer:
    made = new_id("cus", at=batch.at)
    return new_row(Customer, id=made, program_id=batch.frame.program_id, key=key, created_at=batch.at)


def meet_conversions(batch: Batch, reports: Sequence[ReadConversion]) -> None:
    """Find the conversions reported before, and insert the others from their first report."""
    batch.conversions = _found(batch, identities(reports))
    firsts: dict[Identity, ReadConversion] = {}
    for report in reports:
        identity = (report.given.kind, report.given.identity)
        if identity not in batch.conversions:
            firsts.setdefault(identity, report)
    if not firsts:
        return
    rates = meet_rates(batch.frame, firsts.values())
    new = {identity: _new_conversion(batch, firsts[identity], rates) for identity in sorted(firsts)}
    insert_rows(new.values(), ignore_known=_others_write())
    found = _found(batch, list(new)) if _others_write() else new
    batch.fresh = {row.id for row in new.values()} & {row.id for row in found.values()}
    batch.conversions |= found


def _found(batch: Batch, identities: Collection[Identity]) -> dict[Identity, Conversion]:
    rows = _locked_conversions(
        program_id=batch.frame.program_id,
        kinds=sorted({kind for kind, _external_id in identities}),
        external_ids=[external_id for _kind, external_id in identities],
    )
    return {(row.kind, row.external_id): row for row in rows}


@composed
def _locked_conversions(program_id: str, kinds: Sequence[str], external_ids: Sequence[str]) -> QuerySet[Conversion]:
    rows = Conversion.objects.select_for_update(of=("self",)).filter(program_id=program_id)
    return rows.filter(kind__in=kinds, external_id__in=external_ids).order_by("id")


def _new_conversion(batch: Batch, report: ReadConversion, rates: Rates) -> Conversion:
    given = report.given
    customer = batch.customers.get(given.customer_id)
    return new_row(
        Conversion,
        id=new_id("cnv", at=batch.at),
        program_id=batch.frame.program_id,
        kind=given.kind,
        external_id=given.identity,
        customer_id=customer.id if customer else None,
        state=ConversionState.CONFIRMED,
        occurred_at=report.occurred_at,
        moment_reported=given.occurred_at is not None,
        received_at=report.received_at,
        currency=given.currency,
        **rate_columns(batch.frame, report, rates),
        total_minor=report.amounts.total_minor,
        tax_minor=report.amounts.tax_minor,
        shipping_minor=report.amounts.shipping_minor,
        discount_minor=report.amounts.discount_minor,
        remaining_minor=report.amounts.total_minor,
        test=given.test,
        customer_status=given.customer_status,
        country=given.country,
        channel=given.channel,
        source=given.source,
        landing_url=given.landing_url,
    )


def meet_facts(batch: Batch, reports: Sequence[ReadConversion]) -> None:
    """Read the click ids and coupons named, and what is known of the conversions reported before."""
    program_id = batch.frame.program_id
    batch.capsules = read_capsules(
        {text for report in reports for text in report.given.click_ids}, program_id=program_id
    )
    batch.coupons = read_coupons({code for report in reports for code in report.given.coupons}, program_id=program_id)
    known = [row.id for row in batch.conversions.values() if row.id not in batch.fresh]
    if not known:
        return
    currencies = {row.id: row.currency for row in batch.conversions.values()}
    for row in Report.objects.filter(conversion_id__in=known):
        if row.currency in {"", currencies[row.conversion_id]}:
            batch.wordings.setdefault((row.conversion_id, row.confirmed), set()).add(wording_of(row))
        else:
            batch.strays.add((row.conversion_id, row.currency, wording_of(row), row.confirmed))
    if any(report.lines for report in reports):
        batch.with_lines = set(
            ConversionLine.objects.filter(conversion_id__in=known).values_list("conversion_id", flat=True)
        )
    clicks = list(NamedClick.objects.filter(conversion_id__in=known))
    coupons = list(NamedCoupon.objects.filter(conversion_id__in=known))
    batch.clicks = {(row.conversion_id, row.click_id) for row in clicks}
    batch.codes = {(row.conversion_id, row.code) for row in coupons}
    batch.doubtful_clicks = {(row.conversion_id, row.click_id): row for row in clicks if not row.confirmed}
    batch.doubtful_codes = {(row.conversion_id, row.code): row for row in coupons if not row.confirmed}


@cache
def _others_write() -> bool:
    """Say whether another connection may insert the same row now; SQLite's one writer is us."""
    return connection.vendor != "sqlite"
