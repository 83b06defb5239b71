"""How somebody is paid is checked at the door, kept once, masked, and waits after a change."""

import hashlib
from datetime import timedelta

import pytest

from rapport.apps.payouts.actions import change_settings, enter_method, enter_method_for
from rapport.apps.payouts.details import details_of
from rapport.apps.payouts.errors import MethodOfOthersToo
from rapport.apps.payouts.inputs import MethodInput, PayoutSettingsInput, checked
from rapport.apps.payouts.models import MethodKind, PayoutMethod, PayoutSettings
from rapport.apps.payouts.queries import bank_day_of, method_of, settings_of
from rapport.apps.record.errors import BadInput
from rapport.apps.record.models import Announcement, AuditRow
from tests.make.identity import NOON, STORY, make_organisation
from tests.make.payouts import GOOD_IBAN, JONAS, make_method
from tests.make.road import make_agreement, make_program


def given(kind: MethodKind, **fields: str) -> MethodInput:
    return MethodInput(kind=kind, **({"holder": "Anna Reuter"} | fields))


AMERICAN = {"holder_kind": "person", "account_type": "checking"}


@pytest.mark.parametrize(
    ("method", "number"),
    [
        (given(MethodKind.IBAN, iban="gb29 nwbk 6016 1331 9268 19"), "GB29NWBK60161331926819"),
        (given(MethodKind.ACH, account="0123-4567 89", routing="021000021", **AMERICAN), "0123456789"),
        (given(MethodKind.BANK, country="JP", account="1234567", routing="BOTKJPJT"), "1234567"),
        (given(MethodKind.PAYPAL, email="Anna@Example.COM"), "Anna@example.com"),
        (given(MethodKind.MANUAL, note="By cheque"), ""),
    ],
)
def test_a_way_that_banks_take_is_kept_as_they_write_it(method: MethodInput, number: str) -> None:
    assert checked(method).number == number


@pytest.mark.parametrize(
    ("method", "field"),
    [
        (given(MethodKind.IBAN, iban="DE88370400440532013000"), "iban"),
        (given(MethodKind.IBAN, iban="DE8937040044053201300"), "iban"),
        (given(MethodKind.IBAN, iban=""), "iban"),
        (given(MethodKind.BANK, country="DE", account="532013000", routing="37040044"), "country"),
        (given(MethodKind.BANK, country="1", account="532013000", routing="37040044"), "country"),
        (given(MethodKind.BANK, country="US", account="12345678", routing="021000021"), "country"),
        (given(MethodKind.BANK, country="JP", account="12", routing="BOTKJPJT"), "account"),
        (given(MethodKind.ACH, account="12", routing="021000021", **AMERICAN), "account"),
        (given(MethodKind.ACH, account="12345678", routing="021000022", **AMERICAN), "routing"),
        (given(MethodKind.BANK, country="AU", account="12345678", routing="06200"), "routing"),
        (given(MethodKind.PAYPAL, email="anna"), "email"),
        (given(MethodKind.MANUAL), "note"),
        (given(MethodKind.IBAN, iban=GOOD_IBAN, holder="Anna\tReuter"), "holder"),
    ],
)
def test_whatever_a_bank_would_refuse_is_refused_at_its_field(method: MethodInput, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        checked(method)
    assert list(refused.value.fields) == [field]


@pytest.mark.django_db
def test_a_first_method_is_usable_at_once_and_a_changed_one_waits() -> None:
    program = make_program()
    agreement = make_agreement(program)
    organisation_id = agreement.partner.organisation_id
    first = make_method(organisation_id)
    assert first.usable_at == NOON
    assert make_method(organisation_id, at=NOON + timedelta(hours=1)) == first
    change_settings(program=program, given=PayoutSettingsInput(country="de", cooling_hours=48), by=STORY, at=NOON)
    second = make_method(organisation_id, iban="GB29NWBK60161331926819")
    assert (second.usable_at, method_of(organisation_id)) == (NOON + timedelta(hours=48), second)
    assert settings_of(program).country == "DE"
    assert PayoutMethod.objects.get(pk=first.pk).replaced_at == NOON


@pytest.mark.django_db
def test_only_the_last_four_are_shown_and_the_record_keeps_a_digest() -> None:
    organisation = make_organisation()
    method = make_method(organisation)
    assert str(method).endswith("… 3000")
    paypal = given(MethodKind.PAYPAL, email="anna@example.com")
    assert enter_method(organisation_id=organisation.id, given=paypal, by=STORY, at=NOON).masked == "a…@example.com"
    data = AuditRow.objects.filter(action="payout_method.entered").order_by("id")[0].data
    assert len(data["digest"]) == 64
    assert "3000" not in str(data)


@pytest.mark.django_db
def test_a_method_keeps_who_entered_it_and_the_record_what_it_replaces() -> None:
    organisation = make_organisation()
    paypal = given(MethodKind.PAYPAL, email="anna@example.com")
    first = enter_method(organisation_id=organisation.id, given=paypal, by=JONAS, at=NOON)
    stored = PayoutMethod.objects.get()
    assert (stored.organisation, stored.changed_at, stored.replaced_at) == (organisation, NOON, None)
    assert (stored.actor_kind, stored.actor_id) == ("person", JONAS.id)
    assert details_of(stored) == checked(paypal)
    second = make_method(organisation, at=NOON + timedelta(hours=1))
    assert second.usable_at == NOON + timedelta(hours=1 + 72), "nobody asks for another time"
    rows = AuditRow.objects.filter(action="payout_method.entered").order_by("id")
    assert [(row.subject, row.actor_id, row.at) for row in rows] == [
        (first.id, JONAS.id, NOON),
        (second.id, STORY.id, NOON + timedelta(hours=1)),
    ]
    assert [row.data["replaces"] for row in rows] == ["", first.id]
    assert {row.data["organisation"] for row in rows} == {organisation.id}
    assert rows[0].data["digest"] == hashlib.sha256(first.details.encode()).hexdigest()
    assert list(Announcement.objects.order_by("id").values_list("kind", "subject", "at")) == [
        ("payout_method.changed", organisation.id, NOON),
        ("payout_method.changed", organisation.id, NOON + timedelta(hours=1)),
    ]


@pytest.mark.django_db
def test_a_changed_method_waits_as_long_as_the_most_careful_program_asks() -> None:
    organisation = make_organisation("Deal Otter")
    for hours in (5, 100, 24):
        program = make_program()
        make_agreement(program, organisation=organisation)
        settings = PayoutSettingsInput(country="DE", cooling_hours=hours)
        change_settings(program=program, given=settings, by=STORY, at=NOON)
    make_method(organisation)
    changed = make_method(organisation, iban="GB29NWBK60161331926819")
    assert changed.usable_at == NOON + timedelta(hours=100)


@pytest.mark.django_db
def test_how_a_program_pays_is_kept_with_who_said_so() -> None:
    program = make_program()
    settings = PayoutSettingsInput(country="at", cooling_hours=48)
    change_settings(program=program, given=settings, by=JONAS, at=NOON)
    stored = PayoutSettings.objects.get()
    assert (stored.program, stored.country, stored.cooling_hours, stored.changed_at) == (program, "AT", 48, NOON)
    [row] = AuditRow.objects.filter(action="payout_settings.changed")
    assert (row.subject, row.workspace_id, row.actor_id, row.at) == (program.id, program.workspace_id, JONAS.id, NOON)
    assert row.data == {"country": "at", "cooling_hours": 48}


@pytest.mark.django_db
def test_one_workspace_may_not_say_how_a_partner_of_others_is_paid() -> None:
    organisation = make_organisation("Deal Otter")
    ours = make_agreement(make_program(), organisation=organisation)
    method = given(MethodKind.IBAN, iban=GOOD_IBAN)
    entered = enter_method_for(agreement=ours, given=method, by=STORY, at=NOON)
    assert details_of(entered).number == "DE89370400440532013000"
    make_agreement(make_program(), organisation=organisation)
    with pytest.raises(MethodOfOthersToo):
        enter_method_for(agreement=ours, given=given(MethodKind.MANUAL, note="Cash"), by=STORY, at=NOON)


def test_banks_rest_on_the_holidays_of_their_country() -> None:
    new_year = NOON.date().replace(year=2027, month=1, day=1)
    assert bank_day_of("DE", new_year).isoformat() == "2027-01-04"
    assert bank_day_of("JP", new_year.replace(day=11)).isoformat() == "2027-01-12"
    assert bank_day_of("", new_year) == new_year
    assert bank_day_of("XX", new_year) == new_year
