"""Wise's batch file has the columns that the currencies in it need, and no others."""

import csv
import io

from rapport.apps.payouts.providers.protocol import Instruction
from rapport.apps.payouts.providers.wise.formats import formats
from rapport.apps.payouts.providers.wise.writer import reference_of, wise_batch
from rapport.domain.money import Money
from rapport.kit.ids import new_id
from tests.make.dispatches import MADE_AT, dispatch


def transfer(currency: str, **more: str) -> Instruction:
    facts = {"currency": currency, "holder_kind": "person", "account_type": "checking", "branch": "04841"}
    return Instruction(
        payout_id=new_id("pay", at=MADE_AT),
        amount=Money(12_050, "EUR"),
        holder="Anna Reuter",
        number="123456789",
        routing="021000021",
        facts=facts | {"town": "Austin", "residence": "US", "street": "1 Main St", "postcode": "78701"} | more,
    )


def read(rows: list[Instruction]) -> list[dict[str, str]]:
    content = wise_batch(dispatch(rows, {}))
    assert content == wise_batch(dispatch(rows, {}))
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_one_currency_has_its_own_columns() -> None:
    row = transfer("EUR", holder_kind="business")
    (told,) = read([row])
    assert told == {
        "name": "Anna Reuter",
        "recipientEmail": "",
        "paymentReference": reference_of(row.payout_id),
        "receiverType": "INSTITUTION",
        "amountCurrency": "target",
        "amount": "120.50",
        "sourceCurrency": "EUR",
        "targetCurrency": "EUR",
        "IBAN": "123456789",
    }


def test_several_currencies_share_a_file_and_leave_free_what_they_do_not_need() -> None:
    dollars, pounds, canadian = read([transfer("USD"), transfer("GBP"), transfer("CAD")])
    assert (dollars["abartn"], dollars["accountType"], dollars["address.city"]) == ("021000021", "CHECKING", "Austin")
    assert (dollars["amountCurrency"], dollars["sortCode"]) == ("source", "")
    assert (pounds["sortCode"], pounds["abartn"], pounds["accountNumber"]) == ("021000021", "", "123456789")
    assert canadian["transitNumber"] == "04841"


def test_every_currency_of_the_table_says_what_it_needs() -> None:
    for currency, wanted in formats().items():
        assert len(currency) == 3
        assert {"iban", "account"} & set(wanted.details)
        (told,) = read([transfer(currency)])
        assert told["targetCurrency"] == currency
