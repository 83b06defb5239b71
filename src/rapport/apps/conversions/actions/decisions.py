"""Record what a person decided about a conversion: a fact that judging again never undoes."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from rapport.apps.conversions.models import Conversion, HumanDecision
from rapport.apps.record.actions import audit, audit_many, audit_row
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import insert_rows
from rapport.domain.story import DecisionKind
from rapport.kit.ids import new_id


def record_decision(
    *,
    conversion: Conversion,
    kind: DecisionKind,
    data: Mapping[str, object],
    reason: str,
    by: Actor,
    at: datetime,
) -> HumanDecision:
    """Record a decision inside the caller's transaction; the caller judges the story again."""
    decision = HumanDecision.objects.create(
        id=new_id("dec", at=at),
        conversion=conversion,
        kind=kind,
        data=dict(data),
        reason=reason[:500],
        at=at,
        actor_kind=by.kind,
        actor_id=by.id,
    )
    workspace_id = conversion.program.workspace_id
    audit(by=by, at=at, action=f"conversion.{kind}", subject=conversion.id, workspace_id=workspace_id, data=data)
    return decision


def record_decisions(
    conversions: Iterable[Conversion], *, kind: DecisionKind, reason: str, by: Actor, at: datetime
) -> None:
    """Record the same decision about many conversions inside the caller's transaction, in two statements."""
    decisions = [
        HumanDecision(
            id=new_id("dec", at=at),
            conversion=conversion,
            kind=kind,
            data={},
            reason=reason[:500],
            at=at,
            actor_kind=by.kind,
            actor_id=by.id,
        )
        for conversion in conversions
    ]
    insert_rows(decisions)
    audit_many(
        [
            audit_row(
                by=by,
                at=at,
                action=f"conversion.{kind}",
                subject=one.conversion_id,
                workspace_id=one.conversion.program.workspace_id,
            )
            for one in decisions
        ]
    )
