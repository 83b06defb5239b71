"""Whether columns can answer: only where the draft lets the same partner earn from every order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from rapport.apps.partners.queries import agreements_of, standings
from rapport.apps.programs.queries import terms_by_version
from rapport.domain.promises import Standing
from rapport.domain.terms import Attribution, Terms
from rapport.domain.terms.tree import Fact
from rapport.flows.offers import Offer
from rapport.flows.replaying.asked import Asked
from rapport.flows.replaying.promising import Draft


@dataclass(frozen=True, slots=True)
class Bound:
    """All terms that anybody was promised, in the place of which the draft stands, and what binds whom today."""

    terms: Mapping[str, Terms]
    draft: Draft
    present: Mapping[str, str]

    @property
    def replaced(self) -> list[str]:
        """Return the versions in whose place the draft stands."""
        return [version_id for version_id in self.terms if self.draft.takes(version_id)]


def bound_by(asked: Asked, offer: Offer, draft: Draft, *, at_ms: int) -> tuple[Bound, tuple[str, ...]]:
    """Return what binds whom, and every reason for which columns cannot answer."""
    lives = standings(list(agreements_of(asked.program.id).values_list("id", flat=True)))
    named = {one.version_id for life in lives.values() for one in (*life.acceptances, *life.offers)}
    terms = dict(offer.terms) | terms_by_version(named - offer.terms.keys(), currency=asked.program.currency)
    present = {key: _today_of(life, at_ms) for key, life in lives.items()}
    bound = Bound(terms, draft, present)
    if any(one.counts_periods for one in (asked.terms, *terms.values())):
        return bound, (_("Tiers and bonuses count whole periods, so every order was judged again."),)
    return bound, tuple(dict.fromkeys((*_drafted(bound, asked.terms), *_today(bound, lives.values()))))


def _today_of(life: Standing, at_ms: int) -> str:
    return (life.promised_at(at_ms) or "") if life.acceptances else ""


def _drafted(bound: Bound, draft: Terms) -> Iterator[str]:
    """Yield what the draft changes about who earns."""
    for version_id in bound.replaced:
        before = bound.terms[version_id]
        if before.attribution != draft.attribution:
            yield _("The draft changes who earns (%(what)s), so every order was judged again.") % {
                "what": ", ".join(_differences(before.attribution, draft.attribution))
            }
        if _eligible(before) != _eligible(draft):
            yield _("The draft asks something else before anybody earns, so every order was judged again.")


def _today(bound: Bound, lives: Iterable[Standing]) -> Iterator[str]:
    """Yield whether what binds today lets others earn than what was promised then."""
    for life in lives:
        since = [one.from_ms for one in (*life.acceptances, *life.offers)]
        if len(since) > 1 and min(since) > life.active_from_ms:
            yield _("What binds today would have bound earlier, so every order was judged again.")
            return
        versions = {one.version_id for one in (*life.acceptances, *life.offers)}
        told = [bound.terms[version_id] for version_id in sorted(versions)]
        if any(_signature(one) != _signature(told[0]) for one in told):
            yield _("Earlier versions let others earn than today’s, so every order was judged again.")
            return


def _differences(before: Attribution, after: Attribution) -> Iterator[str]:
    if before.click_window_days != after.click_window_days:
        yield _("click window")
    if before.repeat_purchases != after.repeat_purchases:
        yield _("repeat purchases")
    if before.coupon != after.coupon:
        yield _("codes and clicks")
    others = ("view_window_days", "touch", "segments_first", "stand_down")
    if any(getattr(before, name) != getattr(after, name) for name in others):
        yield _("which touch goes first")


def _signature(terms: Terms) -> tuple[object, ...]:
    return terms.attribution, _eligible(terms)


_ALWAYS: Final = "always"


def _eligible(terms: Terms) -> dict[str, object]:
    """Return, by kind, from which orders anybody earns at all: from all, or by which conditions."""
    return {kind: _conditions(terms, kind) for kind in terms.compiled.rules}


def _conditions(terms: Terms, kind: str) -> object:
    rules = terms.compiled.rules[kind]
    if any(rule.is_plain for rule in rules) and not any(rule.recurs for rule in rules):
        return _ALWAYS
    asked = frozenset((frozenset(rule.order), frozenset(rule.line), rule.recurs) for rule in rules)
    by_amount = any(condition.fact is Fact.AMOUNT for rule in rules for condition in rule.order)
    return (asked, terms.basis) if by_amount else asked
