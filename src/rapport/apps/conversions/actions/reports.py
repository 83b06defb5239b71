"""Record reports of conversions, many at once: one order once, however often and by however many doors it comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from rapport.apps.conversions.actions.confirming import (
    hear_again,
    hear_first,
    hear_total,
    hearsay_words,
    write_confirmed,
)
from rapport.apps.conversions.actions.corrections import attach_waiting
from rapport.apps.conversions.actions.meeting import Batch, identities, lock_customers, meet_conversions, meet_facts
from rapport.apps.conversions.actions.rating import RATED, rate_again
from rapport.apps.conversions.facts import Facts, Fresh, by_conversion
from rapport.apps.conversions.models import (
    Conversion,
    ConversionLine,
    Correction,
    Door,
    NamedClick,
    NamedCoupon,
    Report,
)
from rapport.apps.conversions.reading import Frame, ReadConversion
from rapport.apps.conversions.recording import (
    StoryKey,
    Taken,
    TakenConversion,
    Touched,
    Warned,
    only_new,
    other_currency,
)
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import insert_rows, new_row, update_rows
from rapport.kit.ids import new_id

_MAY_BE_ADDED = (
    "customer",
    "customer_status",
    "country",
    "channel",
    "source",
    "landing_url",
    "occurred_at",
    "moment_reported",
    "received_at",
    "currency",
    "test",
    *RATED,
)


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
    batch = Batch(frame=frame, door=door, by=by, at=at)
    lock_customers(batch, reports)
    meet_conversions(batch, reports)
    meet_facts(batch, reports)
    taken = [_take(batch, report) for report in reports]
    _write(batch)
    reported = [batch.conversions[identity] for identity in identities(reports)]
    attached = attach_waiting(reported, touched=batch.touched)
    return Recorded(taken, batch.touched, _fresh(batch, attached))


def _fresh(batch: Batch, attached: Sequence[Correction]) -> Fresh:
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
        lines=by_conversion(batch.new_lines),
    )
    return Fresh(stories, facts)


def _take(batch: Batch, report: ReadConversion) -> TakenConversion:
    """Take one report: what it says about amounts, then whatever else is new in it."""
    conversion = batch.conversions[report.given.kind, report.given.identity]
    is_hearsay = not report.confirmed and (conversion.id, True) in batch.wordings
    undone = hear_first(batch, conversion, report)
    lines_added = _take_lines(batch, conversion, report)
    taken = Taken.KNOWN if is_hearsay else _take_amounts(batch, conversion, report)
    named_before = _named(batch)
    warnings = [
        *undone,
        *_currency(conversion, report),
        *_nobody(report),
        *_take_clicks(batch, conversion, report),
        *_take_coupons(batch, conversion, report),
        *(_hearsay(batch, conversion, report) if is_hearsay else ()),
    ]
    named_more = _named(batch) > named_before or lines_added
    nothing_else = taken is Taken.NEW or is_hearsay
    added, kept = (False, []) if nothing_else else _take_rest(batch, conversion, report)
    if taken is Taken.KNOWN and (added or named_more):
        taken = Taken.ADDED
    if taken is not Taken.KNOWN:
        batch.touched.add(conversion)
    return TakenConversion(conversion, taken, (*warnings, *kept))


def _hearsay(batch: Batch, conversion: Conversion, report: ReadConversion) -> list[Warned]:
    """Tell what comes of what a page names for an order that a server told of; a pending server's word is none."""
    if report.proven:
        return []
    totals = {known.total_minor for known in batch.wordings[conversion.id, True]}
    matches = report.given.currency == conversion.currency and report.amounts.total_minor in totals
    return hearsay_words((*report.given.click_ids, *report.given.coupons), matches=matches)


def _named(batch: Batch) -> int:
    """Count what the batch has learned of clicks and codes so far."""
    return len(batch.new_clicks) + len(batch.new_coupons) + len(batch.now_confirmed) + len(batch.told_again)


def _currency(conversion: Conversion, report: ReadConversion) -> list[Warned]:
    """Tell what comes of a currency that is not the program's own, or not the order's."""
    if report.given.currency != conversion.currency:
        return [other_currency(conversion, report.given.currency)]
    if not conversion.awaits_rate:
        return []
    sentence = _("The order is kept. It earns as soon as a rate of %(currency)s of its day is known.")
    return [Warned("no_rate", "currency", sentence % {"currency": conversion.currency})]


def _nobody(report: ReadConversion) -> list[Warned]:
    """Tell a shop that its customer id means nobody: it would tie the orders of strangers together."""
    if report.customer_key or not report.given.customer_id:
        return []
    sentence = _("The order is kept without a customer: the id %(id)s stands for nobody. Leave it out.")
    return [Warned("customer_nobody", "customer_id", sentence % {"id": report.given.customer_id})]


def _take_amounts(batch: Batch, conversion: Conversion, report: ReadConversion) -> Taken:
    confirms = report.confirmed and (conversion.id, False) in batch.wordings
    if report.given.currency != conversion.currency:
        return _take_stray(batch, conversion, report)
    known = batch.wordings.setdefault((conversion.id, report.confirmed), set())
    if report.amounts in known:
        return Taken.KNOWN
    highest = max((wording.revision for wording in known), default=None)
    known.add(report.amounts)
    currency = "" if report.confirmed else report.given.currency
    batch.new_reports.append(_new_report(batch, conversion, report, currency=currency))
    if highest is None:
        return Taken.ADDED if confirms else Taken.NEW
    if report.amounts.revision > highest:
        return Taken.AMENDED
    if not report.confirmed:
        return Taken.ADDED
    clash = any(wording.revision == report.amounts.revision for wording in known - {report.amounts})
    return Taken.CONFLICT if clash else Taken.ADDED


def _take_stray(batch: Batch, conversion: Conversion, report: ReadConversion) -> Taken:
    """Keep a wording in another currency than the order's: a person must look, and nothing can be compared."""
    told = (conversion.id, report.given.currency, report.amounts, report.confirmed)
    if told in batch.strays:
        return Taken.KNOWN
    batch.strays.add(told)
    batch.new_reports.append(_new_report(batch, conversion, report, currency=report.given.currency))
    return Taken.CONFLICT if report.confirmed else Taken.ADDED


def _new_report(batch: Batch, conversion: Conversion, report: ReadConversion, *, currency: str = "") -> Report:
    return new_row(
        Report,
        id=new_id("rpt", at=batch.at),
        conversion_id=conversion.id,
        revision=report.amounts.revision,
        currency=currency,
        total_minor=report.amounts.total_minor,
        tax_minor=report.amounts.tax_minor,
        shipping_minor=report.amounts.shipping_minor,
        discount_minor=report.amounts.discount_minor,
        door=batch.door,
        confirmed=report.confirmed,
        actor_kind=batch.by.kind,
        actor_id=batch.by.id,
        received_at=report.received_at,
    )


def _take_lines(batch: Batch, conversion: Conversion, report: ReadConversion) -> bool:
    """Take the basket where a server tells one first; it stays as it was told."""
    if not report.confirmed or not report.lines or conversion.id in batch.with_lines:
        return False
    batch.with_lines.add(conversion.id)
    batch.new_lines += _new_lines(conversion, report)
    return True


def _new_lines(conversion: Conversion, report: ReadConversion) -> list[ConversionLine]:
    return [
        new_row(
            ConversionLine,
            conversion_id=conversion.id,
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


def _take_clicks(batch: Batch, conversion: Conversion, report: ReadConversion) -> list[Warned]:
    named = [(conversion.id, text) for text in report.given.click_ids]
    for _id, text in only_new(named, batch.clicks):
        capsule = batch.capsules[text]
        named_click = new_row(
            NamedClick,
            conversion_id=conversion.id,
            click_id=text,
            clicked_at=capsule.clicked_at,
            marks=capsule.marks,
            refusal=capsule.refusal or "",
            confirmed=report.proven,
        )
        named_click.link = capsule.link
        batch.new_clicks.append(named_click)
        if not report.proven:
            batch.doubtful_clicks[conversion.id, text] = named_click
    hear_again(batch, batch.doubtful_clicks, named, report)
    hear_total(batch, batch.doubtful_clicks, named, report)
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


def _take_coupons(batch: Batch, conversion: Conversion, report: ReadConversion) -> list[Warned]:
    named = [(conversion.id, code) for code in report.given.coupons]
    for _id, code in only_new(named, batch.codes):
        named_coupon = new_row(NamedCoupon, conversion_id=conversion.id, code=code, confirmed=report.proven)
        named_coupon.coupon = batch.coupons.get(code)
        batch.new_coupons.append(named_coupon)
        if not report.proven:
            batch.doubtful_codes[conversion.id, code] = named_coupon
    hear_again(batch, batch.doubtful_codes, named, report)
    hear_total(batch, batch.doubtful_codes, named, report)
    return [
        Warned("coupon_unknown", "coupons", _("The order is kept; no partner has the code %(code)s.") % {"code": code})
        for code in report.given.coupons
        if code not in batch.coupons
    ]


def _take_rest(batch: Batch, conversion: Conversion, report: ReadConversion) -> tuple[bool, list[Warned]]:
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
        rate_again(batch.frame, conversion)
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


def _write(batch: Batch) -> None:
    if batch.changed:
        update_rows(batch.changed.values(), _MAY_BE_ADDED)
    write_confirmed(batch)
    insert_rows(batch.new_reports)
    insert_rows(batch.new_lines)
    insert_rows(batch.new_clicks)
    insert_rows(batch.new_coupons)
