"""Decline an order with due process: a code, a reason, evidence, a deadline for the reply, and a last word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.commissions.queries import commissions_of_program
from rapport.apps.conversions.actions import lock_stories, record_decision
from rapport.apps.conversions.models import Conversion, DeclineCode, HumanDecision
from rapport.apps.conversions.queries import declining
from rapport.apps.conversions.recording import Touched
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput, Refusal
from rapport.apps.record.write import transaction
from rapport.domain.days import hold_end_ms
from rapport.domain.story import DecisionKind
from rapport.flows.explaining.words import day_words, local_day
from rapport.flows.judging import judge_touched
from rapport.flows.offers import load_offer
from rapport.flows.partner_letters import Letters, Tell, Telling, letters_about, tell_partner
from rapport.flows.retrying import until_settled
from rapport.kit.clock import from_ms, to_ms

REPLY_DAYS = 14
"""Whole days of the program's zone that a partner has to reply, after the day on which it was told."""


class AlreadyDeclined(Refusal):
    """An order is declined once; after the partner's reply it is upheld or taken back."""

    code = "already_declined"

    def __init__(self, *, replied: bool) -> None:
        """Say what to do."""
        super().__init__(
            _("The partner has replied to the decline. Uphold it, or take it back.")
            if replied
            else _("This order is declined already. Nothing was changed.")
        )


class NotDeclined(Refusal):
    """There is no decline to take back, or no reply to answer."""

    code = "not_declined"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("There is nothing to decide here: open the page again to see how the order stands."))


class ReplyTooLate(Refusal):
    """The deadline for a reply has passed."""

    code = "reply_too_late"

    def __init__(self, last_day: date) -> None:
        """Name the last day."""
        super().__init__(_("The time to reply ended with %(day)s.") % {"day": day_words(last_day)})


class DeclineIsFinal(Refusal):
    """A decline was upheld after a reply: the partner has had its say."""

    code = "decline_is_final"

    def __init__(self) -> None:
        """Say so."""
        super().__init__(_("The program has looked at your reply and upheld the decline. This is final."))


class TalkState(StrEnum):
    """How the talk about a decline stands for the partner."""

    OPEN = "open"
    OVER = "over"
    REPLIED = "replied"
    UPHELD = "upheld"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineTalk:
    """A decline as both sides read it; `last_day` is the last day on which the partner may reply."""

    state: TalkState
    code_words: str
    reason: str
    evidence: str
    declined_at: datetime
    last_day: date
    answered: str


@dataclass(frozen=True, slots=True)
class DeclineGiven:
    """Why an order is declined: the code, the reason and the evidence."""

    code: str
    reason: str
    evidence: str = ""


def decline_conversion(
    *, conversion: Conversion, code: str, reason: str, by: Actor, at: datetime, evidence: str = ""
) -> None:
    """Decline an order: nobody earns from it, and its partner is told why and until when it may reply."""
    decline_as_given(conversion=conversion, given=DeclineGiven(code, reason, evidence), by=by, at=at)


def decline_as_given(
    *, conversion: Conversion, given: DeclineGiven, by: Actor, at: datetime, letters: Letters | None = None
) -> None:
    """Decline an order; `letters` are those of `letters_of_decline`, for whoever is inside a transaction already."""
    if given.code not in DeclineCode.values:
        sentence = _("Choose one of the codes.")
        raise BadInput(sentence, fields={"code": sentence})
    until_ms = to_ms(reply_end(at, zone=_zone(conversion)))
    data = {"code": given.code, "evidence": given.evidence.strip(), "reply_until_ms": until_ms}
    tell = partial(_declined, conversion, given, at=at)
    say = _Said(conversion, DecisionKind.DECLINED, given.reason, data, tell, letters)
    _say_settled(say, allowed=_may_decline, by=by, at=at)


def letters_of_decline(*, conversion: Conversion, given: DeclineGiven, at: datetime) -> Letters:
    """Write out what the partners of an order will be told when it is declined."""
    return letters_about(_partners_who_earn(conversion), partial(_declined, conversion, given, at=at))


def undo_decline(*, conversion: Conversion, reason: str, by: Actor, at: datetime) -> None:
    """Take a decline back: the order counts again, and its partner is told."""
    say = _Said(conversion, DecisionKind.DECLINE_UNDONE, reason, {}, partial(_taken_back, reason))
    _say_settled(say, allowed=_may_undo, by=by, at=at)


def uphold_decline(*, conversion: Conversion, reason: str, by: Actor, at: datetime) -> None:
    """Uphold a decline that the partner replied to; for the partner this is final."""
    say = _Said(conversion, DecisionKind.DECLINE_UPHELD, reason, {}, partial(_upheld, reason))
    _say_settled(say, allowed=_may_uphold, by=by, at=at)


def reply_to_decline(*, commission: Commission, body: str, by: Actor, at: datetime) -> None:
    """Open a decline again with the partner's reply, inside the caller's transaction."""
    conversion = commission.conversion
    if conversion is None:
        raise NotDeclined
    say = _Said(conversion, DecisionKind.DECLINE_REPLIED, body, {}, None)
    _say(say, allowed=lambda said: _may_reply(said, zone=conversion.program.zone, at=at), by=by, at=at)


def talk_of(commission: Commission, *, at: datetime) -> DeclineTalk | None:
    """Return the last decline of the order behind a commission as both sides read it."""
    said = declining(commission.conversion_id or "")
    if not said:
        return None
    first, zone = said[0], commission.agreement.program.zone
    until = _reply_until(first, zone=zone)
    last = said[-1]
    return DeclineTalk(
        state=_STATES.get(DecisionKind(last.kind)) or (TalkState.OPEN if at < until else TalkState.OVER),
        code_words=str(DeclineCode(first.data["code"]).label),
        reason=first.reason,
        evidence=first.data.get("evidence", ""),
        declined_at=first.at,
        last_day=last_day(until, zone=zone),
        answered=last.reason if last.kind in {DecisionKind.DECLINE_UPHELD, DecisionKind.DECLINE_UNDONE} else "",
    )


def reply_end(at: datetime, *, zone: str) -> datetime:
    """Return the midnight that ends the last day on which a partner who is told now may reply."""
    return from_ms(hold_end_ms(to_ms(at), hold_days=REPLY_DAYS, zone=zone))


def last_day(reply_until: datetime, *, zone: str) -> date:
    """Return the last day that lies whole before a deadline."""
    return local_day(reply_until - timedelta(seconds=1), zone)


_DECLINED = gettext_noop("%(program)s: order %(order)s was declined")
_TAKEN_BACK = gettext_noop("%(program)s: order %(order)s counts again")
_UPHELD = gettext_noop("%(program)s: the decline of order %(order)s was upheld")

_STATES = {
    DecisionKind.DECLINE_REPLIED: TalkState.REPLIED,
    DecisionKind.DECLINE_UPHELD: TalkState.UPHELD,
    DecisionKind.DECLINE_UNDONE: TalkState.UNDONE,
}


@dataclass(frozen=True, slots=True)
class _Said:
    """One word in the talk about declining an order, and what its partner is told."""

    conversion: Conversion
    kind: DecisionKind
    reason: str
    data: Mapping[str, object]
    tell: Tell | None
    letters: Letters | None = None


Allowed = Callable[[list[HumanDecision]], None]
"""Raises a refusal when the word may not be said after what was said before."""


def _say_settled(said: _Said, *, allowed: Allowed, by: Actor, at: datetime) -> None:
    """Say it, its letters written out before: others wait for the database while a transaction is open."""
    if said.tell and said.letters is None:
        said = replace(said, letters=letters_about(_partners_who_earn(said.conversion), said.tell))
    until_settled(lambda: _say(said, allowed=allowed, by=by, at=at))


def _say(said: _Said, *, allowed: Allowed, by: Actor, at: datetime) -> None:
    if not said.reason.strip():
        sentence = _("Give a reason; the partner reads it.")
        raise BadInput(sentence, fields={"reason": sentence})
    offer = load_offer(said.conversion.program_id)
    with transaction():
        # Read again: since a page showed it, the order may have joined the story of its customer.
        conversion = Conversion.objects.select_related("program").get(pk=said.conversion.pk)
        touched = Touched.by([conversion])
        lock_stories(touched.in_order())
        allowed(declining(conversion.id))
        told = _partners_who_earn(conversion)
        record_decision(conversion=conversion, kind=said.kind, data=said.data, reason=said.reason.strip(), by=by, at=at)
        judge_touched(touched, offer=offer, cause=str(said.kind), by=by, at=at)
        if said.tell:
            for commission in told:
                tell_partner(commission, said.tell, by=by, at=at, letters=said.letters)


def _partners_who_earn(conversion: Conversion) -> list[Commission]:
    """Return the commissions that a decline takes from, or took from: those of partners who lost it before are left."""
    rows = commissions_of_program(conversion.program_id).filter(conversion=conversion).order_by("id")
    return [row for row in rows if row.worth.minor or row.state in {CommissionState.DECLINED, CommissionState.DISPUTED}]


def _declined(conversion: Conversion, given: DeclineGiven, *, at: datetime) -> Telling:
    until = reply_end(at, zone=_zone(conversion))
    words = {"order": conversion.external_id, "code": DeclineCode(given.code).label}
    return Telling(
        _(_DECLINED),
        (
            _("The commission for order %(order)s was declined: %(code)s.") % words,
            given.reason.strip(),
            _("Evidence: %(evidence)s") % {"evidence": given.evidence.strip()} if given.evidence.strip() else "",
            _("You may reply until %(day)s. A reply opens it again, and a person looks at it once more.")
            % {"day": day_words(last_day(until, zone=_zone(conversion)))},
        ),
    )


def _taken_back(reason: str) -> Telling:
    return Telling(_(_TAKEN_BACK), (_("The decline was taken back; the order counts again."), reason.strip()))


def _upheld(reason: str) -> Telling:
    return Telling(_(_UPHELD), (_("The decline was upheld after your reply. This is final."), reason.strip()))


def _zone(conversion: Conversion) -> str:
    return conversion.program.zone


def _may_decline(said: list[HumanDecision]) -> None:
    if said and said[-1].kind != DecisionKind.DECLINE_UNDONE:
        raise AlreadyDeclined(replied=said[-1].kind == DecisionKind.DECLINE_REPLIED)


def _may_undo(said: list[HumanDecision]) -> None:
    if not said or said[-1].kind == DecisionKind.DECLINE_UNDONE:
        raise NotDeclined


def _may_uphold(said: list[HumanDecision]) -> None:
    if not said or said[-1].kind != DecisionKind.DECLINE_REPLIED:
        raise NotDeclined


def _may_reply(said: list[HumanDecision], *, zone: str, at: datetime) -> None:
    if said and said[-1].kind == DecisionKind.DECLINE_UPHELD:
        raise DeclineIsFinal
    if not said or said[-1].kind != DecisionKind.DECLINED:
        raise NotDeclined
    until = _reply_until(said[0], zone=zone)
    if at >= until:
        raise ReplyTooLate(last_day(until, zone=zone))


def _reply_until(declined: HumanDecision, *, zone: str) -> datetime:
    """Return the deadline that was told; a decline from before deadlines were told gets the usual one."""
    kept = declined.data.get("reply_until_ms")
    return from_ms(kept) if isinstance(kept, int) else reply_end(declined.at, zone=zone)
