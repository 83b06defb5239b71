"""Which version binds whom at which moment."""

import pytest

from rapport.domain.promises import InForce, Suspension, version_in_force
from tests.make.judging import ANNA, make_promises, make_standing, make_terms

VERSIONS = (InForce("trm_2", 200), InForce("trm_1", 100))


@pytest.mark.parametrize(("at_ms", "version"), [(99, None), (100, "trm_1"), (199, "trm_1"), (200, "trm_2")])
def test_the_latest_version_that_has_begun_binds(at_ms: int, version: str | None) -> None:
    assert version_in_force(VERSIONS, at_ms) == version_in_force(VERSIONS[::-1], at_ms) == version


def test_of_two_versions_from_the_same_moment_the_greater_id_binds() -> None:
    assert version_in_force((InForce("trm_2", 100), InForce("trm_1", 100)), 100) == "trm_2"


def test_an_acceptance_binds_from_the_day_the_agreement_is_active() -> None:
    standing = make_standing(ANNA, active_from_ms=150, acceptances=VERSIONS)
    assert [standing.promised_at(at_ms) for at_ms in (149, 150, 200)] == [None, "trm_1", "trm_2"]


def test_before_anything_is_accepted_an_agreement_is_promised_what_it_was_offered() -> None:
    offers = (InForce("trm_1", 100), InForce("trm_2", 200))
    proposed = make_standing(ANNA, active_from_ms=100, acceptances=(), offers=offers)
    assert proposed.waits_for_acceptance
    assert [proposed.promised_at(at_ms) for at_ms in (99, 100, 200)] == [None, "trm_1", "trm_2"]
    accepted = make_standing(ANNA, active_from_ms=100, acceptances=(InForce("trm_2", 200),), offers=offers)
    assert not accepted.waits_for_acceptance
    assert [accepted.promised_at(at_ms) for at_ms in (100, 200)] == ["trm_1", "trm_2"]


def test_a_suspension_ends_before_its_last_moment_or_not_at_all() -> None:
    standing = make_standing(ANNA, suspensions=(Suspension(10, 20), Suspension(30)))
    assert [at_ms for at_ms in (9, 10, 19, 20, 29, 30, 10**12) if standing.suspended_at(at_ms)] == [10, 19, 30, 10**12]


def test_a_program_offers_nothing_before_its_first_version() -> None:
    terms = make_terms()
    promises = make_promises(terms={"trm_1": terms}, program=(InForce("trm_1", 100),))
    assert (promises.program_terms_at(99), promises.program_terms_at(100)) == (None, terms)
