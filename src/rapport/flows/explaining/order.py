"""Tell a manager what became of one order: what was considered, who earns and why, and what people decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from rapport.apps.commissions.models import Attribution, Commission
from rapport.apps.commissions.queries import attributions_of, commissions_of_program
from rapport.apps.conversions.models import Conversion, HumanDecision, NamedClick
from rapport.apps.conversions.queries import bindings_of_customer
from rapport.apps.conversions.wording import exchange_of
from rapport.apps.identity.queries import actor_names
from rapport.apps.partners.queries import agreements_of
from rapport.domain.credit import HoldReason
from rapport.domain.judgement import Decision, Flag, Outcome, Why
from rapport.domain.judgement_document import from_document
from rapport.domain.money import Money
from rapport.flows.explaining.words import (
    binding_words,
    decision_words,
    hold_words,
    rate_words,
    source_words,
    why_words,
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """Something that could have earned, whose it is, and why it does or does not."""

    heading: str
    ref: str
    agreement_id: str
    partner: str
    at: datetime | None
    sentence: str
    won: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """One judgement in the history of an order."""

    number: int
    at: datetime
    cause: str
    outcome: str
    partner: str
    target: Money


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision of a person."""

    at: datetime
    who: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOrder:
    """Everything about one order that is not on its rows."""

    outcome: str
    earner: str
    target: Money | None
    flags: tuple[str, ...]
    holds: tuple[tuple[HoldReason, str], ...]
    weighed: tuple[Weighed, ...]
    history: tuple[Judged, ...]
    decisions: tuple[Decided, ...]
    commissions: tuple[Commission, ...]
    is_declined: bool
    rate: str = ""
    """What one of the order's currency was worth, where it is not the program's."""


def tell_order(conversion: Conversion) -> ToldOrder:
    """Tell one order from its stored judgements and decisions."""
    rows = list(attributions_of(conversion.id))
    partners = {row.id: row.partner.name for row in agreements_of(conversion.program_id)}
    currency = conversion.program.currency
    latest = from_document(rows[0].document) if rows else None
    return ToldOrder(
        outcome=outcome_words(latest.outcome) if latest else _("not judged yet"),
        earner=partners.get(rows[0].agreement_id or "", "") if latest and latest.outcome is Outcome.EARNED else "",
        target=Money(latest.target_minor, currency) if latest else None,
        flags=tuple(_flags(latest)) if latest else (),
        holds=tuple((hold, hold_words(hold)) for hold in latest.holds) if latest else (),
        weighed=tuple(_weighed(latest, conversion, partners)) if latest else (),
        history=tuple(_judged(row, partners, currency) for row in rows),
        decisions=tuple(_decisions(conversion.decisions.all())),
        commissions=tuple(commissions_of_program(conversion.program_id).filter(conversion=conversion)),
        rate=rate_words(exchange, currency) if (exchange := exchange_of(conversion)) else "",
        is_declined=latest is not None and latest.outcome is Outcome.DECLINED,
    )


def outcome_words(outcome: Outcome | str) -> str:
    """Say who earns, or why nobody does."""
    return {
        Outcome.EARNED: _("a partner earns"),
        Outcome.NO_TOUCH: _("nobody earns, because no click and no code was named"),
        Outcome.NO_ELIGIBLE_TOUCH: _("nobody earns, because nothing that was named may earn"),
        Outcome.KIND_NOT_PAID: _("nobody earns, because the terms pay nothing for this kind"),
        Outcome.NO_RULE_MATCHES: _("nobody earns, because no rule of the terms fits this order"),
        Outcome.NO_RATE: _("nobody earns yet, because no exchange rate of its day is known"),
        Outcome.DECLINED: _("nobody earns, because a person declined the order"),
        Outcome.TEST: _("nobody earns, because it was a test"),
    }[Outcome(outcome)]


def _flags(decision: Decision) -> Iterable[str]:
    words = {
        Flag.OVER_CORRECTED: _("More was taken back than was paid."),
        Flag.CORRECTED_TOO_LATE: _("Corrections came after the time in which they count: %(about)s."),
        Flag.FACTS_NOT_JOINED: _("Details of the click are still being looked up."),
    }
    for one in decision.flags:
        yield words[one.flag] % {"about": ", ".join(one.about)} if one.about else words[one.flag]


def _weighed(decision: Decision, conversion: Conversion, partners: dict[str, str]) -> Iterable[Weighed]:
    clicks = {click.click_id: click for click in conversion.clicks.all()}
    bound = {row.id: row for row in bindings_of_customer(conversion.customer_id)}
    for one in decision.considered:
        click: NamedClick | None = clicks.get(one.ref)
        yield Weighed(
            heading=binding_words(bound[one.ref]) if one.ref in bound else source_words(one),
            ref=one.ref,
            agreement_id=one.agreement_id,
            partner=partners.get(one.agreement_id, ""),
            at=click.clicked_at if click else None,
            sentence=why_words(one, zone=conversion.program.zone),
            won=one.why is Why.WON,
        )


def _judged(row: Attribution, partners: dict[str, str], currency: str) -> Judged:
    return Judged(
        number=row.number,
        at=row.judged_at,
        cause=row.cause.replace("-", " ").replace("_", " "),
        outcome=outcome_words(row.outcome),
        partner=partners.get(row.agreement_id or "", ""),
        target=Money(row.target_minor, currency),
    )


def _decisions(rows: Iterable[HumanDecision]) -> Iterable[Decided]:
    found = sorted(rows, key=lambda row: row.at)
    names = actor_names({(row.actor_kind, row.actor_id) for row in found})
    for row in found:
        yield Decided(row.at, names.get(row.actor_id, row.actor_id), decision_words(row.kind), row.reason)
