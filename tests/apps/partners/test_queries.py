"""What a partner can read about its agreement."""

import pytest

from rapport.apps.partners.actions import end_agreement, resume_agreement, suspend_agreement
from rapport.apps.partners.models import Agreement
from rapport.apps.partners.queries import reason_of
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_program

pytestmark = pytest.mark.django_db


def test_the_reason_of_a_rest_and_of_an_end_is_what_the_program_told() -> None:
    agreement = make_agreement(make_program())
    assert reason_of(agreement) == ""
    resting = suspend_agreement(agreement_id=agreement.id, reason="A question about a code.", by=STORY, at=NOON)
    assert reason_of(resting) == "A question about a code."
    assert reason_of(resume_agreement(agreement_id=agreement.id, by=STORY, at=NOON)) == ""
    end_agreement(agreement_id=agreement.id, for_breach=True, reason="Codes of others.", by=STORY, at=NOON)
    assert reason_of(Agreement.objects.get()) == "Codes of others."
