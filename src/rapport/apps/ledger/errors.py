"""Refusals of the ledger."""

from django.utils.translation import gettext as _

from rapport.apps.record.errors import Refusal


class NoSuchBook(Refusal):
    """Something was to be booked for a program that has no book."""

    code = "no_such_book"

    def __init__(self, subject: str) -> None:
        """Name the program."""
        super().__init__(_("There is no book for %(subject)s. Open it first.") % {"subject": subject})


class BookInAnotherCurrency(Refusal):
    """A book exists already and counts in another currency."""

    code = "book_in_another_currency"

    def __init__(self, *, subject: str, currency: str) -> None:
        """Name the program and the currency its book has."""
        super().__init__(
            _("The book of %(subject)s counts in %(currency)s. The currency of a book cannot change.")
            % {"subject": subject, "currency": currency}
        )


class EntryDiffers(Refusal):
    """The id of an entry came again with other postings: one of the two is a mistake."""

    code = "entry_differs"

    def __init__(self, entry_id: str) -> None:
        """Name the entry."""
        super().__init__(
            _("Entry %(entry)s is in the books already and says something else. Nothing was booked.")
            % {"entry": entry_id}
        )


class NoSuchEntry(Refusal):
    """An entry was to be mirrored that is not in the books."""

    code = "no_such_entry"

    def __init__(self, entry_id: str) -> None:
        """Name the entry."""
        super().__init__(_("There is no entry %(entry)s in the books.") % {"entry": entry_id})


class AlreadyMirrored(Refusal):
    """An entry was to be mirrored a second time."""

    code = "already_mirrored"

    def __init__(self, *, entry_id: str, mirror_id: str) -> None:
        """Name the entry and the mirror that it has."""
        super().__init__(
            _("Entry %(entry)s was undone already by entry %(mirror)s.") % {"entry": entry_id, "mirror": mirror_id}
        )


class MirrorOfMirror(Refusal):
    """A mirror was to be mirrored; what it undid is booked anew instead."""

    code = "mirror_of_mirror"

    def __init__(self, entry_id: str) -> None:
        """Name the entry."""
        super().__init__(
            _("Entry %(entry)s undoes another one and cannot be undone itself. Book the first one anew.")
            % {"entry": entry_id}
        )
