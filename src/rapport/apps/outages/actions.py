"""Write down when something goes out of order and when it is well again; keep trials and looks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rapport.apps.outages.models import Outage, OutageKind, Trial, Watch
from rapport.apps.programs.models import Program
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.kit.ids import new_id

Figures = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Concern:
    """What may be out of order: of which kind, in which program (none: the installation), which source or link."""

    kind: OutageKind
    program: Program | None = None
    subject: str = ""

    @property
    def scope(self) -> str:
        """The program's id, or nothing."""
        return self.program.id if self.program else ""


def begin_outage(
    concern: Concern, *, began_at: datetime, figures: Figures, by: Actor, at: datetime
) -> tuple[Outage, bool]:
    """Note that something is out of order since `began_at`, and whether this is news; what lasts gets new figures."""
    with transaction():
        known = _open(concern)
        if known is not None:
            known.figures = {**known.figures, **figures}
            known.save(update_fields=("figures",))
            return known, False
        outage = Outage.objects.create(
            id=new_id("out", at=at),
            program=concern.program,
            scope=concern.scope,
            kind=concern.kind,
            subject=concern.subject,
            began_at=began_at,
            noticed_at=at,
            figures=dict(figures),
        )
        _trace(outage, "outage.began", by=by, at=at)
    return outage, True


def end_outage(concern: Concern, *, ended_at: datetime, by: Actor, at: datetime) -> Outage | None:
    """Note that something is well again since `ended_at`; return its outage, nothing where there was none."""
    with transaction():
        outage = _open(concern)
        if outage is None:
            return None
        outage.ended_at = max(ended_at, outage.began_at)
        outage.save(update_fields=("ended_at",))
        _trace(outage, "outage.ended", by=by, at=at)
    return outage


def note_outage_repaired(
    *, outage_id: str, numbers: Collection[str], problems: Sequence[str], by: Actor, at: datetime
) -> Outage:
    """Note which orders were told again; repairs add up, and the problems are those of the latest."""
    with transaction():
        outage = Outage.objects.select_for_update().get(pk=outage_id)
        known = int(outage.repair.get("orders", 0))
        outage.repaired_at = at
        outage.repair = {"orders": known + len(numbers), "problems": list(problems)}
        outage.save(update_fields=("repaired_at", "repair"))
        _trace(outage, "outage.repaired", by=by, at=at, orders=len(numbers))
    return outage


def begin_trial(*, program: Program, link_id: str, total: str, by_monitor: bool, by: Actor, at: datetime) -> Trial:
    """Keep a trial before anything of it is sent, so that its numbers are known whatever happens."""
    with transaction():
        trial = Trial.objects.create(
            id=new_id("trl", at=at), program=program, link_id=link_id, total=total, by_monitor=by_monitor, sent_at=at
        )
        if not by_monitor:  # the monitor's own would fill the audit with what its table says
            audit(by=by, at=at, action="trial.sent", subject=trial.id, workspace_id=program.workspace_id)
    return trial


def note_trial(trial: Trial, **columns: object) -> Trial:
    """Note how far a trial came: `click_id`, `order_receipt`, `refund_receipt`, `problem` or `arrived_at`."""
    with transaction():
        Trial.objects.filter(pk=trial.id).update(**columns)
    for name, value in columns.items():
        setattr(trial, name, value)
    return trial


def note_look(*, name: str, data: Figures, at: datetime) -> Watch:
    """Note that something was looked at."""
    with transaction():
        return Watch.objects.update_or_create(pk=name, defaults={"looked_at": at, "data": dict(data)})[0]


def _open(concern: Concern) -> Outage | None:
    # Without the program beside it: an outer join cannot be locked.
    rows = Outage.objects.select_for_update().filter(scope=concern.scope, kind=concern.kind, subject=concern.subject)
    return rows.filter(ended_at__isnull=True).first()


def _trace(outage: Outage, what: str, *, by: Actor, at: datetime, **more: object) -> None:
    workspace_id = outage.program.workspace_id if outage.program else ""
    data = {"kind": outage.kind, "subject": outage.subject, **more}
    audit(by=by, at=at, action=what, subject=outage.id, workspace_id=workspace_id, data=data)
    announce(at=at, kind=what, subject=outage.id, workspace_id=workspace_id, data=data)
