"""What an applicant may say: whatever is received can be approved later."""

import pytest

from rapport.apps.identity.inputs import OrganisationInput
from rapport.apps.partners.inputs import ApplicationInput
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input

SAID = {
    "name": "Anna Reuter",
    "organisation_name": "Slow Mornings",
    "email": "anna@example.com",
    "segment": "blogger",
    "promotion": "I write about mornings.",
    "accepted_version": "trm_1",
}


@pytest.mark.parametrize("website", ["https://facebook", "https://javascript:alert(1)", "https://my_blog.example"])
def test_a_site_that_no_organisation_may_have_is_refused_when_it_is_told(website: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_input(ApplicationInput, {**SAID, "website": website})
    assert set(refused.value.fields) == {"website"}


@pytest.mark.parametrize("website", ["", "https://slow.example/", "http://localhost:8000/blog?x=1"])
def test_a_site_that_is_received_fits_the_organisation_that_it_becomes(website: str) -> None:
    told = read_input(ApplicationInput, {**SAID, "website": website})
    assert OrganisationInput(name=told.organisation_name, website=told.website).website == website
