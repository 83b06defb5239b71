"""Links made for other systems keep their meaning: what they call by their names, we know by ours."""

import pytest

from rapport.wire.foreign_names import USUAL_NAMES, in_our_words, read_names


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"aff_sub": "a", "aff_sub2": "b"}, {"sub1": "a", "sub2": "b"}),
        ({"SubId1": "a", "subId3": "c"}, {"sub1": "a", "sub3": "c"}),
        ({"clickref": "a", "ued": "https://shop.example/"}, {"sub1": "a", "to": "https://shop.example/"}),
        ({"data1": "a", "chan": "mail"}, {"sub1": "a", "channel": "mail"}),
        ({"s1": "a", "u2": "b"}, {"sub1": "a", "sub2": "b"}),
        ({"tid": "a"}, {"sub1": "a"}),
        ({"sub1": "ours", "subid": "theirs"}, {"sub1": "ours"}),
        ({"subid": "first", "sid": "second"}, {"sub1": "first"}),
        ({"utm_source": "x", "source": "y", "ref": "anna"}, {"utm_source": "x", "source": "y", "ref": "anna"}),
    ],
)
def test_the_usual_names_are_known(query: dict[str, str], said: dict[str, str]) -> None:
    assert in_our_words(query, USUAL_NAMES) == said


def test_names_are_added_and_taken_away() -> None:
    names = read_names(["partner_ref = sub4", "TID="])
    assert in_our_words({"Partner_Ref": "a", "tid": "b"}, names) == {"sub4": "a", "tid": "b"}


@pytest.mark.parametrize("pair", ["nonsense", "=sub1", "x=sub11", "sub1=sub2", "x=consent"])
def test_what_is_no_pair_of_names_is_refused(pair: str) -> None:
    with pytest.raises(ValueError, match="theirs=ours"):
        read_names([pair])
