"""What a test of tracking reports, by the program's own terms."""

import pytest

from rapport.domain.terms.presets import presets
from rapport.flows.alive.trials import kind_to_try
from tests.make.road import make_program

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kinds", "tried"), [(("lead", "sale"), "sale"), (("rebill", "sign-up"), "sign-up"), (("rebill",), "sale")]
)
def test_a_test_is_of_a_kind_that_the_terms_name(kinds: tuple[str, ...], tried: str) -> None:
    rules: object = [{"name": kind, "when": {"kind": kind}, "pay": {"percent": "12"}} for kind in kinds]
    document = dict(presets()[0].document) | {"rules": rules}
    assert kind_to_try(make_program(document=document)) == tried
