"""What files of payouts are made from, as fixed examples and as random ones."""

from datetime import UTC, date, datetime
from random import Random

from rapport.apps.payouts.providers.protocol import Dispatch, Instruction
from rapport.domain.money import Money
from rapport.kit.ids import new_id

MADE_AT = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
PAY_ON = date(2026, 12, 2)

SEPA_ACCOUNT = {
    "name": "Marlow & Lind GmbH",
    "iban": "DE89370400440532013000",
    "bic": "COBADEFFXXX",
    "street": "Hauptstraße 1",
    "postcode": "10115",
    "town": "Berlin",
    "residence": "DE",
}
ACH_ACCOUNT = {
    "name": "MARLOW AND LIND INC",
    "company_id": "1234567890",
    "odfi": "021000021",
    "immediate_destination": "021000021",
    "immediate_origin": "1234567890",
    "destination_name": "CHASE",
    "description": "PAYOUT",
}
OFFSET = {"offset_routing": "026009593", "offset_account": "99887766", "offset_type": "checking"}

NAMES = (
    "Anna Reuter",
    "Łukasz Żółw",
    "Søren Ærø",
    "Γιώργος Παπαδόπουλος",
    "Иван Щукин",
    "O'Neil & Søns",
    "李雷",
    "É" * 90,
)
IBANS = ("DE89370400440532013000", "GB29NWBK60161331926819", "FR1420041010050500013M02606", "NL91ABNA0417164300")
ROUTINGS = ("021000021", "026009593", "011401533", "091000019")


def dispatch(instructions: list[Instruction], account: dict[str, str], *, number: int = 0, part: int = 1) -> Dispatch:
    """Return what a file of a run is made from."""
    return Dispatch(
        run_id="run_01jd0000000000000000000000",
        part=part,
        number=number,
        made_at=MADE_AT,
        execute_on=PAY_ON,
        program="Partner program",
        account=account,
        instructions=tuple(instructions),
    )


def sepa_instruction(minor: int = 12_000, *, currency: str = "EUR", chance: Random | None = None) -> Instruction:
    """Return a payout to an account with an IBAN; with `chance` a random one."""
    facts = {"street": "Rue de l'Été 5", "postcode": "75001", "town": "Paris", "residence": "FR"}
    return Instruction(
        payout_id=new_id("pay", at=MADE_AT),
        amount=Money(chance.randint(1, 9_999_999) if chance else minor, currency),
        holder=chance.choice(NAMES) if chance else NAMES[0],
        country="DE",
        number=chance.choice(IBANS) if chance else IBANS[0],
        routing="COBADEFFXXX",
        facts=facts if chance is None or chance.random() < 0.7 else {},
    )


def ach_instruction(minor: int = 12_000, *, holder_kind: str = "person", chance: Random | None = None) -> Instruction:
    """Return a payout to an American account; with `chance` a random one."""
    return Instruction(
        payout_id=new_id("pay", at=MADE_AT),
        amount=Money(chance.randint(1, 9_999_999) if chance else minor, "USD"),
        holder=chance.choice(NAMES) if chance else NAMES[0],
        country="US",
        number=str(chance.randint(1_000, 10**17 - 1)) if chance else "123456789",
        routing=chance.choice(ROUTINGS) if chance else ROUTINGS[0],
        facts={
            "holder_kind": chance.choice(("person", "business")) if chance else holder_kind,
            "account_type": chance.choice(("checking", "savings")) if chance else "checking",
        },
    )


def mail_instruction(minor: int = 12_000, *, email: str = "anna@example.com", currency: str = "EUR") -> Instruction:
    """Return a payout to a PayPal account."""
    return Instruction(
        payout_id=new_id("pay", at=MADE_AT), amount=Money(minor, currency), holder="Anna Reuter", number=email
    )
