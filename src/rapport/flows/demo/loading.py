"""Load the demo: from a seed and a last day the same figures, and after a kill from where it stopped."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

from rapport.apps.delivery.actions import mail_muted
from rapport.apps.programs.models import Program
from rapport.apps.tracking.publishing import publish_book
from rapport.flows.demo import cast
from rapport.flows.demo.building import Building, begun, building, note
from rapport.flows.demo.endings import SUSPENDED_FOR, end_the_story, suspend_somebody
from rapport.flows.demo.hints import Loaded, keep_secrets, look_around
from rapport.flows.demo.orders import Shop, play_day
from rapport.flows.demo.paydays import pay, paydays_of
from rapport.flows.demo.planning import ZONE, Day, Play, Visit, tell
from rapport.flows.demo.rates import tell_rates
from rapport.flows.demo.staging import Stage, let_in, set_stage
from rapport.flows.demo.visits import tracks_of, write_visits
from rapport.flows.offers import load_offer
from rapport.kit.clock import now

Progress = Callable[[int, int | None, str], None]
SEED = 12
WHOLE = 100
LAST_VISITS = 3_000
"""Visits that are remembered to the end, where the odd orders take theirs from."""


def last_play(*, seed: int = SEED, partners: int = cast.MANY, months: int = 12) -> Play:
    """Return the play that ends with yesterday."""
    return Play(seed, (now().astimezone(ZONE) - timedelta(days=1)).date(), partners, months)


def load_demo(*, progress: Progress, play: Play | None = None) -> Loaded:
    """Load the demo program unless it is there, and return how to look around; may be called at every start.

    A demo that was begun is finished as it was begun, whatever play is asked for.
    """
    state = building()
    if state is None and not Program.objects.filter(slug=cast.SLUG).exists():
        state = begun(play or last_play())
    if state and not state.done:
        with mail_muted():
            _Loading(state, progress).run()
    return look_around()


class _Loading:
    """A loading under way, and how far it is."""

    def __init__(self, state: Building, progress: Progress) -> None:
        self._state = state
        self._progress = progress
        self._stage: Stage | None = None

    def run(self) -> None:
        self._note("Program, team and partners")
        stage = set_stage(self._state.play)
        tell_rates(stage.play, workspace_id=stage.program.workspace_id)
        let_in(stage, until=stage.play.starts_at, progress=self._one_more)
        keep_secrets(stage, at=stage.play.ends_at - timedelta(minutes=5))
        publish_book(at=now())
        shop = Shop(stage, tracks_of(stage), load_offer(stage.program.id))
        visits: list[Visit] = []
        for days in _months(tell(stage.play, stage.players)):
            self._play_month(shop, days)
            visits = [*visits, *(visit for _number, day in days for visit in day.visits)][-LAST_VISITS:]
        self._note("The last evening")
        end_the_story(shop, visits)
        publish_book(at=now())
        self._state = replace(self._state, done=True)
        self._note("Ready")

    def _play_month(self, shop: Shop, days: list[tuple[int, Day]]) -> None:
        stage, last = shop.stage, days[-1][1]
        let_in(stage, until=_ends(last), progress=lambda: None)
        if self._state.visits_upto < last.on.isoformat():
            again = self._state.writing_upto == last.on.isoformat()
            self._state = replace(self._state, writing_upto=last.on.isoformat())
            self._note(f"{last.on:%B %Y}")
            write_visits(
                shop.tracks, (visit for _number, day in days for visit in day.visits), at=_ends(last), again=again
            )
            self._state = replace(self._state, visits_upto=last.on.isoformat())
        for number, day in days:
            if number >= self._state.played:
                _play(shop, number, day)
                self._state = replace(self._state, played=number + 1)
                self._note(f"{day.on:%B %Y}")

    def _one_more(self) -> None:
        self._state = replace(self._state, entered=self._state.entered + 1)
        self._note("Program, team and partners")

    def _note(self, message: str) -> None:
        note(self._state)
        self._progress(self._state.percent, WHOLE, message)


def _play(shop: Shop, number: int, day: Day) -> None:
    stage = shop.stage
    play_day(shop, day, number=number)
    paydays = paydays_of(stage.play)
    for payday in paydays:
        pay(stage, payday, on=day.on, last=payday is paydays[-1])
    if day.on == (stage.play.ends_at - SUSPENDED_FOR).date():
        suspend_somebody(stage, at=day.evening)


def _months(days: Iterable[Day]) -> Iterator[list[tuple[int, Day]]]:
    for _month, group in groupby(enumerate(days), key=lambda one: (one[1].on.year, one[1].on.month)):
        yield list(group)


def _ends(day: Day) -> datetime:
    return day.evening + timedelta(minutes=1)
