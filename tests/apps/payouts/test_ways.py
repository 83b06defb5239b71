"""Ways of paying at the door: what is kept of each, and the sentence at the field that is wrong."""

import pytest

from rapport.apps.payouts.inputs import Details, MethodInput, checked
from rapport.apps.payouts.models import MethodKind
from rapport.apps.record.errors import BadInput
from tests.make.payouts import GOOD_IBAN

IBAN, BANK, PAYPAL, MANUAL = MethodKind.IBAN, MethodKind.BANK, MethodKind.PAYPAL, MethodKind.MANUAL
AMERICAN = {"country": "US", "account": "12345678", "routing": "021000021"}
SUCH_AS = "Give the bank's number as it is written there, such as {}."


def given(kind: MethodKind, **fields: str) -> MethodInput:
    return MethodInput(kind=kind, **({"holder": "Anna Reuter"} | fields))


@pytest.mark.parametrize(
    ("method", "kept"),
    [
        (given(IBAN, iban=GOOD_IBAN), Details(IBAN, "Anna Reuter", country="DE", number="DE89370400440532013000")),
        (
            given(BANK, country="us", account="ab-12 34", routing="0210-0002 1"),
            Details(BANK, "Anna Reuter", country="US", number="AB1234", routing="021000021"),
        ),
        (given(PAYPAL, email="anna@EXAMPLE.com"), Details(PAYPAL, "Anna Reuter", number="anna@example.com")),
        (given(MANUAL, note="By cheque"), Details(MANUAL, "Anna Reuter", note="By cheque")),
    ],
)
def test_a_way_keeps_what_it_needs_and_nothing_else(method: MethodInput, kept: Details) -> None:
    assert checked(method) == kept


@pytest.mark.parametrize(
    ("country", "routing", "example"),
    [
        ("US", "021000021", "021000021"),
        ("CA", "00012004", "00012004"),
        ("CA", "000012004", "00012004"),
        ("AU", "062000", "062000"),
        ("IN", "HDFC0000001", "HDFC0000001"),
        ("JP", "BOT", "CHASUS33"),
        ("JP", "B" * 34, "CHASUS33"),
    ],
)
def test_the_number_of_a_bank_has_the_shape_of_its_country(country: str, routing: str, example: str) -> None:
    assert checked(given(BANK, **(AMERICAN | {"country": country, "routing": routing}))).routing == routing
    with pytest.raises(BadInput) as refused:
        checked(given(BANK, **(AMERICAN | {"country": country, "routing": f"{routing}."})))
    assert refused.value.fields == {"routing": SUCH_AS.format(example)}


@pytest.mark.parametrize("digit", range(9))
def test_a_wrong_digit_in_an_american_number_is_noticed_wherever_it_stands(digit: int) -> None:
    right = "021000021"
    wrong = right[:digit] + str((int(right[digit]) + 1) % 10) + right[digit + 1 :]
    with pytest.raises(BadInput) as refused:
        checked(given(BANK, **(AMERICAN | {"routing": wrong})))
    assert refused.value.fields == {"routing": SUCH_AS.format("021000021")}
    assert checked(given(BANK, **(AMERICAN | {"country": "JP", "routing": wrong}))).routing == wrong


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        (
            given(IBAN, iban="DE88370400440532013000"),
            {"iban": "This is not an IBAN: a letter or digit is wrong, or some are missing."},
        ),
        (given(BANK, **(AMERICAN | {"country": "U1"})), {"country": "Choose the country of the bank."}),
        (
            given(BANK, **(AMERICAN | {"country": "DE"})),
            {"country": "Accounts in this country have an IBAN. Choose that way and give the IBAN."},
        ),
        (
            given(BANK, **(AMERICAN | {"account": "123"})),
            {"account": "Give the account number: 4 to 34 letters and digits."},
        ),
        (given(PAYPAL, email="anna"), {"email": "Give the mail address of your PayPal account."}),
        (given(MANUAL), {"note": "Write what was agreed, such as: by cheque to the office."}),
        (given(MANUAL, note="By\x00cheque"), {"note": "Remove the control characters."}),
        (given(MANUAL, holder="An\nna", note="By cheque"), {"holder": "Remove the control characters."}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(method: MethodInput, fields: dict[str, str]) -> None:
    with pytest.raises(BadInput) as refused:
        checked(method)
    assert (refused.value.sentence, refused.value.fields) == ("Some fields need another look.", fields)
