"""Say to the edge what it must know: entries of the link book, made from rows."""

from collections.abc import Collection, Iterable, Iterator

from rapport.apps.partners.models import AgreementState
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import terms_of, versions_of
from rapport.apps.tracking.inputs import TagsInput
from rapport.apps.tracking.keys import secret_of
from rapport.apps.tracking.models import DomainState, Link, LinkAlias, PostbackSecret, PostbackWay, TrackingDomain
from rapport.apps.tracking.queries import cap_of, click_keys, limits_of, tags_of
from rapport.kit.clock import to_ms
from rapport.wire.aliases import Alias
from rapport.wire.linkbook import Keys, LinkEntry, ProgramEntry

_LEADING_ON = {AgreementState.PROPOSED, AgreementState.ACTIVE, AgreementState.SUSPENDED}
_ANY_WINDOW_DAYS = 365


def program_entries(program_ids: Collection[str] | None = None) -> list[ProgramEntry]:
    """Return the entries of these programs, or of all."""
    programs = Program.objects.all() if program_ids is None else Program.objects.filter(pk__in=program_ids)
    return [_program_entry(program) for program in programs]


def link_entries(links: Iterable[Link]) -> Iterator[LinkEntry]:
    """Return the entries of links loaded with their agreements, limits and caps."""
    for link in links:
        limits, full_until = limits_of(link), cap_of(link).full_until
        yield LinkEntry(
            code=link.code,
            link_number=link.number,
            link_id=link.id,
            agreement_id=link.agreement_id,
            program_id=link.agreement.program_id,
            destination=link.destination,
            active=link.active and link.agreement.state in _LEADING_ON,
            placement=link.placement,
            channel=link.channel,
            starts_ms=to_ms(limits.starts_at) if limits.starts_at else None,
            ends_ms=to_ms(limits.ends_at) if limits.ends_at else None,
            fallback_url=limits.fallback_url,
            full_until_ms=to_ms(full_until) if full_until else None,
        )


def alias_entries(aliases: Iterable[LinkAlias]) -> Iterator[Alias]:
    """Return the entries of old addresses loaded with their links; one that was removed leads to no code."""
    for alias in aliases:
        yield Alias(alias.place or alias.program_id, alias.text, "" if alias.removed_at else alias.link.code)


def keys_entry() -> Keys:
    """Return all keys of click ids; the newest that is trusted signs."""
    keys = click_keys()
    signing = max(number for number, key in keys.items() if not key.revoked)
    return Keys(current=signing, keys=tuple(keys.values()))


def _program_entry(program: Program) -> ProgramEntry:
    living = PostbackSecret.objects.filter(program=program, revoked_at__isnull=True)
    return ProgramEntry(
        program_id=program.id,
        state=program.state,
        fallback_url=program.fallback_url or program.landing_url,
        hosts=tuple(program.hosts),
        parameter=program.parameter,
        cookie_days=_longest_window_days(program),
        consent_required=program.consent_required,
        token_hashes=tuple(row.digest for row in living if row.way == PostbackWay.TOKEN),
        domains=tuple(
            TrackingDomain.objects.filter(program=program, state=DomainState.PROVEN).values_list("name", flat=True)
        ),
        tags=_tags(program),
        hmac_secrets=tuple(secret_of(row) for row in living if row.way == PostbackWay.HMAC),
    )


def _tags(program: Program) -> tuple[tuple[str, str], ...]:
    """Return what destinations are to say, name by name; what is empty is not said."""
    row = tags_of(program.id)
    said = ((name, str(getattr(row, name))) for name in TagsInput.model_fields)
    return tuple((name, value) for name, value in said if value)


def _longest_window_days(program: Program) -> int:
    """Return how long the cookie must live: the longest click window that any version promises."""
    windows = [
        terms_of(version, currency=program.currency).attribution.click_window_days
        for version in versions_of(program.id)
    ]
    return max(windows, default=_ANY_WINDOW_DAYS)
