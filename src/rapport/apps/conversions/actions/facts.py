"""Keep what the lake knows about the clicks that reports named: joined once, before approval."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from rapport.apps.conversions.models import NamedClick
from rapport.apps.conversions.recording import Touched
from rapport.apps.record.write import update_rows
from rapport.domain.story import TouchRefusal


def join_facts(clicks: list[NamedClick], *, facts: Mapping[str, Mapping[str, object]], at: datetime) -> Touched:
    """Store the facts of these clicks inside the caller's transaction; return the stories to judge again.

    A click of a revoked key counts only if the lake holds it: then its refusal falls away.
    """
    touched = Touched()
    for click in clicks:
        click.facts_joined_at = at
        known = facts.get(click.click_id)
        if known is not None:
            click.facts = dict(known)
            click.refusal = "" if click.refusal == TouchRefusal.REVOKED_KEY else click.refusal
        touched.add(click.conversion)
    update_rows(clicks, ("facts", "facts_joined_at", "refusal"))
    return touched


def distrust_clicks(clicks: Sequence[NamedClick]) -> None:
    """Refuse clicks whose key was revoked, inside the caller's transaction; the lake is asked about them again."""
    for click in clicks:
        click.refusal = TouchRefusal.REVOKED_KEY
        click.facts_joined_at = None
    update_rows(clicks, ("facts_joined_at", "refusal"))
