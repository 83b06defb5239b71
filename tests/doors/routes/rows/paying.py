"""Rows of the pages of finance and of the payouts in the portal."""

from collections.abc import Callable

from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.actions import approve_run, keep_notice, make_files
from rapport.apps.payouts.hooks import hook_of_program
from rapport.apps.payouts.models import MethodKind, Payout, PayoutRun, RailCall
from rapport.apps.payouts.queries import calls_of
from rapport.apps.programs.models import Program
from rapport.flows.paying import send_run
from rapport.kit.clock import now
from tests.doors.routes.rows.portal import agreement as held
from tests.doors.routes.rows.portal import both as both_agreements
from tests.doors.routes.table import Addressed, Row, everybody, portal, team
from tests.make.identity import Cast
from tests.make.payouts import MARA, make_account, make_method, make_payable, make_rail_method, make_run
from tests.make.road import make_agreement, make_program

PAYERS = ("owner", "finance")
READERS = ("owner", "manager", "finance")

Stage = Callable[[PayoutRun], object]


def drafted(_run: PayoutRun) -> None:
    """Leave the run a draft."""


def approved(run: PayoutRun) -> None:
    """Let a second person approve it."""
    approve_run(run_id=run.id, total=run.total, by=MARA, at=now())


def filed(run: PayoutRun) -> None:
    """Approve it and make its file."""
    approved(run)
    make_files(run_id=run.id, kind=MethodKind.IBAN, by=MARA, at=now())


def sent(run: PayoutRun) -> None:
    """Approve it, make its file and send it."""
    filed(run)
    send_run(run.id, clock=now)


def a_run(agreement: Agreement, stage: Stage = drafted) -> Payout:
    """Return the one payout of a run at some stage."""
    make_method(agreement.partner.organisation)
    make_payable(agreement.program, agreement)
    run = make_run(agreement.program, at=now())
    stage(run)
    return Payout.objects.get(run=run)


def two(cast: Cast, stage: Stage) -> tuple[Payout, Payout]:
    """The payout of a run of ours, and one of theirs."""
    ours, theirs = (a_run(make_agreement(make_program(one)), stage) for one in (cast.ours, cast.theirs))
    return ours, theirs


def run(stage: Stage = drafted, **more: str) -> Callable[[Cast], Addressed]:
    """A run: foreign as a whole, foreign under our own address, and missing."""

    def at(cast: Cast) -> Addressed:
        ours, theirs = two(cast, stage)
        program_id, foreign_id = ours.run.program_id, theirs.run.program_id
        pairs = ((foreign_id, theirs.run_id), (program_id, theirs.run_id), (foreign_id, ours.run_id), (program_id, "x"))
        return Addressed(
            own={"program_id": program_id, "run_id": ours.run_id, **more},
            elsewhere=tuple({"program_id": one, "run_id": other, **more} for one, other in pairs),
        )

    return at


def payout(stage: Stage) -> Callable[[Cast], Addressed]:
    """A payout in its run: foreign, and missing."""

    def at(cast: Cast) -> Addressed:
        ours, theirs = two(cast, stage)
        program_id = ours.run.program_id
        rows = (
            (theirs.run.program_id, theirs.run_id, theirs.id),
            (program_id, theirs.run_id, theirs.id),
            (program_id, ours.run_id, theirs.id),
            (program_id, ours.run_id, "pay_missing"),
        )
        names = ("program_id", "run_id", "payout_id")
        return Addressed(
            own={"program_id": program_id, "run_id": ours.run_id, "payout_id": ours.id},
            elsewhere=tuple(dict(zip(names, row, strict=True)) for row in rows),
        )

    return at


def program(cast: Cast) -> Addressed:
    """A program; the id of a workspace names none."""
    ours, theirs = make_program(cast.ours), make_program(cast.theirs)
    foreign = ({"program_id": other} for other in (theirs.id, cast.ours.id, "prg_missing"))
    return Addressed(own={"program_id": ours.id}, elsewhere=tuple(foreign))


def call(cast: Cast) -> Addressed:
    """A call of a run that waits for the worker: foreign, and missing."""
    ours, theirs = (a_call(make_program(one)) for one in (cast.ours, cast.theirs))
    rows = (
        (theirs.file.run.program_id, theirs.file.run_id, theirs.name),
        (ours.file.run.program_id, ours.file.run_id, theirs.name),
        (ours.file.run.program_id, ours.file.run_id, "missing"),
    )
    names = ("program_id", "run_id", "name")
    return Addressed(
        own={"program_id": ours.file.run.program_id, "run_id": ours.file.run_id, "name": ours.name},
        elsewhere=tuple(dict(zip(names, row, strict=True)) for row in rows),
    )


def notice(cast: Cast) -> Addressed:
    """What a bank wants corrected of our payout, and of theirs."""
    ours, theirs = two(cast, sent)
    both = [keep_notice(payout_id=one.id, code="C04", corrected="", at=now()) for one in (ours, theirs)]
    own, foreign = (str(one and one.id) for one in both)
    names = ("program_id", "run_id", "payout_id", "notice_id")
    rows = (
        (theirs.run.program_id, theirs.run_id, theirs.id, foreign),
        (ours.run.program_id, ours.run_id, ours.id, foreign),
        (ours.run.program_id, ours.run_id, ours.id, "not_missing"),
    )
    return Addressed(
        own=dict(zip(names, (ours.run.program_id, ours.run_id, ours.id, own), strict=True)),
        elsewhere=tuple(dict(zip(names, row, strict=True)) for row in rows),
    )


def account(kind: str) -> Callable[[Cast], Addressed]:
    """Where a program's money comes from on one rail; manual payouts come from nowhere that we know."""

    def at(cast: Cast) -> Addressed:
        ours, theirs = make_program(cast.ours), make_program(cast.theirs)
        pairs = ((theirs.id, kind), ("prg_missing", kind), (ours.id, "manual"), (ours.id, "x"))
        return Addressed(
            own={"program_id": ours.id, "kind": kind},
            elsewhere=tuple({"program_id": one, "kind": other} for one, other in pairs),
        )

    return at


def hook(cast: Cast) -> Addressed:
    """The address that PayPal was given; without knowing it nobody finds it."""
    ours, theirs = make_program(cast.ours), make_program(cast.theirs)
    for one in (ours, theirs):
        make_account(one, MethodKind.PAYPAL)
    pairs = ((ours.id, hook_of_program(theirs.id)), (ours.id, "x"), ("prg_missing", "x"))
    return Addressed(
        own={"program_id": ours.id, "secret": hook_of_program(ours.id)},
        elsewhere=tuple({"program_id": one, "secret": other} for one, other in pairs),
    )


def a_call(row: Program) -> RailCall:
    """Return a call that was planned and is not sent yet."""
    holder = make_agreement(row)
    make_account(row, MethodKind.PAYPAL)
    make_rail_method(holder.partner.organisation, MethodKind.PAYPAL)
    make_payable(row, holder)
    made = make_run(row, at=now())
    approved(made)
    [file] = make_files(run_id=made.id, kind=MethodKind.PAYPAL, by=MARA, at=now())
    return calls_of(file.run_id)[0]


def agreement(cast: Cast) -> Addressed:
    """An agreement inside a program."""
    ours, theirs = (make_agreement(make_program(one)) for one in (cast.ours, cast.theirs))
    pairs = ((theirs.program_id, theirs.id), (ours.program_id, theirs.id), (ours.program_id, "agr_missing"))
    return Addressed(
        own={"program_id": ours.program_id, "agreement_id": ours.id},
        elsewhere=tuple({"program_id": one, "agreement_id": other} for one, other in pairs),
    )


def received(cast: Cast) -> Addressed:
    """A payout of our partner firm, and one of the firm beside it."""
    ours, theirs = both_agreements(cast)
    own, foreign = a_run(ours), a_run(theirs)
    pairs = ((theirs.id, foreign.id), (ours.id, foreign.id), (theirs.id, own.id), (ours.id, "pay_missing"))
    return Addressed(
        own={"agreement_id": ours.id, "payout_id": own.id},
        elsewhere=tuple({"agreement_id": one, "payout_id": other} for one, other in pairs),
    )


ROWS = (
    Row("console:payouts", "GET", team(*READERS), at=program),
    Row("console:payout-run-prepare", "POST", team(*PAYERS, ok=422), at=program),
    Row("console:payout-settings", "GET", team(*READERS), at=program),
    Row("console:payout-settings", "POST", team(*PAYERS, ok=422), at=program),
    Row("console:payout-run", "GET", team(*READERS), at=run()),
    Row("console:payout-run-approve", "POST", team(*PAYERS, ok=422), at=run()),
    Row("console:payout-run-abandon", "POST", team(*PAYERS, ok=422), at=run()),
    Row("console:payout-run-answers", "POST", team(*PAYERS, ok=422), at=run(sent)),
    Row("console:payout-file-make", "POST", team(*PAYERS, ok=303), at=run(approved, kind="iban")),
    Row("console:payout-file", "GET", team(*PAYERS), at=run(filed, kind="iban", part="1")),
    Row("console:payout-settle-rest", "POST", team(*PAYERS, ok=422), at=run(sent, kind="iban")),
    Row("console:rail-call-again", "POST", team(*PAYERS, ok=422), at=call),
    Row("console:rail-call-back", "POST", team(*PAYERS, ok=422), at=call),
    Row("console:change-notice-take", "POST", team(*PAYERS, ok=422), at=notice),
    Row("console:rail-account", "GET", team(*READERS), at=account("iban")),
    Row("console:rail-account", "POST", team(*PAYERS, ok=422), at=account("ach")),
    Row("console:rail-account-try", "POST", team(*PAYERS, ok=404), at=account("iban")),
    Row("console:rail-account-forget", "POST", team(*PAYERS, ok=303), at=account("iban")),
    Row("public:paypal-hook", "POST", everybody(ok=400), at=hook, csrf=False),
    Row("console:payout", "GET", team(*READERS), at=payout(drafted)),
    Row("console:payout-outcome", "POST", team(*PAYERS, ok=422), at=payout(sent)),
    Row("console:payout-cancel", "POST", team(*PAYERS, ok=422), at=payout(drafted)),
    Row("console:payout-method", "GET", team(*READERS), at=agreement),
    Row("console:payout-method", "POST", team(*PAYERS, ok=422), at=agreement),
    Row("console:statement", "GET", team(*READERS), at=agreement),
    Row("console:statement-csv", "GET", team(*READERS), at=agreement),
    Row("console:statement-pdf", "GET", team(*READERS), at=agreement),
    Row("portal:payouts", "GET", portal(), at=held),
    Row("portal:payout", "GET", portal(), at=received),
    Row("portal:method", "GET", portal(), at=held),
    Row("portal:method", "POST", portal(ok=422), at=held),
    Row("portal:statement", "GET", portal(), at=held),
    Row("portal:statement-csv", "GET", portal(), at=held),
    Row("portal:statement-pdf", "GET", portal(), at=held),
)
