"""Read conversions: as stories for the rules, as lists for pages."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncDate

from rapport.apps.conversions.facts import Facts, Fresh, clicks_heard, coupons_heard, load_facts
from rapport.apps.conversions.models import (
    Binding,
    Conversion,
    ConversionLine,
    ConversionState,
    Correction,
    HumanDecision,
    JournalCursor,
    NamedClick,
    NamedCoupon,
    PostbackProfile,
    Receipt,
    SetAside,
)
from rapport.apps.conversions.postback import Reading
from rapport.apps.conversions.profiles import OWN, PROFILES
from rapport.apps.conversions.recording import StoryKey
from rapport.apps.conversions.wording import (
    coupon_use,
    domain_correction,
    exchange_of,
    human_decision,
    items_of,
    told_binding,
    touch_of,
    wording_of,
)
from rapport.apps.programs.models import Program
from rapport.apps.record.asking import composed
from rapport.apps.record.vault import open_cell
from rapport.domain.basket import Item
from rapport.domain.exchange import Pair, factor_of
from rapport.domain.money import round_half_up
from rapport.domain.story import ABOUT_DECLINING, AmountReport, DecisionKind, ReportedConversion, Story
from rapport.kit.clock import from_ms, to_ms

WAITING_ALARM = timedelta(days=7)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class LoadedStory:
    """A story as the rules want it, with the rows that it was made from."""

    story: Story
    conversions: tuple[Conversion, ...]


def load_stories(program: Program, *, keys: Sequence[StoryKey], fresh: Fresh | None = None) -> list[LoadedStory]:
    """Load stories whole, eleven queries at most, however many; the caller holds their locks. Fresh ones cost none."""
    known = fresh or Fresh()
    told: dict[StoryKey, list[Conversion]] = defaultdict(list)
    for row in _rows_of(program, [key for key in keys if key not in known.conversions]):
        if StoryKey.of(row) not in known.conversions:
            told[StoryKey.of(row)].append(row)
    facts = load_facts([row.id for rows in told.values() for row in rows])
    bindings = _bindings_of({key.customer_id for key in told if key.customer_id})
    return [
        *(_loaded(program, rows, facts, bindings.get(key.customer_id, ())) for key, rows in told.items()),
        # A customer who began in this very write has not been bound by any file yet.
        *(_loaded(program, known.conversions[key], known.facts) for key in keys if key in known.conversions),
    ]


def bindings_of_customer(customer_id: str | None) -> list[Binding]:
    """Return what files said about whose customer this is; nothing of a customer nobody knows."""
    return list(Binding.objects.filter(customer_id=customer_id)) if customer_id else []


def _bindings_of(customer_ids: Collection[str]) -> dict[str, list[Binding]]:
    bound: dict[str, list[Binding]] = defaultdict(list)
    for row in _told(customer_ids=sorted(customer_ids)) if customer_ids else ():
        bound[row.customer_id].append(row)
    return bound


@composed
def _told(customer_ids: Sequence[str]) -> QuerySet[Binding]:
    return Binding.objects.filter(customer_id__in=customer_ids)


def _rows_of(program: Program, keys: Sequence[StoryKey]) -> list[Conversion]:
    customers = {key.customer_id for key in keys if key.customer_id}
    alone = [key.conversion_id for key in keys if key.conversion_id]
    if not keys:
        return []
    rows = _rows_named(program, customers, alone)
    # An order may have learned its customer since somebody looked at it: then that customer's story is meant.
    learned = {row.customer_id for row in rows if row.customer_id} - customers
    return _rows_named(program, customers | learned, alone) if learned else rows


def _rows_named(program: Program, customers: Collection[str], alone: Collection[str]) -> list[Conversion]:
    rows = _of_customers(program_id=program.id, customers=sorted(customers)) if customers else []
    known = {row.id for row in rows}
    unbound = [row for row in _alone(program_id=program.id, ids=sorted(alone)) if row.id not in known] if alone else []
    return sorted([*rows, *unbound], key=lambda row: row.id)


@composed
def _of_customers(program_id: str, customers: Sequence[str]) -> QuerySet[Conversion]:
    return Conversion.objects.filter(program_id=program_id, customer_id__in=customers)


@composed
def _alone(program_id: str, ids: Sequence[str]) -> QuerySet[Conversion]:
    return Conversion.objects.filter(program_id=program_id, pk__in=ids)


def _loaded(
    program: Program, rows: Sequence[Conversion], facts: Facts, bindings: Sequence[Binding] = ()
) -> LoadedStory:
    # A click that several orders name was asked about once: the naming that knows the answer speaks for all.
    named = sorted((click for row in rows for click in clicks_heard(facts, row)), key=_knows_more)
    proven = {click.click_id for click in named if click.confirmed}
    touches = {click.click_id: touch_of(click, proven=click.click_id in proven) for click in named}
    story = Story(
        program_id=program.id,
        zone=program.zone,
        currency=program.currency,
        touches=tuple(touches.values()),
        conversions=tuple(_reported(row, facts) for row in rows),
        bindings=tuple(told_binding(row) for row in bindings),
        knows_customer=any(row.customer_id for row in rows),
    )
    return LoadedStory(story, tuple(rows))


def _knows_more(click: NamedClick) -> tuple[bool, bool]:
    return (click.facts is not None, click.facts_joined_at is not None)


def _reported(row: Conversion, facts: Facts) -> ReportedConversion:
    told, corrections = facts.reports.get(row.id, ()), facts.corrections.get(row.id, ())
    # What no server stands behind counts only as long as none has spoken.
    confirmed = any(report.confirmed for report in told)
    reports = [report for report in told if report.confirmed == confirmed]
    alike_told = [wording_of(report) for report in reports if report.currency in {"", row.currency}]
    # What names another currency than the order's cannot be counted with it.
    alike = [one for one in corrections if one.currency == row.currency]
    strays = len(alike) < len(corrections) or (confirmed and len(alike_told) < len(reports))
    return ReportedConversion(
        id=row.id,
        kind=row.kind,
        external_id=row.external_id,
        occurred_at_ms=to_ms(row.occurred_at),
        # Where nobody is sure of the order, nobody is asked which of its amounts is true: the smallest counts.
        reports=tuple(alike_told) if confirmed else (min(alike_told, key=_worth),),
        items=items_of(facts.lines.get(row.id, ())),
        customer_status=row.customer_status,
        country=row.country,
        channel=row.channel,
        corrections=tuple(domain_correction(correction) for correction in alike),
        click_ids=tuple(click.click_id for click in clicks_heard(facts, row)),
        coupons=tuple(coupon_use(named, at=row.occurred_at) for named in coupons_heard(facts, row)),
        unconfirmed=not confirmed,
        test=row.test,
        exchange=exchange_of(row),
        told_otherwise=strays,
        decisions=tuple(human_decision(decision) for decision in facts.decisions.get(row.id, ())),
    )


def _worth(wording: AmountReport) -> tuple[int, ...]:
    return (wording.total_minor, -wording.tax_minor, -wording.shipping_minor, -wording.revision)


def awaiting_rate(program_id: str, *, after: str = "", among: Collection[str] = (), limit: int) -> list[Conversion]:
    """Return orders of a program that wait for the rate of their currency, by id; `among` names the only ones meant."""
    rows = Conversion.objects.filter(program_id=program_id, awaits_rate=True, pk__gt=after)
    rows = rows.filter(pk__in=among) if among else rows
    return list(rows.order_by("id")[:limit])


def programs_awaiting_rates() -> list[str]:
    """Return the programs of which an order waits for a rate."""
    return sorted(set(Conversion.objects.filter(awaits_rate=True).values_list("program_id", flat=True)))


def clicks_to_join(*, limit: int, before: datetime, without: Collection[str] = ()) -> list[NamedClick]:
    """Return click ids named, and clicked, before a moment whose facts were never joined, oldest first.

    `without` are programs that are left out.
    """
    waiting = NamedClick.objects.filter(facts_joined_at__isnull=True, conversion__received_at__lte=before)
    waiting = waiting.exclude(conversion__program_id__in=without)
    # An order known for long may name a click of just now; what is no click of ours has no moment.
    happened = waiting.filter(Q(clicked_at__isnull=True) | Q(clicked_at__lt=before))
    return list(happened.select_related("conversion").order_by("id")[:limit])


def clicks_without_facts(*, after: int, limit: int) -> list[NamedClick]:
    """Return click ids that count although the lake has not told of them, in the order in which they were named."""
    rows = NamedClick.objects.filter(facts__isnull=True, refusal="", pk__gt=after)
    return list(rows.select_related("conversion").order_by("pk")[:limit])


def latest_orders(program_id: str, *, limit: int) -> list[Conversion]:
    """Return the orders of a program that came last, without tests."""
    rows = Conversion.objects.filter(program_id=program_id, test=False)
    return list(rows.order_by("-received_at")[:limit])


def lines_of_orders(conversion_ids: Sequence[str]) -> list[Item]:
    """Return the lines of the baskets of these orders."""
    lines: list[Item] = []
    for start in range(0, len(conversion_ids), _AT_ONCE):
        rows = ConversionLine.objects.filter(conversion_id__in=conversion_ids[start : start + _AT_ONCE])
        lines += items_of(rows)
    return lines


def all_conversions() -> QuerySet[Conversion]:
    """Return the conversions of every program, for a door that looks for the one its address names."""
    return Conversion.objects.select_related("program")


def currency_of(conversion_id: str) -> str:
    """Return the currency of an order; nothing for one that is not there."""
    return Conversion.objects.filter(pk=conversion_id).values_list("currency", flat=True).first() or ""


def conversions_in_conflict(program_id: str) -> QuerySet[Conversion]:
    """Return the conversions that two different reports tell."""
    return Conversion.objects.filter(program_id=program_id, in_conflict=True).order_by("id")


def waiting_corrections(program_id: str) -> QuerySet[Correction]:
    """Return the corrections whose sale is not known yet, oldest first, without those that were set aside."""
    waiting = Correction.objects.filter(_nobody_set_aside(), program_id=program_id, conversion__isnull=True)
    return waiting.order_by("received_at", "id")


def sales_of_waiting(*, limit: int) -> list[Conversion]:
    """Return sales whose corrections still wait: both were reported in one instant, and neither write saw the other."""
    waiting = Correction.objects.filter(conversion__isnull=True)
    told = Conversion.objects.filter(
        program=OuterRef("program"), kind=OuterRef("of_kind"), external_id=OuterRef("of_external_id")
    )
    # From the few that wait to their sales, by their key; the other way round every sale would be asked.
    found = waiting.annotate(sale=Subquery(told.values("id")[:1])).filter(sale__isnull=False)
    ids = set(found.order_by("received_at").values_list("sale", flat=True)[:limit])
    return list(Conversion.objects.filter(pk__in=ids).order_by("program_id", "id"))


def refused_receipts(program_id: str) -> QuerySet[Receipt]:
    """Return the authentic postbacks that could not be used, newest first, without those that were set aside."""
    return Receipt.objects.filter(_nobody_set_aside(), program_id=program_id, state="refused", authentic=True).order_by(
        "-id"
    )


def set_aside_of(subjects: Collection[str]) -> dict[str, SetAside]:
    """Return what is known of those of these receipts and corrections that were set aside."""
    return SetAside.objects.in_bulk(list(subjects))


def is_set_aside() -> Exists:
    """Return the filter for receipts and corrections that were set aside."""
    return Exists(SetAside.objects.filter(subject=OuterRef("pk")))


def _nobody_set_aside() -> Q:
    return ~Q(is_set_aside())


def replies_open(conversion_ids: Collection[str], *, at: datetime) -> dict[str, datetime]:
    """Return until when the partner may still reply, for those of these orders that are declined and not answered."""
    rows = HumanDecision.objects.filter(conversion_id__in=conversion_ids, kind__in=ABOUT_DECLINING)
    last = {row.conversion_id: row for row in rows.order_by("at", "id")}
    until = {
        conversion_id: from_ms(row.data["reply_until_ms"])
        for conversion_id, row in last.items()
        if row.kind == DecisionKind.DECLINED and "reply_until_ms" in row.data
    }
    return {conversion_id: moment for conversion_id, moment in until.items() if at < moment}


def declining(conversion_id: str) -> list[HumanDecision]:
    """Return what was said about declining an order, from its last decline on; empty when it was never declined."""
    rows = HumanDecision.objects.filter(conversion_id=conversion_id, kind__in=ABOUT_DECLINING).order_by("at", "id")
    said: list[HumanDecision] = []
    for row in rows:
        said = [row] if row.kind == DecisionKind.DECLINED else [*said, row]
    return said


def conversions_of(program_id: str) -> QuerySet[Conversion]:
    """Return the conversions of a program, the last received first."""
    return Conversion.objects.filter(program_id=program_id).select_related("program", "customer").order_by("-id")


def conversions_found(rows: QuerySet[Conversion], text: str) -> QuerySet[Conversion]:
    """Return those of these conversions whose order, customer, click or code somebody looks for, or its public id."""
    wanted = text.strip()
    named = Q(external_id=wanted) | Q(pk=wanted) | Q(customer__key=wanted)
    clicked = Q(pk__in=NamedClick.objects.filter(click_id=wanted).values("conversion_id"))
    used = Q(pk__in=NamedCoupon.objects.filter(code__iexact=wanted).values("conversion_id"))
    return rows.filter(named | clicked | used)


def corrections_of(program_id: str) -> QuerySet[Correction]:
    """Return the corrections of a program with their orders, newest first."""
    return Correction.objects.filter(program_id=program_id).select_related("conversion").order_by("-id")


def receipts_of(program_id: str) -> QuerySet[Receipt]:
    """Return what became of the postbacks of a program, newest first."""
    return Receipt.objects.filter(program_id=program_id).order_by("-id")


def all_receipts() -> QuerySet[Receipt]:
    """Return the receipts of every program, for a door that looks for the one its address names."""
    return Receipt.objects.select_related("program")


def orders_by_day(program: Program, *, from_at: datetime, until_at: datetime) -> dict[date, tuple[int, int]]:
    """Return number and total of the orders of each day, in the program's zone and currency; without tests.

    Until excluded. What waits for its rate is counted and adds nothing yet; what only a page told of is no order yet.
    """
    orders = Conversion.objects.filter(program_id=program.id, test=False).exclude(state=ConversionState.REPORTED)
    days = (
        orders.filter(occurred_at__gte=from_at, occurred_at__lt=until_at)
        .order_by()
        .annotate(day=TruncDate("occurred_at", tzinfo=ZoneInfo(program.zone)))
        .values_list("day", "currency", "rate")
        .annotate(Count("id"), Sum("total_minor"))
    )
    told: dict[date, tuple[int, int]] = {}
    for day, currency, rate, number, minor in days:
        before, sum_minor = told.get(day, (0, 0))
        told[day] = (before + number, sum_minor + in_own_minor(minor, (currency, program.currency), rate))
    return told


def in_own_minor(minor: int, pair: Pair, rate: str) -> int:
    """Return a sum of orders of one currency and rate in the program's currency; 0 while no rate is known."""
    if pair[0] == pair[1]:
        return minor
    return round_half_up(minor * factor_of(rate, pair)) if rate else 0


def cursor_of(name: str) -> JournalCursor:
    """Return how far a reader of the journal has come; one at its beginning when it never read."""
    return next(iter(_cursor(name=name)), None) or JournalCursor(name=name)


@composed
def _cursor(name: str) -> QuerySet[JournalCursor]:
    return JournalCursor.objects.filter(pk=name)


def profile_of(program_id: str) -> PostbackProfile | None:
    """Return how the postbacks of a program are written; nothing where it is in our own names."""
    return next(iter(_profile(program_id=program_id)), None)


@composed
def _profile(program_id: str) -> QuerySet[PostbackProfile]:
    return PostbackProfile.objects.filter(pk=program_id)


def reading_of(program_id: str) -> Reading:
    """Return what the postbacks of a program are read by."""
    row = profile_of(program_id)
    if row is None:
        return Reading()
    return Reading(PROFILES.get(row.profile, OWN), row.names, open_cell(row, "secret"))
