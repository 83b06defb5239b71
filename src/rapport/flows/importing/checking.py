"""The dry run: what a file would bring, with a reason for every line that would not count; nothing is written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from rapport.apps.imports.actions import choose_layout, note_checked, refuse_import
from rapport.apps.imports.errors import FileGone, Unreadable
from rapport.apps.imports.models import ImportRun, Subject
from rapport.apps.imports.queries import known_orders, pieces_of, run_of, sold_lines
from rapport.apps.imports.reading.layout import Layout, check_layout
from rapport.apps.imports.reading.orders import Correction, Piece, Sale
from rapport.apps.imports.reading.working import Progress, WorkingFile
from rapport.apps.record.actors import Actor
from rapport.domain.returns import Returned, Sold, match_returns
from rapport.flows.importing.bindings import BindingReader, partners_of, portions, settle_lines
from rapport.flows.importing.files import Fate, forget_working_file, look_into, table_of, working_file, write_report
from rapport.flows.importing.partners.running import check_partners
from rapport.flows.importing.validations.running import check_validations
from rapport.flows.offers import load_offer
from rapport.kit.clock import to_ms

SAMPLE_ORDERS = 5
AT_ONCE = 500


def prepare(run: ImportRun, layout: Layout, *, profile: str = "", by: Actor, at: datetime) -> ImportRun:
    """Choose how a file is read; raises `BadInput` with a sentence for each choice that is missing."""
    look = look_into(run)
    check_layout(layout, look.header, look.samples)
    chosen = choose_layout(run_id=run.id, layout=layout, profile=profile, by=by, at=at)
    forget_working_file(chosen)
    return chosen


def check(run_id: str, *, at: datetime, progress: Progress = lambda _done: None) -> ImportRun:
    """Find out what the file would bring; a file that cannot be read is refused with its reason."""
    run = run_of(run_id)
    try:
        figures = _figures_of(run, at, progress)
    except (Unreadable, FileGone) as unreadable:
        return refuse_import(run_id=run_id, reason=unreadable.sentence, at=at)
    return note_checked(run_id=run_id, figures=figures)


def _figures_of(run: ImportRun, at: datetime, progress: Progress) -> dict[str, Any]:
    if run.subject == Subject.ORDERS:
        return _of_orders(run, progress)
    if run.subject == Subject.PARTNERS:
        return check_partners(run, at=at, progress=progress)
    if run.subject == Subject.VALIDATIONS:
        return check_validations(run, progress=progress)
    return _of_bindings(run, at, progress)


def _of_orders(run: ImportRun, progress: Progress) -> dict[str, Any]:
    offer = load_offer(run.program_id)
    with working_file(run, offer, progress=progress) as work:
        held = work.figures()
        waiting = [*_waiting_returns(work, run), *_waiting_corrections(work, run)]
        write_report(run, refused_of(work), waiting)
        return {
            "lines": held.lines,
            "refused": held.refused,
            "waiting": len(waiting),
            "accepted": held.lines - held.refused - len(waiting),
            "orders": held.orders,
            "corrections": held.corrections,
            "returns": held.returns,
            "total_minor": held.total_minor,
            "foreign": held.foreign,
            "sample": list(islice(_sample(work), SAMPLE_ORDERS)),
        }


def refused_of(work: WorkingFile) -> Iterator[Fate]:
    """Go through the refused lines of a working file."""
    for line, order, reason in work.refused():
        yield (line, order, _("refused"), reason)


def waiting_words(open_quantity: Decimal, customer: str) -> str:
    """Say why a returned piece waits."""
    if not customer:
        return _("The line names neither an order nor a customer, so nobody knows which sale it takes from.")
    return _("No earlier sale of this product to this customer is known for %(n)s of the pieces.") % {
        "n": f"{open_quantity.normalize():f}"
    }


def _waiting_returns(work: WorkingFile, run: ImportRun) -> Iterator[Fate]:
    """Match returns with the sales of the file and of the books together, as the import would."""
    for customer in work.customers_with_returns():
        mine = work.pieces_of(customer)
        matched = _matched(mine, work, run, customer) if customer else {}
        for piece in mine:
            left = piece.quantity - matched.get(_name(piece), Decimal())
            if left > 0:
                reason = waiting_words(left, customer)
                yield from ((line, piece.number, _("waiting"), reason) for line in piece.lines)


def _matched(mine: Sequence[Piece], work: WorkingFile, run: ImportRun, customer: str) -> dict[str, Decimal]:
    """Return how much of each piece would find a sale."""
    sold: dict[str, list[Sold]] = defaultdict(list)
    for order, at_ms, product, quantity in _sales(work, run, customer):
        sold[product].append(Sold(order, at_ms, quantity))
    returned = {_name(piece): (piece.product, Returned(_name(piece), piece.at_ms, piece.quantity)) for piece in mine}
    for row in pieces_of(run.program_id, customers={customer}):
        name = f"{row.number}\n{row.price}\n{row.product}"
        returned.setdefault(name, (row.product, Returned(name, to_ms(row.occurred_at), row.quantity)))
    matched: dict[str, Decimal] = defaultdict(Decimal)
    for product in {product for product, _one in returned.values()}:
        wanted = [one for about, one in returned.values() if about == product]
        for part in match_returns(sold[product], wanted):
            matched[part.returned_id] += part.quantity
    return matched


def _sales(work: WorkingFile, run: ImportRun, customer: str) -> Iterable[tuple[str, int, str, Decimal]]:
    """Go through what was sold to a customer: order, moment, product, quantity, each pair of order and product once."""
    sums: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for sale in work.sales_of(customer):
        at_ms = to_ms(sale.read.occurred_at)
        for line in sale.read.lines:
            key = (sale.read.given.external_id, line.given.product)
            sums[key] = (at_ms, sums.get(key, (at_ms, Decimal()))[1] + line.given.quantity)
    told = {order for order, _product in sums}
    for row in sold_lines(run.program_id, kind=run.layout["kind"], customers={customer}):
        number = row.conversion.external_id
        if number not in told:
            at_ms = to_ms(row.conversion.occurred_at)
            before = sums.get((number, row.product), (at_ms, Decimal()))[1]
            sums[number, row.product] = (at_ms, before + row.quantity)
    return [(order, at_ms, product, max(n, Decimal())) for (order, product), (at_ms, n) in sums.items()]


def _name(piece: Piece) -> str:
    return f"{piece.number}\n{piece.price}\n{piece.product}"


def _waiting_corrections(work: WorkingFile, run: ImportRun) -> Iterator[Fate]:
    """Go through corrections whose orders neither the file nor the books know."""
    told = (one for _n, each in work.told(after=0, takes_back=True) for one in each if isinstance(one, Correction))
    while portion := list(islice(told, AT_ONCE)):
        numbers = {one.read.given.of for one in portion}
        known = known_orders(run.program_id, kind=run.layout["kind"], numbers=numbers)
        for one in portion:
            if one.read.given.of not in known and not work.sells(one.read.given.of):
                reason = _("The order %(order)s is not known.") % {"order": one.read.given.of}
                yield from ((line.number, line.order, _("waiting"), reason) for line in one.lines)


def _sample(work: WorkingFile) -> Iterator[dict[str, Any]]:
    for _n, each in work.told(after=0):
        for one in each:
            if isinstance(one, Sale):
                yield {
                    "order": one.read.given.external_id,
                    "at": one.read.occurred_at.isoformat(),
                    "customer": one.read.given.customer_id,
                    "total_minor": one.read.amounts.total_minor,
                    "currency": one.read.given.currency,
                    "lines": len(one.lines),
                }


def _of_bindings(run: ImportRun, at: datetime, progress: Progress) -> dict[str, Any]:
    table = table_of(run)
    reader = BindingReader(Layout.of(run.layout), table.header, partners=partners_of(run.program_id), at=at)
    refused: list[Fate] = []
    also: dict[object, str] = {}
    lines = 0
    for portion in portions(map(reader.read, table.rows()), AT_ONCE):
        refused += settle_lines(portion, program_id=run.program_id, also=also)
        lines += len(portion)
        progress(lines)
    write_report(run, refused, ())
    return {"lines": lines, "refused": len(refused), "waiting": 0, "accepted": lines - len(refused)}
