"""Do the books add up, and does every commission say what they hold for it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import Count, Exists, F, Max, OuterRef, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from rapport.apps.commissions.models import Commission, CommissionLine, CommissionState, Proposal, ProposalState
from rapport.apps.commissions.queries import booked_of as cached
from rapport.apps.commissions.standing import state_of
from rapport.apps.ledger.models import Book, Entry, LedgerAccount, Posting
from rapport.apps.ledger.queries import booked_of, recount, stray_postings
from rapport.apps.programs.models import Program
from rapport.domain.books import AGREEMENT_KINDS
from rapport.flows.doctor.looks import PAGE, Seen
from rapport.kit.clock import to_ms
from rapport.kit.ids import made_ms

_ENDED = frozenset({CommissionState.DECLINED, CommissionState.REVERSED})


def books(seen: Seen) -> Iterator[str]:
    """Recount every book from its first entry, and its chain."""
    for book in Book.objects.order_by("id"):
        counted = recount(book.subject)
        seen.count(counted.postings)
        for problem in counted.problems:
            yield f"{book.subject}: {problem}"
    if strays := stray_postings():
        yield _("%(number)s postings belong to no entry.") % {"number": strays}


def accounts(seen: Seen) -> Iterator[str]:
    """Look at what no sum depends on: whose a book is, when accounts were opened, that postings count up."""
    for model in (Book, LedgerAccount):
        for rows in seen.pages(model.objects.order_by("id").values_list("id", "opened_at").iterator(PAGE)):
            for row_id, opened_at in rows:
                if made_ms(row_id) != to_ms(opened_at):
                    yield _("%(id)s was not opened when it says.") % {"id": row_id}
    programs = Program.objects.filter(pk=OuterRef("subject"), currency=OuterRef("currency"))
    for row_id in Book.objects.exclude(Exists(programs)).order_by("id").values_list("id", flat=True):
        yield _("%(id)s is the book of no program in its currency.") % {"id": row_id}
    gaps = Posting.objects.order_by().values_list("entry_id").annotate(number=Count("id"), last=Max("position"))
    for entry_id, _number, _last in gaps.exclude(number=F("last") + 1):
        yield _("The postings of %(id)s do not count up.") % {"id": entry_id}


def commissions(seen: Seen) -> Iterator[str]:
    """Compare what each commission says of itself with the sums of its postings, and its lines with its worth."""
    for rows in seen.pages(Commission.objects.order_by("id").iterator(PAGE)):
        ids = [row.id for row in rows]
        booked, lined = booked_of(ids), _lined_minor(ids)
        for row in rows:
            if booked[row.id] != cached(row):
                yield _("%(id)s does not say what the books hold for it.") % {"id": row.id}
            if lined.get(row.id, 0) != row.worth.minor:
                yield _("The lines of %(id)s do not come to what it is worth.") % {"id": row.id}
            if row.state != state_of(row) and not {row.state, state_of(row)} <= _ENDED:
                yield _("%(id)s is called %(state)s, which its amounts are not.") % {"id": row.id, "state": row.state}


def lines(seen: Seen) -> Iterator[str]:
    """Hold every line of a commission to the entry that booked it and the judgement that it names."""
    rows = CommissionLine.objects.select_related("attribution", "commission").order_by("id")
    for page in seen.pages(rows.iterator(PAGE)):
        ids = [row.entry for row in page]
        entries = {entry.id: entry for entry in Entry.objects.filter(pk__in=ids)}
        moved = _moved_minor(ids)
        accepted = _accepted(page)
        for row in page:
            entry = entries.get(row.entry)
            told = entry and (entry.subject, entry.booked_at, moved[row.entry])
            if told != (row.commission_id, row.at, row.amount_minor):
                yield _("A line of %(id)s does not say what its entry booked.") % {"id": row.commission_id}
            judged = (row.attribution.conversion_id, row.attribution.rule)
            is_known = row.at == row.attribution.judged_at or (row.commission_id, row.attribution_id) in accepted
            if not is_known or judged != (row.commission.conversion_id, row.rule):
                yield _("A line of %(id)s names a judgement that did not move it.") % {"id": row.commission_id}


def _accepted(lines_of_page: Sequence[CommissionLine]) -> set[tuple[str, str]]:
    """Return which judgements were booked later, because a person had to accept what they proposed."""
    rows = Proposal.objects.filter(
        commission_id__in=[row.commission_id for row in lines_of_page], state=ProposalState.ACCEPTED
    )
    return set(rows.values_list("commission_id", "attribution_id"))


def _lined_minor(commission_ids: Sequence[str]) -> dict[str, int]:
    rows = CommissionLine.objects.filter(commission_id__in=commission_ids).order_by().values_list("commission_id")
    return dict(rows.annotate(minor=Coalesce(Sum("amount_minor"), 0)))


def _moved_minor(entry_ids: Sequence[str]) -> dict[str, int]:
    """Return by how much each entry made its commission worth more."""
    kinds = list(AGREEMENT_KINDS)
    found: dict[str, int] = defaultdict(int)
    for side, sign in (("source", -1), ("destination", 1)):
        rows = Posting.objects.filter(Q(**{f"{side}__kind__in": kinds}), entry_id__in=entry_ids).order_by()
        for entry_id, minor in rows.values_list("entry_id").annotate(minor=Sum("amount_minor")):
            found[entry_id] += sign * minor
    return found
