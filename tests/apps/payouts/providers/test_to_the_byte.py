"""Every rail's file, to the byte, as a bank or provider took it; a changed byte is a decision, and is looked at.

The files beside this test were read by eye once and by the readers of `test_sepa` and `test_ach`.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from rapport.apps.payouts.models import FileFormat, MethodKind
from rapport.apps.payouts.providers.ach.writer import nacha
from rapport.apps.payouts.providers.paypal.masspay import mass_pay
from rapport.apps.payouts.providers.paypal.wording import body_of
from rapport.apps.payouts.providers.protocol import Dispatch, Instruction
from rapport.apps.payouts.providers.sepa.writer import pain_001
from rapport.apps.payouts.providers.wise.writer import wise_batch
from rapport.apps.payouts.rails import Form, form_of
from tests.make.dispatches import (
    ACH_ACCOUNT,
    MADE_AT,
    OFFSET,
    SEPA_ACCOUNT,
    ach_instruction,
    dispatch,
    mail_instruction,
    sepa_instruction,
)

FILES = Path(__file__).with_name("files")
NAMES = ("anna", "ben", "carla")


def numbered(*rows: Instruction) -> list[Instruction]:
    """Give payouts ids that stay the same."""
    return [replace(row, payout_id=f"pay_01jd000000000000000000ab{place:02}") for place, row in enumerate(rows)]


def sepa() -> Dispatch:
    account = {**SEPA_ACCOUNT, "identification": "DE98ZZZ09999999999"}
    abroad = sepa_instruction(1, currency="USD")
    homeless = replace(sepa_instruction(99_999_999), holder="Иван Щукин", facts={}, routing="")
    return dispatch(numbered(sepa_instruction(), homeless, abroad), account, number=3, part=2)


def sepa_without_bic() -> Dispatch:
    account = {name: value for name, value in SEPA_ACCOUNT.items() if name not in {"bic", "street", "postcode"}}
    return dispatch(numbered(sepa_instruction()), account)


def ach() -> Dispatch:
    rows = numbered(ach_instruction(), ach_instruction(1, holder_kind="business"), ach_instruction(99_999_999))
    rows[2] = replace(rows[2], facts={"holder_kind": "person", "account_type": "savings"}, holder="Łukasz Żółw")
    return dispatch(rows, ACH_ACCOUNT, number=27)


def ach_with_offset() -> Dispatch:
    return dispatch(numbered(ach_instruction()), {**ACH_ACCOUNT, **OFFSET})


def wise() -> Dispatch:
    def transfer(currency: str, number: str = "28821822", routing: str = "231470", **facts: str) -> Instruction:
        known = {"currency": currency, "holder_kind": "person", **facts}
        return replace(mail_instruction(12_345), number=number, routing=routing, facts=known)

    rows = numbered(
        transfer("GBP"),
        transfer("EUR", number="DE89370400440532013000", email="anna@example.com"),
        transfer("USD", routing="021000021", account_type="checking", street="5 Elm", town="New York"),
    )
    return dispatch(rows, {})


def paypal() -> Dispatch:
    mails = [mail_instruction(12_000 + place, email=f"{name}@example.com") for place, name in enumerate(NAMES)]
    return dispatch(numbered(*mails, mail_instruction(5_000, currency="JPY")), {})


def paypal_call() -> Dispatch:
    mails = [mail_instruction(12_000 + place, email=f"{name}@example.com") for place, name in enumerate(NAMES)]
    return dispatch(numbered(*mails), {"environment": "sandbox"}, part=2)


def plain(kind: MethodKind) -> Dispatch:
    facts = {"account_type": "checking", "currency": "GBP"}
    made = replace(
        mail_instruction(1, currency="KWD"),
        holder='=O"Neil, Søn',
        country="DE",
        number="DE89370400440532013000",
        routing="BANK",
        note="a\nnote",
        facts=facts,
    )
    return dispatch(numbered(made, ach_instruction()), {})


def plain_form(kind: MethodKind) -> Form:
    form = form_of(kind, FileFormat.PLAIN)
    assert form is not None
    return form


@pytest.mark.parametrize(
    ("name", "write", "made"),
    [
        ("sepa.xml", pain_001, sepa),
        ("sepa-without-bic.xml", pain_001, sepa_without_bic),
        ("ach.txt", nacha, ach),
        ("ach-with-offset.txt", nacha, ach_with_offset),
        ("wise.csv", wise_batch, wise),
        ("paypal.csv", mass_pay, paypal),
        ("paypal.json", body_of, paypal_call),
        *((f"plain-{kind}.csv", plain_form(kind).write, partial(plain, kind)) for kind in MethodKind),
    ],
)
def test_a_file_is_what_it_was_to_the_byte(
    name: str, write: Callable[[Dispatch], bytes], made: Callable[[], Dispatch]
) -> None:
    assert write(made()) == (FILES / name).read_bytes()


def test_the_files_were_made_on_the_day_they_name() -> None:
    assert MADE_AT.date().isoformat().encode() in (FILES / "sepa.xml").read_bytes()
