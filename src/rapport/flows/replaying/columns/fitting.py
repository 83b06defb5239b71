"""Whether the columns can answer: only where the draft lets the same partner earn from every order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from rapport.apps.partners.queries import agreements_of, standings
from rapport.apps.programs.queries import terms_by_version
from rapport.domain.promises import Standing
from rapport.domain.terms import Attribution, Terms
from rapport.flows.offers import Offer
from rapport.flows.replaying.asked import Asked
from rapport.flows.replaying.promising import Draft


@dataclass(frozen=True, slots=True)
class Bound:
    """All terms that anybody was promised, in the place of which the draft stands, and what binds each partner today."""

    terms: Mapping[str, Terms]
    draft: Draft
    present: Mapping[str, str]

    @property
    def replaced(self) -> list[str]:
        """Return the versions in whose place the draft stands."""
        return [version_id for version_id in self.terms if self.draft.takes(version_id)]


def bound_by(asked: Asked, offer: Offer, draft: Draft, *, at_ms: int) -> tuple[Bound, tuple[str, ...]]:
    """Return what binds whom, and every reason for which the columns cannot answer."""
    lives = standings(list(agreements_of(asked.program.id).values_list("id", flat=True)))
    named = {one.version_id for life in lives.values() for one in (*life.acceptances, *life.offers)}
    terms = dict(offer.terms) | terms_by_version(named - offer.terms.keys(), currency=asked.program.currency)
    present = {key: life.promised_at(at_ms) or "" for key, life in lives.items()}
    bound = Bound(terms, draft, present)
    return bound, tuple(dict.fromkeys((*_drafted(bound, asked.terms), *_today(bound, lives.values()))))


def _drafted(bound: Bound, draft: Terms) -> Iterator[str]:
    """Yield what the draft changes about who earns."""
    for version_id in bound.replaced:
        yield from _changes(bound.terms[version_id], draft)


def _today(bound: Bound, lives: Iterable[Standing]) -> Iterator[str]:
    """Yield whether what binds today lets others earn than what was promised then."""
    for life in lives:
        versions = {one.version_id for one in (*life.acceptances, *life.offers)}
        told = [bound.terms[version_id] for version_id in versions]
        if any(_signature(one) != _signature(told[0]) for one in told):
            yield _("Earlier versions let other partners earn than today’s, so every order was judged again.")
            return


def _changes(before: Terms, after: Terms) -> Iterator[str]:
    if before.attribution != after.attribution:
        yield _("The draft changes who earns (%(what)s), so every order was judged again.") % {
            "what": ", ".join(_differences(before.attribution, after.attribution))
        }
    if _kinds(before) != _kinds(after):
        yield _("The draft pays other kinds of orders, so every order was judged again.")


def _differences(before: Attribution, after: Attribution) -> Iterator[str]:
    if before.click_window_days != after.click_window_days:
        yield _("click window")
    if before.repeat_purchases != after.repeat_purchases:
        yield _("repeat purchases")
    if before.coupon != after.coupon:
        yield _("codes and clicks")


def _signature(terms: Terms) -> tuple[Attribution, frozenset[str]]:
    return terms.attribution, _kinds(terms)


def _kinds(terms: Terms) -> frozenset[str]:
    return frozenset(rule.when.kind for rule in terms.rules)
