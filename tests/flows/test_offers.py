"""What a program promised is loaded before the locks: what is published and accepted in between counts all the same."""

from datetime import timedelta

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.inputs import ConversionInput
from rapport.apps.conversions.models import Door
from rapport.apps.conversions.reading import read_conversion
from rapport.apps.partners.actions import accept_terms
from rapport.apps.programs.actions import publish_terms, save_draft
from rapport.apps.record.inputs import read_input
from rapport.domain.terms import presets
from rapport.flows.intake import take_conversions
from rapport.flows.offers import load_offer
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_click_id, make_link, make_program


@pytest.mark.usefixtures("db")
def test_a_version_accepted_since_the_offer_was_loaded_pays_the_order() -> None:
    program = make_program()
    agreement = make_agreement(program)
    before = load_offer(program.id)
    document = dict(presets()[0].document)
    document["rules"] = [{"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": "20"}}]
    at = NOON - timedelta(hours=1)
    save_draft(program_id=program.id, document=document, by=STORY, at=at)
    version = publish_terms(program_id=program.id, effective_at=at, by=STORY, at=at)
    accept_terms(agreement_id=agreement.id, version_id=version.id, sentence="20 %", language="en", by=STORY, at=at)
    click = make_click_id(make_link(agreement))
    told = {"kind": "sale", "currency": "EUR", "total": "100.00", "external_id": "1", "click_ids": [click]}
    read = read_conversion(read_input(ConversionInput, told), frame=before.frame, received_at=NOON)
    take_conversions([read], offer=before, door=Door.API, by=STORY, at=NOON)
    assert (Commission.objects.get().accrued_minor, Commission.objects.get().version_id) == (2000, version.id)
