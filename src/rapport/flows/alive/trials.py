"""Test mode: a click, an order and a refund through the real doors, marked as tests; what they would have earned."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rapport.apps.conversions.models import Conversion, Receipt
from rapport.apps.conversions.queries import conversions_of, load_stories, receipts_of
from rapport.apps.conversions.recording import StoryKey
from rapport.apps.outages.actions import begin_trial, note_trial
from rapport.apps.outages.models import Trial
from rapport.apps.outages.queries import trials_on_their_way
from rapport.apps.partners.models import AgreementState
from rapport.apps.programs.models import Program, ProgramState
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput, Refusal
from rapport.apps.tracking.models import Link
from rapport.apps.tracking.queries import links_of_program
from rapport.domain.attribution import REBILL
from rapport.domain.judge import judge
from rapport.domain.judgement import Decision
from rapport.domain.money import Money
from rapport.domain.story import Story, TouchMark
from rapport.flows.alive.doors import DoorClosed, follow_as_test, report_as_shop
from rapport.flows.offers import load_offer
from rapport.lake.questions import ClickRow, lake_at

TOTAL = "100.00"
SALE = "sale"
WITHIN = timedelta(minutes=5)
"""A test order that is not seen after this is an outage."""
FORGOTTEN = timedelta(days=1)


class NoLink(Refusal):
    """There is no link that could be followed."""

    def __init__(self) -> None:
        super().__init__(_("No partner has an active link yet: a test needs one to follow."))


@dataclass(frozen=True, slots=True)
class Followed:
    """How far a trial has come: each is empty until it is seen."""

    trial: Trial
    click: ClickRow | None
    receipt: Receipt | None
    order: Conversion | None
    refund: Receipt | None
    decision: Decision | None
    would_earn: Money | None


def link_to_try(program: Program) -> Link | None:
    """Return the newest link of the program that leads on."""
    living = (AgreementState.ACTIVE, AgreementState.SUSPENDED)
    if program.state != ProgramState.OPEN:
        return None
    rows = links_of_program(program.id).filter(active=True, agreement__state__in=living)
    return rows.first()


def order_trial(program: Program, *, by: Actor, at: datetime, by_monitor: bool = False) -> Trial:
    """Note that a test is to be sent; raises `NoLink` where there is nothing to follow."""
    link = link_to_try(program)
    if link is None:
        raise NoLink
    return begin_trial(program=program, link_id=link.id, total=TOTAL, by_monitor=by_monitor, by=by, at=at)


def send_trial_through(trial: Trial, *, by: Actor, at: datetime) -> Trial:
    """Send a test click and its test order through the real doors; what a door refused stands in `problem`.

    Sent twice it is one order all the same: its number was fixed when it was ordered.
    """
    try:
        if not trial.click_id:
            note_trial(trial, click_id=follow_as_test(_link_of(trial)))
        note_trial(trial, order_receipt=report_as_shop(trial.program, _order(trial), message_id=trial.id, by=by, at=at))
    except DoorClosed as closed:
        note_trial(trial, problem=str(closed))
    return trial


def _link_of(trial: Trial) -> Link:
    return links_of_program(trial.program_id).get(pk=trial.link_id)


def _order(trial: Trial) -> dict[str, str]:
    return {
        "kind": kind_to_try(trial.program),
        "external_id": trial.order_id,
        "total": trial.total,
        "currency": trial.program.currency,
        "click_id": trial.click_id,
        "test": "true",
    }


def kind_to_try(program: Program) -> str:
    """Return the kind of the test order: a sale, or else the first other first-hand outcome that the terms name."""
    kinds = load_offer(program.id).frame.kinds
    return SALE if SALE in kinds else min(kinds - {REBILL}, default=SALE)


def send_refund_through(trial: Trial, *, by: Actor, at: datetime) -> Trial:
    """Take the test order back through the real door; raises `BadInput` where it cannot be."""
    if not trial.order_receipt:
        raise BadInput(_("Its order never arrived, so there is nothing to take back."))
    if trial.refund_receipt:
        return trial
    fields = {
        "type": "refund",
        "external_id": trial.refund_id,
        "of": trial.order_id,
        "of_kind": kind_to_try(trial.program),
        "currency": trial.program.currency,
    }
    try:
        receipt = report_as_shop(trial.program, fields, message_id=trial.refund_id, by=by, at=at)
    except DoorClosed as closed:
        raise BadInput(str(closed)) from closed
    return note_trial(trial, refund_receipt=receipt, refund_ordered_at=trial.refund_ordered_at or at)


def note_arrivals(*, at: datetime) -> int:
    """Note which trials have come through to where orders are kept; return how many."""
    arrived = 0
    for trial in trials_on_their_way(since=at - FORGOTTEN):
        if _order_of(trial) is not None:
            note_trial(trial, arrived_at=at)
            arrived += 1
    return arrived


def followed(trials: QuerySet[Trial], *, most: int) -> list[Followed]:
    """Return how far the newest trials came."""
    return [_followed(trial) for trial in trials.select_related("program")[:most]]


def would_decide(conversion: Conversion) -> Decision:
    """Judge a test order as if it and its clicks were real; nothing is written."""
    offer = load_offer(conversion.program_id)
    loaded = load_stories(offer.program, keys=[StoryKey.of(conversion)])
    promises = offer.promises_for(loaded)
    decisions = judge(_as_if_real(loaded[0].story), promises).decisions
    return next(decision for decision in decisions if decision.conversion_id == conversion.id)


def _as_if_real(story: Story) -> Story:
    return replace(
        story,
        touches=tuple(replace(touch, marks=touch.marks - {TouchMark.TEST}) for touch in story.touches),
        conversions=tuple(replace(one, test=False) for one in story.conversions),
    )


def _followed(trial: Trial) -> Followed:
    receipts = {
        row.id: row for row in receipts_of(trial.program_id).filter(pk__in=[trial.order_receipt, trial.refund_receipt])
    }
    order = _order_of(trial)
    decision = would_decide(order) if order else None
    return Followed(
        trial=trial,
        click=lake_at(settings.LAKE_FOLDER).click(trial.click_id) if trial.click_id else None,
        receipt=receipts.get(trial.order_receipt),
        order=order,
        refund=receipts.get(trial.refund_receipt),
        decision=decision,
        would_earn=Money(decision.target_minor, trial.program.currency) if decision else None,
    )


def _order_of(trial: Trial) -> Conversion | None:
    return conversions_of(trial.program_id).filter(external_id=trial.order_id).first()
