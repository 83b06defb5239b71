"""Two texts beside each other: nothing is lost, and what changed is marked word by word."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.doors.ui.differences import Piece, difference

SENTENCES = st.lists(st.text(alphabet="ab .", min_size=1, max_size=12), max_size=5)


def test_a_changed_number_is_marked_inside_its_sentence() -> None:
    [pieces] = difference(["You earn 12 % of every sale."], ["You earn 14 % of every sale."])
    assert pieces == (
        Piece("same", "You earn "),
        Piece("removed", "12 "),
        Piece("added", "14 "),
        Piece("same", "% of every sale."),
    )


def test_sentences_that_have_little_in_common_stand_apart() -> None:
    told = difference(["We pay every Monday."], ["A customer who uses your coupon is yours."])
    assert told == (
        (Piece("removed", "We pay every Monday."),),
        (Piece("added", "A customer who uses your coupon is yours."),),
    )


def test_a_new_sentence_is_added_whole_between_the_same_ones() -> None:
    told = difference(["One.", "Three."], ["One.", "Two.", "Three."])
    assert told == ((Piece("same", "One."),), (Piece("added", "Two."),), (Piece("same", "Three."),))


@settings(max_examples=200, deadline=None)
@given(SENTENCES, SENTENCES)
def test_both_texts_can_be_read_out_of_their_difference(old: list[str], new: list[str]) -> None:
    told = difference(old, new)
    before = "".join(piece.text for pieces in told for piece in pieces if piece.kind != "added")
    after = "".join(piece.text for pieces in told for piece in pieces if piece.kind != "removed")
    assert before.replace(" ", "") == "".join(old).replace(" ", "")
    assert after.replace(" ", "") == "".join(new).replace(" ", "")
