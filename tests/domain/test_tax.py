"""What a program asks for, what a partner lacks of it, and how much is kept back."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rapport.domain.tax import (
    FormKind,
    Lack,
    Need,
    Papers,
    Rule,
    Telling,
    form_wanted,
    lacking,
    rules_in_order,
    runs_out_on,
    telling,
    withheld_minor,
)

TODAY = date(2026, 5, 4)
US = (
    Rule("", "", "", (Need.PROFILE,)),
    Rule("US", "", "", (Need.W9,)),
    Rule("!US", "", "", (Need.W8,)),
)
NUMBER = (Rule("", "", "", (Need.TAX_NUMBER,)),)
EU = (Rule("EU", "company", "", (Need.VAT_ID, Need.SELF_BILLING)), Rule("", "", "paypal", (Need.VAT_ID,)))


def papers(country: str = "US", kind: str = "person", **more: object) -> Papers:
    known: dict[str, object] = {"country": country, "kind": kind, "forms": {}} | more
    return Papers(**known)  # type: ignore[arg-type]  # each story names its own facts


@pytest.mark.parametrize(
    ("one", "lacks"),
    [
        (None, (Lack.PROFILE,)),
        (papers(), (Lack.W9,)),
        (papers(forms={FormKind.W9: None}), ()),
        (papers("DE"), (Lack.W8,)),
        (papers("DE", forms={FormKind.W8BENE: date(2029, 12, 31)}), (Lack.W8,)),
        (papers("DE", forms={FormKind.W8BEN: TODAY}), ()),
        (papers("DE", forms={FormKind.W8BEN: date(2026, 5, 3)}), (Lack.W8_EXPIRED,)),
        (papers("DE", "company", forms={FormKind.W8BENE: date(2029, 12, 31)}), ()),
    ],
)
def test_an_american_payer_asks_each_partner_for_its_form(one: Papers | None, lacks: tuple[Lack, ...]) -> None:
    assert lacking(US, one, rail="iban", on=TODAY) == lacks


@pytest.mark.parametrize(
    ("one", "rail", "lacks"),
    [
        (papers("DE", "company"), "iban", (Lack.VAT_ID, Lack.SELF_BILLING)),
        (papers("DE", "company", has_vat_id=True, agreed_self_billing=True), "iban", ()),
        (papers("DE"), "iban", ()),
        (papers("US"), "paypal", (Lack.VAT_ID,)),
        (papers("CH", "company"), "iban", ()),
    ],
)
def test_a_line_concerns_a_country_a_kind_and_a_way_of_paying(one: Papers, rail: str, lacks: tuple[Lack, ...]) -> None:
    assert lacking(EU, one, rail=rail, on=TODAY) == lacks


def test_without_lines_nothing_is_asked_for() -> None:
    assert lacking((), None, rail="", on=TODAY) == ()


def test_a_w8_counts_until_the_end_of_the_third_year_after_it_was_signed_and_a_w9_for_ever() -> None:
    assert runs_out_on(FormKind.W8BEN, signed_on=date(2026, 1, 1)) == date(2029, 12, 31)
    assert runs_out_on(FormKind.W8BENE, signed_on=date(2026, 12, 31)) == date(2029, 12, 31)
    assert runs_out_on(FormKind.W9, signed_on=date(2026, 1, 1)) is None


def test_a_company_signs_another_form_than_a_person() -> None:
    assert (form_wanted(papers(kind="company")), form_wanted(papers())) == (FormKind.W8BENE, FormKind.W8BEN)


def test_lines_are_kept_once_and_in_one_order() -> None:
    assert rules_in_order([US[2], US[0], US[2], US[1]]) == rules_in_order(US)
    assert len(rules_in_order([US[0], US[0]])) == 1


@given(gross=some.integers(-10_000, 10**12), thousandths=some.integers(0, 50_000))
def test_what_is_kept_back_is_rounded_once_and_never_of_a_debt(gross: int, thousandths: int) -> None:
    kept = withheld_minor(gross, Fraction(thousandths, 1_000))
    exact = Fraction(max(gross, 0) * thousandths, 100_000)
    assert abs(kept - exact) <= Fraction(1, 2)
    assert 0 <= kept <= max(gross, 0)


def test_a_half_of_a_cent_is_kept_back() -> None:
    assert (withheld_minor(50, Fraction(1)), withheld_minor(12_000, Fraction(24))) == (1, 2_880)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({}, Telling.BELOW),
        ({"gross_minor": 2_000}, Telling.REPORT),
        ({"withheld": 1}, Telling.WITHHELD),
        ({"gross_minor": 2_000, "by_provider": True}, Telling.PROVIDER),
        ({"gross_minor": 2_000, "same_country": False}, Telling.ELSEWHERE),
        ({"gross_minor": 2_000, "threshold_minor": None}, Telling.ELSEWHERE),
    ],
)
def test_a_payee_is_told_of_from_the_threshold_on(facts: dict[str, int], found: Telling) -> None:
    known = {"gross_minor": 1_999, "withheld": 0, "threshold_minor": 2_000, "same_country": True, "by_provider": False}
    assert telling(**(known | facts)) is found  # type: ignore[arg-type]  # each story names its own facts


def test_a_tax_number_is_asked_for_like_any_paper() -> None:
    assert lacking(NUMBER, papers("DE"), rail="iban", on=TODAY) == (Lack.TAX_NUMBER,)
    assert lacking(NUMBER, papers("DE", has_tax_number=True), rail="iban", on=TODAY) == ()
