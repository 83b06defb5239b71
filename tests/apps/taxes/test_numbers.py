"""Tax numbers: known by the shape of their country, sealed at rest, masked on pages, on record when opened."""

from datetime import timedelta

import pytest

from rapport.apps.identity.models import Organisation
from rapport.apps.record.errors import BadInput
from rapport.apps.record.models import AuditRow
from rapport.apps.record.sealing import broken_seals
from rapport.apps.taxes import actions
from rapport.apps.taxes.errors import NoProfileYet, PapersOfOthersToo
from rapport.apps.taxes.inputs import RuleInput
from rapport.apps.taxes.models import TaxNumber
from rapport.apps.taxes.numbers import ANY, NumberInput, kind_named, kinds_of, masked_number
from rapport.apps.taxes.queries import number_of, standing_of
from rapport.domain.tax import Lack, Need
from tests.make.identity import NOON, STORY, make_organisation
from tests.make.road import make_agreement, make_program
from tests.make.taxes import AMERICAN, GERMAN, ask_for, make_profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Organisation:
    return make_organisation("Slow Mornings")


def enter(firm: Organisation, kind: str, number: str, *, days: int = 0) -> TaxNumber:
    given = NumberInput(kind=kind, number=number)
    return actions.enter_number(organisation_id=firm.id, given=given, by=STORY, at=NOON + timedelta(days=days))


@pytest.mark.parametrize(
    ("country", "kind", "typed", "shown"),
    [
        ("US", "ssn", "536-90-4399", "… 399"),
        ("US", "itin", "912-90-3456", "… 456"),
        ("US", "ein", "91-1144442", "… 442"),
        ("DE", "stnr", "181/815/08155", "… 155"),
        ("DE", "idnr", "36 574 261 809", "… 809"),
        ("GB", "utr", "1955839661", "… 661"),
        ("BR", "tin", "123.456.789-09", "… 909"),
        ("BR", "tin", "A1B2", "… 2"),
    ],
)
def test_a_number_is_kept_sealed_and_shown_masked(
    firm: Organisation, country: str, kind: str, typed: str, shown: str
) -> None:
    make_profile(firm, AMERICAN, country=country)
    row = enter(firm, kind, typed)
    assert (row.shown, row.country, row.number.startswith("sealed.")) == (shown, country, True)
    opened = actions.open_numbers(numbers=[row], workspace_id="org_1", by=STORY, at=NOON)
    assert opened[firm.id].isalnum()
    assert AuditRow.objects.get(action="tax_number.opened").workspace_id == "org_1"
    told = str(list(AuditRow.objects.values_list("data", flat=True)))
    assert opened[firm.id] not in told, "the audit keeps no number"
    assert [names for _count, names in broken_seals(TaxNumber) if names] == []


@pytest.mark.parametrize(
    ("country", "kind", "typed", "field", "words"),
    [
        ("US", "ssn", "536-90-439", "number", "no SSN"),
        ("US", "ssn", "000-12-3456", "number", "no SSN"),
        ("US", "tin", "12345", "kind", "numbers of US"),
        ("DE", "idnr", "36574261800", "number", "no Steuerliche Identifikationsnummer"),
        ("BR", "tin", "ABCD", "number", "at least one digit"),
        ("BR", "tin", "1" * 21, "number", "4 to 20"),
        ("BR", "ssn", "536-90-4399", "kind", "numbers of BR"),
    ],
)
def test_a_number_that_cannot_be_is_refused_and_not_repeated(
    firm: Organisation, country: str, kind: str, typed: str, field: str, words: str
) -> None:
    make_profile(firm, AMERICAN, country=country)
    with pytest.raises(BadInput) as refused:
        enter(firm, kind, typed)
    assert words in refused.value.fields[field]
    assert typed not in str(refused.value.fields)
    assert number_of(firm.id) is None


def test_a_new_number_replaces_the_old_one_and_the_same_again_changes_nothing(firm: Organisation) -> None:
    with pytest.raises(NoProfileYet):
        enter(firm, "ssn", "536-90-4399")
    make_profile(firm, AMERICAN)
    first = enter(firm, "ssn", "536-90-4399")
    assert enter(firm, "ssn", "536904399", days=1) == first
    second = enter(firm, "itin", "912-90-3456", days=1)
    first.refresh_from_db()
    assert (number_of(firm.id), first.replaced_at) == (second, NOON + timedelta(days=1))
    assert [names for _count, names in broken_seals(TaxNumber) if names] == []


def test_a_program_may_ask_for_it_and_who_moves_hands_in_another() -> None:
    agreement = make_agreement(make_program())
    ask_for(agreement.program, RuleInput(needs=(Need.TAX_NUMBER,)))
    firm = agreement.partner.organisation
    make_profile(firm, AMERICAN)
    assert standing_of(agreement, on=NOON.date()).lacks("iban") == (Lack.TAX_NUMBER,)
    enter(firm, "ssn", "536-90-4399")
    assert standing_of(agreement, on=NOON.date()).lacks("iban") == ()
    make_profile(firm, GERMAN, at=NOON + timedelta(days=1))
    assert standing_of(agreement, on=NOON.date()).lacks("iban") == (Lack.TAX_NUMBER,)


def test_one_workspace_does_not_enter_the_number_of_a_partner_of_others() -> None:
    agreement = make_agreement(make_program())
    make_agreement(make_program(), organisation=agreement.partner.organisation)
    with pytest.raises(PapersOfOthersToo):
        actions.enter_number_for(
            agreement=agreement, given=NumberInput(kind="ssn", number="536-90-4399"), by=STORY, at=NOON
        )


def test_every_kind_that_a_country_has_can_be_checked_and_named() -> None:
    for country in ("AT", "BE", "CH", "FR", "GB", "GR", "IT", "NL", "PL", "SE", "US", "DE"):
        for kind in kinds_of(country):
            assert kind_named(kind.key) == kind
    assert kinds_of("BR") == (ANY,)
    assert masked_number("12") == "…"
