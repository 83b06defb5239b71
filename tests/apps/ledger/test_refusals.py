"""What the ledger refuses is said in a sentence that names the book or the entry, under a code."""

from collections.abc import Callable

import pytest

from rapport.apps.ledger import errors
from rapport.apps.record.errors import Refusal

REFUSALS: list[tuple[Callable[[], Refusal], str, str]] = [
    (lambda: errors.NoSuchBook("prg_1"), "no_such_book", "There is no book for prg_1. Open it first."),
    (
        lambda: errors.BookInAnotherCurrency(subject="prg_1", currency="EUR"),
        "book_in_another_currency",
        "The book of prg_1 counts in EUR. The currency of a book cannot change.",
    ),
    (
        lambda: errors.EntryDiffers("ent_1"),
        "entry_differs",
        "Entry ent_1 is in the books already and says something else. Nothing was booked.",
    ),
    (lambda: errors.NoSuchEntry("ent_1"), "no_such_entry", "There is no entry ent_1 in the books."),
    (
        lambda: errors.AlreadyMirrored(entry_id="ent_1", mirror_id="ent_2"),
        "already_mirrored",
        "Entry ent_1 was undone already by entry ent_2.",
    ),
    (
        lambda: errors.MirrorOfMirror("ent_1"),
        "mirror_of_mirror",
        "Entry ent_1 undoes another one and cannot be undone itself. Book the first one anew.",
    ),
]


@pytest.mark.parametrize(("refuse", "code", "sentence"), REFUSALS)
def test_a_refusal_names_what_it_is_about(refuse: Callable[[], Refusal], code: str, sentence: str) -> None:
    refusal = refuse()
    assert (refusal.code, refusal.sentence, str(refusal)) == (code, sentence, sentence)
