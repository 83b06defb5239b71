"""Write the payouts of a run: what each takes up, what taxes add and keep back, and the entries that reserve it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from rapport.apps.ledger.actions import book_entries
from rapport.apps.ledger.inputs import EntryDraft, posting_drafts
from rapport.apps.ledger.queries import PayablePosting, payable_postings
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.details import details_of, put_copy
from rapport.apps.payouts.models import Payout, PayoutExchange, PayoutLine, PayoutMethod, PayoutRun, PayoutState
from rapport.apps.payouts.taxing import Taxed, tax_drafts, tax_row
from rapport.apps.record.actors import Actor, ActorKind
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import insert_rows
from rapport.domain.books import EntryKind, Posting
from rapport.domain.exchange import Rate, convert
from rapport.domain.payouts import reserving, taken
from rapport.kit.ids import new_id

MOST_COMMISSIONS = 30_000
"""What one entry in the books has room for; a partner with more gets the rest in the next run."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """One payout about to be written."""

    payout: Payout
    lines: tuple[PayablePosting, ...]
    moved: dict[str, Posting]
    taxed: Taxed
    exchange: PayoutExchange | None = None


def preparer_of(run: PayoutRun) -> Actor:
    """Return who prepared a run: what its job does, that person does."""
    return Actor(ActorKind(run.prepared_by_kind), run.prepared_by_id)


def nets_of_postings(postings: Iterable[PayablePosting]) -> dict[str, int]:
    """Return what one payout takes of these, by the thing whose money it is."""
    sums: dict[str, int] = {}
    for one in postings:
        sums[one.memo] = sums.get(one.memo, 0) + one.minor
    return taken(sums, most=MOST_COMMISSIONS)


def payout_of(
    run: PayoutRun,
    agreement: Agreement,
    *,
    method: PayoutMethod,
    postings: Sequence[PayablePosting],
    tax: Taxed,
    at: datetime,
) -> Reserved:
    """Return the payout of one agreement with everything that it takes up, unsaved."""
    nets = nets_of_postings(postings)
    moved = {subject: posting for subject, minor in nets.items() if (posting := reserving(minor))}
    payout = Payout(
        id=new_id("pay", at=at),
        run=run,
        agreement=agreement,
        amount_minor=sum(nets.values()) + tax.tax_minor,
        currency=run.currency,
        state=PayoutState.RESERVED,
        method=method,
        method_kind=method.kind,
        commissions_count=len(moved),
        reserved_at=at,
    )
    put_copy(payout, details_of(method))
    lines = tuple(one for one in postings if one.memo in nets)
    return Reserved(payout, lines, moved, tax)


def exchanged(one: Reserved, currency: str, rates: Mapping[str, Rate]) -> Reserved:
    """Let a payout go out in another currency, where one is wished for: converted once and rounded once."""
    if currency in {"", one.payout.currency}:
        return one
    rate = rates[currency]
    sent = convert(one.payout.amount, currency, rate=rate)
    exchange = PayoutExchange(
        payout=one.payout,
        amount_minor=sent.minor,
        currency=currency,
        rate=rate.text,
        rate_day=rate.day,
        rate_source=rate.source,
    )
    return replace(one, exchange=exchange)


def write_reserved(run: PayoutRun, reserved: Sequence[Reserved], *, at: datetime) -> None:
    """Write these payouts with their taxes, lines and entries, inside the caller's transaction."""
    if not reserved:
        return
    payouts = [each.payout for each in reserved]
    insert_rows(payouts)
    rows = [tax_row(each.payout, each.taxed) for each in reserved]
    insert_rows(rows)
    exchanges = [each.exchange for each in reserved if each.exchange]
    insert_rows(exchanges)
    seal_rows([*payouts, *rows, *exchanges])
    by_tax = _book_taxes(run, reserved, at=at)
    insert_rows(
        [
            PayoutLine(payout=each.payout, posting_id=one.posting_id, subject=one.memo, amount_minor=one.minor)
            for each in reserved
            for one in (*each.lines, *by_tax.get(each.payout.id, ()))
        ]
    )
    drafts = [_reserving(run, each, entry_id=new_id("ent", at=at)) for each in reserved]
    book_entries(book_subject=run.program_id, drafts=drafts, by=preparer_of(run), at=at, ids_are_new=True)


def _book_taxes(run: PayoutRun, reserved: Sequence[Reserved], *, at: datetime) -> dict[str, list[PayablePosting]]:
    """Book what taxes add and keep back; return by payout what that did to payable, for the payout to take up."""
    drafts = tax_drafts(((each.payout, each.taxed) for each in reserved), at=at)
    if drafts:
        book_entries(book_subject=run.program_id, drafts=drafts, by=preparer_of(run), at=at, ids_are_new=True)
    taxed_ones = [each.payout for each in reserved if each.taxed.tax_minor or each.taxed.withheld_minor]
    owners = {payout.agreement_id for payout in taxed_ones}
    found: dict[str, list[PayablePosting]] = {}
    for one in payable_postings(owners, Q(memo__in=[payout.id for payout in taxed_ones])) if taxed_ones else ():
        found.setdefault(one.memo, []).append(one)
    return found


def _reserving(run: PayoutRun, each: Reserved, *, entry_id: str) -> EntryDraft:
    taxes = reserving(each.taxed.tax_minor)
    moved = each.moved | ({each.payout.id: taxes} if taxes else {})
    return EntryDraft(
        id=entry_id,
        kind=EntryKind.RESERVED,
        subject=each.payout.id,
        reason="payout-run",
        postings=tuple(
            draft
            for subject, posting in moved.items()
            for draft in posting_drafts(
                [posting], agreement=each.payout.agreement_id, currency=run.currency, memo=subject
            )
        ),
    )
