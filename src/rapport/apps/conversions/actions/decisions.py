"""Record what a person decided about a conversion: a fact that judging again never undoes."""

from collections.abc import Mapping
from datetime import datetime

from rapport.apps.conversions.models import Conversion, HumanDecision
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
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
