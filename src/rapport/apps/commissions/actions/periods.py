"""Tiers and bonuses in the books: note what counts, judge each period under its lock, book the difference."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db.models import QuerySet

from rapport.apps.commissions.actions.batch import Booking, move, write
from rapport.apps.commissions.models import (
    Attribution,
    Commission,
    CommissionState,
    CountedConversion,
    PeriodStanding,
)
from rapport.apps.commissions.periods import counted_before, judge_standing, judged_document
from rapport.apps.commissions.queries import open_proposals
from rapport.apps.commissions.standing import judgement_digest, state_of, written_judgement
from rapport.apps.programs.models import Program
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import insert_rows, new_row, update_rows
from rapport.domain.books import Cause
from rapport.domain.judgement import Decision, Outcome
from rapport.domain.periods import Counted, Counting, PeriodJudgement
from rapport.kit.clock import from_ms
from rapport.kit.ids import new_id

Name = tuple[str, str]
"""The agreement and the source of a standing."""

_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class MetPeriods:
    """The standings that an act changes, locked, with what counts from now on.

    `untold` are those where something no longer counts, or counts by another version, that nobody reported.
    """

    standings: Mapping[Name, PeriodStanding]
    gone: Sequence[_Key]
    counted: Mapping[_Key, Counted]
    untold: frozenset[Name]


def meet_periods(
    found: Mapping[str, Sequence[Counting]], *, decisions: Mapping[str, Decision], known: Collection[str], at: datetime
) -> MetPeriods:
    """Lock the standings that these conversions change, inside the caller's transaction, before the book is locked.

    `found` is what each conversion counts for now; `known` are those that may have counted before.
    """
    before = counted_before(known)
    after = {(one.agreement_id, one.source, key): one.counted for key, some in found.items() for one in some}
    changed = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    untold = {key[:2] for key in changed if key in before and not _is_told(key, before, after, decisions)}
    standings = _locked({key[:2] for key in changed}, at=at)
    if standings:
        # Now, because the book comes last: whoever approves them holds them and waits for the book.
        _commissions_of(list(standings.values()))
    return MetPeriods(
        standings=standings,
        gone=sorted(key for key in changed if key in before),
        counted={key: one for key, one in after.items() if key in changed},
        untold=frozenset(untold),
    )


def book_periods(met: MetPeriods, *, program: Program, cause: str, by: Actor, at: datetime) -> list[Commission]:
    """Judge the standings that were met and book what follows; return the commissions that moved."""
    if not met.standings:
        return []
    _note_counted(met)
    found = [
        (standing, Cause.JUDGED if name in met.untold else Cause.CORRECTED) for name, standing in met.standings.items()
    ]
    return book_standings(found, program=program, cause=cause, by=by, at=at)


def book_standings(
    standings: Sequence[tuple[PeriodStanding, Cause]],
    *,
    program: Program,
    cause: str,
    by: Actor,
    at: datetime,
    judged: Mapping[Name, PeriodJudgement] = MappingProxyType({}),
) -> list[Commission]:
    """Bring the books of locked standings to what they come to by all that counts, or as `judged` says.

    With each standing stands the reason for which it may fall.
    """
    booking = Booking(program=program, cause=cause, by=by, at=at)
    commissions = _commissions_of([standing for standing, _why in standings])
    booking.proposals = open_proposals([row.id for row in commissions.values()]) if commissions else {}
    followed = []
    for standing, why in standings:
        name = (standing.agreement_id, standing.source)
        found = judged.get(name) or judge_standing(standing, currency=program.currency, zone=program.zone)
        attribution = _attribution(booking, standing, found)
        if attribution:
            _book(booking, standing, found, attribution, commissions.get(name), why)
            standing.latest = attribution
            followed.append(standing)
    write(booking)
    update_rows(followed, ("latest",))
    seal_rows(followed)
    return [*booking.new_commissions, *booking.changed_commissions.values()]


def lock_standings(names: Collection[Name]) -> list[PeriodStanding]:
    """Return the standings of these names that are there, locked in the order that every writer keeps."""
    rows = PeriodStanding.objects.select_for_update(of=("self",)).select_related("latest").order_by("id")
    return [row for row in _named(names, of=rows) if (row.agreement_id, row.source) in names]


def keep_standing(standing: PeriodStanding, *, kept_minor: int) -> None:
    """Note that a person let more stand than is judged, on a locked standing."""
    standing.kept_minor += kept_minor
    update_rows([standing], ("kept_minor",))
    seal_rows([standing])


def _is_told(
    key: _Key, before: Mapping[_Key, Counted], after: Mapping[_Key, Counted], decisions: Mapping[str, Decision]
) -> bool:
    """Say whether a report of the merchant, or a person who declined, explains why a conversion counts otherwise."""
    if key in after:
        return after[key].version_id == before[key].version_id
    decision = decisions[key[2]]
    if decision.outcome is Outcome.DECLINED:
        return True
    return decision.credit is not None and decision.credit.agreement_id == key[0] and not decision.holds


def open_standings(names: Collection[Name], *, at: datetime) -> list[PeriodStanding]:
    """Return the standings of these names, locked; those that are missing begin."""
    return list(_locked(names, at=at).values())


def _locked(names: Collection[Name], *, at: datetime) -> dict[Name, PeriodStanding]:
    """Lock standings, and begin those that are missing; whoever meets a deadlock tries again."""
    if not names:
        return {}
    # None is locked before the last is begun: an act that waits for another's new row holds nothing that it wants.
    there = set(_named(names).values_list("agreement_id", "source"))
    new = [_new_standing(*name, at=at) for name in sorted(set(names) - there)]
    insert_rows(new, ignore_known=True)
    rows = lock_standings(names)
    seal_rows([row for row in rows if row.id in {one.id for one in new}])
    return {(row.agreement_id, row.source): row for row in rows}


def _named(names: Collection[Name], *, of: "QuerySet[PeriodStanding] | None" = None) -> "QuerySet[PeriodStanding]":
    """Return the standings of these agreements and sources; some that are of another pair of them among these."""
    rows = PeriodStanding.objects.all() if of is None else of
    return rows.filter(agreement_id__in={one[0] for one in names}, source__in={one[1] for one in names})


def _new_standing(agreement_id: str, source: str, *, at: datetime) -> PeriodStanding:
    return new_row(PeriodStanding, id=new_id("std", at=at), agreement_id=agreement_id, source=source, created_at=at)


def _note_counted(met: MetPeriods) -> None:
    for agreement_id, source, conversion_id in met.gone:
        standing = met.standings[agreement_id, source]
        CountedConversion.objects.filter(standing=standing, conversion_id=conversion_id).delete()
    insert_rows(
        [
            CountedConversion(
                standing_id=met.standings[agreement_id, source].id,
                conversion_id=conversion_id,
                version_id=one.version_id,
                at_ms=one.at_ms,
                basis=str(one.basis),
                share_left=str(one.share_left),
                paid_minor=one.paid_minor,
                hold_until_ms=one.hold_until_ms,
                facts_joined=one.facts_joined,
            )
            for (agreement_id, source, conversion_id), one in met.counted.items()
        ]
    )


def _commissions_of(standings: Sequence[PeriodStanding]) -> dict[Name, Commission]:
    rows = Commission.objects.select_for_update(of=("self",)).filter(
        agreement_id__in={one.agreement_id for one in standings}, source__in={one.source for one in standings}
    )
    return {(row.agreement_id, row.source): row for row in rows.order_by("id")}


def _attribution(booking: Booking, standing: PeriodStanding, judged: PeriodJudgement) -> Attribution | None:
    """Keep the judgement if it says something new; a promise that nothing was reached of yet says nothing."""
    latest = standing.latest
    document = written_judgement(judged_document(standing, judged))
    digest = judgement_digest(document)
    target_minor = max(judged.target_minor + standing.kept_minor, 0)
    if (latest.digest if latest else "") == digest or (latest is None and not target_minor):
        return None
    attribution = new_row(
        Attribution,
        id=new_id("att", at=booking.at),
        conversion_id=None,
        number=latest.number + 1 if latest else 1,
        outcome=Outcome.EARNED,
        agreement_id=standing.agreement_id,
        version_id=judged.version_id or (latest.version_id if latest else None),
        rule=standing.source.split(":")[1],
        target_minor=target_minor,
        document=document,
        digest=digest,
        judged_at=booking.at,
        cause=booking.cause,
    )
    booking.new_attributions.append(attribution)
    return attribution


def _book(
    booking: Booking,
    standing: PeriodStanding,
    judged: PeriodJudgement,
    attribution: Attribution,
    commission: Commission | None,
    cause: Cause,
) -> None:
    if commission is None:
        if not attribution.target_minor:
            return
        commission = _new_commission(booking, standing, judged)
    else:
        booking.changed_commissions[commission.id] = commission
    if judged.version_id:
        commission.version_id = judged.version_id
        commission.hold_until = from_ms(judged.hold_until_ms)
    commission.facts_joined = judged.facts_joined
    move(booking, commission, attribution, target_minor=attribution.target_minor, cause=cause)
    commission.state = state_of(commission)


def _new_commission(booking: Booking, standing: PeriodStanding, judged: PeriodJudgement) -> Commission:
    commission = new_row(
        Commission,
        id=new_id("com", at=booking.at),
        source=standing.source,
        conversion_id=None,
        agreement_id=standing.agreement_id,
        version_id=judged.version_id,
        state=CommissionState.PENDING,
        currency=booking.program.currency,
        hold_until=from_ms(judged.hold_until_ms),
        facts_joined=judged.facts_joined,
        earned_at=from_ms(judged.last_at_ms),
        created_at=booking.at,
    )
    booking.new_commissions.append(commission)
    booking.added.add(commission.id)
    return commission
