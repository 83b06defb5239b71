"""Files for banks of the SEPA: valid by their schema, read by a reader that is not ours, answered and read back."""

from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sepaxml
import xmlschema

from rapport.apps.payouts.providers.latin import latin
from rapport.apps.payouts.providers.protocol import TooLarge, Unreadable, respelled
from rapport.apps.payouts.providers.sepa.reader import read_pain_002
from rapport.apps.payouts.providers.sepa.simulator import answer_to
from rapport.apps.payouts.providers.sepa.writer import pain_001
from rapport.domain.payouts import Outcome
from tests.make.dispatches import SEPA_ACCOUNT, dispatch, sepa_instruction
from tests.support.drills import scaled

TAKEN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    """The schema of the standard, out of a package that is not ours."""
    return xmlschema.XMLSchema(Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd")


def decoded(schema: xmlschema.XMLSchema, content: bytes) -> dict[str, Any]:
    """Return what a reader that knows the schema alone finds in a file; raises where it is not valid."""
    found: Any = schema.decode(content.decode(), decimal_type=str)
    initiation: dict[str, Any] = found["CstmrCdtTrfInitn"]
    return initiation


@pytest.mark.drill(seconds=3)
def test_random_runs_are_valid_and_add_up(schema: xmlschema.XMLSchema) -> None:
    """A thousand of them; a schema takes its time, so that ordinary runs try some of them."""
    chance = Random(4)  # noqa: S311 - payouts that can be repeated
    for _ in range(scaled(whole=1_000, on_sqlite=200)):
        rows = [sepa_instruction(chance=chance) for _ in range(chance.randint(1, 5))]
        told = decoded(schema, pain_001(dispatch(rows, SEPA_ACCOUNT)))
        minor = sum(one.amount.minor for one in rows)
        assert int(Decimal(told["GrpHdr"]["CtrlSum"]) * 100) == minor
        assert told["GrpHdr"]["NbOfTxs"] == str(len(rows))
        transfers = [one for payment in told["PmtInf"] for one in payment["CdtTrfTxInf"]]
        assert sum(int(Decimal(one["Amt"]["InstdAmt"]["$"]) * 100) for one in transfers) == minor
        for one, row in zip(transfers, rows, strict=True):
            assert respelled(one["PmtId"]["EndToEndId"]) == row.payout_id
            assert one["CdtrAcct"]["Id"]["IBAN"] == row.number
            texts = (one["Cdtr"]["Nm"], one["PmtId"]["EndToEndId"], *one["RmtInf"]["Ustrd"])
            assert set("".join(texts)) <= TAKEN
            assert len(one["Cdtr"]["Nm"]) <= 70


def test_addresses_stand_in_fields_of_their_own(schema: xmlschema.XMLSchema) -> None:
    told = decoded(schema, pain_001(dispatch([sepa_instruction()], SEPA_ACCOUNT)))
    payment = told["PmtInf"][0]
    assert payment["CdtTrfTxInf"][0]["Cdtr"]["PstlAdr"] == {
        "StrtNm": "Rue de l'Ete 5",
        "PstCd": "75001",
        "TwnNm": "Paris",
        "Ctry": "FR",
    }
    assert payment["Dbtr"]["PstlAdr"]["TwnNm"] == "Berlin"
    assert (payment["PmtTpInf"]["SvcLvl"], payment["ChrgBr"]) == ([{"Cd": "SEPA"}], "SLEV")
    assert payment["ReqdExctnDt"] == {"Dt": "2026-12-02"}


def test_another_currency_travels_outside_of_sepa_with_the_bank_named(schema: xmlschema.XMLSchema) -> None:
    account = {**SEPA_ACCOUNT, "bic": "", "identification": "ML-4711"}
    told = decoded(schema, pain_001(dispatch([sepa_instruction(currency="USD")], account)))
    (payment,) = told["PmtInf"]
    assert (payment["ChrgBr"], payment.get("PmtTpInf")) == ("SHAR", None)
    assert payment["CdtTrfTxInf"][0]["CdtrAgt"]["FinInstnId"]["BICFI"] == "COBADEFFXXX"
    assert payment["DbtrAgt"]["FinInstnId"]["Othr"]["Id"] == "NOTPROVIDED"
    assert told["GrpHdr"]["InitgPty"]["Id"]["OrgId"]["Othr"][0]["Id"] == "ML-4711"


def test_the_same_payouts_make_the_same_bytes_and_giants_are_refused() -> None:
    row = sepa_instruction()
    assert pain_001(dispatch([row], SEPA_ACCOUNT)) == pain_001(dispatch([row], SEPA_ACCOUNT))
    with pytest.raises(TooLarge):
        pain_001(dispatch([sepa_instruction(100_000_000_000)], SEPA_ACCOUNT))


@pytest.mark.parametrize(
    ("given", "spelled"),
    [
        ("Łukasz Żółw", "Lukasz Zolw"),
        ("Müller & Söhne", "Muller + Sohne"),
        ("Иван Щукин", "Ivan Shchukin"),
        ("Γιώργος Παπαδόπουλος", "Giorgos Papadopoylos"),
        ("Straße 5//b", "Strasse 5/b"),
        ("李雷", ".."),
        ("ﬁne—print", "fine-print"),
        ("a" * 80, "a" * 70),
    ],
)
def test_names_are_spelled_in_the_letters_that_banks_take(given: str, spelled: str) -> None:
    assert latin(given, 70) == spelled


def test_the_bank_of_the_simulator_answers_and_is_understood() -> None:
    rows = [sepa_instruction() for _ in range(4)]
    content = pain_001(dispatch(rows, SEPA_ACCOUNT))
    said = {rows[0].payout_id: "ACSC", rows[1].payout_id: "RJCT AC04", rows[2].payout_id: "ACSP"}
    answers = {one.payout: one for one in read_pain_002(answer_to(content, said))}
    assert answers[rows[0].payout_id].outcome is Outcome.SETTLED
    refused = answers[rows[1].payout_id]
    assert (refused.outcome, refused.words) == (Outcome.FAILED, "The account was closed. (AC04)")
    assert answers[rows[2].payout_id].outcome is None
    assert rows[3].payout_id not in answers


def test_a_whole_file_may_be_refused_at_once() -> None:
    content = pain_001(dispatch([sepa_instruction()], SEPA_ACCOUNT))
    (whole,) = read_pain_002(answer_to(content, {}, group="RJCT FF01"))
    assert (whole.file_name, whole.outcome) == ("run_01jd0000000000000000000000", Outcome.FAILED)
    (whole,) = read_pain_002(answer_to(content, {}, payments="ACSC"))
    assert (whole.file_name, whole.outcome) == ("run_01jd0000000000000000000000", Outcome.SETTLED)
    assert read_pain_002(answer_to(content, {}, group="ACTC")) == []


def test_a_reason_in_a_bank_s_own_words_is_read_too() -> None:
    row = sepa_instruction()
    content = answer_to(pain_001(dispatch([row], SEPA_ACCOUNT)), {row.payout_id: "RJCT AC04"})
    own = content.replace(b"<Cd>AC04</Cd>", b"<Prtry>LIMIT</Prtry>")
    assert own != content
    (said,) = [one for one in read_pain_002(own) if one.payout == row.payout_id]
    assert (said.outcome, "LIMIT" in said.words) == (Outcome.FAILED, True)


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><GrpSts>&lol2;</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"""
FETCHES = b"""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document><CstmrPmtStsRpt>&x;</CstmrPmtStsRpt></Document>"""
EXTERNAL = b"""<!DOCTYPE a SYSTEM "http://127.0.0.1:1/evil.dtd"><Document><CstmrPmtStsRpt/></Document>"""


@pytest.mark.parametrize(
    "content",
    [BOMB, FETCHES, EXTERNAL, b"<Document/>", b"<Document>", b"<?xml version='1.0' encoding='klingon'?><a/>", b"<" * 9],
)
def test_bombs_and_what_is_no_answer_are_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read_pain_002(content)
    assert str(refused.value).endswith((".", "(pain.002)."))


def test_a_giant_is_refused_before_it_is_read() -> None:
    with pytest.raises(Unreadable, match="at most 20 MB"):
        read_pain_002(b"<" + b" " * 20_000_001)


def test_a_deep_tree_and_a_huge_number_of_answers_are_refused() -> None:
    with pytest.raises(Unreadable):
        read_pain_002(b"<a>" * 200_000)
    many = b"<TxInfAndSts/>" * 100_001
    with pytest.raises(Unreadable, match="more than 100000"):
        read_pain_002(b"<Document><CstmrPmtStsRpt>" + many + b"</CstmrPmtStsRpt></Document>")
