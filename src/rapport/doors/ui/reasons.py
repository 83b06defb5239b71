"""The replay that is kept as the reason for terms, as pages tell of it in one line."""

from dataclasses import dataclass

from rapport.apps.replays.models import Replay
from rapport.domain.money import Money
from rapport.flows.replaying.result import from_document


@dataclass(frozen=True, slots=True)
class Reason:
    """The replay that was kept as a reason, in one line; not `is_of_draft` where the draft was changed since."""

    replay: Replay
    difference: Money
    winners: int
    losers: int
    is_of_draft: bool = True


def reason_of(replay: Replay | None, *, digest: str = "") -> Reason | None:
    """Return a kept reason as pages show it."""
    if replay is None or replay.answer is None:
        return None
    answer = from_document(replay.answer)
    difference = Money(answer.totals.difference_minor, answer.currency)
    is_of_draft = digest in {"", replay.digest}
    return Reason(replay, difference, len(answer.winners), len(answer.losers), is_of_draft)
