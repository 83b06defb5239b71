"""Order a replay: small ones are answered at once, large ones by the worker."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from rapport.apps.partners.queries import agreements_of
from rapport.apps.programs.models import Program
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput
from rapport.apps.record.write import transaction
from rapport.apps.replays.actions import ReplayWish, begin_replay
from rapport.apps.replays.errors import BadPeriod
from rapport.apps.replays.models import Replay
from rapport.apps.replays.queries import replay_of
from rapport.domain.terms import canonical
from rapport.flows.replaying.answering import answer_replay
from rapport.flows.replaying.asked import Asked
from rapport.flows.replaying.running import orders_asked_for
from rapport.flows.replaying.tasks import run_replay

AT_ONCE: Final = 2_000
"""Orders that are replayed while somebody waits for the page."""
LONGEST: Final = timedelta(days=20 * 366)


def order_replay(asked: Asked, *, by: Actor, at: datetime) -> Replay:
    """Write down what is asked; answer it at once where it is small, else let the worker do it."""
    _check(asked, at=at)
    total = orders_asked_for(asked)
    wish = ReplayWish(
        document=canonical(asked.terms),
        digest=asked.digest,
        first_on=asked.first_on,
        last_on=asked.last_on,
        partners=asked.partners,
        own_too=asked.own_too,
        total=total,
    )
    if total <= AT_ONCE:
        replay = begin_replay(asked.program, wish, by=by, at=at)
        answer_replay(replay.id, at=at)
    else:
        with transaction():
            replay = begin_replay(asked.program, wish, by=by, at=at)
            run_replay.enqueue(replay_id=replay.id)
    return replay_of(replay.id)


def _check(asked: Asked, *, at: datetime) -> None:
    today = _today(asked.program, at=at)
    if asked.last_on < asked.first_on:
        raise BadPeriod("last_on", _("Choose a last day that is not before the first."))
    if asked.first_on > today:
        raise BadPeriod("first_on", _("Choose a first day that is not in the future: only the past can be replayed."))
    if asked.last_on - asked.first_on > LONGEST or asked.last_on == date.max:
        raise BadPeriod("last_on", _("Choose fewer days: at most twenty years."))
    known = set(agreements_of(asked.program.id).values_list("id", flat=True)) if asked.partners else set()
    strange = [partner for partner in asked.partners if partner not in known]
    if strange:
        sentence = _("This program has no partner %(id)s.") % {"id": strange[0][:40]}
        raise BadInput(sentence, fields={"partners": sentence})


def _today(program: Program, *, at: datetime) -> date:
    return at.astimezone(ZoneInfo(program.zone)).date()
