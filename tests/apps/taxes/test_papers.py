"""Tax papers as they are kept: checked at entry, replaced and never lost, sealed, encrypted, on record when opened."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from rapport.apps.identity.models import Organisation
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.apps.record.models import AuditRow
from rapport.apps.record.sealing import broken_seals
from rapport.apps.taxes import actions
from rapport.apps.taxes.errors import FormDecided, NoProfileYet, PapersOfOthersToo, SelfBillingOff
from rapport.apps.taxes.inputs import LARGEST_FORM, FormInput, ProfileInput, RateInput, RuleInput, TaxSettingsInput
from rapport.apps.taxes.models import (
    CheckSource,
    SelfBilling,
    TaxForm,
    TaxFormKind,
    TaxFormState,
    TaxProfile,
    TaxRate,
    TaxSettings,
    VatCheck,
)
from rapport.apps.taxes.queries import forms_of, profile_of, rate_of, rules_of, self_billing_of, standing_of
from rapport.apps.taxes.tables import reporting_of, vat_rate, vat_rates
from rapport.domain.tax import Need, Rule
from rapport.domain.vat import Treatment
from tests.make.identity import NOON, STORY, make_organisation
from tests.make.road import make_agreement, make_program
from tests.make.taxes import AMERICAN, GERMAN, PDF, PNG, ask_for, bill_for, make_form, make_profile, withhold

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
SEALED = (TaxProfile, VatCheck, TaxForm, TaxSettings, TaxRate, SelfBilling)


@pytest.fixture
def firm() -> Organisation:
    return make_organisation("Slow Mornings")


def broken() -> list[str]:
    return [name for model in SEALED for _number, names in broken_seals(model) for name in names]


def test_a_profile_is_replaced_and_never_lost_and_its_vat_id_is_checked_with_day_and_source(firm: Organisation) -> None:
    first = make_profile(firm)
    assert make_profile(firm) == first, "the same again changes nothing"
    second = make_profile(firm, at=NOON + timedelta(days=1), vat_id="")
    first.refresh_from_db()
    assert (profile_of(firm.id), first.replaced_at) == (second, NOON + timedelta(days=1))
    check = VatCheck.objects.get()
    assert (check.profile, check.source, check.is_valid, check.checked_at) == (first, CheckSource.FORM, True, NOON)
    assert second.address_lines == ["Ringstr. 4", "10115 Berlin", "DE"]
    assert broken() == []
    told = str(list(AuditRow.objects.filter(action="tax_profile.entered").values_list("data", flat=True)))
    assert "Slow Mornings GmbH" not in told, "the audit keeps no details of a person"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("country", "D1", "two letters of a country"),
        ("legal_name", "Slow\x07Mornings", "control characters"),
        ("street", "", "Give a value"),
        ("kind", "club", "Choose one of"),
        ("vat_id", "DE136695977", "not a VAT id of DE"),
        ("vat_id", "12", "not a VAT id of DE"),
        ("postcode", "9" * 17, "Shorten this"),
    ],
)
def test_a_profile_that_cannot_be_right_is_refused_at_its_field(
    firm: Organisation, field: str, value: str, words: str
) -> None:
    with pytest.raises(BadInput) as refused:
        actions.enter_profile(
            organisation_id=firm.id, given=read_input(ProfileInput, GERMAN | {field: value}), by=STORY, at=NOON
        )
    assert words in refused.value.fields[field]
    assert profile_of(firm.id) is None


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("DE", "de 136 695 976", "DE136695976"),
        ("GR", "EL 094259216", "EL094259216"),
        ("FR", "40303265045", "FR40303265045"),
        ("GB", "GB 980 7806 84", "980780684"),
        ("CH", "CHE-107.787.577 IVA", "CHE107787577IVA"),
        ("US", "", ""),
    ],
)
def test_a_vat_id_is_kept_as_its_country_writes_it(firm: Organisation, country: str, typed: str, kept: str) -> None:
    assert make_profile(firm, country=country, vat_id=typed).vat_id == kept


def test_a_country_without_vat_ids_takes_none(firm: Organisation) -> None:
    with pytest.raises(BadInput, match="another look") as refused:
        make_profile(firm, country="US", vat_id="123")
    assert "no VAT id of this country" in refused.value.fields["vat_id"]


def test_a_form_is_known_by_what_it_holds_sealed_at_rest_and_on_record_when_opened(firm: Organisation) -> None:
    form = make_form(firm, content=PDF)
    assert make_form(firm, content=PDF) == form, "the same again changes nothing"
    assert (form.media_type, form.runs_out_on) == ("application/pdf", None)
    kept = TaxForm.objects.get()
    assert (kept.content.startswith("sealed."), "JVBERi" in kept.content) == (True, False)
    assert actions.open_form(form=kept, workspace_id="org_1", by=STORY, at=NOON) == PDF
    opened = AuditRow.objects.get(action="tax_form.opened")
    assert (opened.subject, opened.actor_id, opened.workspace_id) == (form.id, "story", "org_1")
    newer = make_form(firm, content=PNG, signed_on=date(2026, 2, 4))
    form.refresh_from_db()
    assert (form.state, newer.media_type, newer.state) == ("replaced", "image/png", "received")
    # Both were handed in in the same instant, so neither comes first.
    assert {row.id for row in forms_of(firm.id)} == {newer.id, form.id}
    assert broken() == []


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"content": b"<html><script>"}, "file", "Give a PDF, JPEG or PNG"),
        ({"content": b""}, "file", "Give a PDF, JPEG or PNG"),
        ({"content": PDF + b"0" * LARGEST_FORM}, "file", "at most 5 MB"),
        ({"signed_on": date(2026, 3, 4)}, "signed_on", "still to come"),
        ({"signed_on": date(1970, 1, 1)}, "signed_on", "beside the signature"),
        ({"signed_on": date(2022, 6, 1), "kind": TaxFormKind.W8BEN}, "signed_on", "ran out on 2025-12-31"),
    ],
)
def test_a_form_that_cannot_count_is_refused_at_its_field(
    firm: Organisation, given: dict[str, object], field: str, words: str
) -> None:
    known: dict[str, object] = {"kind": TaxFormKind.W9, "signed_on": TODAY, "content": PDF}
    with pytest.raises(BadInput) as refused:
        actions.receive_form(organisation_id=firm.id, given=FormInput.model_validate(known | given), by=STORY, at=NOON)
    assert words in refused.value.fields[field]
    assert not TaxForm.objects.exists()


def test_a_form_is_looked_at_once_and_a_refused_one_counts_no_more(firm: Organisation) -> None:
    form = make_form(firm)

    def refuse(reason: str) -> TaxForm:
        return actions.refuse_form(form_id=form.id, reason=reason, workspace_id="org_1", by=STORY, at=NOON)

    def accept() -> TaxForm:
        return actions.accept_form(form_id=form.id, workspace_id="org_1", by=STORY, at=NOON)

    assert accept().state == TaxFormState.ACCEPTED
    with pytest.raises(BadInput):
        refuse(" ")
    refused = refuse("The signature is missing")
    assert refuse("Again").reason == refused.reason
    with pytest.raises(FormDecided):
        accept()
    assert make_form(firm).state == TaxFormState.RECEIVED, "another one takes its place"
    assert broken() == []


def test_a_rate_is_exact_and_has_a_reason_and_every_change_is_kept() -> None:
    agreement = make_agreement(make_program())
    partner = agreement.partner
    withhold(agreement, "0", reason="")
    assert rate_of(partner.id) is None, "nothing was kept back and nothing is"
    withhold(agreement, "24,50 %")
    rate = rate_of(partner.id)
    assert rate is not None
    assert (rate.percent, str(rate)) == ("24.5", "24.5 %")
    withhold(agreement, "24.5")
    assert TaxRate.objects.count() == 1
    withhold(agreement, "0", reason="")
    assert dict(TaxRate.objects.values_list("percent", "replaced_at")) == {"24.5": NOON, "0": None}
    assert broken() == []
    for percent in ("51", "-1", "NaN", "1.2345", "a lot", "1e1000"):
        with pytest.raises(BadInput) as refused:
            withhold(agreement, percent)
        assert "percent" in refused.value.fields
    with pytest.raises(BadInput) as refused:
        actions.change_rate(partner=partner, given=RateInput(percent="10"), by=STORY, at=NOON)
    assert "reason" in refused.value.fields


def test_a_program_says_what_it_asks_for_once_and_in_one_order() -> None:
    program = make_program()
    ask_for(program, RuleInput(where="us", needs=(Need.W9,)), RuleInput(needs=(Need.PROFILE,)))
    kept = TaxSettings.objects.get()
    assert rules_of(kept) == (Rule("", "", "", (Need.PROFILE,)), Rule("US", "", "", (Need.W9,)))
    ask_for(program)
    assert rules_of(TaxSettings.objects.get()) == ()
    assert broken() == []


@pytest.mark.parametrize(
    "rule", [{"where": "U1"}, {"where": "!!"}, {"kind": "club"}, {"needs": ()}], ids=("where", "not", "kind", "needs")
)
def test_a_line_that_means_nothing_is_refused(rule: dict[str, object]) -> None:
    known: dict[str, object] = {"where": "US", "needs": (Need.W9,)}
    with pytest.raises(BadInput) as refused:
        ask_for(make_program(), RuleInput.model_validate(known | rule))
    assert "rules" in refused.value.fields


def test_a_program_cannot_bill_before_it_says_who_it_is() -> None:
    program = make_program()
    given = TaxSettingsInput(self_billing=True)
    with pytest.raises(BadInput) as refused:
        actions.change_tax_settings(program=program, given=given, by=STORY, at=NOON)
    assert "self_billing" in refused.value.fields


def test_self_billing_is_agreed_to_once_and_may_be_ended() -> None:
    agreement = make_agreement(make_program())

    def agree() -> SelfBilling:
        return actions.agree_to_self_billing(agreement=agreement, text="You bill.", language="en", by=STORY, at=NOON)

    with pytest.raises(SelfBillingOff):
        agree()
    make_profile(agreement.program.workspace)
    ask_for(agreement.program, self_billing=True)
    with pytest.raises(NoProfileYet):
        agree()
    make_profile(agreement.partner.organisation)
    assert agree() == agree()
    assert standing_of(agreement, on=TODAY).treatment == (Treatment.STANDARD, "19")
    actions.end_self_billing(agreement=agreement, by=STORY, at=NOON)
    assert actions.end_self_billing(agreement=agreement, by=STORY, at=NOON) is None
    assert self_billing_of(agreement.id) is None
    assert standing_of(agreement, on=TODAY).treatment == (Treatment.OUTSIDE, "0")
    assert broken() == []


def test_a_foreign_partner_bills_without_vat() -> None:
    agreement = make_agreement(make_program())
    bill_for(agreement, {"country": "FR", "vat_id": "40303265045"})
    assert standing_of(agreement, on=TODAY).treatment == (Treatment.REVERSE_CHARGE, "0")


def test_one_workspace_does_not_change_who_a_partner_of_others_is() -> None:
    agreement = make_agreement(make_program())
    make_agreement(make_program(), organisation=agreement.partner.organisation)
    given = ProfileInput.model_validate(AMERICAN)
    with pytest.raises(PapersOfOthersToo):
        actions.enter_profile_for(agreement=agreement, given=given, by=STORY, at=NOON)
    form = FormInput(kind=TaxFormKind.W9, signed_on=TODAY, content=PDF)
    with pytest.raises(PapersOfOthersToo):
        actions.receive_form_for(agreement=agreement, given=form, by=STORY, at=NOON)


def test_rates_and_thresholds_are_those_of_their_day() -> None:
    found = {
        day: vat_rate("EE", on=day, rates=vat_rates())
        for day in (date(2025, 6, 30), date(2025, 7, 1), date(1990, 1, 1))
    }
    assert [row.percent if row else None for row in found.values()] == ["22", "24", None]
    assert vat_rate("US", on=TODAY, rates=vat_rates()) is None
    assert all(row.source for row in vat_rates())
    thresholds = {year: reporting_of("US", year=year) for year in (2019, 2025, 2026)}
    assert [row.threshold.minor if row else None for row in thresholds.values()] == [None, 60_000, 200_000]


def test_a_check_is_sealed_alike_whatever_zone_its_moment_was_told_in(firm: Organisation) -> None:
    make_profile(firm, at=NOON.astimezone(ZoneInfo("Europe/Berlin")))
    assert VatCheck.objects.get().checked_at == NOON
    assert broken() == []
