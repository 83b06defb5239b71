"""Read replays."""

from datetime import datetime

from django.db.models import QuerySet

from rapport.apps.replays.models import DraftReason, Replay, ReplayShare, ReplayState, VersionReason


def all_replays() -> QuerySet[Replay]:
    """Return the replays of every program, for a door that looks for the one its address names."""
    return Replay.objects.select_related("program")


def replays_of(program_id: str) -> QuerySet[Replay]:
    """Return the replays of a program, newest first; without their answers, which are long."""
    return Replay.objects.filter(program_id=program_id).defer("answer", "document").order_by("-id")


def replay_of(replay_id: str) -> Replay:
    """Return one replay with its program; raises Replay.DoesNotExist."""
    return all_replays().get(pk=replay_id)


def shares_of(replay_id: str) -> QuerySet[ReplayShare]:
    """Return the links that show a replay, newest first."""
    return ReplayShare.objects.filter(replay_id=replay_id).order_by("-id")


def share_of(share_id: str) -> ReplayShare | None:
    """Return one link with what it shows; nothing where there is none."""
    return ReplayShare.objects.select_related("replay__program__workspace").filter(pk=share_id).first()


def reason_for_draft(program_id: str) -> Replay | None:
    """Return what is kept beside the draft as its reason."""
    kept = DraftReason.objects.select_related("replay").filter(pk=program_id).first()
    return kept.replay if kept else None


def reason_for_version(version_id: str) -> Replay | None:
    """Return the replay with which a version was published."""
    kept = VersionReason.objects.select_related("replay").filter(pk=version_id).first()
    return kept.replay if kept else None


def answered_since(program_id: str, *, digest: str, since: datetime) -> QuerySet[Replay]:
    """Return the answers to the same terms for all partners since a moment, newest first."""
    rows = Replay.objects.filter(program_id=program_id, digest=digest, partners=[], own_too=False)
    return rows.filter(state=ReplayState.DONE, asked_at__gte=since).order_by("-id")


def forgettable(program_id: str, *, before: datetime) -> QuerySet[Replay]:
    """Return the replays from before a moment that nobody kept or shared."""
    old = Replay.objects.filter(program_id=program_id, asked_at__lt=before, shares__isnull=True)
    kept = DraftReason.objects.values("replay_id").union(VersionReason.objects.values("replay_id"))
    return old.exclude(pk__in=list(kept.values_list("replay_id", flat=True)))
