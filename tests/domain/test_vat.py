"""How a partner's supply is treated, and that what is billed and credited adds up to what is paid."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rapport.domain.money import round_half_up
from rapport.domain.vat import Line, Origin, Party, Share, Treatment, bills, treatment

STANDARD, REVERSE = Treatment.STANDARD, Treatment.REVERSE_CHARGE
SMALL, UNREGISTERED, OUTSIDE = Treatment.SMALL_BUSINESS, Treatment.NOT_REGISTERED, Treatment.OUTSIDE
NINETEEN = (STANDARD, Fraction(19))
BEFORE = Origin("pay_1", STANDARD, Fraction(16))


@pytest.mark.parametrize(
    ("partner", "payer", "found"),
    [
        (Party("DE", has_vat_id=True), Party("DE"), STANDARD),
        (Party("DE", has_vat_id=True, small_business=True), Party("DE"), SMALL),
        (Party("DE"), Party("DE"), UNREGISTERED),
        (Party("FR", has_vat_id=True), Party("DE"), REVERSE),
        (Party("FR", has_vat_id=True, small_business=True), Party("DE"), SMALL),
        (Party("FR"), Party("DE"), UNREGISTERED),
        (Party("GB", has_vat_id=True), Party("DE"), OUTSIDE),
        (Party("DE", has_vat_id=True), Party("US"), OUTSIDE),
        (Party("GB", has_vat_id=True), Party("GB"), STANDARD),
    ],
)
def test_treatment_follows_country_vat_id_and_small_business(partner: Party, payer: Party, found: Treatment) -> None:
    assert treatment(partner=partner, payer=payer, has_rate=True) is found


@pytest.mark.parametrize(
    ("said", "has_rate", "found"),
    [
        (REVERSE, True, REVERSE),
        (SMALL, False, SMALL),
        (STANDARD, True, STANDARD),
        (STANDARD, False, REVERSE),
    ],
)
def test_what_a_person_said_goes_first_but_vat_needs_a_rate(said: Treatment, has_rate: bool, found: Treatment) -> None:
    partner = Party("FR", has_vat_id=True)
    assert treatment(partner=partner, payer=Party("DE"), has_rate=has_rate, override=said) is found


def test_a_country_without_a_vat_rate_charges_none() -> None:
    assert treatment(partner=Party("US", has_vat_id=True), payer=Party("US"), has_rate=False) is OUTSIDE


def test_what_is_taken_back_is_credited_by_the_rate_of_its_time() -> None:
    found = bills({"com_1": -1_000, "com_2": 3_000}, written_off=(), origins={"com_1": BEFORE}, now=NINETEEN)
    assert found.invoice.shares == (Share(STANDARD, Fraction(19), 3_000, 570),)
    assert found.credit.shares == (Share(STANDARD, Fraction(16), -1_000, -160),)
    assert (found.vat_minor, found.credit.net_minor) == (410, -1_000)


def test_a_debt_that_was_written_off_is_not_credited() -> None:
    nets = {"com_1": -1_000, "com_2": 3_000, "com_3": -200, "wof_1": 1_100}
    found = bills(nets, written_off=("wof_1",), origins={}, now=NINETEEN)
    assert found.credit.lines == (Line("com_3", -100),)
    assert found.invoice.lines == (Line("com_2", 3_000),)


def test_what_was_written_off_of_a_debt_that_vanished_is_billed() -> None:
    found = bills({"com_1": 500, "wof_1": 300}, written_off=("wof_1",), origins={}, now=NINETEEN)
    assert found.invoice.lines == (Line("com_1", 500), Line("wof_1", 300))


@given(
    nets=some.dictionaries(some.text("abc", min_size=1, max_size=3), some.integers(-9_999, 9_999), max_size=9),
    given_up=some.integers(0, 20_000),
    percents=some.lists(some.integers(0, 27_000), min_size=2, max_size=2),
    some_known=some.booleans(),
)
def test_what_is_billed_and_credited_adds_up_and_every_share_is_rounded_once(
    nets: dict[str, int], given_up: int, percents: list[int], some_known: bool
) -> None:
    now, then = (Fraction(one, 1_000) for one in percents)
    origins = {key: Origin("pay_1", STANDARD, then) for key in nets} if some_known else {}
    found = bills(nets | {"wof_1": given_up}, written_off=("wof_1",), origins=origins, now=(STANDARD, now))
    both = (found.invoice, found.credit)
    assert sum(one.net_minor for one in both) == sum(nets.values()) + given_up
    for one in both:
        assert one.net_minor == sum(line.net_minor for line in one.lines)
        assert one.vat_minor == sum(share.vat_minor for share in one.shares)
        assert all(share.vat_minor == round_half_up(share.net_minor * share.percent / 100) for share in one.shares)
    assert found.invoice.net_minor >= 0 >= found.credit.net_minor
