"""Read what counts for tiers and bonuses, and what it comes to."""

from collections import defaultdict
from collections.abc import Collection
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from rapport.apps.commissions.models import Commission, CountedConversion, PeriodStanding
from rapport.apps.programs.queries import terms_by_version
from rapport.domain.periods import Counted, PeriodJudgement, from_document, judge_period, judge_visits, to_document
from rapport.domain.terms import Bonus, Terms, Tier, VisitPay

_COLUMNS = (
    "conversion_id",
    "at_ms",
    "conversion__kind",
    "conversion__external_id",
    "version_id",
    "basis",
    "share_left",
    "paid_minor",
    "hold_until_ms",
    "facts_joined",
)


def counted_before(conversion_ids: Collection[str]) -> dict[tuple[str, str, str], Counted]:
    """Return for what these conversions counted when they were judged last: by agreement, source and conversion."""
    if not conversion_ids:
        return {}
    rows = CountedConversion.objects.filter(conversion_id__in=conversion_ids).order_by()
    found = rows.values_list("standing__agreement_id", "standing__source", *_COLUMNS)
    return {(agreement_id, source, columns[0]): _counted(columns) for agreement_id, source, *columns in found}


def counted_in(standing_ids: Collection[str]) -> dict[str, list[Counted]]:
    """Return what counts for each of these standings."""
    rows = CountedConversion.objects.filter(standing_id__in=standing_ids).order_by()
    found: dict[str, list[Counted]] = defaultdict(list)
    for standing_id, *columns in rows.values_list("standing_id", *_COLUMNS):
        found[standing_id].append(_counted(columns))
    return found


def promise_named(terms: Terms, source: str) -> Tier | Bonus | None:
    """Return the tier or bonus of a version that a source names."""
    kind, name, _period = source.split(":")
    every: tuple[Tier | Bonus, ...] = terms.tiers if kind == "tier" else terms.bonuses
    return next((one for one in every if one.name == name), None)


def promises_of(source: str, counted: Collection[Counted], *, currency: str) -> dict[str, Tier | Bonus]:
    """Return the tier or bonus that a source names, by version of terms."""
    terms = terms_by_version({one.version_id for one in counted}, currency=currency)
    found = {version_id: promise_named(one, source) for version_id, one in terms.items()}
    return {version_id: promise for version_id, promise in found.items() if promise}


def judge_standing(standing: PeriodStanding, *, currency: str, zone: str) -> PeriodJudgement:
    """Judge one standing by all that counts for it; a day's visits by the number that the lake told last."""
    if is_of_visits(standing.source):
        return _judge_visits(standing, currency=currency, zone=zone)
    counted = counted_in([standing.id])[standing.id]
    return judge_period(counted, promises_of(standing.source, counted, currency=currency))


def is_of_visits(source: str) -> bool:
    """Say whether a source names a day's clicks or impressions."""
    return source.startswith(("clicks:", "views:"))


def visit_pay_named(terms: Terms, source: str) -> VisitPay:
    """Return what a version pays for the visits that a source names; StopIteration when it pays nothing."""
    kind, name, _day = source.split(":")
    every: tuple[VisitPay, ...] = terms.clicks if kind == "clicks" else terms.views
    return next(one for one in every if one.name == name)


def judged_numbers(names: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return how many visits these standings were judged by last; those that were never judged are left out."""
    rows = PeriodStanding.objects.filter(agreement_id__in={one[0] for one in names}, latest__isnull=False)
    rows = rows.filter(source__in={one[1] for one in names})
    found = rows.values_list("agreement_id", "source", "latest__document__number")
    return {(agreement_id, source): number for agreement_id, source, number in found}


def _judge_visits(standing: PeriodStanding, *, currency: str, zone: str) -> PeriodJudgement:
    if standing.latest is None:
        return PeriodJudgement(target_minor=0, number=0, value=Fraction(0))
    told = from_document(standing.latest.document)
    terms = terms_by_version({told.version_id}, currency=currency)[told.version_id]
    pay = visit_pay_named(terms, standing.source)
    return judge_visits(told.number, pay, terms=terms, version_id=told.version_id, day_ms=told.last_at_ms, zone=zone)


def judged_document(standing: PeriodStanding, judged: PeriodJudgement) -> dict[str, Any]:
    """Return the document of a judgement as it is stored."""
    return to_document(judged, source=standing.source, kept_minor=standing.kept_minor)


def standings_of(agreement_id: str) -> QuerySet[PeriodStanding]:
    """Return the standings of an agreement, the last begun first."""
    return PeriodStanding.objects.filter(agreement_id=agreement_id).select_related("latest").order_by("-id")


def standing_of(commission: Commission) -> PeriodStanding:
    """Return the standing behind a commission of a tier or bonus."""
    return standings_of(commission.agreement_id).get(source=commission.source)


def counted_by_source(agreement_id: str) -> dict[str, list[Counted]]:
    """Return what counts for an agreement, by the source that names promise and period."""
    rows = CountedConversion.objects.filter(standing__agreement_id=agreement_id).order_by()
    found: dict[str, list[Counted]] = defaultdict(list)
    for source, *columns in rows.values_list("standing__source", *_COLUMNS):
        found[source].append(_counted(columns))
    return found


def _counted(columns: Any) -> Counted:  # noqa: ANN401 - one row of `_COLUMNS`
    conversion_id, at_ms, kind, external_id, version_id, basis, share_left, paid_minor, hold_until_ms, joined = columns
    return Counted(
        conversion_id=conversion_id,
        at_ms=at_ms,
        kind=kind,
        external_id=external_id,
        version_id=version_id,
        basis=Fraction(basis),
        share_left=Fraction(share_left),
        paid_minor=paid_minor,
        hold_until_ms=hold_until_ms,
        facts_joined=joined,
    )
