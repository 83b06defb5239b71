"""VAT as finance knows it: rates that change without a release, and partners who are treated otherwise."""

from datetime import date, timedelta

import pytest

from rapport.apps.partners.models import Agreement
from rapport.apps.record.errors import BadInput
from rapport.apps.record.models import AuditRow
from rapport.apps.record.sealing import broken_seals
from rapport.apps.taxes import actions
from rapport.apps.taxes.errors import NoSuchRate
from rapport.apps.taxes.models import VatOverride, VatRateRow
from rapport.apps.taxes.queries import standing_of
from rapport.apps.taxes.tables import VatRate, vat_rate
from rapport.apps.taxes.vat_inputs import OverrideInput, VatRateInput
from rapport.apps.taxes.vat_queries import override_of, overrides_of, vat_rates_of
from rapport.domain.vat import Treatment
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_program
from tests.make.taxes import bill_for

pytestmark = pytest.mark.django_db
TODAY, NEXT_YEAR = NOON.date(), date(2027, 1, 1)
DAY = timedelta(days=1)


@pytest.fixture
def anna() -> Agreement:
    found = make_agreement(make_program())
    bill_for(found)
    return found


def enter(agreement: Agreement, percent: str, **more: object) -> VatRateRow:
    known: dict[str, object] = {"country": "de", "from_on": NEXT_YEAR, "source": "Gesetz vom 1. Mai", **more}
    given = VatRateInput.model_validate({**known, "percent": percent})
    workspace_id = agreement.program.workspace_id
    return actions.enter_vat_rate(workspace_id=workspace_id, given=given, today=TODAY, by=STORY, at=NOON)


def rate(agreement: Agreement, on: date, country: str = "DE") -> VatRate | None:
    return vat_rate(country, on=on, rates=vat_rates_of(agreement.program.workspace_id))


def percents(agreement: Agreement) -> list[str]:
    return [standing_of(agreement, on=day).treatment[1] for day in (NEXT_YEAR - DAY, NEXT_YEAR)]


def broken() -> list[str]:
    return [name for model in (VatRateRow, VatOverride) for _count, names in broken_seals(model) for name in names]


def test_a_rate_that_changes_needs_no_release(anna: Agreement) -> None:
    assert percents(anna) == ["19", "19"]
    first = enter(anna, "21,5 %")
    assert enter(anna, "21.5") == first, "the same again changes nothing"
    assert percents(anna) == ["19", "21.5"]
    found = rate(anna, NEXT_YEAR)
    assert found is not None
    assert (found.source, found.checked_on, found.came_along) == ("Gesetz vom 1. Mai", TODAY, False)
    elsewhere = make_agreement(make_program())
    assert rate(elsewhere, NEXT_YEAR) == rate(elsewhere, TODAY), "another workspace has its own"
    assert AuditRow.objects.filter(action="vat_rate.entered").count() == 1
    assert broken() == []


def test_a_rate_is_corrected_or_taken_back_and_nothing_is_lost(anna: Agreement) -> None:
    workspace_id = anna.program.workspace_id
    enter(anna, "21.5")
    enter(anna, "20")
    assert percents(anna) == ["19", "20"]

    def take_back(country: str = "DE") -> None:
        actions.take_back_vat_rate(
            workspace_id=workspace_id, country=country, from_on=NEXT_YEAR, today=TODAY, by=STORY, at=NOON
        )

    take_back()
    assert percents(anna) == ["19", "19"]
    for country in ("DE", "FR"):
        with pytest.raises(NoSuchRate):
            take_back(country)
    assert [row.percent for row in VatRateRow.objects.order_by("id")] == ["21.5", "20", ""]
    assert broken() == []


def test_a_shipped_rate_says_whether_somebody_checked_it(anna: Agreement) -> None:
    workspace_id = anna.program.workspace_id
    found = rate(anna, TODAY)
    assert found is not None
    assert (found.checked_on, found.came_along) == (None, True)
    for _twice in range(2):
        actions.note_rate_checked(
            workspace_id=workspace_id, country="DE", from_on=found.from_on, today=TODAY, by=STORY, at=NOON
        )
    checked = rate(anna, TODAY)
    assert checked is not None
    assert (checked.percent, checked.source, checked.checked_on) == ("19", found.source, TODAY)
    assert VatRateRow.objects.count() == 1
    with pytest.raises(NoSuchRate):
        actions.note_rate_checked(
            workspace_id=workspace_id, country="US", from_on=TODAY, today=TODAY, by=STORY, at=NOON
        )
    enter(anna, "18", from_on=found.from_on)
    actions.take_back_vat_rate(
        workspace_id=workspace_id, country="DE", from_on=found.from_on, today=TODAY, by=STORY, at=NOON
    )
    again = rate(anna, TODAY)
    assert again is not None
    assert (again.percent, again.checked_on) == ("19", TODAY), "what came with the program counts again"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("country", "D1", "two letters"),
        ("country", "ÄÖ", "two letters"),
        ("percent", "a lot", "Give a number"),
        ("percent", "51", "from 0 to 50"),
        ("from_on", "1950-01-01", "from which on"),
        ("source", " ", "which law"),
    ],
)
def test_a_rate_that_means_nothing_is_refused_at_its_field(anna: Agreement, field: str, value: str, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        enter(anna, **{"percent": "19", field: value})
    assert words in refused.value.fields[field]
    assert not VatRateRow.objects.exists()


def decide(agreement: Agreement, treatment: str, *, on: date = TODAY, reason: str = "Letter of the tax office") -> None:
    given = OverrideInput(treatment=treatment, from_on=on, reason=reason)
    actions.override_vat(partner=agreement.partner, given=given, by=STORY, at=NOON)


def test_finance_decides_how_one_partner_is_treated_from_a_day_on(anna: Agreement) -> None:
    decide(anna, "")
    assert not VatOverride.objects.exists(), "nothing was decided and nothing is"
    decide(anna, "reverse_charge")
    decide(anna, "reverse_charge")
    assert VatOverride.objects.count() == 1
    assert standing_of(anna, on=TODAY - DAY).treatment == (Treatment.STANDARD, "19")
    assert standing_of(anna, on=TODAY).treatment == (Treatment.REVERSE_CHARGE, "0")
    decide(anna, "", on=TODAY + DAY, reason="It moved back")
    assert standing_of(anna, on=TODAY + DAY).treatment == (Treatment.STANDARD, "19")
    assert standing_of(anna, on=TODAY).treatment == (Treatment.REVERSE_CHARGE, "0")
    told = AuditRow.objects.filter(action="vat_override.entered").order_by("id").values_list("data", flat=True)
    assert [row["reason"] for row in told] == ["Letter of the tax office", "It moved back"]
    assert [row.reason for row in overrides_of(anna.partner_id)] == ["It moved back", "Letter of the tax office"]
    assert override_of(anna.partner_id, on=TODAY - DAY) is None
    assert [str(row) for row in overrides_of(anna.partner_id)] == ["- 2026-03-03", "reverse_charge 2026-03-02"]
    assert broken() == []


@pytest.mark.parametrize(
    ("treatment", "reason", "field"), [("gold", "Because", "treatment"), ("outside", " ", "reason")]
)
def test_an_override_names_a_treatment_and_a_reason(anna: Agreement, treatment: str, reason: str, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        decide(anna, treatment, reason=reason)
    assert field in refused.value.fields
