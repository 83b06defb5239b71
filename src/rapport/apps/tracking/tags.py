"""Tags: what the destinations of a program's links say of where a visit came from."""

from datetime import datetime

from rapport.apps.programs.models import Program
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.apps.tracking.inputs import TagsInput
from rapport.apps.tracking.models import ProgramTags


def tag_links(*, program_id: str, given: TagsInput, by: Actor, at: datetime) -> ProgramTags:
    """Say what every destination gets that has no parameter of the name; what is not given is not said any more."""
    said = given.model_dump()
    with transaction():
        program = Program.objects.select_for_update().get(pk=program_id)
        tags, _made = ProgramTags.objects.update_or_create(program=program, defaults={**said, "changed_at": at})
        what, where = "program.tagged", program.workspace_id
        audit(by=by, at=at, action=what, subject=program.id, workspace_id=where, data=said)
        announce(at=at, kind=what, subject=program.id, workspace_id=where, data=said)
    return tags
