"""A replay as JSON: the same for the API and the command line, amounts as decimal texts."""

from collections.abc import Mapping

from rapport.apps.partners.queries import agreements_of
from rapport.apps.replays.models import Replay
from rapport.domain.money import Money, format_amount
from rapport.flows.replaying.result import CashDay, Figures, Group, Order, Replayed, from_document
from rapport.flows.replaying.tables import rate_text


def told_replay(row: Replay) -> dict[str, object]:
    """Return a replay as the API tells it: how far it is, and its answer once there is one."""
    return {
        "id": row.id,
        "program": row.program_id,
        "state": row.state,
        "done": row.done if row.answer is None else row.total,
        "total": row.total,
        "first_on": row.first_on.isoformat(),
        "last_on": row.last_on.isoformat(),
        "partners": row.partners,
        "own_too": row.own_too,
        "problem": row.problem,
        "answer": told_answer(from_document(row.answer), partner_names(row.program_id)) if row.answer else None,
    }


def partner_names(program_id: str) -> dict[str, str]:
    """Return the partners of a program by agreement."""
    return {one.id: one.partner.name for one in agreements_of(program_id)}


def told_answer(replayed: Replayed, names: Mapping[str, str]) -> dict[str, object]:
    """Return an answer as JSON."""
    telling = _Telling(replayed.currency, names)
    hands, proof = replayed.hands, replayed.proof
    return {
        "currency": replayed.currency,
        "zone": replayed.zone,
        "looked_at": replayed.looked_at,
        "totals": telling.figures(replayed.totals),
        "partners": [telling.group(one) for one in replayed.by_partner],
        "products": [telling.group(one) for one in replayed.by_product],
        "months": [telling.group(one) for one in replayed.by_month],
        "calendar": [telling.day(day) for day in replayed.calendar],
        "waiting_then": telling.amount(replayed.waiting_then_minor),
        "waiting_now": telling.amount(replayed.waiting_now_minor),
        "hands": {"moved": hands.moved, "gained": hands.gained, "lost": hands.lost},
        "unlike_books": replayed.unlike_books,
        "orders_changed": replayed.orders_changed,
        "orders": [telling.order(one) for one in replayed.orders],
        "proof": {
            "by": proof.by,
            "fell_back": list(proof.fell_back),
            "visits_left_out": proof.visits_left_out,
            "checked": proof.checked,
            "differed": proof.differed,
        },
    }


class _Telling:
    """Writes amounts of one currency and the names of partners."""

    def __init__(self, currency: str, names: Mapping[str, str]) -> None:
        self._currency, self._names = currency, names

    def amount(self, minor: int) -> str:
        return format_amount(Money(minor, self._currency))

    def figures(self, figures: Figures) -> dict[str, object]:
        rates = (figures.rate_then, figures.rate_now)
        rate_then, rate_now = (None if rate is None else rate_text(rate) for rate in rates)
        return {
            "orders": figures.orders,
            "then": self.amount(figures.then_minor),
            "engine": self.amount(figures.engine_minor),
            "present": self.amount(figures.present_minor),
            "now": self.amount(figures.now_minor),
            "difference": self.amount(figures.difference_minor),
            "basis_then": self.amount(figures.basis_then_minor),
            "basis_now": self.amount(figures.basis_now_minor),
            "rate_then": rate_then,
            "rate_now": rate_now,
            "costed": figures.costed,
            "margin_then": self.amount(figures.margin_then_minor) if figures.costed else None,
            "margin_now": self.amount(figures.margin_now_minor) if figures.costed else None,
        }

    def group(self, one: Group) -> dict[str, object]:
        return {"key": one.key, "name": self._names.get(one.key, ""), **self.figures(one.figures)}

    def day(self, day: CashDay) -> dict[str, object]:
        return {
            "on": day.on.isoformat(),
            "payable_then": self.amount(day.payable_then_minor),
            "payable_now": self.amount(day.payable_now_minor),
            "paid_then": self.amount(day.paid_then_minor),
            "paid_now": self.amount(day.paid_now_minor),
        }

    def order(self, one: Order) -> dict[str, object]:
        return {
            "conversion": one.conversion_id,
            "external_id": one.external_id,
            "kind": one.kind,
            "on": one.on.isoformat(),
            "earner_then": one.earner_then,
            "earner_now": one.earner_now,
            "then": self.amount(one.then_minor),
            "now": self.amount(one.now_minor),
            "difference": self.amount(one.difference_minor),
        }
