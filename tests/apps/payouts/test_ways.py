"""Ways of paying at the door: what is kept of each, and the sentence at the field that is wrong."""

import pytest

from rapport.apps.payouts.inputs import Details, MethodInput, checked
from rapport.apps.payouts.models import MethodKind
from rapport.apps.record.errors import BadInput
from tests.make.payouts import GOOD_IBAN

IBAN, ACH, BANK, PAYPAL, WISE, MANUAL = (
    *(MethodKind.IBAN, MethodKind.ACH, MethodKind.BANK),
    *(MethodKind.PAYPAL, MethodKind.WISE, MethodKind.MANUAL),
)
ELSEWHERE = {"country": "JP", "account": "12345678", "routing": "BOTKJPJT"}
AMERICAN = {"holder_kind": "person", "account_type": "savings", "account": "ab-12 34", "routing": "0210-0002 1"}
HOME = {"street": "Main St 1", "postcode": "78701", "town": "Austin", "residence": "us"}
NO_ROUTING = "This is no American routing number: nine digits, of which the last checks the others."
SUCH_AS = "Give the bank's number as it is written there, such as {}."


def given(kind: MethodKind, **fields: str) -> MethodInput:
    return MethodInput(kind=kind, **({"holder": "Anna Reuter"} | fields))


@pytest.mark.parametrize(
    ("method", "kept"),
    [
        (
            given(IBAN, iban=GOOD_IBAN),
            Details(IBAN, "Anna Reuter", country="DE", number="DE89370400440532013000", routing="COBADEFFXXX"),
        ),
        (
            given(IBAN, iban=GOOD_IBAN, bic="deut de ff", town=" Berlin ", residence="de"),
            Details(
                IBAN,
                "Anna Reuter",
                country="DE",
                number="DE89370400440532013000",
                routing="DEUTDEFF",
                facts={"town": "Berlin", "residence": "DE"},
            ),
        ),
        (
            given(ACH, **AMERICAN),
            Details(
                ACH,
                "Anna Reuter",
                country="US",
                number="AB1234",
                routing="021000021",
                facts={"holder_kind": "person", "account_type": "savings"},
            ),
        ),
        (
            given(BANK, country="jp", account="ab-12 34", routing="BOTK JPJT"),
            Details(BANK, "Anna Reuter", country="JP", number="AB1234", routing="BOTKJPJT"),
        ),
        (
            given(BANK, country="AE", account="AE07 0331 2345 6789 0123 456", routing="EBILAEAD"),
            Details(BANK, "Anna Reuter", country="AE", number="AE070331234567890123456", routing="EBILAEAD"),
        ),
        (
            given(WISE, currency="usd", **(AMERICAN | HOME)),
            Details(
                WISE,
                "Anna Reuter",
                number="AB1234",
                routing="021000021",
                facts={
                    "currency": "USD",
                    "holder_kind": "person",
                    "account_type": "savings",
                    **HOME,
                    "residence": "US",
                },
            ),
        ),
        (
            given(WISE, currency="CHF", holder_kind="business", iban="CH93 0076 2011 6238 5295 7", email="a@B.example"),
            Details(
                WISE,
                "Anna Reuter",
                country="CH",
                number="CH9300762011623852957",
                facts={"currency": "CHF", "holder_kind": "business", "email": "a@b.example"},
            ),
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
        ("CA", "00012004", "00012004"),
        ("CA", "000012004", "00012004"),
        ("AU", "062000", "062000"),
        ("IN", "HDFC0000001", "HDFC0000001"),
        ("JP", "BOT", "CHASUS33"),
        ("JP", "B" * 34, "CHASUS33"),
    ],
)
def test_the_number_of_a_bank_has_the_shape_of_its_country(country: str, routing: str, example: str) -> None:
    assert checked(given(BANK, **(ELSEWHERE | {"country": country, "routing": routing}))).routing == routing
    with pytest.raises(BadInput) as refused:
        checked(given(BANK, **(ELSEWHERE | {"country": country, "routing": f"{routing}."})))
    assert refused.value.fields == {"routing": SUCH_AS.format(example)}


@pytest.mark.parametrize("digit", range(9))
def test_a_wrong_digit_in_an_american_number_is_noticed_wherever_it_stands(digit: int) -> None:
    right = "021000021"
    wrong = right[:digit] + str((int(right[digit]) + 1) % 10) + right[digit + 1 :]
    with pytest.raises(BadInput) as refused:
        checked(given(ACH, **(AMERICAN | {"routing": wrong})))
    assert refused.value.fields == {"routing": NO_ROUTING}
    assert checked(given(BANK, **(ELSEWHERE | {"routing": wrong}))).routing == wrong


@pytest.mark.parametrize("digits", ["00", "01", "99"])
def test_check_digits_that_the_remainder_alone_would_take_are_refused(digits: str) -> None:
    """For some accounts 00, 01 and 99 leave the remainder 1 as the true 97, 98 and 02 do."""
    true = {"00": "97", "01": "98", "99": "02"}[digits]
    account = next(f"37040044{n:010}" for n in range(1_000) if f"{98 - int(f'37040044{n:010}131400') % 97:02}" == true)
    assert int(f"{account}1314{digits}") % 97 == 1
    assert checked(given(IBAN, iban=f"DE{true}{account}")).number == f"DE{true}{account}"
    with pytest.raises(BadInput):
        checked(given(IBAN, iban=f"DE{digits}{account}"))


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        (
            given(IBAN, iban="DE88370400440532013000"),
            {"iban": "This is not an IBAN: a letter or digit is wrong, or some are missing."},
        ),
        (
            given(IBAN, iban="AE070331234567890123456"),
            {"iban": "This bank lies outside of the SEPA. Choose Wise, or a bank account elsewhere."},
        ),
        (
            given(IBAN, iban=GOOD_IBAN, bic="BNPAFRPP"),
            {"bic": "This code belongs to a bank in another country than the IBAN."},
        ),
        (
            given(IBAN, iban=GOOD_IBAN, bic="DE"),
            {"bic": "This is not a bank's code (BIC): 8 or 11 letters and digits."},
        ),
        (given(IBAN, iban=GOOD_IBAN, street="A 1"), {"town": "Give the town: banks want it in a field of its own."}),
        (given(IBAN, iban=GOOD_IBAN, town="Berlin"), {"residence": "Two letters of a country, such as DE."}),
        (
            given(ACH, **(AMERICAN | {"account": "123"})),
            {"account": "Give the account number: 4 to 17 letters and digits."},
        ),
        (
            given(ACH, **(AMERICAN | {"holder_kind": ""})),
            {"holder_kind": "Say whether the account belongs to a person or to a company."},
        ),
        (
            given(ACH, **(AMERICAN | {"account_type": "x"})),
            {"account_type": "Say whether it is a checking or a savings account."},
        ),
        (given(WISE, currency="XXX"), {"currency": "Choose the currency of the account."}),
        (
            given(WISE, currency="GBP", holder_kind="person", account="28821822", routing="2314"),
            {"routing": "This account needs it written such as 231470."},
        ),
        (given(WISE, currency="USD", **(AMERICAN | {"routing": "021000022"})), {"routing": NO_ROUTING}),
        (
            given(WISE, currency="USD", **(AMERICAN | HOME | {"street": ""})),
            {"street": "Give street and number: this bank asks for them."},
        ),
        (
            given(WISE, currency="USD", **(AMERICAN | HOME | {"postcode": ""})),
            {"postcode": "Give the postcode: this bank asks for it."},
        ),
        (
            given(WISE, currency="NZD", holder_kind="person", account="030104015910900", email="x"),
            {"email": "This is no mail address."},
        ),
        (given(BANK, **(ELSEWHERE | {"country": "U1"})), {"country": "Choose the country of the bank."}),
        (given(BANK, **(ELSEWHERE | {"country": "US"})), {"country": "For an account in the USA choose that way."}),
        (
            given(BANK, country="AE", account="AE070331234567890123456"),
            {"routing": "Give the bank's code (BIC)."},
        ),
        (
            given(BANK, country="AE", account="GB29NWBK60161331926819", routing="EBILAEAD"),
            {"country": "This is another country than that of the IBAN."},
        ),
        (
            given(BANK, **(ELSEWHERE | {"country": "DE"})),
            {"country": "Accounts in this country have an IBAN. Choose that way and give the IBAN."},
        ),
        (
            given(BANK, **(ELSEWHERE | {"account": "123"})),
            {"account": "Give the account number: 4 to 34 letters and digits."},
        ),
        (given(PAYPAL, email="anna"), {"email": "Give the mail address of your PayPal account."}),
        (given(MANUAL), {"note": "Write what was agreed, such as: by cheque to the office."}),
        (given(MANUAL, note="By\x00cheque"), {"note": "Remove the control characters."}),
        (given(MANUAL, holder="An\nna", note="By cheque"), {"holder": "Remove the control characters."}),
        (given(MANUAL, holder="=1+1", note="By cheque"), {"holder": "Begin with a letter or a digit."}),
        (given(PAYPAL, email="=a@example.com"), {"email": "Give the mail address of your PayPal account."}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(method: MethodInput, fields: dict[str, str]) -> None:
    with pytest.raises(BadInput) as refused:
        checked(method)
    assert (refused.value.sentence, refused.value.fields) == ("Some fields need another look.", fields)
