"""Record reports of conversions, many at once: one order once, however often and by however many doors it comes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rapport.apps.conversions.actions.corrections import attach_waiting
from rapport.apps.conversions.capsules import Capsule, read_capsules, read_coupons
from rapport.apps.conversions.facts import Facts, Fresh, by_conversion
from rapport.apps.conversions.models import (
    Conversion,
    ConversionLine,
    ConversionState,
    Correction,
    Customer,
    Door,
    NamedClick,
    NamedCoupon,
    Report,
)
from rapport.apps.conversions.reading import Frame, ReadConversion
from rapport.apps.conversions.recording import StoryKey, Taken, TakenConversion, Touched, Warned, only_new
from rapport.apps.conversions.wording import wording_of
from rapport.apps.record.actors import Actor
from rapport.apps.record.asking import composed
from rapport.apps.record.write import insert_rows, update_rows
from rapport.apps.tracking.models import Coupon
from rapport.domain.story import AmountReport
from rapport.kit.ids import new_id

Identity = tuple[str, str]
_MAY_BE_ADDED = (
    "customer",
    "customer_status",
    "country",
    "channel",
    "source",
    "landing_url",
    "occurred_at",
    "moment_reported",
)


@dataclass(slots=True)
class _Batch:
    """Everything the reports of one batch meet in the tables, and the rows they add."""

    frame: Frame
    door: Door
    by: Actor
    at: datetime
    conversions: dict[Identity, Conversion] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    wordings: dict[str, set[AmountReport]] = field(default_factory=dict)
    clicks: set[tuple[str, str]] = field(default_factory=set)
    codes: set[tuple[str, str]] = field(default_factory=set)
    capsules: dict[str, Capsule] = field(default_factory=dict)
    coupons: dict[str, Coupon] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)
    new_customers: set[str] = field(default_factory=set)
    changed: dict[str, Conversion] = field(default_factory=dict)
    new_reports: list[Report] = field(default_factory=list)
    new_lines: list[ConversionLine] = field(default_factory=list)
    new_clicks: list[NamedClick] = field(default_factory=list)
    new_coupons: list[NamedCoupon] = field(default_factory=list)
    touched: Touched = field(default_factory=Touched)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of each report, the stories to judge, and what need not be read back for it."""

    taken: list[TakenConversion]
    touched: Touched
    fresh: Fresh


def record_conversions(
    reports: Sequence[ReadConversion], *, frame: Frame, door: Door, by: Actor, at: datetime
) -> Recorded:
    """Record reports in their order, inside the caller's transaction."""
    batch = _Batch(frame=frame, door=door, by=by, at=at)
    _lock_customers(batch, reports)
    _meet_conversions(batch, reports)
    _meet_facts(batch, reports)
    taken = [_take(batch, report) for report in reports]
    _write(batch)
    reported = [batch.conversions[identity] for identity in _identities(reports)]
    attached = attach_waiting(reported, touched=batch.touched)
    return Recorded(taken, batch.touched, _fresh(batch, attached))


def _fresh(batch: _Batch, attached: Sequence[Correction]) -> Fresh:
    """Remember the stories that began here: new orders of new customers, or of nobody known."""
    stories: dict[StoryKey, list[Conversion]] = {}
    for row in batch.conversions.values():
        if row.customer_id is None or row.customer_id in batch.new_customers:
            stories.setdefault(StoryKey.of(row), []).append(row)
    # An order known before may learn in this batch that it is a new customer's: such a story is read back whole.
    stories = {key: rows for key, rows in stories.items() if all(row.id in batch.fresh for row in rows)}
    facts = Facts(
        reports=by_conversion(batch.new_reports),
        clicks=by_conversion(batch.new_clicks),
        coupons=by_conversion(batch.new_coupons),
        corrections=by_conversion(attached),
    )
    return Fresh(stories, facts)


def _identities(reports: Iterable[ReadConversion]) -> list[Identity]:
    """Return each identity once, sorted, so that two batches meet the same rows in the same order."""
    return sorted({(report.given.kind, report.given.identity) for report in reports})


def _lock_customers(batch: _Batch, reports: Sequence[ReadConversion]) -> None:
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


def _all(batch: _Batch, keys: Sequence[str], owners: Collection[str]) -> QuerySet[Customer]:
    mine = Customer.objects.filter(program_id=batch.frame.program_id, key__in=keys)
    return (mine | Customer.objects.filter(pk__in=owners)).select_for_update().order_by("id")


def _owners(batch: _Batch, reports: Sequence[ReadConversion]) -> set[str]:
    """Return the customers of the orders that are told again, perhaps by somebody who does not know whose they are."""
    named = sorted({report.given.identity for report in reports})
    return {str(owner) for owner in _owners_of(program_id=batch.frame.program_id, external_ids=named)}


@composed
def _owners_of(program_id: str, external_ids: Sequence[str]) -> QuerySet[Conversion, str | None]:
    told = Conversion.objects.filter(program_id=program_id, external_id__in=external_ids, customer__isnull=False)
    return told.values_list("customer_id", flat=True)


def _new_customer(batch: _Batch, key: str) -> Customer:
    return Customer(id=new_id("cus", at=batch.at), program_id=batch.frame.program_id, key=key, created_at=batch.at)


def _meet_conversions(batch: _Batch, reports: Sequence[ReadConversion]) -> None:
    """Find the conversions reported before, and insert the others from their first report."""
    batch.conversions = _found(batch, _identities(reports))
    firsts: dict[Identity, ReadConversion] = {}
    for report in reports:
        identity = (report.given.kind, report.given.identity)
        if identity not in batch.conversions:
            firsts.setdefault(identity, report)
    if not firsts:
        return
    new = {identity: _new_conversion(batch, firsts[identity]) for identity in sorted(firsts)}
    insert_rows(new.values(), ignore_known=_others_write())
    found = _found(batch, list(new)) if _others_write() else new
    batch.fresh = {row.id for row in new.values()} & {row.id for row in found.values()}
    batch.conversions |= found


def _found(batch: _Batch, identities: Collection[Identity]) -> dict[Identity, Conversion]:
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


def _new_conversion(batch: _Batch, report: ReadConversion) -> Conversion:
    given = report.given
    return Conversion(
        id=new_id("cnv", at=batch.at),
        program_id=batch.frame.program_id,
        kind=given.kind,
        external_id=given.identity,
        customer=batch.customers.get(given.customer_id),
        state=ConversionState.CONFIRMED,
        occurred_at=report.occurred_at,
        moment_reported=given.occurred_at is not None,
        received_at=report.received_at,
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


def _meet_facts(batch: _Batch, reports: Sequence[ReadConversion]) -> None:
    """Read the click ids and coupons named, and what is known of the conversions reported before."""
    program_id = batch.frame.program_id
    batch.capsules = read_capsules(
        {text for report in reports for text in report.given.click_ids}, program_id=program_id
    )
    batch.coupons = read_coupons({code for report in reports for code in report.given.coupons}, program_id=program_id)
    known = [row.id for row in batch.conversions.values() if row.id not in batch.fresh]
    if not known:
        return
    for row in Report.objects.filter(conversion_id__in=known):
        batch.wordings.setdefault(row.conversion_id, set()).add(wording_of(row))
    batch.clicks = set(NamedClick.objects.filter(conversion_id__in=known).values_list("conversion_id", "click_id"))
    batch.codes = set(NamedCoupon.objects.filter(conversion_id__in=known).values_list("conversion_id", "code"))


def _take(batch: _Batch, report: ReadConversion) -> TakenConversion:
    """Take one report: what it says about amounts, then whatever else is new in it."""
    conversion = batch.conversions[report.given.kind, report.given.identity]
    taken = _take_amounts(batch, conversion, report)
    named_before = len(batch.new_clicks) + len(batch.new_coupons)
    warnings = [
        *_nobody(report),
        *_take_clicks(batch, conversion, report),
        *_take_coupons(batch, conversion, report),
    ]
    named_more = len(batch.new_clicks) + len(batch.new_coupons) > named_before
    added, kept = _take_rest(batch, conversion, report) if taken is not Taken.NEW else (False, [])
    if taken is Taken.KNOWN and (added or named_more):
        taken = Taken.ADDED
    if taken is not Taken.KNOWN:
        batch.touched.add(conversion)
    return TakenConversion(conversion, taken, (*warnings, *kept))


def _nobody(report: ReadConversion) -> list[Warned]:
    """Tell a shop that its customer id means nobody: it would tie the orders of strangers together."""
    if report.customer_key or not report.given.customer_id:
        return []
    sentence = _("The order is kept without a customer: the id %(id)s stands for nobody. Leave it out.")
    return [Warned("customer_nobody", "customer_id", sentence % {"id": report.given.customer_id})]


def _take_amounts(batch: _Batch, conversion: Conversion, report: ReadConversion) -> Taken:
    known = batch.wordings.setdefault(conversion.id, set())
    if report.amounts in known:
        return Taken.KNOWN
    highest = max((wording.revision for wording in known), default=None)
    known.add(report.amounts)
    batch.new_reports.append(_new_report(batch, conversion, report))
    if highest is None:
        batch.new_lines += _new_lines(conversion, report)
        return Taken.NEW
    if report.amounts.revision > highest:
        return Taken.AMENDED
    clash = any(wording.revision == report.amounts.revision for wording in known - {report.amounts})
    return Taken.CONFLICT if clash else Taken.ADDED


def _new_report(batch: _Batch, conversion: Conversion, report: ReadConversion) -> Report:
    return Report(
        id=new_id("rpt", at=batch.at),
        conversion=conversion,
        revision=report.amounts.revision,
        total_minor=report.amounts.total_minor,
        tax_minor=report.amounts.tax_minor,
        shipping_minor=report.amounts.shipping_minor,
        discount_minor=report.amounts.discount_minor,
        door=batch.door,
        actor_kind=batch.by.kind,
        actor_id=batch.by.id,
        received_at=report.received_at,
    )


def _new_lines(conversion: Conversion, report: ReadConversion) -> list[ConversionLine]:
    return [
        ConversionLine(
            conversion=conversion,
            position=position,
            product=line.given.product,
            name=line.given.name,
            category=line.given.category,
            brand=line.given.brand,
            quantity=line.given.quantity,
            price_minor=line.price_minor,
            discount_minor=line.discount_minor,
            cost_minor=line.cost_minor,
        )
        for position, line in enumerate(report.lines)
    ]


def _take_clicks(batch: _Batch, conversion: Conversion, report: ReadConversion) -> list[Warned]:
    named = ((conversion.id, text) for text in report.given.click_ids)
    for _id, text in only_new(named, batch.clicks):
        capsule = batch.capsules[text]
        batch.new_clicks.append(
            NamedClick(
                conversion=conversion,
                click_id=text,
                link=capsule.link,
                clicked_at=capsule.clicked_at,
                marks=capsule.marks,
                refusal=capsule.refusal or "",
            )
        )
    refused = (batch.capsules[text] for text in report.given.click_ids if batch.capsules[text].refusal)
    return [
        Warned(
            code=f"click_id_{capsule.refusal}",
            field="click_ids",
            sentence=_("The order is kept, but this click id earns nothing: %(text)s (%(why)s).")
            % {"text": capsule.text, "why": capsule.refusal},
        )
        for capsule in refused
    ]


def _take_coupons(batch: _Batch, conversion: Conversion, report: ReadConversion) -> list[Warned]:
    named = ((conversion.id, code) for code in report.given.coupons)
    for _id, code in only_new(named, batch.codes):
        batch.new_coupons.append(NamedCoupon(conversion=conversion, code=code, coupon=batch.coupons.get(code)))
    return [
        Warned("coupon_unknown", "coupons", _("The order is kept; no partner has the code %(code)s.") % {"code": code})
        for code in report.given.coupons
        if code not in batch.coupons
    ]


def _take_rest(batch: _Batch, conversion: Conversion, report: ReadConversion) -> tuple[bool, list[Warned]]:
    """Add what was not known before; what is known stays as it was told first, and the sender hears it."""
    given = report.given
    facts: dict[str, object] = {
        "customer": batch.customers.get(given.customer_id),
        "customer_status": given.customer_status,
        "country": given.country,
        "channel": given.channel,
        "source": given.source,
        "landing_url": given.landing_url,
    }
    added, warnings = False, []
    for name, value in facts.items():
        known = getattr(conversion, name)
        if not value or value == known:
            continue
        if known:
            warnings.append(_kept(name))
            continue
        setattr(conversion, name, value)
        batch.changed[conversion.id] = conversion
        added = True
    if _take_moment(conversion, report):
        batch.changed[conversion.id] = conversion
        added = True
    if given.occurred_at and given.occurred_at != conversion.occurred_at:
        warnings.append(_kept("occurred_at"))
    if given.test != conversion.test:
        warnings.append(_kept("test"))
    return added, warnings


def _take_moment(conversion: Conversion, report: ReadConversion) -> bool:
    """Take a moment that goes before the known one: a reported one before an arrival, else the earlier of two."""
    reported = report.given.occurred_at is not None
    goes_first = report.occurred_at < conversion.occurred_at if reported == conversion.moment_reported else reported
    if goes_first:
        conversion.occurred_at, conversion.moment_reported = report.occurred_at, reported
    return goes_first


def _kept(name: str) -> Warned:
    return Warned(
        "fact_kept",
        {"customer": "customer_id"}.get(name, name),
        _("This differs from what was reported before, which stands."),
    )


def _write(batch: _Batch) -> None:
    if batch.changed:
        update_rows(batch.changed.values(), _MAY_BE_ADDED)
    insert_rows(batch.new_reports)
    insert_rows(batch.new_lines)
    insert_rows(batch.new_clicks)
    insert_rows(batch.new_coupons)


def _others_write() -> bool:
    """Say whether another connection may insert the same row now; SQLite's one writer is us."""
    return connection.vendor != "sqlite"
