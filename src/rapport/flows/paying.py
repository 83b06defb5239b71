"""Paying partners: runs carried through in short steps, what became of payouts, and the letters that go with it."""

import contextlib
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from rapport.apps.delivery.actions import queue_mail
from rapport.apps.delivery.letters import Button, Letter
from rapport.apps.identity.languages import speaking
from rapport.apps.identity.queries import team_of
from rapport.apps.jobs.progress import report_progress
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts import actions
from rapport.apps.payouts.details import details_of
from rapport.apps.payouts.errors import ChangeIsOver, PayoutMoved
from rapport.apps.payouts.exchanging import wishes_of
from rapport.apps.payouts.inputs import MethodInput
from rapport.apps.payouts.models import ChangeNotice, MethodKind, Payout, PayoutMethod, PayoutRun, PayoutState
from rapport.apps.payouts.providers.ach.reasons import corrected_fields
from rapport.apps.record.actors import Actor
from rapport.apps.record.vault import open_cell
from rapport.apps.record.write import transaction
from rapport.domain.money import Money
from rapport.domain.payouts import Outcome
from rapport.flows.explaining.payouts import amount_words
from rapport.flows.explaining.words import day_words, local_day
from rapport.flows.retrying import until_settled
from rapport.flows.tax_papers import ask_for_papers

Words = tuple[str, tuple[str, ...]]
"""The subject of a letter, and its paragraphs."""


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
            _tell(agreement, partial(_method_words, method, agreement), path="method/", at=at)
    return method


def take_over_change(notice: ChangeNotice, *, by: Actor, at: datetime) -> PayoutMethod:
    """Enter for a partner what its bank wants to be written another way; it waits like every change of finance's."""
    payout = notice.payout
    if not notice.may_take_over:
        raise ChangeIsOver
    before = details_of(payout.method)
    fields = {
        "account": before.number,
        "routing": before.routing,
        **{name: before.facts[name] for name in ("holder_kind", "account_type")},
        **corrected_fields(notice.code, open_cell(notice, "corrected")),
        "pay_in": wishes_of([payout.method_id]).get(payout.method_id, ""),
    }
    given = MethodInput(kind=MethodKind(before.kind), holder=before.holder, **fields)
    return change_method(agreement=payout.agreement, given=given, by=by, at=at, own=False)


def record_outcome(  # noqa: PLR0913 - everything that may be told of it
    *,
    payout: Payout,
    outcome: Outcome,
    words: str,
    by: Actor,
    at: datetime,
    quiet: bool = False,
    moved: Money | None = None,
) -> None:
    """Note what became of one payout; `words` is the bank's reference where it arrived, else the reason.

    `quiet` tells the partner nothing of a payout that never left for reasons of the payer's own. `moved` is what one
    in another currency truly cost, or what of it came back, in the program's.
    """
    until_settled(lambda: _record(payout, outcome, words, by=by, at=at, quiet=quiet, moved=moved))


def settle_all(payouts: Iterable[Payout], *, reference: str, by: Actor, at: datetime) -> None:
    """Note that these arrived, under one reference; a payout that moved meanwhile is left as it is."""
    for payout in payouts:
        with contextlib.suppress(PayoutMoved):
            record_outcome(payout=payout, outcome=Outcome.SETTLED, words=reference, by=by, at=at)


def _until_done(step: Callable[[], bool]) -> None:
    done = 0
    while until_settled(step):
        done += 1
        report_progress(done=done)


def _record(  # noqa: PLR0913 - see record_outcome
    payout: Payout, outcome: Outcome, words: str, *, by: Actor, at: datetime, quiet: bool, moved: Money | None
) -> None:
    with transaction():
        match outcome:
            case Outcome.SETTLED:
                _settle(payout, words, by=by, at=at, cost=moved)
            case Outcome.UNKNOWN:
                actions.leave_open(payout_id=payout.id, reason=words, by=by, at=at)
            case Outcome.UNCLAIMED:
                _leave_unclaimed(payout, words, by=by, at=at)
            case Outcome.FAILED | Outcome.RETURNED:
                _undo(payout, outcome, words, by=by, at=at, quiet=quiet, moved=moved)


def _undo(  # noqa: PLR0913 - see record_outcome
    payout: Payout, outcome: Outcome, words: str, *, by: Actor, at: datetime, quiet: bool, moved: Money | None
) -> None:
    came_back_minor = moved.minor if moved else None
    act = (
        actions.fail_payout
        if outcome is Outcome.FAILED
        else partial(actions.return_payout, came_back_minor=came_back_minor)
    )
    before = payout.state
    if act(payout_id=payout.id, reason=words, by=by, at=at).state != before and not quiet:
        _tell(payout.agreement, partial(_failed_words, payout), path="method/", at=at)


def _leave_unclaimed(payout: Payout, words: str, *, by: Actor, at: datetime) -> None:
    was = payout.unclaimed
    if actions.leave_unclaimed(payout_id=payout.id, reason=words, by=by, at=at).state == PayoutState.SENT and not was:
        _tell(payout.agreement, partial(_unclaimed_words, payout), path=f"payouts/{payout.id}/", at=at)


def _settle(payout: Payout, reference: str, *, by: Actor, at: datetime, cost: Money | None = None) -> None:
    costs = {payout.id: cost.minor} if cost else {}
    settled, wrong = actions.settle_payouts({payout.id: reference}, run_id=payout.run_id, by=by, at=at, costs=costs)
    if wrong:
        raise PayoutMoved(wrong[0].get_state_display())
    for one in settled:
        _tell(one.agreement, partial(_settled_words, one), path=f"payouts/{one.id}/", at=at)


def _tell(agreement: Agreement, words: Callable[[], Words], *, path: str, at: datetime) -> None:
    """Write to everybody of a partner, each in the language that it reads."""
    for member in team_of(agreement.partner.organisation_id):
        if member.person.is_active:
            with speaking(member.person.language):
                subject, paragraphs = words()
                letter = Letter(
                    recipient=member.person.email,
                    subject=subject,
                    paragraphs=paragraphs,
                    button=Button(_("Open the portal"), f"/portal/{agreement.id}/commissions/{path}"),
                    workspace_id=agreement.program.workspace_id,
                )
                queue_mail(letter=letter, at=at)


def _method_words(method: PayoutMethod, agreement: Agreement) -> Words:
    waits = method.usable_at > method.changed_at
    told = [_("From now on you are paid this way: %(method)s.") % {"method": method}]
    if waits:
        on = day_words(local_day(method.usable_at, agreement.program.zone))
        told.append(_("For your safety nothing is paid this way before %(day)s.") % {"day": on})
    told.append(_("If this was not you, write to your program at once and change it back."))
    return _("How you are paid was changed"), tuple(told)


def _settled_words(payout: Payout) -> Words:
    words = {
        "amount": amount_words(payout),
        "program": payout.run.program.name,
        "reference": payout.reference or payout.id,
        "method": payout.way,
    }
    return _("%(amount)s from %(program)s") % words, (
        _("%(program)s paid you %(amount)s.") % words,
        _("It comes %(method)s. Reference: %(reference)s.") % words,
        _("Your statement in the portal shows every line of it."),
    )


def _unclaimed_words(payout: Payout) -> Words:
    words = {
        "amount": amount_words(payout),
        "program": payout.run.program.name,
        "method": payout.way,
    }
    return _("%(amount)s from %(program)s waits for you") % words, (
        _("%(program)s sent you %(amount)s, %(method)s. It waits there until you take it.") % words,
        _("Open an account with this address, or change how you are paid. What nobody takes comes back and is yours."),
    )


def _failed_words(payout: Payout) -> Words:
    words = {
        "amount": amount_words(payout),
        "program": payout.run.program.name,
        "method": payout.method,
    }
    return _("A payout of %(program)s did not arrive") % words, (
        _("%(amount)s could not be paid to: %(method)s.") % words,
        _("Nothing is lost: it is yours and goes out with the next payout."),
        _("Check how you are paid, and change it where it is wrong."),
    )
