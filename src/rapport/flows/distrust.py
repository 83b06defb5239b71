"""Distrust a key that signed click ids: from now on, and looking back at the orders that named ids under it."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from rapport.apps.conversions.actions import distrust_clicks, lock_stories
from rapport.apps.conversions.models import NamedClick
from rapport.apps.conversions.queries import clicks_without_facts
from rapport.apps.conversions.recording import Touched
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.apps.tracking.actions import revoke_click_key
from rapport.flows.judging import judge_touched
from rapport.flows.offers import load_offer
from rapport.flows.retrying import until_settled
from rapport.wire.clickid import key_number

BATCH = 100


def distrust_key(*, number: int, by: Actor, at: datetime) -> int:
    """Revoke a key, judge again what hangs on ids that it signed, and return how many ids lost their credit for now.

    An id that the lake holds was handed out by our own edge and keeps counting; the others are asked about once more
    when facts are joined next. Safe to repeat, also after a kill: what was refused already is not met again. Raises
    `ClickKey.DoesNotExist`.
    """
    revoke_click_key(number=number, by=by, at=at)
    distrusted, last = 0, 0
    while page := clicks_without_facts(after=last, limit=BATCH):
        last = page[-1].pk
        signed = [click for click in page if key_number(click.click_id) == number]
        for program_id, group in groupby(sorted(signed, key=_program), key=_program):
            distrusted += _refuse(list(group), program_id=program_id, by=by, at=at)
    return distrusted


def _refuse(clicks: Sequence[NamedClick], *, program_id: str, by: Actor, at: datetime) -> int:
    until_settled(lambda: _refuse_now(clicks, program_id=program_id, by=by, at=at))
    return len(clicks)


def _refuse_now(clicks: Sequence[NamedClick], *, program_id: str, by: Actor, at: datetime) -> None:
    offer = load_offer(program_id)
    with transaction():
        touched = Touched.by(click.conversion for click in clicks)
        lock_stories(touched.in_order())
        distrust_clicks(clicks)
        judge_touched(touched, offer=offer, cause="key-revoked", by=by, at=at)


def _program(click: NamedClick) -> str:
    return click.conversion.program_id
