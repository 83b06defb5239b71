"""Examine the business: recount the books, judge every story again, hold journal, receipts and lake to one another."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import Count, F
from django.utils.translation import gettext as _

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.commissions.queries import booked_of as cached
from rapport.apps.commissions.queries import latest_attributions, open_proposals
from rapport.apps.commissions.standing import state_of
from rapport.apps.conversions.actions import Judged, stale_effects
from rapport.apps.conversions.models import Conversion, Receipt
from rapport.apps.conversions.recording import Touched
from rapport.apps.ledger.labels import ACCOUNT_LABELS
from rapport.apps.ledger.models import Book
from rapport.apps.ledger.queries import balances_of, booked_of, recount, stray_postings
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.queries import payouts_by_agreement, payouts_unlike_lines
from rapport.apps.programs.models import Program
from rapport.apps.record.guards import missing_guards
from rapport.apps.tracking.publishing import book_is_behind
from rapport.domain.books import AccountKind
from rapport.domain.judgement_document import to_document
from rapport.flows.judging import judge_only
from rapport.flows.offers import load_offer
from rapport.flows.postbacks import position
from rapport.kit.clock import to_ms
from rapport.lake.progress import progress, segment_number
from rapport.lake.questions import lake_at
from rapport.wire.events import ClickEvent, PostbackEvent
from rapport.wire.journal import read_segment, sealed_segments

T = TypeVar("T")

PAGE = 200
"""Rows that are looked at together: memory stays the same however much there is."""

MOST_PROBLEMS = 50
"""Nobody reads more sentences than these about one thing."""

PUBLISHING_TAKES_S = 3

APPEND_ONLY = (
    "commissions_attribution",
    "commissions_commissionline",
    "conversions_conversionline",
    "conversions_humandecision",
    "conversions_report",
    "partners_acceptance",
    "payouts_payoutfile",
    "payouts_payoutline",
    "payouts_payoutverdict",
    "programs_termsversion",
    "record_auditrow",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; without problems it is in order."""

    name: str
    problems: tuple[str, ...]


def run_checks() -> Iterator[Check]:
    """Look at everything, one after the other; nothing is changed."""
    looks: tuple[tuple[str, Callable[[], Iterable[str]]], ...] = (
        ("guards of what is never rewritten", _guards),
        ("books recounted", _books),
        ("commissions as booked", _commissions),
        ("commissions as judged", _entitlements),
        ("payouts as booked", _payouts),
        ("orders judged again", _judgements),
        ("journal whole", _journal),
        ("receipts of postbacks", _receipts),
        ("clicks in the lake", _clicks),
        ("link book", _link_book),
    )
    for name, look in looks:
        yield Check(name, tuple(islice(look(), MOST_PROBLEMS)))


def _guards() -> Iterator[str]:
    for guard in missing_guards(*APPEND_ONLY, connection=connection):
        yield _("The guard %(guard)s is missing.") % {"guard": guard}


def _books() -> Iterator[str]:
    for book in Book.objects.order_by("id"):
        for problem in recount(book.subject).problems:
            yield f"{book.subject}: {problem}"
    if strays := stray_postings():
        yield _("%(number)s postings belong to no entry.") % {"number": strays}


def _commissions() -> Iterator[str]:
    """Compare what each commission says of itself with the sums of its postings."""
    for rows in _pages(Commission.objects.order_by("id").iterator(PAGE)):
        booked = booked_of([row.id for row in rows])
        for row in rows:
            if booked[row.id] != cached(row):
                yield _("%(id)s does not say what the books hold for it.") % {"id": row.id}
            ended = {CommissionState.DECLINED, CommissionState.REVERSED}
            if row.state != state_of(row) and not {row.state, state_of(row)} <= ended:
                yield _("%(id)s is called %(state)s, which its amounts are not.") % {"id": row.id, "state": row.state}


def _entitlements() -> Iterator[str]:
    """Compare what each commission holds with its judgement: the target, unless a person has still to agree to it."""
    of_orders = Commission.objects.filter(conversion__isnull=False).order_by("id")
    for rows in _pages(of_orders.iterator(PAGE)):
        latest = latest_attributions([row.source for row in rows])
        ids = [row.id for row in rows]
        proposals, booked = open_proposals(ids), booked_of(ids)
        for row in rows:
            judged, proposal = latest[row.source], proposals.get(row.id)
            earns = judged.agreement_id == row.agreement_id
            target_minor = judged.target_minor if earns else 0
            if (proposal.target_minor if proposal else booked[row.id].minor) != target_minor:
                yield _("%(id)s holds another amount than was judged, and nobody is asked about it.") % {"id": row.id}
            if earns and _waiting_for(row) != (judged.document["holds"], judged.document["hold_until_ms"]):
                yield _("%(id)s waits for something else than was judged.") % {"id": row.id}
    net_minor = F("accrued_minor") + F("payable_minor") + F("reserved_minor") + F("paid_minor")
    holders = of_orders.annotate(net_minor=net_minor).filter(net_minor__gt=0).order_by().values_list("source")
    for source, _number in holders.annotate(number=Count("id")).filter(number__gt=1).order_by("source"):
        yield _("Two partners hold money for %(id)s.") % {"id": source}


def _payouts() -> Iterator[str]:
    """Compare what is reserved and paid by the books with the payouts, and each payout with its lines."""
    for row in payouts_unlike_lines():
        yield _("%(id)s pays another amount than its lines come to.") % {"id": row}
    known = payouts_by_agreement()
    kinds = [AccountKind.RESERVED, AccountKind.PAID]
    for owners in _pages(Agreement.objects.order_by("id").values_list("id", flat=True).iterator(PAGE)):
        booked = {(name.owner, name.kind): minor for name, minor in balances_of(owners, kinds).items()}
        for owner in owners:
            for kind in kinds:
                if booked.get((owner, kind), 0) != known.get((owner, kind), 0):
                    told = {"id": owner, "account": ACCOUNT_LABELS[kind]}
                    yield _("%(id)s: the books hold another sum on “%(account)s” than its payouts say.") % told


def _waiting_for(row: Commission) -> tuple[list[str], int]:
    return row.holds, to_ms(row.hold_until)


def _judgements() -> Iterator[str]:
    """Judge every story again: the facts are the same, so nothing may come out differently."""
    for program in Program.objects.order_by("id"):
        offer = load_offer(program.id)
        for rows in _pages(Conversion.objects.filter(program=program).order_by("customer_id", "id").iterator(PAGE)):
            yield from _differences(judge_only(Touched.by(rows).in_order(), offer=offer))


def _differences(judged: list[Judged]) -> Iterator[str]:
    latest = latest_attributions([one.row.id for one in judged])
    for one in judged:
        kept = latest.get(one.row.id)
        if kept is None or kept.document != json.loads(json.dumps(to_document(one.decision))):
            yield _("%(id)s would be judged differently today.") % {"id": one.row.id}
        for name in stale_effects(one):
            yield _("%(id)s keeps another %(field)s than its reports come to.") % {"id": one.row.id, "field": name}


def _journal() -> Iterator[str]:
    for path in sealed_segments(settings.JOURNAL_FOLDER):
        damaged: list[int] = []
        for _event in read_segment(path, damaged=damaged):
            pass
        for offset in damaged:
            yield _("%(file)s is damaged at byte %(offset)s.") % {"file": path.name, "offset": offset}


def _receipts() -> Iterator[str]:
    """Every postback that was taken in has its receipt."""
    for events in _pages(_events_upto(position(), PostbackEvent)):
        ids = {event.receipt_id for event in events}
        for missing in sorted(ids - set(Receipt.objects.filter(pk__in=ids).values_list("id", flat=True))):
            yield _("The postback %(id)s was passed over.") % {"id": missing}


def _clicks() -> Iterator[str]:
    """Every click that the lake has passed lies in it."""
    for events in _pages(_events_upto(progress(settings.LAKE_FOLDER), ClickEvent)):
        ids = {event.click_id for event in events}
        for missing in sorted(ids - lake_at(settings.LAKE_FOLDER).facts_of(ids).keys()):
            yield _("The click %(id)s is not in the lake.") % {"id": missing}


def _link_book() -> Iterator[str]:
    if book_is_behind():
        time.sleep(PUBLISHING_TAKES_S)
        if book_is_behind():
            yield _("Changes of links wait to be published: is a worker running?")


def _events_upto(number: int, kind: type[T]) -> Iterator[T]:
    """Yield the events of one kind in the segments up to this one that are still there."""
    for path in sealed_segments(settings.JOURNAL_FOLDER):
        if segment_number(Path(path)) <= number:
            yield from (event for _offset, event in read_segment(path) if isinstance(event, kind))


def _pages(rows: Iterable[T]) -> Iterator[list[T]]:
    remaining = iter(rows)
    while page := list(islice(remaining, PAGE)):
        yield page
