"""Read programs and the versions of their terms."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from django.db.models import Q, QuerySet

from rapport.apps.identity.rights import Capability, scope
from rapport.apps.ledger.models import Book
from rapport.apps.programs.models import OwnTerms, Program, TermsVersion
from rapport.apps.record.actors import Actor
from rapport.domain.terms import Problems, Terms, parse


def versions_of(program_id: str) -> QuerySet[TermsVersion]:
    """Return the versions published for everybody, newest number first."""
    return all_versions_of(program_id).filter(own__isnull=True)


def all_versions_of(program_id: str) -> QuerySet[TermsVersion]:
    """Return the versions of a program, those offered to one agreement alone among them, newest number first."""
    return TermsVersion.objects.filter(program_id=program_id).order_by("-number")


def own_versions_of(agreement_id: str) -> QuerySet[TermsVersion]:
    """Return the versions that were offered to this agreement alone, newest number first."""
    return TermsVersion.objects.filter(own__agreement_id=agreement_id).order_by("-number")


def agreement_of_own(version: TermsVersion) -> str:
    """Return the agreement for which alone a version was published; empty for one that is for everybody."""
    return OwnTerms.objects.filter(version=version).values_list("agreement_id", flat=True).first() or ""


def version_in_force(program_id: str, *, at: datetime) -> TermsVersion | None:
    """Return the version that newcomers agree to at this moment."""
    return versions_of(program_id).filter(effective_at__lte=at).order_by("-effective_at", "-number").first()


def coming_version(program_id: str, *, at: datetime) -> TermsVersion | None:
    """Return the next published version that is not yet in force."""
    return versions_of(program_id).filter(effective_at__gt=at).order_by("effective_at", "number").first()


def terms_of(version: TermsVersion, *, currency: str) -> Terms:
    """Return the typed terms of a published version; published versions never change, so they are read once."""
    return _parsed(version.id, currency)


def terms_by_version(version_ids: Iterable[str], *, currency: str) -> dict[str, Terms]:
    """Return the typed terms of these versions by their ids; each is read once in the life of a process."""
    return {version_id: _parsed(version_id, currency) for version_id in sorted(version_ids)}


@lru_cache(maxsize=1024)
def _parsed(version_id: str, currency: str) -> Terms:
    terms = parse(TermsVersion.objects.get(pk=version_id).document, currency=currency)
    if isinstance(terms, Problems):
        raise TypeError(f"a published version does not parse: {version_id}: {terms}")
    return terms


def has_entries(program_id: str) -> bool:
    """Say whether anything was ever booked for a program."""
    return Book.objects.filter(subject=program_id, entries_count__gt=0).exists()


def kinds_named(terms: Iterable[Terms]) -> frozenset[str]:
    """Return the kinds of conversion that any of these terms name."""
    return frozenset(rule.when.kind for each in terms for rule in each.rules)


def all_programs() -> QuerySet[Program]:
    """Return the programs of every workspace, for a door that looks for the one its address names."""
    return Program.objects.select_related("workspace")


def programs_of(actor: Actor) -> QuerySet[Program]:
    """Return the programs that the actor may read, by name."""
    mine = scope(actor, Capability.PROGRAM_READ, all_programs())
    return mine.order_by("name", "id")


def pays_visits() -> bool:
    """Say whether any published terms pay for clicks or impressions."""
    return _that_pay_visits().exists()


def programs_that_pay_visits() -> list[Program]:
    """Return the programs of which any version pays for clicks or impressions."""
    ids = _that_pay_visits().values_list("program_id", flat=True)
    return list(Program.objects.filter(pk__in=ids).order_by("id"))


def _that_pay_visits() -> QuerySet[TermsVersion]:
    return TermsVersion.objects.filter(Q(document__has_key="clicks") | Q(document__has_key="views"))
