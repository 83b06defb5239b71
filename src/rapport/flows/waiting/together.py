"""Lets commissions that are held for one reason stand together as one thing that waits."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from rapport.domain.money import Money
from rapport.flows.waiting.kinds import Waiting, Waits

FEWEST_ALIKE = 3
"""So many commissions that are held for the same reason stand together as one thing."""


def alike_together(waiting: Sequence[Waiting], *, most: int) -> list[Waiting]:
    """Return what waits, with commissions held for the same reason as one thing where the nearest of them stood.

    Those past the promise stay apart from the others. Such a thing has no subject: the list of its kind tells more.
    """
    alike: dict[tuple[bool, str], list[Waiting]] = defaultdict(list)
    for one in waiting:
        if one.kind is Waits.HELD:
            alike[one.is_late, one.sentence].append(one)
    many = {key: rows for key, rows in alike.items() if len(rows) >= FEWEST_ALIKE}
    found: list[Waiting] = []
    for one in waiting:
        rows = many.get((one.is_late, one.sentence), []) if one.kind is Waits.HELD else []
        if not rows:
            found.append(one)
        elif rows[0] is one:
            found.append(_together(rows, most=most))
    return found


def _together(rows: Sequence[Waiting], *, most: int) -> Waiting:
    """Return commissions of one reason as one thing; `rows` begin with the one that waits longest."""
    oldest, currency = rows[0], rows[0].amount.currency if rows[0].amount else ""
    number = f"{len(rows)}+" if len(rows) >= most else str(len(rows))
    return replace(
        oldest,
        subject="",
        heading=_("%(n)s commissions are held for the same reason") % {"n": number},
        amount=Money(sum(row.amount.minor for row in rows if row.amount), currency),
    )
