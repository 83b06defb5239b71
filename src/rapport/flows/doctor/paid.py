"""Do payouts hold what the books reserved and paid, and are their states what was booked for them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _

from rapport.apps.ledger.labels import ACCOUNT_LABELS
from rapport.apps.ledger.models import Entry, Posting
from rapport.apps.ledger.queries import balances_of
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.debts import write_offs_unlike_books
from rapport.apps.payouts.models import CORRECTED, Payout, PayoutLine, PayoutRun, PayoutRunState, PayoutState, PayoutTax
from rapport.apps.payouts.queries import UNDECIDED, payouts_by_agreement, payouts_unlike_lines
from rapport.domain.books import AccountKind, EntryKind
from rapport.flows.doctor.exchanged import exchanges
from rapport.flows.doctor.looks import PAGE, Seen

_BOOKED = {
    PayoutState.RESERVED: {EntryKind.RESERVED},
    PayoutState.SENT: {EntryKind.RESERVED, EntryKind.SENT},
    PayoutState.SETTLED: {EntryKind.RESERVED, EntryKind.SENT, EntryKind.SETTLED},
}
"""What stands in the books for a payout in each state; in the others everything is mirrored."""

_BESIDE = {EntryKind.VAT_ADDED, EntryKind.WITHHELD, EntryKind.EXCHANGED}
"""What may stand beside it: taxes, and what exchanging cost more or less."""


def payouts(seen: Seen) -> Iterator[str]:
    """Compare payouts with the books: amounts, lines, states, and the sums of every agreement."""
    for payout_id in payouts_unlike_lines():
        yield _("%(id)s pays another amount than its lines come to.") % {"id": payout_id}
    yield from _lines(seen)
    for rows in seen.pages(Payout.objects.order_by("id").iterator(PAGE)):
        standing = _standing([row.id for row in rows])
        for row in rows:
            if standing[row.id] - _BESIDE != _BOOKED.get(PayoutState(row.state), set()):
                yield _("%(id)s is called %(state)s, which is not booked.") % {"id": row.id, "state": row.state}
    yield from _sums(seen)
    yield from _taxes(seen)
    yield from exchanges(seen)
    for write_off_id in write_offs_unlike_books():
        yield _("%(id)s is not written off as it says.") % {"id": write_off_id}


def runs(seen: Seen) -> Iterator[str]:
    """Compare the sums and states of payout runs with their payouts."""
    for row in PayoutRun.objects.order_by("id").iterator(PAGE):
        seen.count(1)
        kept = row.payouts.exclude(state=PayoutState.CANCELLED)
        sums = kept.aggregate(number=Count("id"), minor=Sum("amount_minor"))
        counted = (sums["number"], sums["minor"] or 0)
        is_counted = row.filled_at and row.state != PayoutRunState.ABANDONED
        if is_counted and (row.payouts_count, row.total_minor) != counted:
            yield _("%(id)s has another total than its payouts.") % {"id": row.id}
        if row.state == PayoutRunState.CLOSED and row.payouts.filter(state__in=UNDECIDED).exists():
            yield _("%(id)s is closed, and a payout of it is still open.") % {"id": row.id}
        if bool(row.approved_at) != (row.state in {PayoutRunState.APPROVED, PayoutRunState.CLOSED}):
            yield _("%(id)s is called %(state)s, which it was not decided to be.") % {"id": row.id, "state": row.state}


def _lines(seen: Seen) -> Iterator[str]:
    """Hold every line to the posting that it took."""
    rows = PayoutLine.objects.order_by("id").values_list(
        "payout_id", "payout__agreement_id", "subject", "amount_minor", "posting__memo", "posting__amount_minor"
    )
    sides = rows.annotate(
        source=F("posting__source__kind"), owner=F("posting__source__owner"), other=F("posting__destination__owner")
    )
    for page in seen.pages(sides.iterator(PAGE)):
        for payout_id, agreement_id, subject, minor, memo, moved_minor, source, owner, other in page:
            took = source == AccountKind.PAYABLE
            of = owner if took else other
            if (subject, minor, agreement_id) != (memo, -moved_minor if took else moved_minor, of):
                yield _("A line of %(id)s is not what it took from the books.") % {"id": payout_id}


def _standing(payout_ids: Sequence[str]) -> dict[str, set[EntryKind]]:
    """Return by payout the kinds of its entries that no mirror undid."""
    found: dict[str, set[EntryKind]] = defaultdict(set)
    entries = Entry.objects.filter(Q(mirrored_by=None), subject__in=payout_ids, mirrors=None)
    for subject, kind in entries.values_list("subject", "kind"):
        found[subject].add(EntryKind(kind))
    return found


def _taxes(seen: Seen) -> Iterator[str]:
    """Hold what taxes added to each payout and kept back of it to what is booked for that."""
    rows = PayoutTax.objects.select_related("payout").order_by("payout_id")
    for page in seen.pages(rows.iterator(PAGE)):
        moved = _taxes_moved([row.payout_id for row in page])
        corrected = _corrections_taken([row.payout_id for row in page])
        for row in page:
            stands = row.payout.state in _BOOKED
            expected = (row.vat_minor, row.withheld_minor) if stands else (0, 0)
            if moved[row.payout_id] != expected:
                yield _("%(id)s: the books hold other taxes than it says.") % {"id": row.payout_id}
            sums = row.net_minor + row.vat_minor - row.withheld_minor + corrected[row.payout_id]
            if sums != row.payout.amount_minor:
                yield _("%(id)s does not pay its sum, more VAT, less what was withheld.") % {"id": row.payout_id}


def _corrections_taken(payout_ids: Sequence[str]) -> dict[str, int]:
    """Return by payout what it pays or nets of VAT that was put right after earlier payouts."""
    found: dict[str, int] = defaultdict(int)
    lines = PayoutLine.objects.filter(payout_id__in=payout_ids, subject__startswith=CORRECTED)
    found.update(lines.order_by().values_list("payout_id").annotate(minor=Sum("amount_minor")))
    return found


def _taxes_moved(payout_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return by payout the VAT that its postings add and the tax that they keep back, mirrors included."""
    vat: dict[str, int] = defaultdict(int)
    withheld: dict[str, int] = defaultdict(int)
    for side, sign in (("source", 1), ("destination", -1)):
        for kind, sums, way in ((AccountKind.INPUT_VAT, vat, sign), (AccountKind.WITHHELD_TAX, withheld, -sign)):
            rows = Posting.objects.filter(memo__in=payout_ids, **{f"{side}__kind": kind}).order_by()
            for memo, minor in rows.values_list("memo").annotate(minor=Sum("amount_minor")):
                sums[memo] += way * minor
    return {payout_id: (vat[payout_id], withheld[payout_id]) for payout_id in payout_ids}


def _sums(seen: Seen) -> Iterator[str]:
    known = payouts_by_agreement()
    kinds = [AccountKind.RESERVED, AccountKind.PAID]
    for owners in seen.pages(Agreement.objects.order_by("id").values_list("id", flat=True).iterator(PAGE)):
        booked = {(name.owner, name.kind): minor for name, minor in balances_of(owners, kinds).items()}
        for owner in owners:
            for kind in kinds:
                if booked.get((owner, kind), 0) != known.get((owner, kind), 0):
                    told = {"id": owner, "account": ACCOUNT_LABELS[kind]}
                    yield _("%(id)s: the books hold another sum on “%(account)s” than its payouts say.") % told
