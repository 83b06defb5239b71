"""Paying partners: runs carried through in short steps, what the bank answers, and the letters that go with it."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from rapport.apps.delivery.actions import queue_mail
from rapport.apps.delivery.letters import Button, Letter
from rapport.apps.identity.queries import team_of
from rapport.apps.jobs.progress import report_progress
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts import actions
from rapport.apps.payouts.errors import PayoutMoved
from rapport.apps.payouts.inputs import MethodInput
from rapport.apps.payouts.models import Payout, PayoutMethod, PayoutRun
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput, Refusal
from rapport.apps.record.write import transaction
from rapport.domain.money import format_amount
from rapport.flows.explaining.words import day_words, local_day
from rapport.flows.retrying import until_settled
from rapport.flows.tax_papers import ask_for_papers

MOST_ROWS = 20_000
"""Rows of an answer of a bank that are read at once."""


class Outcome(StrEnum):
    """What a bank may answer about a payout."""

    SETTLED = "settled"
    FAILED = "failed"
    RETURNED = "returned"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of a bank's answer."""

    line: int
    payout_id: str
    outcome: Outcome
    reference: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a bank's answer: how many payouts moved, and for each row that could not be used why."""

    moved: int
    refused: tuple[tuple[int, str], ...]


def fill_run(run_id: str, *, clock: Callable[[], datetime], most: int = 0) -> None:
    """Look at every agreement of a draft, one short step after the other; a killed run goes on where it stopped."""
    steps = {"most": most} if most else {}

    def step() -> bool:
        try:
            return actions.fill_step(run_id=run_id, at=clock(), **steps)
        except actions.Crossed:
            return True

    _until_done(step)
    run = PayoutRun.objects.select_related("program__workspace").get(pk=run_id)
    if run.filled_at:
        ask_for_papers(run, by=actions.preparer_of(run), at=clock())


def release_run(run_id: str, *, by: Actor, clock: Callable[[], datetime]) -> None:
    """Give back everything that an abandoned run holds."""
    _until_done(lambda: actions.release_step(run_id=run_id, by=by, at=clock()))


def send_run(run_id: str, *, clock: Callable[[], datetime]) -> None:
    """Note everything as sent that stands in a file of the run."""
    _until_done(lambda: actions.send_step(run_id=run_id, at=clock()))


def change_method(*, agreement: Agreement, given: MethodInput, by: Actor, at: datetime, own: bool) -> PayoutMethod:
    """Take in how a partner is paid, by the partner (`own`) or by finance, and tell everybody who belongs to it."""
    organisation_id = agreement.partner.organisation_id
    with transaction():
        if own:
            method = actions.enter_method(organisation_id=organisation_id, given=given, by=by, at=at)
        else:
            method = actions.enter_method_for(agreement=agreement, given=given, by=by, at=at)
        if method.changed_at == at:
            _tell(agreement, *_method_words(method, agreement), path="method/", at=at)
    return method


def record_outcome(*, payout: Payout, outcome: Outcome, words: str, by: Actor, at: datetime) -> None:
    """Note what became of one payout; `words` is the bank's reference where it arrived, else the reason."""
    until_settled(lambda: _record(payout, outcome, words, by=by, at=at))


def read_answers(content: bytes) -> list[Answer]:
    """Read the answer of a bank: a CSV file with the columns payout, outcome, reference; raises `BadInput`."""
    try:
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        found = [_answer(number, row) for number, row in enumerate(rows, start=2)]
    except (UnicodeDecodeError, csv.Error) as broken:
        raise _unreadable(_("This is not a CSV file in UTF-8.")) from broken
    if not found or len(found) > MOST_ROWS:
        raise _unreadable(_("The file needs between 1 and %(most)s rows.") % {"most": MOST_ROWS})
    return found


def take_answers(answers: Iterable[Answer], *, run: PayoutRun, by: Actor, at: datetime) -> Taken:
    """Note what a bank answered, row by row; taking the same file again changes nothing."""
    payouts = {row.id: row for row in run.payouts.select_related("agreement__partner", "run__program")}
    moved, refused = 0, []
    for answer in answers:
        payout = payouts.get(answer.payout_id)
        if payout is None:
            refused.append((answer.line, _("This run has no payout %(id)s.") % {"id": answer.payout_id[:40]}))
            continue
        before = (payout.state, payout.known)
        try:
            record_outcome(payout=payout, outcome=answer.outcome, words=answer.reference, by=by, at=at)
        except Refusal as refusal:
            refused.append((answer.line, refusal.sentence))
            continue
        payout.refresh_from_db(fields=["state", "known"])
        moved += (payout.state, payout.known) != before
    return Taken(moved, tuple(refused))


def _until_done(step: Callable[[], bool]) -> None:
    done = 0
    while until_settled(step):
        done += 1
        report_progress(done=done)


def _record(payout: Payout, outcome: Outcome, words: str, *, by: Actor, at: datetime) -> None:
    with transaction():
        if outcome is Outcome.SETTLED:
            _settle(payout, words, by=by, at=at)
        elif outcome is Outcome.UNKNOWN:
            actions.leave_open(payout_id=payout.id, reason=words, by=by, at=at)
        else:
            act = actions.fail_payout if outcome is Outcome.FAILED else actions.return_payout
            before = payout.state
            if act(payout_id=payout.id, reason=words, by=by, at=at).state != before:
                _tell(payout.agreement, *_failed_words(payout), path="method/", at=at)


def _settle(payout: Payout, reference: str, *, by: Actor, at: datetime) -> None:
    settled, wrong = actions.settle_payouts({payout.id: reference}, run_id=payout.run_id, by=by, at=at)
    if wrong:
        raise PayoutMoved(wrong[0].get_state_display())
    for one in settled:
        _tell(one.agreement, *_settled_words(one), path=f"payouts/{one.id}/", at=at)


def _answer(number: int, row: dict[str, str]) -> Answer:
    missing = {"payout", "outcome", "reference"} - row.keys()
    if missing:
        raise _unreadable(_("The column %(name)s is missing.") % {"name": min(missing)})
    told = (row["outcome"] or "").strip().lower()
    if told not in set(Outcome):
        sentence = _("Line %(line)s: the outcome must be settled, failed, returned or unknown.") % {"line": number}
        raise _unreadable(sentence)
    return Answer(number, (row["payout"] or "").strip(), Outcome(told), (row["reference"] or "").strip())


def _unreadable(sentence: str) -> BadInput:
    return BadInput(sentence, fields={"file": sentence})


def _tell(agreement: Agreement, subject: str, paragraphs: tuple[str, ...], *, path: str, at: datetime) -> None:
    for member in team_of(agreement.partner.organisation_id):
        if member.person.is_active:
            letter = Letter(
                recipient=member.person.email,
                subject=subject,
                paragraphs=paragraphs,
                button=Button(_("Open the portal"), f"/portal/{agreement.id}/commissions/{path}"),
                workspace_id=agreement.program.workspace_id,
            )
            queue_mail(letter=letter, at=at)


def _method_words(method: PayoutMethod, agreement: Agreement) -> tuple[str, tuple[str, ...]]:
    waits = method.usable_at > method.changed_at
    told = [_("From now on you are paid this way: %(method)s.") % {"method": method}]
    if waits:
        on = day_words(local_day(method.usable_at, agreement.program.zone))
        told.append(_("For your safety nothing is paid this way before %(day)s.") % {"day": on})
    told.append(_("If this was not you, write to your program at once and change it back."))
    return _("How you are paid was changed"), tuple(told)


def _settled_words(payout: Payout) -> tuple[str, tuple[str, ...]]:
    words = {
        "amount": f"{format_amount(payout.amount)} {payout.currency}",
        "program": payout.run.program.name,
        "reference": payout.reference or payout.id,
        "method": payout.method,
    }
    return _("%(amount)s from %(program)s") % words, (
        _("%(program)s paid you %(amount)s.") % words,
        _("To: %(method)s. Reference: %(reference)s.") % words,
        _("Your statement in the portal shows every line of it."),
    )


def _failed_words(payout: Payout) -> tuple[str, tuple[str, ...]]:
    words = {
        "amount": f"{format_amount(payout.amount)} {payout.currency}",
        "program": payout.run.program.name,
        "method": payout.method,
    }
    return _("A payout of %(program)s did not arrive") % words, (
        _("%(amount)s could not be paid to: %(method)s.") % words,
        _("Nothing is lost: it is yours and goes out with the next payout."),
        _("Check how you are paid, and change it where it is wrong."),
    )
