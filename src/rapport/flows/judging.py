"""The one road from facts to money: load the stories, judge them, note what orders come to, book the difference."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rapport.apps.commissions.actions import Finding, book_findings, book_periods
from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.actions import Judged, lock_stories, note_effects
from rapport.apps.conversions.facts import Fresh
from rapport.apps.conversions.queries import LoadedStory, load_stories
from rapport.apps.conversions.recording import StoryKey, Touched
from rapport.apps.record.actions import announce_many, announcement, audit_many, audit_row
from rapport.apps.record.actors import Actor
from rapport.domain.judge import judge
from rapport.domain.judgement import Decision
from rapport.domain.promises import Promises
from rapport.flows.offers import Offer
from rapport.flows.periods import meet_judged


@dataclass(frozen=True, slots=True)
class Judgements:
    """What came of judging: each conversion's decision by its id, and the commissions that moved."""

    decisions: Mapping[str, Decision]
    moved: list[Commission]


@dataclass(frozen=True, slots=True)
class Act:
    """What is done to a story: why it is judged, by whom and when, and what else this act says of which subject.

    `news` are pairs of a public id and what happened to it, such as `conversion.new`.
    """

    cause: str
    by: Actor
    at: datetime
    news: Sequence[tuple[str, str]] = ()


def judge_touched(
    touched: Touched, *, offer: Offer, cause: str, by: Actor, at: datetime, fresh: Fresh | None = None
) -> Judgements:
    """Judge the touched stories inside the caller's transaction, book what follows, and leave its trace.

    `fresh` are the stories that this transaction began: nothing of them is read back, and nothing can be booked yet.
    """
    return judge_act(touched, offer=offer, act=Act(cause, by, at), fresh=fresh)


def judge_act(touched: Touched, *, offer: Offer, act: Act, fresh: Fresh | None = None) -> Judgements:
    """Judge as `judge_touched` does; the news of the act are audited and announced with the commissions that moved."""
    keys = touched.in_order()
    lock_stories(keys)
    loaded = load_stories(offer.program, keys=keys, fresh=fresh)
    promises = offer.promises_for(loaded)
    judged = _judge(loaded, promises)
    note_effects(judged)
    began = fresh.conversions if fresh else {}
    findings = [Finding(one.row, one.decision, fresh=StoryKey.of(one.row) in began) for one in judged]
    new = {one.conversion.id for one in findings if one.fresh}
    met = meet_judged(judged, promises=promises, zone=offer.program.zone, fresh=new, at=act.at)
    moved = book_findings(findings, program=offer.program, cause=act.cause, by=act.by, at=act.at)
    if met:
        moved += book_periods(met, program=offer.program, cause=act.cause, by=act.by, at=act.at)
    _trace([*act.news, *((row.id, f"commission.{row.state}") for row in moved)], offer=offer, act=act)
    return Judgements({one.row.id: one.decision for one in judged}, moved)


def judge_only(keys: Sequence[StoryKey], *, offer: Offer) -> tuple[list[Judged], Promises]:
    """Judge stories again as they stand, and write nothing; return by what was promised, too."""
    loaded = load_stories(offer.program, keys=keys)
    promises = offer.promises_for(loaded)
    return _judge(loaded, promises), promises


def _trace(news: Sequence[tuple[str, str]], *, offer: Offer, act: Act) -> None:
    """Leave an audit row for everything that changed, with the reason of a commission's move, and announce it."""
    workspace_id, by, at = offer.program.workspace_id, act.by, act.at
    why = {"cause": act.cause}
    audit_many(
        [
            audit_row(by=by, at=at, action=what, subject=subject, workspace_id=workspace_id, data=why)
            for subject, what in news
        ]
    )
    announce_many(
        [announcement(at=at, kind=what, subject=subject, workspace_id=workspace_id) for subject, what in news]
    )


def _judge(loaded: Iterable[LoadedStory], promises: Promises) -> list[Judged]:
    return [one for story in loaded for one in _judged(story, judge(story.story, promises).decisions)]


def _judged(loaded: LoadedStory, decisions: Iterable[Decision]) -> list[Judged]:
    by_id = {decision.conversion_id: decision for decision in decisions}
    return [
        Judged(row, reported, by_id[row.id])
        for row, reported in zip(loaded.conversions, loaded.story.conversions, strict=True)
    ]
