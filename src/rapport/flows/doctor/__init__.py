"""Examine the business: recount the books, judge every story again, hold rows to their seals and parts to one another.

`run_checks` looks at everything and changes nothing; `examinations` keeps what it found for the page.
"""

from collections.abc import Callable, Collection, Iterator

from rapport.flows.doctor import agreed, arrivals, billed, judged, money, paid, periods, sealed, working
from rapport.flows.doctor.looks import Check, Look, look_at

__all__ = ["LOOKS", "RECOMPUTED", "Check", "run_checks"]

LOOKS: tuple[tuple[str, Look], ...] = (
    ("guards of what is never rewritten", sealed.guards),
    ("rows as their action left them", sealed.rows),
    ("audit rows as written", sealed.audit_rows),
    ("links of the audit", sealed.audit_links),
    ("what is encrypted opens", sealed.cells),
    ("books recounted", money.books),
    ("accounts and positions", money.accounts),
    ("commissions as booked", money.commissions),
    ("lines of commissions", money.lines),
    ("payouts as booked", paid.payouts),
    ("payout runs", paid.runs),
    ("invoices without a gap", billed.invoices),
    ("agreements and acceptances", agreed.agreements),
    ("terms as published", agreed.versions),
    ("judgements as sealed", judged.attributions),
    ("commissions as judged", judged.entitlements),
    ("orders judged again", judged.stories),
    ("tiers and bonuses judged again", periods.standings),
    ("journal whole", arrivals.journal),
    ("journal taken in", arrivals.backlog),
    ("receipts of postbacks", arrivals.receipts),
    ("clicks in the lake", arrivals.clicks),
    ("tables of networks", arrivals.networks),
    ("link book", arrivals.link_book),
    ("work that is due", working.due),
)


RECOMPUTED = frozenset(
    {
        *("commissions as booked", "lines of commissions"),
        *("judgements as sealed", "commissions as judged", "orders judged again"),
    }
)
"""The looks that compute every commission again from the facts that are kept, to the same cent."""


def run_checks(
    *, tell: Callable[[str, int], None] | None = None, only: Collection[str] | None = None
) -> Iterator[Check]:
    """Look at everything, or `only` at some, one after the other; `tell` hears which thing it is and how many rows."""
    for name, look in LOOKS:
        if only is not None and name not in only:
            continue
        yield look_at(name, look, tell=tell) if tell else look_at(name, look)
