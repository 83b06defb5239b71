"""A line of a file of partners is read whole, or refused with all that is wrong with it."""

from pathlib import Path

import pytest

from rapport.apps.imports.models import RunState
from rapport.apps.imports.reading.values import DecimalSign
from rapport.apps.partners.models import Agreement, AgreementState
from rapport.apps.payouts.models import Payout, PayoutVerdict
from rapport.apps.payouts.queries import method_of
from rapport.apps.programs.actions import create_program
from rapport.apps.programs.inputs import ProgramInput
from rapport.apps.record.errors import BadInput
from rapport.apps.tracking.models import Coupon, LinkAlias
from rapport.apps.tracking.old_addresses import read_old_address
from rapport.domain.terms import presets
from rapport.flows.importing.checking import check
from rapport.flows.importing.partners.undoing import NothingToUndo, undo_import
from rapport.flows.statements import lines_of_payout
from tests.flows.importing.partners.test_bringing import accept, agreement_of, assert_sound
from tests.make.identity import NOON, STORY, make_organisation
from tests.make.imports import begin, bring, report_of, write_csv
from tests.make.payouts import GOOD_IBAN, make_approved_run, make_run
from tests.make.road import make_agreement, make_coupon, make_program

pytestmark = pytest.mark.django_db

HEAD = (
    *("name", "email", "segment", "language", "rate", "codes", "old link", "balance", "note"),
    *("method", "iban", "routing", "country", "website"),
)
COLUMNS = dict(
    zip(
        (
            *("partner", "mail", "segment", "language", "rate", "codes", "old_link", "balance", "explanation"),
            *("method", "account", "routing", "country", "website"),
        ),
        HEAD,
        strict=True,
    )
)
GOOD = {"name": "Slow Mornings", "email": "anna@slow.example"}
POINT = {"balance": "1.50"}
"""A line that shows which sign stands before the cents."""


def line(**cells: str) -> tuple[str, ...]:
    """Return a line that is right but for these cells."""
    told = {name.replace("_", " "): text for name, text in {**GOOD, **cells}.items()}
    return tuple(told.get(name, "") for name in HEAD)


def refused(folder: Path, *lines: tuple[str, ...]) -> list[str]:
    """Return why the lines of a file are refused."""
    path = write_csv(folder / "p.csv", [HEAD, *lines], separator="\t")
    begun = begin(make_program(), path, subject="partners", decimal=DecimalSign.POINT, columns=COLUMNS)
    run = check(begun.id, at=NOON)
    text = "\n".join(row[3] for row in report_of(run))
    return text.replace('"', "").splitlines()


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"name": ""}, "Give a value."),
        ({"email": "anna"}, "Give a mail address such as name@example.com."),
        ({"segment": "magician"}, "“magician” is not known. What partners do: Store owner"),
        ({"language": "klingon"}, "“klingon” is no language: write a code such as en or de."),
        ({"rate": "a lot"}, "“a lot” is no rate: write 15 % or an amount with its currency."),
        ({"rate": "150 %"}, "The rate “150 %” cannot be promised:"),
        ({"rate": "1.005 EUR"}, "“1.005 EUR” is no amount in EUR."),
        ({"codes": "OK A"}, "The code “OK”: Use 3 to 64 letters"),
        ({"codes": " ".join(f"CODE{n}" for n in range(21))}, "At most 20 codes or old links stand in a cell."),
        ({"old_link": "https://old.example/?a=1&b=2"}, "Write the old address with the one parameter that names"),
        ({"old_link": "(anna)"}, "“(anna)” is no old address"),
        ({"balance": "much"}, "“much” is no amount."),
        ({"balance": "-4"}, "The partner owes this balance: explain it in a column of its own, they will read it."),
        ({"balance": "1.2345"}, "“1.2345” is no amount in EUR."),
        ({"balance": "4", "note": "x" * 251}, "Shorten the explanation of the balance to 250 letters."),
        ({"iban": "DE00370400440532013000"}, "This is not an IBAN: a letter or digit is wrong, or some are missing."),
        ({"method": "pigeon", "iban": "x"}, "“pigeon” is no way of paying: write iban, ach, bank, paypal or manual."),
        ({"name": "=HYPERLINK(1)"}, "A cell holds a formula. Copy the sheet and paste values only."),
        ({"website": "not a site"}, "Give an address such as https://example.com."),
    ],
)
def test_a_line_that_cannot_be_used_says_why(tmp_path: Path, cells: dict[str, str], sentence: str) -> None:
    told = refused(tmp_path, line(**cells), line(email="other@other.example", **POINT))
    assert len(told) == 1
    assert told[0].startswith(sentence)


def test_all_that_is_wrong_with_a_line_is_said_at_once(tmp_path: Path) -> None:
    [told] = refused(tmp_path, line(email="anna", segment="magician", iban="DE00"), line(**POINT))
    assert "mail address" in told
    assert "magician" in told
    assert "IBAN" in told


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_names_come_in_whole_whatever_the_file_was_saved_with(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes("name;email;balance\nMüller & Söhne;m@mueller.example;1.234,50\n".encode(encoding))
    run = bring(make_program(), path, subject="partners")
    assert run.figures["accepted"] == 1, report_of(run)
    assert agreement_of("Müller & Söhne").state == AgreementState.PROPOSED


def test_what_others_own_is_never_taken(tmp_path: Path) -> None:
    program = make_program()
    make_coupon(make_agreement(program, name="Deal Otter"), "OTTER")
    path = write_csv(tmp_path / "p.csv", [HEAD, line(codes="OTTER"), line(email="o@o.example", name="O", **POINT)])
    run = bring(program, path, subject="partners")
    assert [(row[0], row[3]) for row in report_of(run)] == [("2", "The code OTTER belongs to another partner.")]
    assert Agreement.objects.filter(state=AgreementState.PROPOSED).count() == 1


def test_ways_of_being_paid_are_recognised(tmp_path: Path) -> None:
    lines = [
        line(name="A", email="a@a.example", iban=GOOD_IBAN, **POINT),
        line(name="B", email="b@b.example", iban="b@b.example"),
        line(name="C", email="c@c.example", method="by hand", iban="cheque to the office"),
        line(name="D", email="d@d.example", method="bank", iban="123456789", routing="021000021", country="US"),
    ]
    path = write_csv(tmp_path / "p.csv", [HEAD, *lines])
    run = bring(make_program(), path, subject="partners")
    assert run.figures["accepted"] == 4, report_of(run)
    methods = {name: method_of(agreement_of(name).partner.organisation_id) for name in "ABCD"}
    assert {name: method.kind if method else "" for name, method in methods.items()} == {
        "A": "iban",
        "B": "paypal",
        "C": "manual",
        "D": "ach",
    }


def test_an_opening_balance_is_paid_once_the_terms_are_accepted(tmp_path: Path) -> None:
    program = make_program()
    path = write_csv(tmp_path / "p.csv", [HEAD, line(balance="80.00", note="May", iban=GOOD_IBAN)])
    bring(program, path, subject="partners")
    make_run(program)
    assert PayoutVerdict.objects.get().reasons == ["terms_not_accepted"]
    assert not Payout.objects.exists()
    accept(agreement_of("Slow Mornings"))
    run = make_approved_run(program)
    payout = Payout.objects.get(run=run)
    assert payout.amount_minor == 8_000
    [told] = lines_of_payout(payout, most=5)
    assert (told.words, told.amount.minor) == ("Opening balance brought along", 8_000)
    assert_sound()


def test_a_program_without_terms_brings_nobody(tmp_path: Path) -> None:
    given = ProgramInput(
        name="Later", slug="later", currency="EUR", zone="Europe/Berlin", landing_url="https://shop.example/"
    )
    document = dict(presets()[0].document)
    program = create_program(workspace_id=make_organisation().id, given=given, document=document, by=STORY, at=NOON)
    path = write_csv(tmp_path / "p.csv", [HEAD, line()])
    run = check(begin(program, path, subject="partners", decimal=DecimalSign.POINT).id, at=NOON)
    assert (run.state, "Publish the terms of the program first" in run.reason) == (RunState.FAILED, True)
    with pytest.raises(NothingToUndo):
        undo_import(run=run, by=STORY, at=NOON)


def test_a_partner_who_broke_the_terms_does_not_come_back_by_file(tmp_path: Path) -> None:
    program = make_program()
    path = write_csv(tmp_path / "p.csv", [HEAD, line(**POINT)])
    bring(program, path, subject="partners")
    accept(agreement_of("Slow Mornings"))
    Agreement.objects.update(state=AgreementState.ENDED, ended_at=NOON, ended_for_breach=True)
    run = bring(program, path, subject="partners")
    assert [row[3] for row in report_of(run)] == [
        "The agreement with this partner was ended for a breach of the terms."
    ]


HOSTS = ("shop.example", "www.shop.example", "shop.example:8080")


@pytest.mark.parametrize(
    ("written", "place", "text"),
    [
        ("https://Go.Old.example/Anna/", "go.old.example", "/anna"),
        ("go.old.example/anna", "go.old.example", "/anna"),
        ("https://old.example/track?aff=7&utm_source=x", "old.example", "/track?aff=7"),
        ("https://www.shop.example/some/product?ref=anna", "", "?ref=anna"),
        ("https://shop.example/go/anna", "", "/go/anna"),
        ("?ref=anna", "", "?ref=anna"),
        ("ref=Anna", "", "?ref=anna"),
        ("/go/anna", "", "/go/anna"),
        ("anna", "", "/c/anna"),
    ],
)
def test_an_old_address_is_understood(written: str, place: str, text: str) -> None:
    assert read_old_address(written, hosts=HOSTS) == (place, text)


@pytest.mark.parametrize(
    "written", ["https://", "https://old.example/", "https://[x", "a b\tc", "ftp//x y", "/" + "x" * 300]
)
def test_what_is_no_old_address_is_refused(written: str) -> None:
    with pytest.raises(BadInput):
        read_old_address(written, hosts=HOSTS)


def test_the_same_old_address_on_two_hosts_is_two_addresses(tmp_path: Path) -> None:
    program = make_program()
    lines = [
        line(old_link="https://one.example/anna", **POINT),
        line(email="b@b.example", name="B", old_link="https://two.example/anna", codes="BEE"),
    ]
    bring(program, write_csv(tmp_path / "p.csv", [HEAD, *lines]), subject="partners")
    assert sorted(LinkAlias.objects.values_list("place", "text")) == [
        ("one.example", "/anna"),
        ("two.example", "/anna"),
    ]
    assert Coupon.objects.get().code == "BEE"
