"""Entries with their postings, for the pages that explain them."""

from django.db.models import Prefetch, Q, QuerySet

from rapport.apps.ledger.models import Book, Entry, Posting


def entries_of(subject: str) -> QuerySet[Entry]:
    """Return the entries that name this subject or move its money (a payout's too), oldest first."""
    moved = Posting.objects.filter(memo=subject).values("entry_id")
    return with_postings(Entry.objects.filter(Q(subject=subject) | Q(id__in=moved)).order_by("book_id", "number"))


def entries_of_book(book_subject: str) -> QuerySet[Entry]:
    """Return the entries of a program's book, newest first."""
    return with_postings(Entry.objects.filter(book__subject=book_subject).order_by("-number"))


def book_of(subject: str) -> Book | None:
    """Return the book of a program: how many entries it has, and the digest that seals them all."""
    return Book.objects.filter(subject=subject).first()


def entries_moving(entries: QuerySet[Entry], owner: str) -> QuerySet[Entry]:
    """Return those of these entries that move money of one owner (an agreement)."""
    moving = Posting.objects.filter(Q(source__owner=owner) | Q(destination__owner=owner))
    return entries.filter(id__in=moving.values("entry_id"))


def with_postings(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Add to entries their postings in order, each with its two accounts."""
    postings = Posting.objects.select_related("source", "destination").order_by("position")
    return entries.prefetch_related(Prefetch("postings", queryset=postings))
