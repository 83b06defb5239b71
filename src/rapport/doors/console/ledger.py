"""Pages of the ledger: every entry with its postings, balances that add up, and the recount of the chain."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.identity.queries import actor_names
from rapport.apps.identity.rights import Capability
from rapport.apps.ledger.labels import ACCOUNT_LABELS, ENTRY_LABELS
from rapport.apps.ledger.models import Entry
from rapport.apps.ledger.queries import (
    balances_of,
    balances_of_program,
    book_of,
    entries_moving,
    entries_of_book,
    recount,
)
from rapport.apps.partners.queries import agreements_of
from rapport.apps.payouts.queries import run_ids
from rapport.apps.programs.models import Program
from rapport.domain.books import AccountKind, EntryKind
from rapport.domain.money import Money
from rapport.doors.access import Request, allow
from rapport.doors.console.answers import done
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paging import SHOWN, place_of

SHOWN_KINDS = (
    *(EntryKind.JUDGED, EntryKind.REVERSED, EntryKind.APPROVED, EntryKind.APPROVAL_UNDONE),
    *(EntryKind.RESERVED, EntryKind.SENT, EntryKind.SETTLED, EntryKind.MIRRORED),
)
"""Kinds that the page offers."""

COLUMNS = (AccountKind.ACCRUED, AccountKind.PAYABLE, AccountKind.RESERVED, AccountKind.PAID)


@dataclass(frozen=True, slots=True)
class Moved:
    """What one entry moved one way, as a page shows it."""

    source: str
    destination: str
    partner: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as a page shows it."""

    entry: Entry
    words: str
    url: str
    who: str
    moves: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """The balances of one partner by account."""

    agreement_id: str
    partner: str
    amounts: tuple[Money, ...]
    together: Money


@dataclass(frozen=True, slots=True)
class Balances:
    """The balances of a book: by partner, their sums, the program's own; `rest`, all of them together, is zero."""

    partners: tuple[BalanceRow, ...]
    sums: BalanceRow
    own: tuple[tuple[str, Money], ...]
    rest: Money


@require_safe
@allow(Capability.LEDGER_READ)
def ledger(request: Request, program_id: str) -> HttpResponse:
    """Show the entries, newest first; `?kind=` and `?partner=` (an agreement) show fewer, `?before=` older ones."""
    program = program_or_404(request, program_id)
    names = {row.id: row.partner.name for row in agreements_of(program.id)}
    asked = request.GET
    entries = entries_of_book(program.id)
    if asked.get("kind") in [kind.value for kind in EntryKind]:
        entries = entries.filter(kind=asked["kind"])
    if asked.get("partner"):
        entries = entries_moving(entries, asked["partner"])
    before = place_of(asked.get("before", ""))
    if before is not None:
        entries = entries.filter(number__lt=before)
    found = list(entries[: SHOWN + 1])
    return program_page(
        request,
        "ledger/page.html",
        program=program,
        rows=_rows(program, found[:SHOWN], names),
        older=found[SHOWN - 1].number if len(found) > SHOWN else None,
        wanted=asked,
        partner=names.get(asked.get("partner", ""), ""),
        kinds=[(kind.value, ENTRY_LABELS[kind]) for kind in SHOWN_KINDS],
        columns=[ACCOUNT_LABELS[kind] for kind in COLUMNS],
        books=_balances(program, names),
        book=book_of(program.id),
    )


@require_POST
@allow(Capability.LEDGER_READ)
def verify(request: Request, program_id: str) -> HttpResponse:
    """Recount the book from its first entry and say what was found; nothing is changed."""
    program = program_or_404(request, program_id)
    found = recount(program.id)
    for problem in found.problems:
        messages.error(request, problem)
    counted = ngettext("%(n)s entry recounted", "%(n)s entries recounted", found.entries) % {"n": found.entries}
    if found.problems:
        words = _("%(counted)s, and something is wrong.") % {"counted": counted}
    else:
        words = _("%(counted)s: every link of the chain holds, every sum is right.") % {"counted": counted}
    return done(request, words, name="ledger", at=(program.id,))


def _rows(program: Program, entries: list[Entry], names: dict[str, str]) -> list[Row]:
    runs = run_ids([entry.subject for entry in entries])
    people = actor_names({(entry.actor_kind, entry.actor_id) for entry in entries})
    return [
        Row(
            entry=entry,
            words=str(ENTRY_LABELS[EntryKind(entry.kind)]),
            url=_address(program, entry.subject, runs),
            who=people.get(entry.actor_id, entry.actor_id.replace("-", " ")),
            moves=_moves(entry, names),
        )
        for entry in entries
    ]


def _moves(entry: Entry, names: dict[str, str]) -> tuple[Moved, ...]:
    """Return what an entry moved, summed by way: a payout's moves the money of many commissions the same way."""
    sums: dict[tuple[str, str, str, str], int] = {}
    for posting in entry.postings.all():
        owner = posting.source.owner or posting.destination.owner
        way = (posting.source.kind, posting.destination.kind, owner, posting.currency)
        sums[way] = sums.get(way, 0) + posting.amount_minor
    return tuple(
        Moved(
            source=str(ACCOUNT_LABELS[AccountKind(source)]),
            destination=str(ACCOUNT_LABELS[AccountKind(destination)]),
            partner=names.get(owner, ""),
            amount=Money(minor, currency),
        )
        for (source, destination, owner, currency), minor in sums.items()
    )


def _address(program: Program, subject: str, runs: dict[str, str]) -> str:
    """Return the page of what an entry is about: a payout, or a commission."""
    if subject in runs:
        return reverse("console:payout", args=[program.id, runs[subject], subject])
    return reverse("console:commission", args=[program.id, subject])


def _balances(program: Program, names: dict[str, str]) -> Balances:
    found = {(name.owner, name.kind): minor for name, minor in balances_of(list(names)).items()}
    own = balances_of_program(program.id)
    rows = tuple(
        _balance_row(agreement_id, name, [found.get((agreement_id, kind), 0) for kind in COLUMNS], program.currency)
        for agreement_id, name in names.items()
        if any((agreement_id, kind) in found for kind in COLUMNS)
    )
    sums = [sum(found.get((one, kind), 0) for one in names) for kind in COLUMNS]
    return Balances(
        partners=rows,
        sums=_balance_row("", "", sums, program.currency),
        own=tuple((str(ACCOUNT_LABELS[name.kind]), Money(minor, name.currency)) for name, minor in own.items()),
        rest=Money(sum(sums) + sum(own.values()), program.currency),
    )


def _balance_row(agreement_id: str, name: str, minors: list[int], currency: str) -> BalanceRow:
    return BalanceRow(
        agreement_id, name, tuple(Money(minor, currency) for minor in minors), Money(sum(minors), currency)
    )
