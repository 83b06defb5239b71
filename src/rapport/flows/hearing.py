"""Hear what banks and providers say of payouts, in whatever form it comes, and note it payout by payout."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from rapport.apps.payouts.actions import keep_notice
from rapport.apps.payouts.files import payouts_in_file
from rapport.apps.payouts.models import MethodKind, Payout, PayoutState
from rapport.apps.payouts.providers.ach.reader import is_nacha, read_nacha
from rapport.apps.payouts.providers.ach.writer import TAIL
from rapport.apps.payouts.providers.plain.reader import read_list
from rapport.apps.payouts.providers.protocol import RailAnswer, Unreadable
from rapport.apps.payouts.providers.sepa.reader import is_pain_002, read_pain_002
from rapport.apps.payouts.queries import file_named, payouts_ending, payouts_named
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput, Refusal
from rapport.domain.payouts import Outcome
from rapport.flows.paying import record_outcome

_READERS: Sequence[tuple[Callable[[bytes], bool], Callable[[bytes], list[RailAnswer]]]] = (
    (is_pain_002, read_pain_002),
    (is_nacha, read_nacha),
    (lambda _content: True, read_list),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an answer: how many payouts moved, how many changes are asked for, what was refused and why."""

    moved: int
    notices: int
    refused: tuple[tuple[int, str], ...]


def read_answers(content: bytes) -> list[RailAnswer]:
    """Read the answer of a bank or provider, whichever of ours it is; raises `BadInput` with a sentence."""
    reader = next(read for looks_so, read in _READERS if looks_so(content))
    try:
        return reader(content)
    except Unreadable as problem:
        raise BadInput(str(problem), fields={"file": str(problem)}) from problem


def take_answers(answers: Iterable[RailAnswer], *, program_id: str, by: Actor, at: datetime) -> Taken:
    """Note what was answered, one payout after the other; taking the same answer again changes nothing."""
    given = list(answers)
    payouts = _payouts(given, program_id)
    moved = notices = 0
    refused: list[tuple[int, str]] = []
    for answer in _single(given, payouts, program_id):
        payout = payouts.get(answer.payout)
        if payout is None:
            refused.append((answer.line, _("This program has no payout %(id)s.") % {"id": answer.payout[:40]}))
            continue
        try:
            moved += _take(payout, answer, by=by, at=at)
            notices += _note_change(payout, answer, at=at)
        except Refusal as refusal:
            refused.append((answer.line, refusal.sentence))
    return Taken(moved, notices, tuple(refused))


def _payouts(answers: Sequence[RailAnswer], program_id: str) -> dict[str, Payout]:
    """Return the payouts that are spoken of, by the name that the answers give them."""
    names = {answer.payout for answer in answers if answer.payout}
    tails = {name for name in names if len(name) == TAIL}
    return payouts_named(program_id, names - tails) | payouts_ending(program_id, tails, kind=MethodKind.ACH)


def _single(answers: Sequence[RailAnswer], payouts: dict[str, Payout], program_id: str) -> Iterator[RailAnswer]:
    """Yield answers for one payout each; what is said of a file holds for all in it of which nothing else is said."""
    named = {answer.payout for answer in answers if answer.payout}
    for answer in answers:
        if not answer.file_name:
            yield answer
            continue
        file = file_named(program_id, answer.file_name)
        if file is None:
            yield RailAnswer(line=answer.line, payout=answer.file_name)
            continue
        for payout in payouts_in_file(file):
            if payout.id not in named and payout.state == PayoutState.SENT:
                payouts[payout.id] = payout
                yield RailAnswer(
                    line=answer.line,
                    payout=payout.id,
                    file_name=answer.file_name,
                    outcome=answer.outcome,
                    words=answer.words,
                )


def _take(payout: Payout, answer: RailAnswer, *, by: Actor, at: datetime) -> bool:
    """Note one answer; say whether the payout moved."""
    if answer.minor is not None and answer.minor != payout.sent.minor:
        raise BadInput(_("%(id)s: the amount is not that of the payout.") % {"id": payout.id})
    if answer.outcome is None:
        return False
    outcome = answer.outcome
    if outcome is Outcome.FAILED and payout.state == PayoutState.SETTLED:
        # It was noted as arrived before, so whatever the bank calls it, it came back.
        outcome = Outcome.RETURNED
    before = (payout.state, payout.known, payout.unclaimed)
    record_outcome(payout=payout, outcome=outcome, words=answer.words, by=by, at=at, quiet=bool(answer.file_name))
    payout.refresh_from_db(fields=["state", "known", "unclaimed"])
    return (payout.state, payout.known, payout.unclaimed) != before


def _note_change(payout: Payout, answer: RailAnswer, *, at: datetime) -> bool:
    if answer.change is None:
        return False
    change = answer.change
    return keep_notice(payout_id=payout.id, code=change.code, corrected=change.corrected, at=at) is not None
