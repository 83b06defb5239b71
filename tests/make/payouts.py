"""Money to be paid: partners with approved commissions and a way to be paid, made by the real actions."""

from datetime import date, datetime, timedelta

from rapport.apps.commissions.models import Commission
from rapport.apps.identity.models import Organisation
from rapport.apps.ledger.queries import balances_of
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.account_inputs import AccountInput
from rapport.apps.payouts.actions import approve_run, change_account, enter_method, make_files, prepare_run
from rapport.apps.payouts.inputs import MethodInput
from rapport.apps.payouts.models import MethodKind, PayoutMethod, PayoutRun, RailAccount
from rapport.apps.programs.models import Program
from rapport.apps.record.actors import Actor, ActorKind
from rapport.apps.tracking.models import Coupon
from rapport.domain.books import AccountKind
from rapport.flows.doctor import run_checks
from rapport.flows.paying import fill_run, send_run
from rapport.flows.reconciling import reconcile
from rapport.flows.settlement import approve_due
from rapport.flows.statements import statement_of
from rapport.kit.ids import new_id
from tests.make.identity import NOON, STORY
from tests.make.road import make_coupon, report_sale

GOOD_IBAN = "DE89 3704 0044 0532 0130 00"
JONAS = Actor(ActorKind.PERSON, "per_jonas")
MARA = Actor(ActorKind.PERSON, "per_mara")
"""Two people of finance, as actions see them."""

GIVEN: dict[MethodKind, dict[str, str]] = {
    MethodKind.IBAN: {"iban": GOOD_IBAN, "town": "Berlin", "residence": "DE"},
    MethodKind.ACH: {
        "holder_kind": "person",
        "account_type": "checking",
        "account": "123456789",
        "routing": "021000021",
    },
    MethodKind.PAYPAL: {"email": "anna@example.com"},
    MethodKind.WISE: {"currency": "GBP", "holder_kind": "person", "routing": "231470", "account": "28821822"},
    MethodKind.BANK: {"country": "JP", "account": "1234567", "routing": "BOTKJPJT"},
    MethodKind.MANUAL: {"note": "By cheque to the office"},
}
"""What somebody types to be paid on each rail."""

ACCOUNTS: dict[MethodKind, dict[str, str]] = {
    MethodKind.IBAN: {"name": "Marlow & Lind", "iban": "GB29NWBK60161331926819", "town": "London", "residence": "GB"},
    MethodKind.ACH: {
        "name": "Marlow and Lind Inc",
        "company_id": "1234567890",
        "odfi": "021000021",
        "destination_name": "Chase",
    },
    MethodKind.PAYPAL: {"environment": "sandbox", "client_id": "client-of-marlow", "secret": "secret-of-marlow"},
}
"""What a merchant types to pay on each rail."""

WITHOUT_A_WORKER = ("link book", "work that is due")
"""What the doctor misses where no worker runs."""

AFTER_HOLD = timedelta(days=61)


def make_method(organisation: Organisation | str, *, at: datetime = NOON, iban: str = GOOD_IBAN) -> PayoutMethod:
    """Let an organisation be paid to a bank account."""
    organisation_id = organisation if isinstance(organisation, str) else organisation.id
    given = MethodInput(kind=MethodKind.IBAN, holder="Anna Reuter", iban=iban)
    return enter_method(organisation_id=organisation_id, given=given, by=STORY, at=at)


def make_rail_method(
    organisation: Organisation | str, kind: MethodKind, *, at: datetime = NOON, **more: str
) -> PayoutMethod:
    """Let an organisation be paid on any rail; `more` are fields of the form."""
    organisation_id = organisation if isinstance(organisation, str) else organisation.id
    given = MethodInput(kind=kind, **{"holder": "Anna Reuter", **GIVEN[kind], **more})
    return enter_method(organisation_id=organisation_id, given=given, by=STORY, at=at)


def make_account(program: Program, kind: MethodKind, *, at: datetime = NOON, **more: str) -> RailAccount:
    """Say where a program's money comes from on one rail."""
    given = AccountInput(**{**ACCOUNTS[kind], **more})
    return change_account(program=program, kind=kind, given=given, by=JONAS, at=at)


def make_sale(
    program: Program, agreement: Agreement, *, total: str = "1000.00", order: str = "", at: datetime = NOON
) -> Commission:
    """Return the commission of a sale with a code of this agreement, for which no click is looked up: 12 % of it."""
    code = f"C{agreement.id[-12:]}".upper()
    if not Coupon.objects.filter(agreement=agreement, code=code).exists():
        make_coupon(agreement, code)
    name = order or new_id("ord", at=at)[-12:]
    taken = report_sale(program, at=at, external_id=name, total=total, coupons=[code])
    return Commission.objects.get(conversion=taken.conversion)


def make_payable(program: Program, agreement: Agreement, *, total: str = "1000.00", order: str = "") -> Commission:
    """Return a commission that silence has approved."""
    commission = make_sale(program, agreement, total=total, order=order)
    let_holds_end()
    commission.refresh_from_db()
    return commission


def hold_to_the_books(program: Program, *, until: datetime) -> None:
    """Hold the statement of every partner to its identity and to the ledger, and everything to the doctor."""
    for agreement in Agreement.objects.filter(program=program).select_related("program"):
        assert reconcile(agreement).adds_up
        told = statement_of(agreement, first=NOON.date(), last=until.date())
        sums = (told.opening, told.earned, told.adjusted)
        owed = sum(one.minor for one in sums) - told.taken_back.minor - told.paid.minor
        balances = balances_of([agreement.id], [AccountKind.PAYABLE, AccountKind.RESERVED])
        assert owed == told.closing.minor == sum(balances.values())
    found = [check for check in run_checks() if check.name not in WITHOUT_A_WORKER]
    problems = [problem for check in found for problem in check.problems]
    assert not problems, problems


def let_holds_end(*, at: datetime = NOON) -> None:
    """Approve everything that waits, as the end of its hold does."""
    while approve_due(at=at + AFTER_HOLD):
        pass


def make_run(
    program: Program, *, by: Actor = JONAS, at: datetime = NOON + AFTER_HOLD, pay_on: date | None = None
) -> PayoutRun:
    """Return a draft that has looked at every partner."""
    run = prepare_run(
        program=program, pay_on=pay_on or at.date() + timedelta(days=1), wish=new_id("wish", at=at), by=by, at=at
    )
    fill_run(run.id, clock=lambda: at)
    run.refresh_from_db()
    return run


def make_approved_run(program: Program, *, at: datetime = NOON + AFTER_HOLD) -> PayoutRun:
    """Return a run that a second person has approved."""
    run = make_run(program, at=at)
    return approve_run(run_id=run.id, total=run.total, by=MARA, at=at)


def make_sent_run(program: Program, *, at: datetime = NOON + AFTER_HOLD) -> PayoutRun:
    """Return an approved run whose bank file was made and sent."""
    run = make_approved_run(program, at=at)
    make_files(run_id=run.id, kind=MethodKind.IBAN, by=JONAS, at=at)
    send_run(run.id, clock=lambda: at)
    return run
