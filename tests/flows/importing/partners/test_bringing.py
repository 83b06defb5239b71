"""Partners come along by file: agreements, own rates, codes, old links and balances, each with its reason."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.delivery.models import Mail
from rapport.apps.identity.queries import open_invitations_of
from rapport.apps.imports.actions import start_import
from rapport.apps.imports.models import BroughtLine, ImportRun, RunState
from rapport.apps.ledger.queries import balances_of, openings_of
from rapport.apps.partners.models import Acceptance, Agreement, AgreementState
from rapport.apps.partners.queries import offered_version
from rapport.apps.payouts.queries import method_of
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import versions_of
from rapport.apps.tracking.models import Coupon, LinkAlias
from rapport.apps.tracking.queries import links_of
from rapport.domain.books import AccountKind, AccountName
from rapport.flows.accepting import accept_offered
from rapport.flows.approving import approve_by_hand
from rapport.flows.doctor import run_checks
from rapport.flows.explaining import explain
from rapport.flows.explaining.words import partner_word
from rapport.flows.importing.carrying import carry_out
from rapport.flows.importing.checking import check
from rapport.flows.importing.partners.undoing import undo_import
from rapport.flows.statements import month_of, statement_of
from rapport.flows.waiting import count_waiting
from tests.make.identity import NOON, STORY
from tests.make.imports import begin, bring, write_csv
from tests.make.road import make_click_id, make_program, report_sale

pytestmark = pytest.mark.django_db

HEAD = ("name", "email", "segment", "language", "rate", "codes", "old link", "balance", "note", "iban")
ANNA = ("Slow Mornings", "anna@slow.example", "blogger", "de", "15 %", "ANNA10 ANNA20", "?ref=anna", "120.50", "", "")
BEN = ("Deal Otter", "ben@otter.example", "Coupon site", "en", "", "OTTER", "", "-4.00", "A refund of May", "")


def assert_sound() -> None:
    """Let the doctor look at the books and at all that is sealed."""
    found = {check.name: check.problems for check in run_checks() if check.problems}
    assert not {name: problems for name, problems in found.items() if name not in {"link book", "work that is due"}}


def bring_partners(program: Program, folder: Path, *lines: tuple[str, ...], **choices: object) -> ImportRun:
    """Bring a file of partners whose columns are guessed."""
    path = write_csv(folder / "partners.csv", [HEAD, *lines])
    return bring(program, path, subject="partners", **choices)


def test_partners_stand_in_the_program_with_all_they_had(tmp_path: Path) -> None:
    program = make_program()
    path = write_csv(tmp_path / "partners.csv", [HEAD, ANNA, BEN])
    figures = check(begin(program, path, subject="partners").id, at=NOON).figures
    assert not Agreement.objects.exists()
    assert {name: figures[name] for name in ("lines", "accepted", "refused", "merged")} == {
        "lines": 2,
        "accepted": 2,
        "refused": 0,
        "merged": 0,
    }
    assert (figures["codes"], figures["old_links"], figures["own_rates"], figures["balances_minor"]) == (
        3,
        1,
        1,
        11_650,
    )
    run = bring(program, path, subject="partners")
    assert run.state == RunState.DONE, run.reason
    anna, ben = Agreement.objects.order_by("partner__name").reverse()
    assert (anna.partner.name, anna.state) == ("Slow Mornings", AgreementState.PROPOSED)
    assert set(Coupon.objects.filter(agreement=anna).values_list("code", flat=True)) == {"ANNA10", "ANNA20"}
    assert LinkAlias.objects.get().text == "?ref=anna"
    assert [one.number for one in versions_of(program.id)] == [1]
    offered = offered_version(anna, at=NOON)
    assert offered
    assert offered.document["rules"][0]["pay"] == {"percent": "15"}
    assert Mail.objects.count() == 2
    statement = statement_of(anna, first=month_of(NOON.date())[0], last=month_of(NOON.date())[1])
    assert [(line.words, line.amount.minor) for line in statement.lines] == [("Opening balance brought along", 12_050)]
    assert statement.closing.minor == 12_050
    owing = statement_of(ben, first=month_of(NOON.date())[0], last=month_of(NOON.date())[1])
    assert [(line.words, line.amount.minor) for line in owing.lines] == [("Debt brought along: A refund of May", -400)]
    assert_sound()


def agreement_of(name: str) -> Agreement:
    """Return the living agreement of a partner by its name."""
    rows = Agreement.objects.select_related("program__workspace", "partner__organisation")
    return rows.exclude(state=AgreementState.ENDED).get(partner__name=name)


def accept(agreement: Agreement, *, days: int = 3) -> None:
    """Let the partner accept what it was offered, some days after it was brought along."""
    at = NOON + timedelta(days=days)
    version = offered_version(agreement, at=at)
    assert version
    accept_offered(agreement=agreement, version=version, by=STORY, at=at)


def test_codes_earn_from_the_minute_of_import_by_what_was_offered_and_are_held_until_accepted(tmp_path: Path) -> None:
    program = make_program()
    report_sale(program, external_id="before", total="100.00", coupons=["ANNA10"], at=NOON - timedelta(minutes=1))
    bring_partners(program, tmp_path, ANNA)
    anna = agreement_of("Slow Mornings")
    report_sale(program, external_id="o1", total="100.00", coupons=["ANNA10"], at=NOON + timedelta(minutes=1))
    held = Commission.objects.get()
    assert (held.agreement_id, held.accrued_minor, held.state, held.holds) == (
        anna.id,
        1_500,
        "held",
        ["terms_not_accepted"],
    )
    assert partner_word(held, zone=program.zone, payday=None).sentence == "held until you accept the terms"
    assert not count_waiting(program).held
    refused = approve_by_hand(program_id=program.id, commission_ids=[held.id], by=STORY, at=NOON + timedelta(hours=1))
    assert refused == {held.id: "The partner has not accepted the offered terms yet."}
    told = explain(held, at=NOON)
    assert told.promise.sentences[0].startswith("You earn 15 % of every sale")
    accept(anna)
    held.refresh_from_db()
    assert (held.accrued_minor, held.state, held.holds) == (1_500, "pending", [])
    bound = Acceptance.objects.get()
    assert (bound.from_at, bound.accepted_at) == (NOON, NOON + timedelta(days=3))
    anna.refresh_from_db()
    assert anna.state == AgreementState.ACTIVE
    assert_sound()


def test_the_same_file_twice_is_once(tmp_path: Path) -> None:
    program = make_program()
    bring_partners(program, tmp_path, ANNA, BEN)
    before = everything(program)
    again = bring_partners(program, tmp_path, ANNA, BEN)
    assert {name: again.figures[name] for name in ("lines", "accepted", "merged", "refused")} == {
        "lines": 2,
        "accepted": 0,
        "merged": 2,
        "refused": 0,
    }
    assert everything(program) == before
    assert Mail.objects.count() == 2
    accept(agreement_of("Slow Mornings"))
    bring_partners(program, tmp_path, ANNA)
    assert Agreement.objects.count() == 2
    assert_sound()


def everything(program: Program) -> dict[str, object]:
    """Return all that imports brought, without ids: what can be compared between installations."""
    rows = Agreement.objects.filter(program=program).exclude(state=AgreementState.ENDED)
    return {
        agreement.partner.name: (
            agreement.partner.segment,
            agreement.state,
            sorted(Coupon.objects.filter(agreement=agreement).values_list("code", flat=True)),
            sorted(LinkAlias.objects.filter(link__agreement=agreement, removed_at=None).values_list("place", "text")),
            openings_of([agreement.id]).get(agreement.id, ("", 0))[1],
            [offer.version.document["rules"] for offer in agreement.offers.all()],
            str(method_of(agreement.partner.organisation_id)),
        )
        for agreement in rows.select_related("partner")
    }


CROWD = [
    (
        "Slow Mornings",
        "anna@slow.example",
        "blogger",
        "de",
        "15%",
        "ANNA10",
        "?ref=anna",
        "10",
        "",
        "DE89370400440532013000",
    ),
    ("Slow Mornings shop", "shop@slow.example", "", "", "", "SLOW", "", "", "", "DE89 3704 0044 0532 0130 00"),
    ("slow", "anna@slow.example", "", "", "", "ANNA20", "", "", "", ""),
    ("Deal Otter", "ben@otter.example", "coupon", "en", "", "OTTER", "/go/otter", "-4", "A refund", ""),
    ("Otter two", "two@otter.example", "coupon", "en", "", "OTTER", "", "", "", ""),
    ("Tall Tales", "tall@tales.example", "influencer", "", "7.5", "TALL|TALES", "otter", "", "", ""),
    ("Nobody", "no mail", "blogger", "", "", "", "", "", "", ""),
    ("Fold", "fold@gmail.com", "agency", "fr", "", "", "", "3.10", "", ""),
    ("Crease", "crease@gmail.com", "agency", "", "", "", "", "", "", "DE00370400440532013000"),
    ("Twice", "twice@gmail.com", "agency", "", "", "TWO", "", "1", "", ""),
    ("Twice", "twice@gmail.com", "agency", "", "", "TWIN", "", "2", "", ""),
]
"""A file as it comes: doubles by mail and by account, a code of two partners, a bad line of each kind."""


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_the_lines_makes_no_difference_and_every_line_is_told(tmp_path: Path, seed: int) -> None:
    program = make_program()
    lines = list(CROWD)
    Random(seed).shuffle(lines)  # noqa: S311 - not for secrets
    run = bring_partners(program, tmp_path, *lines)
    figures = run.figures
    assert figures["accepted"] + figures["merged"] + figures["refused"] == figures["lines"] == len(CROWD)
    assert (figures["accepted"], figures["merged"], figures["refused"]) == (3, 2, 6)
    brought = everything(program)
    assert sorted(brought) == ["Fold", "Slow Mornings", "Tall Tales"]
    assert brought["Slow Mornings"][2:5] == (["ANNA10", "ANNA20", "SLOW"], [("", "?ref=anna")], 1_000)  # type: ignore[index]  # a tuple
    assert_sound()


def test_a_run_that_was_killed_goes_on_and_ends_like_one_that_was_not(tmp_path: Path) -> None:
    program = make_program()
    run = begin(program, write_csv(tmp_path / "crowd.csv", [HEAD, *CROWD]), subject="partners")
    check(run.id, at=NOON)
    start_import(run_id=run.id, by=STORY, at=NOON)
    with pytest.raises(Killed):
        carry_out(run.id, by=STORY, at=NOON, progress=killing_after(1))
    assert BroughtLine.objects.count() == 4
    done = carry_out(run.id, by=STORY, at=NOON)
    assert (done.figures["accepted"], done.figures["merged"], done.figures["refused"]) == (3, 2, 6)
    whole = make_program(name="Another program")
    bring_partners(whole, tmp_path, *CROWD)
    assert everything(program) == everything(whole)
    assert_sound()


class Killed(BaseException):
    """What a kill looks like from the inside: nothing catches it."""


def killing_after(steps: int) -> Callable[[int], None]:
    """Return a progress that ends the process, as it were, after so many partners."""
    left = iter(range(steps))

    def progress(_done: int) -> None:
        if next(left, None) is None:
            raise Killed

    return progress


def test_an_undone_import_leaves_nothing_that_earns(tmp_path: Path) -> None:
    program = make_program()
    run = bring_partners(program, tmp_path, ANNA, BEN)
    anna = agreement_of("Slow Mornings")
    clicked = make_click_id(links_of(anna.id)[0], at=NOON + timedelta(minutes=1))
    undone = undo_import(run=run, by=STORY, at=NOON + timedelta(hours=1))
    assert (undone.agreements, undone.stays) == (2, ())
    later = NOON + timedelta(hours=2)
    report_sale(program, external_id="o1", total="100.00", click_ids=[clicked], coupons=["ANNA10", "OTTER"], at=later)
    assert not Commission.objects.exists()
    assert not Coupon.objects.exists()
    assert not LinkAlias.objects.filter(removed_at=None).exists()
    assert not open_invitations_of(anna.partner.organisation_id).exists()
    assert balances_of([anna.id]) == {AccountName(AccountKind.PAYABLE, anna.id, "EUR"): 0}
    assert_sound()
    assert undo_import(run=run, by=STORY, at=later).agreements == 0
    corrected = ("Slow Mornings Ltd", *ANNA[1:])
    again = bring_partners(program, tmp_path, corrected, BEN)
    assert again.figures["accepted"] == 2
    assert everything(program)["Slow Mornings Ltd"][4] == 12_050  # type: ignore[index]  # a tuple
    assert_sound()


def test_who_has_earned_or_accepted_stays_when_the_import_is_undone(tmp_path: Path) -> None:
    program = make_program()
    tall = ("Tall Tales", "tall@tales.example", "", "", "", "TALL", "", "", "", "")
    run = bring_partners(program, tmp_path, ANNA, BEN, tall)
    report_sale(program, external_id="o1", total="100.00", coupons=["ANNA10"], at=NOON + timedelta(minutes=1))
    accept(agreement_of("Deal Otter"))
    undone = undo_import(run=run, by=STORY, at=NOON + timedelta(days=4))
    assert undone.agreements == 1
    assert {stays.agreement.partner.name: stays.sentence for stays in undone.stays} == {
        "Slow Mornings": "It has earned. End the agreement on the partner's page.",
        "Deal Otter": "The terms are accepted. Give a reason that the partner reads, and its agreement ends.",
    }
    assert sorted(everything(program)) == ["Deal Otter", "Slow Mornings"]
    assert Commission.objects.get().accrued_minor == 1_500
    assert_sound()


def test_who_accepted_and_has_not_earned_is_ended_with_a_reason_and_what_was_clicked_before_still_earns(
    tmp_path: Path,
) -> None:
    program = make_program()
    run = bring_partners(program, tmp_path, ANNA, BEN)
    anna = agreement_of("Slow Mornings")
    accept(anna)
    clicked = make_click_id(links_of(anna.id)[0], at=NOON + timedelta(days=1))
    Mail.objects.all().delete()
    undone = undo_import(run=run, by=STORY, at=NOON + timedelta(days=4), reason=" The file was last year's. ")
    assert (undone.agreements, undone.stays) == (2, ())
    anna.refresh_from_db()
    assert (anna.state, anna.ended_at, anna.ended_for_breach) == ("ended", NOON + timedelta(days=4), False)
    letter = Mail.objects.get()
    assert letter.recipient == "anna@slow.example"
    assert all(words in letter.body_text for words in ("The file was last year's.", "120.50", "Klicks bis jetzt"))
    assert balances_of([anna.id]) == {AccountName(AccountKind.PAYABLE, anna.id, "EUR"): 0}
    later = NOON + timedelta(days=5)
    late = make_click_id(links_of(anna.id)[0], at=later)
    report_sale(program, external_id="o1", total="100.00", click_ids=[clicked], at=later)
    report_sale(program, external_id="o2", total="100.00", click_ids=[late], coupons=["ANNA10"], at=later)
    assert Commission.objects.get().conversion.external_id == "o1"  # type: ignore[union-attr]  # it has one
    assert_sound()
    assert undo_import(run=run, by=STORY, at=later, reason="Again").agreements == 0
