"""Write replays: order one, note how far it is and what it came to, keep it as a reason, show it to others."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from rapport.apps.programs.models import Program, TermsVersion
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.apps.replays.errors import AnotherDraft, NoAnswerYet
from rapport.apps.replays.models import DraftReason, Replay, ReplayShare, ReplayState, VersionReason
from rapport.apps.replays.queries import forgettable
from rapport.kit.ids import new_id

KEPT_FOR = timedelta(days=30)
"""How long a replay stays that nobody keeps as a reason or shares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayWish:
    """What is to be replayed, as it is kept."""

    document: dict[str, Any]
    digest: str
    first_on: date
    last_on: date
    partners: tuple[str, ...]
    own_too: bool
    total: int


def begin_replay(program: Program, wish: ReplayWish, *, by: Actor, at: datetime) -> Replay:
    """Write down what somebody wants replayed; old ones that nobody kept are forgotten."""
    with transaction():
        forgettable(program.id, before=at - KEPT_FOR).delete()
        replay = Replay.objects.create(
            id=new_id("rpl", at=at),
            program=program,
            document=wish.document,
            digest=wish.digest,
            first_on=wish.first_on,
            last_on=wish.last_on,
            partners=list(wish.partners),
            own_too=wish.own_too,
            total=wish.total,
            asked_at=at,
            actor_kind=by.kind,
            actor_id=by.id,
        )
        audit(by=by, at=at, action="replay.ordered", subject=replay.id, workspace_id=program.workspace_id)
    return replay


def note_replay_progress(*, replay_id: str, done: int) -> None:
    """Note how many orders were looked at."""
    with transaction():
        Replay.objects.filter(pk=replay_id, state=ReplayState.WAITING).update(done=done)


def finish_replay(*, replay_id: str, answer: dict[str, Any], at: datetime) -> None:
    """Keep the answer; the first one stays."""
    with transaction():
        rows = Replay.objects.filter(pk=replay_id, state=ReplayState.WAITING)
        rows.update(state=ReplayState.DONE, answer=answer, finished_at=at)


def fail_replay(*, replay_id: str, problem: str, at: datetime) -> None:
    """Note why there is no answer."""
    with transaction():
        rows = Replay.objects.filter(pk=replay_id, state=ReplayState.WAITING)
        rows.update(state=ReplayState.FAILED, problem=problem[:300], finished_at=at)


def keep_as_reason(*, replay: Replay, draft_digest: str, by: Actor, at: datetime) -> DraftReason:
    """Keep a replay beside the draft that it tried, as the reason for it."""
    _answered(replay)
    if replay.digest != draft_digest:
        raise AnotherDraft
    with transaction():
        kept, _new = DraftReason.objects.update_or_create(
            program=replay.program,
            defaults={"replay": replay, "kept_at": at, "actor_kind": by.kind, "actor_id": by.id},
        )
        _trace(replay, "replay.kept", by=by, at=at, data={"program": replay.program_id})
    return kept


def carry_reason_over(version: TermsVersion) -> VersionReason | None:
    """Give a new version the reason that was kept beside its draft, where it is about the same terms."""
    with transaction():
        kept = DraftReason.objects.select_related("replay").filter(pk=version.program_id).first()
        if kept is None:
            return None
        kept.delete()
        if kept.replay.digest != version.digest:
            return None
        return VersionReason.objects.create(version=version, replay=kept.replay)


def share_replay(*, replay: Replay, shows_names: bool, days: int, by: Actor, at: datetime) -> ReplayShare:
    """Make a link that shows a replay for some days."""
    _answered(replay)
    with transaction():
        share = ReplayShare.objects.create(
            id=new_id("shr", at=at),
            replay=replay,
            shows_names=shows_names,
            made_at=at,
            expires_at=at + timedelta(days=days),
            actor_kind=by.kind,
            actor_id=by.id,
        )
        _trace(replay, "replay.shared", by=by, at=at, data={"share": share.id, "names": shows_names, "days": days})
    return share


def revoke_share(*, share: ReplayShare, by: Actor, at: datetime) -> ReplayShare:
    """Take a link back; from now on it shows nothing."""
    with transaction():
        if ReplayShare.objects.filter(pk=share.pk, revoked_at__isnull=True).update(revoked_at=at):
            _trace(share.replay, "replay.share_revoked", by=by, at=at, data={"share": share.id})
    share.refresh_from_db()
    return share


def _answered(replay: Replay) -> None:
    if replay.state != ReplayState.DONE:
        raise NoAnswerYet


def _trace(replay: Replay, what: str, *, by: Actor, at: datetime, data: dict[str, object]) -> None:
    audit(by=by, at=at, action=what, subject=replay.id, workspace_id=replay.program.workspace_id, data=data)
