"""Publish the link book: what was announced since the last time, or everything when there is no book."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet

from rapport.apps.record.actors import Actor
from rapport.apps.record.asking import composed
from rapport.apps.record.models import Announcement
from rapport.apps.record.write import transaction
from rapport.apps.tracking.actions import ensure_click_key
from rapport.apps.tracking.book import alias_entries, keys_entry, link_entries, program_entries
from rapport.apps.tracking.models import BookPublication, Link, LinkAlias, PostbackSecret, TrackingDomain
from rapport.wire.linkbook import BookDamaged, publish

_OVERLAP = 1_000
"""How many announcements back are looked at again: one written earlier may be committed later than its successor."""

_KINDS = (
    "program.created",
    "program.changed",
    "program.open",
    "program.paused",
    "program.closed",
    "program.tagged",
    "terms.published",
    "agreement.proposed",
    "agreement.active",
    "agreement.suspended",
    "agreement.resumed",
    "agreement.ended",
    "agreement.withdrawn",
    "alias.made",
    "alias.removed",
    "link.created",
    "link.full",
    "link.limited",
    "link.open_again",
    "link.paused",
    "link.resumed",
    "postback_secret.issued",
    "postback_secret.revoked",
    "domain.proven",
    "domain.lost",
    "domain.removed",
    "click_key.made",
    "click_key.revoked",
)


def book_is_behind() -> bool:
    """Say cheaply whether anything waits for the link book."""
    published = next(iter(_published()), None)
    if published is None or not _has_book():
        return True
    return bool(_first_news(upto=published.upto - _OVERLAP, known=published.recent or [0]))


def publish_book(*, at: datetime) -> int:
    """Publish what changed and return the book's version; whole where there is no book or it is damaged."""
    published = BookPublication.objects.filter(pk=1).first()
    ensure_click_key(by=Actor.system("link-book"), at=at)
    # Read before the rows that they speak of: what is announced meanwhile stays news for the next time.
    news = list(_news(published or BookPublication(published_at=at)))
    try:
        version = _publish_news(news) if published and _has_book() else _publish_whole()
    except BookDamaged:
        version = _publish_whole()
    _note(version, news, known=published, at=at)
    return version


def _news(published: BookPublication) -> QuerySet[Announcement]:
    """Return the announcements that the book has not taken over."""
    unseen = Announcement.objects.filter(kind__in=_KINDS, id__gt=published.upto - _OVERLAP)
    return unseen.exclude(id__in=published.recent).order_by("id")


@composed
def _published() -> QuerySet[BookPublication]:
    return BookPublication.objects.filter(pk=1)


@composed
def _first_news(upto: int, known: Sequence[int]) -> QuerySet[Announcement, int]:
    unseen = Announcement.objects.filter(kind__in=_KINDS, id__gt=upto).exclude(id__in=known)
    return unseen.values_list("id", flat=True)[:1]


def _has_book() -> bool:
    folder: Path = settings.LINKBOOK_FOLDER
    return (folder / "current").exists()


def _publish_whole() -> int:
    links = Link.objects.select_related("agreement", "limits", "cap").order_by("code").iterator()
    living = LinkAlias.objects.filter(removed_at__isnull=True).select_related("link").iterator()
    return publish(
        settings.LINKBOOK_FOLDER,
        programs=program_entries(),
        links=link_entries(links),
        aliases=alias_entries(living),
        keys=keys_entry(),
        full=True,
    )


def _publish_news(news: list[Announcement]) -> int:
    subjects = {row.subject for row in news}
    programs = _named(subjects, "prg") | _programs_of(PostbackSecret, _named(subjects, "pbs"))
    programs |= _programs_of(TrackingDomain, _named(subjects, "dom"))
    links = Link.objects.select_related("agreement", "limits", "cap").filter(
        Q(pk__in=_named(subjects, "lnk")) | Q(agreement_id__in=_named(subjects, "agr"))
    )
    return publish(
        settings.LINKBOOK_FOLDER,
        programs=program_entries(programs),
        links=link_entries(links),
        aliases=alias_entries(_aliases_again(_named(subjects, "als"))),
        keys=keys_entry() if _named(subjects, "key") else None,
    )


def _aliases_again(ids: set[str]) -> list[LinkAlias]:
    """Return every row about these old addresses, living ones last: removed and brought again, one stands."""
    named = LinkAlias.objects.filter(pk__in=ids).values_list("program_id", "place", "text")
    about = Q(pk__in=[])
    for program_id, place, text in named:
        about |= Q(program_id=program_id, place=place, text=text)
    return sorted(
        LinkAlias.objects.filter(about).select_related("link"), key=lambda one: (one.removed_at is None, one.id)
    )


def _named(subjects: set[str], prefix: str) -> set[str]:
    return {subject for subject in subjects if subject.startswith(f"{prefix}_")}


def _programs_of(kind: type[PostbackSecret | TrackingDomain], ids: set[str]) -> set[str]:
    return set(kind.objects.filter(pk__in=ids).values_list("program_id", flat=True)) if ids else set()


def _note(version: int, news: list[Announcement], *, known: BookPublication | None, at: datetime) -> None:
    """Keep how far the book has come, after it is on the disk: a crash between the two publishes again, harmlessly."""
    seen = {*(known.recent if known else ()), *(row.id for row in news)}
    upto = max(seen, default=0)
    recent = sorted(number for number in seen if number > upto - _OVERLAP)
    with transaction():
        BookPublication.objects.update_or_create(
            pk=1, defaults={"upto": upto, "recent": recent, "version": version, "published_at": at}
        )
