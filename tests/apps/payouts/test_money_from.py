"""Where a program's money comes from: what is kept of what was typed, and what is said at which field."""

import pytest

from rapport.apps.payouts.account_inputs import RAILS_WITH_ACCOUNT, AccountInput, checked_account
from rapport.apps.payouts.models import MethodKind
from rapport.apps.record.errors import BadInput

SEPA = {
    "name": " Marlow & Lind ",
    "iban": "gb29 nwbk 6016 1331 9268 19",
    "identification": " DE98ZZZ09999999999 ",
    "street": " 1 High Street ",
    "postcode": " EC1 ",
    "town": " London ",
    "residence": "gb",
}
ACH = {
    "name": "Marlow and Lind Inc",
    "company_id": "1234 567890",
    "odfi": "021000021",
    "destination_name": "Chase",
}
OFFSET = {"offset_routing": "026009593", "offset_account": "9988-7766", "offset_type": "checking"}
PAYPAL = {
    "environment": "sandbox",
    "client_id": " client-of-marlow ",
    "secret": " secret-of-marlow ",
    "subject": " Your commissions ",
}
GIVEN = {MethodKind.IBAN: SEPA, MethodKind.ACH: ACH, MethodKind.PAYPAL: PAYPAL}

ACH_KEPT = {
    "name": "Marlow and Lind Inc",
    "company_id": "1234567890",
    "odfi": "021000021",
    "immediate_destination": "021000021",
    "immediate_origin": "1234567890",
    "destination_name": "Chase",
    "description": "PAYOUT",
}


def kept(kind: MethodKind, **more: str) -> dict[str, str]:
    return checked_account(kind, AccountInput(**{**GIVEN[kind], **more}))


def test_every_rail_that_needs_an_account_has_one_here() -> None:
    assert set(GIVEN) == set(RAILS_WITH_ACCOUNT)


def test_a_bank_account_is_kept_in_the_form_that_files_want() -> None:
    account = {
        "name": "Marlow & Lind",
        "iban": "GB29NWBK60161331926819",
        "bic": "NWBKGB2LXXX",
        "identification": "DE98ZZZ09999999999",
        "street": "1 High Street",
        "postcode": "EC1",
        "town": "London",
        "residence": "GB",
    }
    assert kept(MethodKind.IBAN, bic="nwbkgb2lxxx") == account
    without = kept(MethodKind.IBAN, bic="", identification=" ", street="", postcode="")
    assert set(without) <= {"name", "iban", "bic", "town", "residence"}
    assert without["iban"] == "GB29NWBK60161331926819"


def test_the_bic_of_a_german_bank_is_known_from_its_number() -> None:
    assert kept(MethodKind.IBAN, iban="DE89370400440532013000", residence="DE")["bic"] == "COBADEFFXXX"


def test_an_american_account_is_kept_with_what_follows_from_it() -> None:
    assert kept(MethodKind.ACH) == ACH_KEPT
    own = {"immediate_destination": "011401533", "immediate_origin": "123456789", "description": " bonus "}
    assert kept(MethodKind.ACH, **own) == ACH_KEPT | own | {"description": "BONUS"}
    assert kept(MethodKind.ACH, **OFFSET) == ACH_KEPT | OFFSET | {"offset_account": "99887766"}


def test_what_paypal_gave_is_kept_without_the_spaces_around_it() -> None:
    assert kept(MethodKind.PAYPAL) == {name: text.strip() for name, text in PAYPAL.items()}
    assert kept(MethodKind.PAYPAL, environment="live", subject=" ")["environment"] == "live"
    assert "subject" not in kept(MethodKind.PAYPAL, subject=" ")


@pytest.mark.parametrize(
    ("kind", "field", "text", "sentence"),
    [
        (MethodKind.IBAN, "name", " ", "Give the name of the account's holder."),
        (MethodKind.IBAN, "name", "李雷", "Write it in Latin letters: bank files hold no others."),
        (MethodKind.IBAN, "iban", "SA0380000000608010167519", "Files for the SEPA need an account inside of it."),
        (MethodKind.IBAN, "bic", "WRONG", None),
        (MethodKind.IBAN, "identification", "Ä" * 3, "At most 35 Latin letters and digits, as your bank gave them."),
        (MethodKind.IBAN, "town", " ", "Give the town: banks want it in a field of its own."),
        (MethodKind.IBAN, "residence", "XX", "Two letters of a country, such as DE."),
        (MethodKind.IBAN, "residence", "ZZ", "Two letters of a country, such as DE."),
        (MethodKind.IBAN, "street", "a\x00b", None),
        (MethodKind.ACH, "name", "", "Give the company's name as it stands on statements."),
        (MethodKind.ACH, "company_id", "123", "Ten letters or digits, as your bank gave them."),
        (MethodKind.ACH, "odfi", "021000022", None),
        (MethodKind.ACH, "immediate_destination", "021000022", None),
        (MethodKind.ACH, "immediate_origin", "12345678", "Nine or ten letters or digits, as your bank gave them."),
        (MethodKind.ACH, "immediate_origin", "12345678901", "Nine or ten letters or digits, as your bank gave them."),
        (MethodKind.ACH, "destination_name", "", "Give the bank's name."),
        (MethodKind.PAYPAL, "environment", "moon", "Choose whether money moves or PayPal's sandbox plays."),
        (MethodKind.PAYPAL, "client_id", "short", "Copy it from the application in PayPal's developer pages."),
        (MethodKind.PAYPAL, "secret", "with space in it", "Copy it from the application in PayPal's developer pages."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(kind: MethodKind, field: str, text: str, sentence: str | None) -> None:
    with pytest.raises(BadInput) as refused:
        kept(kind, **{field: text})
    assert list(refused.value.fields) == [field]
    assert sentence in {None, refused.value.fields[field]}


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("offset_type", "", "Say whether it is a checking or a savings account."),
        ("offset_account", "123", "Give 4 to 17 letters and digits."),
        ("offset_account", "1" * 18, "Give 4 to 17 letters and digits."),
        ("offset_routing", "026009594", None),
    ],
)
def test_the_account_of_a_balanced_file_is_checked_too(field: str, text: str, sentence: str | None) -> None:
    with pytest.raises(BadInput) as refused:
        kept(MethodKind.ACH, **{**OFFSET, field: text})
    assert list(refused.value.fields) == [field]
    assert sentence in {None, refused.value.fields[field]}
