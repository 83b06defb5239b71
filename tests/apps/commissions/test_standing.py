"""The digest of a judgement is that of its JSON, whatever stands in it, for as long as judgements are kept."""

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from rapport.apps.commissions.standing import judgement_digest

# What a judgement's document is made of; half a surrogate pair is no text that any table holds.
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXTS
DOCUMENTS = st.dictionaries(
    TEXTS, st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))
)


@given(DOCUMENTS)
def test_it_is_the_sha256_of_sorted_json_without_spaces(document: dict[str, object]) -> None:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert judgement_digest(document) == hashlib.sha256(text.encode()).hexdigest()


def test_another_reason_is_another_digest() -> None:
    assert judgement_digest({"why": "window"}) != judgement_digest({"why": "late"})
