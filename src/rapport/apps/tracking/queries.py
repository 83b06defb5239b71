"""Read links, coupons and the keys of click ids."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from html import escape
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db.models import F, Q, QuerySet

from rapport.apps.programs.models import Program
from rapport.apps.record.asking import composed
from rapport.apps.tracking.keys import key_of
from rapport.apps.tracking.models import (
    ClickKey,
    Coupon,
    DomainState,
    Link,
    LinkAlias,
    LinkCap,
    LinkLimits,
    PostbackSecret,
    ProgramTags,
    TrackingDomain,
)
from rapport.domain.caps import FOR_GOOD_MS
from rapport.domain.days import day_of
from rapport.kit.clock import from_ms, to_ms
from rapport.wire.clickid import HIGHEST_LINK_NUMBER, Key


def address_of(link: Link, *, base: str | None = None) -> str:
    """Return the tracked address that partners share, with the sub-ids that the link was made with.

    `base` is what it begins with, see `base_of`; lists ask for it once.
    """
    begins = base_of(link.agreement.program_id) if base is None else base
    return f"{begins}/c/{link.code}" + (f"?{urlencode(link.subs)}" if link.subs else "")


def snippet_of(link: Link) -> str:
    """Return the HTML by which a page shows a banner with this link, and each showing of it is counted."""
    base = base_of(link.agreement.program_id)
    said = f"?{urlencode(link.subs)}" if link.subs else ""
    return (
        f'<a href="{escape(address_of(link, base=base))}"><img src="BANNER.png" alt=""></a>\n'
        f'<img src="{escape(f"{base}/i/{link.code}.gif{said}")}" width="1" height="1" alt="">'
    )


def base_of(program_id: str) -> str:
    """Return what the links of a program begin with: its own proven name, if it shows one, else the installation's."""
    names = TrackingDomain.objects.filter(program_id=program_id, in_links=True, state=DomainState.PROVEN)
    name = names.values_list("name", flat=True).first()
    if name is None:
        return str(settings.EDGE_URL)
    parts = urlsplit(settings.EDGE_URL)
    return f"{parts.scheme}://{name}" + (f":{parts.port}" if parts.port else "")


def domains_of(program_id: str) -> QuerySet[TrackingDomain]:
    """Return the names of a program that were not removed, by name."""
    rows = TrackingDomain.objects.filter(program_id=program_id).exclude(state=DomainState.REMOVED)
    return rows.order_by("name", "id")


def domains_to_ask() -> QuerySet[TrackingDomain]:
    """Return every name whose proof has to be looked for, the one that waited longest first."""
    rows = TrackingDomain.objects.exclude(state=DomainState.REMOVED)
    return rows.order_by(F("asked_at").asc(nulls_first=True), "id")


def limits_of(link: Link) -> LinkLimits:
    """Return the limits of a link, also of one that has none."""
    known: LinkLimits | None = getattr(link, "limits", None)
    return known or LinkLimits(link=link)


def cap_of(link: Link) -> LinkCap:
    """Return the cap of a link, also of one that has none."""
    known: LinkCap | None = getattr(link, "cap", None)
    return known or LinkCap(link=link)


def clicks_today(cap: LinkCap, *, at: datetime) -> int:
    """Return how many clicks of a link were counted on the program's day; it is loaded with its program."""
    return cap.clicks_of_day if cap.day == day_of(to_ms(at), cap.link.agreement.program.zone) else 0


def how_full(link: Link, *, at: datetime) -> str:
    """Say whether a link leads to its fallback for its cap: until the `day` ends, for its `total`, or not at all."""
    cap = cap_of(link)
    if not cap.is_full(at):
        return ""
    return "total" if cap.full_until == from_ms(FOR_GOOD_MS) else "day"


def capped() -> QuerySet[LinkCap]:
    """Return the caps that limit anything, of links that are loaded with their programs."""
    limited = Q(per_day__isnull=False) | Q(in_total__isnull=False)
    own = Q(own_per_day__isnull=False) | Q(own_in_total__isnull=False)
    return LinkCap.objects.filter(limited | own).select_related("link__agreement__program").order_by("link_id")


@composed
def caps_counted_before(upto: int) -> QuerySet[LinkCap, str]:
    """Return one link with a cap whose clicks were last counted before a segment of the journal."""
    return capped().filter(counted_upto__lt=upto).order_by().values_list("link_id", flat=True)[:1]


def tags_of(program_id: str) -> ProgramTags:
    """Return the tags of a program, also of one that has none."""
    return ProgramTags.objects.filter(pk=program_id).first() or ProgramTags(program_id=program_id)


def links_of(agreement_id: str) -> QuerySet[Link]:
    """Return the links of an agreement, newest first."""
    return Link.objects.filter(agreement_id=agreement_id).select_related("limits", "cap").order_by("-id")


def all_links() -> QuerySet[Link]:
    """Return the links of every program, newest first, for a door that looks for those that its caller may have."""
    return Link.objects.select_related("agreement__program", "limits", "cap").order_by("-id")


def links_of_program(program_id: str) -> QuerySet[Link]:
    """Return the links of all partners of a program, newest first."""
    rows = Link.objects.filter(agreement__program_id=program_id)
    return rows.select_related("agreement__partner", "agreement__program", "limits", "cap").order_by("-id")


def coupons_of_program(program_id: str) -> QuerySet[Coupon]:
    """Return the codes of all partners of a program, by code."""
    return Coupon.objects.filter(program_id=program_id).select_related("agreement__partner").order_by("code")


def links_of_numbers(program_id: str, *, numbers: Collection[int]) -> dict[int, Link]:
    """Return the program's links of these numbers, in one query."""
    found = _links_numbered(program_id=program_id, numbers=sorted(numbers)) if numbers else []
    return {link.number: link for link in found}


@composed
def _links_numbered(program_id: str, numbers: Sequence[int]) -> QuerySet[Link]:
    return Link.objects.filter(agreement__program_id=program_id, number__in=numbers)


def known_numbers(numbers: Collection[int]) -> frozenset[int]:
    """Return those of these numbers that links have, whosever they are; nothing is asked for none."""
    if not numbers:
        return frozenset()
    return frozenset(Link.objects.filter(number__in=numbers).values_list("number", flat=True))


def links_by_id(ids: Collection[str]) -> list[Link]:
    """Return the links of these ids, in one query."""
    return _links(ids=sorted(ids)) if ids else []


@composed
def _links(ids: Sequence[str]) -> QuerySet[Link]:
    return Link.objects.filter(pk__in=ids)


def coupons_by_id(ids: Collection[str]) -> list[Coupon]:
    """Return the coupons of these ids, in one query."""
    return _coupons(ids=sorted(ids)) if ids else []


@composed
def _coupons(ids: Sequence[str]) -> QuerySet[Coupon]:
    return Coupon.objects.filter(pk__in=ids)


def coupons_by_code(program_id: str, *, codes: Collection[str]) -> dict[str, Coupon]:
    """Return the program's coupons of these codes (upper case), in one query."""
    return {coupon.code: coupon for coupon in _coupons_named(program_id=program_id, codes=sorted(codes))}


@composed
def _coupons_named(program_id: str, codes: Sequence[str]) -> QuerySet[Coupon]:
    return Coupon.objects.filter(program_id=program_id, code__in=codes)


def click_keys() -> Mapping[int, Key]:
    """Return every key that ever signed click ids; revoked ones verify too and say that they are revoked."""
    return {row.number: key_of(row) for row in _click_keys()}


@composed
def _click_keys() -> QuerySet[ClickKey]:
    return ClickKey.objects.order_by()


def keys_in_order() -> QuerySet[ClickKey]:
    """Return the keys that ever signed click ids, by number."""
    return ClickKey.objects.order_by("number")


def free_link_number() -> int:
    """Return a random number of forty bits that no link has: guessing one does not find the next."""
    while True:
        number = secrets.randbelow(HIGHEST_LINK_NUMBER) + 1
        if not Link.objects.filter(number=number).exists():
            return number


def coupons_of(agreement_id: str) -> QuerySet[Coupon]:
    """Return the codes of an agreement, newest first."""
    return Coupon.objects.filter(agreement_id=agreement_id).order_by("-id")


def aliases_of(agreement_id: str) -> QuerySet[LinkAlias]:
    """Return the old addresses that lead to links of an agreement."""
    rows = LinkAlias.objects.filter(link__agreement_id=agreement_id, removed_at__isnull=True)
    return rows.select_related("link").order_by("id")


def postback_secrets_of(program_id: str) -> QuerySet[PostbackSecret]:
    """Return the tokens and signing secrets of a program, living ones first, newest first."""
    rows = PostbackSecret.objects.filter(program_id=program_id)
    return rows.order_by(F("revoked_at").asc(nulls_first=True), "-id")


def program_proven_by(text: str) -> Program | None:
    """Return the program whose living token or signing secret this is, written as it was shown once."""
    rows = PostbackSecret.objects.filter(digest=sha256(text.encode()).hexdigest(), revoked_at__isnull=True)
    found = rows.select_related("program__workspace").first()
    return found.program if found else None
