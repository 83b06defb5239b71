"""Towards payable: ask the lake about the clicks once, and approve what nobody objected to when its hold has ended."""

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter

from django.conf import settings

from rapport.apps.commissions.actions import approve_commissions
from rapport.apps.commissions.models import Commission
from rapport.apps.commissions.queries import due_for_approval
from rapport.apps.conversions.actions import attach_waiting, join_facts, lock_stories
from rapport.apps.conversions.models import NamedClick
from rapport.apps.conversions.queries import clicks_to_join, sales_of_waiting
from rapport.apps.conversions.recording import Touched
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.flows.approving import note_approved
from rapport.flows.broken import Broken
from rapport.flows.judging import judge_touched
from rapport.flows.offers import load_offer
from rapport.kit.clock import from_ms
from rapport.kit.pace import portions
from rapport.lake.position import unread_segments
from rapport.lake.questions import ClickFacts, lake_at
from rapport.wire.journal import read_segment

SETTLING = timedelta(minutes=2)
"""How long a click may be under way from the edge to the lake before its absence means something."""

BATCH = 100
DUE_AT_ONCE = 1_000


def join_click_facts(*, at: datetime, most: int = 5_000) -> int:
    """Join the lake's facts to the clicks that reports named, judge again, and return how many clicks it were.

    A program that breaks holds up no other: its error is raised when the others are done.
    """
    joined, broken = 0, Broken()
    before = known_until(at=at)
    while joined < most and (clicks := clicks_to_join(limit=BATCH, before=before, without=broken.programs)):
        facts = {
            text: _kept(found)
            for text, found in lake_at(settings.LAKE_FOLDER).facts_of({click.click_id for click in clicks}).items()
        }
        for program_id, group in groupby(sorted(clicks, key=_program), key=_program):
            named = list(group)
            with broken.watch(program_id):
                _join_program(named, program_id=program_id, facts=facts, at=at)
                joined += len(named)
    broken.raise_first()
    return joined


def known_until(*, at: datetime) -> datetime:
    """Return the moment up to which the lake knows every click: what it has not yet read may tell of a bot."""
    behind = unread_segments(journal=settings.JOURNAL_FOLDER, lake=settings.LAKE_FOLDER)
    unread = [from_ms(event.at_ms) for path in behind for _offset, event in islice(read_segment(path), 1)]
    return min([at - SETTLING, *unread])


def approve_due(*, at: datetime, most: int = 5_000) -> int:
    """Approve the commissions whose hold has ended in silence, and return how many were approved.

    A program that breaks holds up no other: its error is raised when the others are done.
    """
    approved, tried, broken = 0, 0, Broken()
    while tried < most and (due := _due(at=at, without=broken.programs)):
        for program_id, group in groupby(due, key=itemgetter(0)):
            with broken.watch(program_id):
                for portion in portions(commission_id for _program_id, commission_id in group):
                    approved += _approve_program(portion, program_id=program_id, at=at)
        tried += len(due)
    broken.raise_first()
    return approved


def attach_late_corrections(*, at: datetime) -> int:
    """Give corrections that wait in vain the sale that was reported in the same instant; return how many sales."""
    by = Actor.system("late-correction")
    sales = sales_of_waiting(limit=BATCH)
    for program_id, group in groupby(sales, key=lambda sale: sale.program_id):
        offer, touched = load_offer(program_id), Touched()
        with transaction():
            attach_waiting(list(group), touched=touched)
            judge_touched(touched, offer=offer, cause="corrected", by=by, at=at)
    return len(sales)


def _due(*, at: datetime, without: Collection[str]) -> list[tuple[str, str]]:
    """Return the first that are due, each with its program before it, one program after the other."""
    due = due_for_approval(at=at).exclude(agreement__program_id__in=without)
    return sorted(due.values_list("agreement__program_id", "id")[:DUE_AT_ONCE])


def _program(click: NamedClick) -> str:
    return click.conversion.program_id


def _kept(facts: ClickFacts) -> dict[str, object]:
    """Return what is stored with the decision: verdicts, and what later conditions may ask for; no address."""
    return {
        "bot": facts.bot,
        "framed": facts.framed,
        "country": facts.country,
        "device": facts.device,
        "placement": facts.placement,
        "channel": facts.channel,
        "creative": facts.creative,
        "browser": facts.browser,
        "language": facts.language,
        "referrer": facts.referrer,
        "referrer_host": facts.referrer_host,
        "subs": dict(facts.subs),
    }


def _join_program(
    clicks: list[NamedClick], *, program_id: str, facts: dict[str, dict[str, object]], at: datetime
) -> None:
    by = Actor.system("click-facts")
    offer = load_offer(program_id)
    with transaction():
        lock_stories(Touched.by(click.conversion for click in clicks).in_order())
        touched = join_facts(clicks, facts=facts, at=at)
        judge_touched(touched, offer=offer, cause="click-facts", by=by, at=at)


def _approve_program(commission_ids: list[str], *, program_id: str, at: datetime) -> int:
    by = Actor.system("end-of-hold")
    offer = load_offer(program_id)
    with transaction():
        rows = Commission.objects.filter(pk__in=commission_ids).select_related("conversion")
        # Silence approves what is right now, not what was right when it was last judged; this takes the locks as well.
        touched = Touched.by(row.conversion for row in rows if row.conversion)
        judge_touched(touched, offer=offer, cause="end-of-hold", by=by, at=at)
        still_due = list(due_for_approval(at=at).filter(pk__in=commission_ids).select_for_update(of=("self",)))
        approved = approve_commissions(still_due, program_id=program_id, reason="end-of-hold", by=by, at=at)
        note_approved(approved, offer=offer, by=by, at=at)
    return len(approved)
