"""What rails and lists say is read to the word, and what they cannot say is refused in whole sentences."""

import pytest

from rapport.apps.payouts.models import FileFormat, MethodKind
from rapport.apps.payouts.providers.latin import latin
from rapport.apps.payouts.providers.paypal.wording import answer_of
from rapport.apps.payouts.providers.plain.reader import MOST_ROWS, read_list
from rapport.apps.payouts.providers.protocol import RailAnswer, Unreadable
from rapport.apps.payouts.providers.sepa.reader import is_pain_002, read_pain_002
from rapport.apps.payouts.rails import forms_of
from rapport.domain.payouts import Outcome
from tests.make.dispatches import dispatch, mail_instruction

REPORT = """<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<OrgnlGrpInfAndSts><OrgnlMsgId>RUN1</OrgnlMsgId></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>pay1</OrgnlEndToEndId><TxSts>ACSC</TxSts><AcctSvcrRef>REF-7</AcctSvcrRef></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>pay2</OrgnlEndToEndId><TxSts>ACSP</TxSts></TxInfAndSts>
</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"""


def test_each_transfer_of_a_bank_s_answer_is_numbered_and_keeps_the_bank_s_reference() -> None:
    first, second = read_pain_002(REPORT.encode())
    assert (first.line, first.outcome, first.words) == (1, Outcome.SETTLED, "REF-7")
    assert (second.line, second.outcome, second.words) == (2, None, "ACSP")


@pytest.mark.parametrize(
    ("content", "is_xml"), [(b"\xef\xbb\xbf \t\r\n<Document/>", True), (b"X<Document/>", False), (b"payout", False)]
)
def test_an_answer_in_xml_is_told_by_its_first_letter(content: bytes, *, is_xml: bool) -> None:
    assert is_pain_002(content) is is_xml


def test_a_list_that_says_too_little_or_nonsense_is_refused_in_a_sentence() -> None:
    with pytest.raises(Unreadable) as empty:
        read_list(b"payout,outcome,reference\n")
    assert str(empty.value) == f"The file needs between 1 and {MOST_ROWS} rows."
    with pytest.raises(Unreadable) as odd:
        read_list(b"payout,outcome,reference\npo_1,settled,\npo_2,maybe,\n")
    words = "the outcome must be settled, failed, returned, unclaimed or unknown."
    assert str(odd.value) == f"Line 3: {words}"


def test_a_letter_without_a_latin_one_is_one_full_stop() -> None:
    assert latin("Caf\u00e9 \u2603 # Co", 70) == "Cafe . . Co"


def test_an_item_of_which_paypal_says_nothing_is_on_its_way() -> None:
    told = answer_of({}, line=4)
    assert told == RailAnswer(line=4, payout="", outcome=None, words="()", minor=None)


COLUMNS = {
    MethodKind.IBAN: "iban,country",
    MethodKind.ACH: "account,routing,account_type",
    MethodKind.BANK: "account,routing,country",
    MethodKind.PAYPAL: "email",
    MethodKind.WISE: "account,bank,account_currency",
    MethodKind.MANUAL: "note",
}


@pytest.mark.parametrize("kind", list(MethodKind))
def test_every_way_of_paying_offers_a_list_with_what_a_person_needs_to_pay(kind: MethodKind) -> None:
    rows = [mail_instruction(email="anna@example.com")]
    [plain] = [form for form in forms_of(kind, has_account=False) if form.format == FileFormat.PLAIN]
    head = plain.write(dispatch(rows, {})).decode().splitlines()[0]
    assert head == f"payout,amount,currency,name,{COLUMNS[kind]},execute_on,reference"
